"""Payments by code: asking providers for money, and knowing what became of it."""
