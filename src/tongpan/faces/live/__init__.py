"""Live pages: a stream of server-sent events that says what changed, never how."""
