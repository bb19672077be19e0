"""Printers: which paper goes to which machine, who carries it there, and whether it arrived."""
