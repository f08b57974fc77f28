"""What a front is worth: classical baselines, and what the circuit of a network contributes."""
