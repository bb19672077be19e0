"""One file for each promise of speed. Each has HELP and `run(given) -> Result`."""
