"""The parts of scripts/study.py: a question each."""
