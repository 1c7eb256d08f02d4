"""What Evolution's server keeps of each file, taken as a mail program hands it over.

Run by the system's Python (its bindings come from Debian), under dbus-run-session with an empty
home. Prints name, start and end in UTC.
"""

import sys
import time
from pathlib import Path

import gi

for name, version in (("ECal", "2.0"), ("EDataServer", "1.2"), ("ICalGLib", "3.0")):
    gi.require_version(name, version)
from gi.repository import ECal, EDataServer, ICalGLib  # noqa: E402 - after require_version


def utc(client: ECal.Client, moment: ECal.ComponentDateTime) -> str:
    zone = ICalGLib.Timezone.get_utc_timezone()
    if moment.get_tzid():
        zone = client.get_timezone_sync(moment.get_tzid(), None)[1]
    seconds = moment.get_value().as_timet_with_zone(zone)
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))


def main(paths: list[str]) -> None:
    registry = EDataServer.SourceRegistry.new_sync(None)
    source = registry.ref_builtin_calendar()
    client = ECal.Client.connect_sync(source, ECal.ClientSourceType.EVENTS, 10, None)
    for path in paths:
        component = ICalGLib.Component.new_from_string(Path(path).read_bytes().decode())
        client.receive_objects_sync(component, ECal.OperationFlags.NONE, None)
        uid = Path(path).stem
        _ok, found = client.get_object_list_as_comps_sync(f'(uid? "{uid}")', None)
        for event in found:
            print(path, utc(client, event.get_dtstart()), utc(client, event.get_dtend()), sep="\t")


main(sys.argv[1:])
