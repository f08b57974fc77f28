"""python run.py backend=ibm_brisbane search=nsga2: see conf/config.yaml for every choice."""

from hybhanas.command_line import main

if __name__ == "__main__":
    main()
