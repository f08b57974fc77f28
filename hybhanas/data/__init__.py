"""Data sets with train, validation and test splits; importing them imports nothing heavy."""
