"""The walk of `prove access`: every address, asked by every kind of person, for what others own.

`cast` makes the company and the people, `asking` the addresses with what stands in their places,
`secrets` what must not be seen, and `walk` asks and compares.
"""
