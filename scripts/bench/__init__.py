"""What a search spends its time on, measured on this machine; `make bench` runs it."""
