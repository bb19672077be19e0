"""Shifts: who answered for a till's drawer and when, what was counted, and what was odd."""
