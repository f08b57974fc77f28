"""`hybhanas cost FILE ... --backend NAME`: what circuits in files cost, without Hydra."""
