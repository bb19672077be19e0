"""Telling other programs: signed, in order, until they took it."""
