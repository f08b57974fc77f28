"""The search: evaluations, their records, strategies, and the loop that joins them."""
