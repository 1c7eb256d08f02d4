"""Dates and times as each language writes them, in pages and in e-mails alike."""
