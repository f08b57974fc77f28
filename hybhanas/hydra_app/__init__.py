"""The command line: composing and checking a configuration, errors in one line, sweeps."""
