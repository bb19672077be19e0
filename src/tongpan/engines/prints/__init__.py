"""Prints: what a company puts on its papers, in a language that can do nothing else."""
