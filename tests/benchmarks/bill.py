"""From counts to dollars for a million mails, and to the minutes they take."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from tests.benchmarks import prices

MILLION: Final = 1_000_000
# A message of the feedback queue is sent, and received and deleted among ten.
_SQS_REQUESTS: Final = 1.2


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """What a way takes per recipient; the events that SES sends back apart."""

    calls: Mapping[str, float]
    reads: float
    writes: float
    cpu_s: float
    # Of one event of SES.
    event_reads: float = 0
    event_writes: float = 0
    event_cpu_s: float = 0

    @property
    def seconds(self) -> float:
        """How long one worker is busy with one recipient."""
        sends = sum(number for name, number in self.calls.items() if name.startswith("sesv2."))
        others = sum(self.calls.values()) - sends
        return sends * prices.SES_CALL_S + others * prices.DYNAMODB_CALL_S + self.cpu_s

    def dollars(self, *, events: int) -> float:
        """For a million mails, each followed by so many events of SES."""
        return MILLION * (
            prices.MAIL
            + self.reads * prices.READ_UNIT
            + self.writes * prices.WRITE_UNIT
            + self.seconds * prices.LAMBDA_GB * prices.LAMBDA_GB_S
            + events * self._event_dollars()
        )

    def minutes(self, *, rate: float, workers: int) -> float:
        """For a million mails, at the rate that SES allows or as fast as the workers can."""
        return MILLION * max(1 / rate, self.seconds / workers) / 60

    def _event_dollars(self) -> float:
        # A call to DynamoDB per read unit, and a tenth of an invocation.
        busy_s = self.event_cpu_s + (self.event_reads + self.event_writes) * prices.DYNAMODB_CALL_S
        return (
            prices.SNS_REQUEST
            + _SQS_REQUESTS * prices.SQS_REQUEST
            + prices.LAMBDA_REQUEST / 10
            + busy_s * prices.LAMBDA_GB * prices.LAMBDA_GB_S
            + self.event_reads * prices.READ_UNIT
            + self.event_writes * prices.WRITE_UNIT
        )
