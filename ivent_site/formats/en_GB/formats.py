"""British English: 7 December 2026, 18:30 CET.

Django looks into the base language's module before its own one of British English, so all that
is set for American English is set here too.
"""

DATE_FORMAT = "j F Y"
TIME_FORMAT = "H:i"
DATETIME_FORMAT = "j F Y, H:i T"
