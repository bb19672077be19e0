"""The parts of `prove counter-day`: what the day is, who does it, and what it must come to."""
