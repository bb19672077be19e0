"""Webhooks: telling other programs what happened, signed and in order, until they took it."""
