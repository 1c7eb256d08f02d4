"""What Zappa calls before it makes a package for a stage without routes.

Zappa loads this module under its bare name: it imports nothing.
"""


def refuse() -> None:
    """End Zappa, with a word to the person at the terminal."""
    raise SystemExit("Ship the code with `make deploy`: its package has the routes.")
