"""Benchmarks of the parts of a search on this computer; `make bench` runs them."""
