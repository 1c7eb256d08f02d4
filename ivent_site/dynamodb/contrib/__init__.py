"""Where the engine keeps the rows of Django's own apps."""
