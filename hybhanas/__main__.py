"""`python -m hybhanas`: the command `hybhanas`."""

from hybhanas.command_line import main

if __name__ == "__main__":
    main()
