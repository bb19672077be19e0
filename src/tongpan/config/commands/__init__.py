"""The commands that need to know every floor; all others live in `tongpan.faces.cli`."""
