"""What `./tongpan prove` proves: one module for each, with HELP and `run(given) -> Result`."""
