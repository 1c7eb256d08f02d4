"""A Delivery that remembers."""


class Calls:
    """How many calls were announced, and what was reported of whom."""

    def __init__(self):
        self.calls = 0
        self.reports = []

    def before_call(self, mails):
        self.calls += 1

    def report(self, mail, *, refusal=""):
        self.reports.append((mail.to, refusal))
