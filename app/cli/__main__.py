"""Lets `python -m app.cli` be the `touchstone` command, for processes that start one another."""

from app.cli import main

if __name__ == "__main__":
    main()
