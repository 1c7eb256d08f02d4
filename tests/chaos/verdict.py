"""What became of everybody: counted at the receiving end, and as the ledger has it."""

import json
import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from notifications.announcements import announcement_sums, shard_names
from notifications.enums import ChunkState
from notifications.ledger import BECAME_UNKNOWN, shard_chunks
from notifications.resend import RESENT
from notifications.tables import AnnouncementRow
from notifications.tally import Sums
from tests.chaos.options import Options


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """The figures of a run, and which promises they break."""

    figures: Mapping[str, int]
    broken: tuple[str, ...]


def verdict(
    options: Options,
    row: AnnouncementRow,
    *,
    addresses: Mapping[str, str],
    relayed: Counter[str],
    bulk: Counter[str],
    accepted: Counter[str],
    untold: set[str],
    kills: int,
    logs: Path,
) -> Verdict:
    """Judge a run. `addresses` are the recipients' by id; `untold` those whose event is missing."""
    shards = shard_names(int(row.shard_count))
    everything = [chunk for shard in shards for chunk in shard_chunks(row.id, shard)]
    # Whatever the relay may have dropped, SES had accepted: the larger number counts.
    mailed = (relayed | accepted) + bulk
    # What the local SES could not relay nobody tells an event of.
    untold = untold | set(accepted - relayed)
    parked = {
        id_ for chunk in everything if chunk.state == ChunkState.PARKED for id_ in chunk.unproven
    }
    refused = {id_ for chunk in everything for id_ in chunk.refused}
    lost = [
        id_
        for id_, address in addresses.items()
        if not mailed[address] and id_ not in parked | refused
    ]
    doubled = [address for address, count in mailed.items() if count > 1]
    unknown = _logged(logs, BECAME_UNKNOWN)
    resent = _logged(logs, RESENT)
    sums = announcement_sums(row)
    figures = {
        "by bulk calls": bulk.total(),
        "recipients": len(addresses),
        "kills": kills,
        "lost": len(lost),
        "doubled": mailed.total() - len(mailed),
        "unknown": unknown,
        "settled by event": max(0, unknown - resent - sums.parked - sums.suppressed),
        "resent": resent,
        "parked": sums.parked,
    }
    checks = {
        "the announcement is not done": row.state == "done",
        "somebody is lost": not lost,
        "somebody is doubled whose event was not missing": set(doubled) <= untold,
        "too many are doubled": figures["doubled"]
        <= _expected_at_most(options.missing_events * unknown) + (accepted - relayed).total(),
        "somebody was mailed who is no recipient": set(mailed) <= set(addresses.values()),
        "the sums do not add up": _adds_up(sums, len(addresses)),
    }
    return Verdict(figures=figures, broken=tuple(name for name, kept in checks.items() if not kept))


def _expected_at_most(mean: float) -> float:
    """What chance seldom exceeds: three standard deviations above the mean."""
    return mean + 3 * math.sqrt(mean)


def _adds_up(sums: Sums, audience: int) -> bool:
    told = sums.sent + sums.refused + sums.suppressed + sums.parked
    return sums.unknown == 0 and told == sums.audience == audience


def _logged(logs: Path, message: str) -> int:
    """Of how many mails the workers' logs say so."""
    count = 0
    for log in logs.glob("*.log"):
        for line in log.read_text(errors="replace").splitlines():
            # A killed worker's last line may be half a line.
            if message in line and line.endswith("}"):
                count += json.loads(line)["extra"]["mails"]
    return count
