"""Text messages: through a gateway over HTTPS, or a simulator that keeps them in a folder."""
