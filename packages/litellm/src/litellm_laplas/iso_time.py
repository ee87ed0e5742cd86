"""Times as the gateway writes them."""

from datetime import datetime, timezone


def parse_iso_time(text: object) -> datetime | None:
    """Read `2026-11-26T00:00:02.000Z` as an aware datetime; None for anything else. A hint that can't be read is no error."""
    if not isinstance(text, str):
        return None
    try:
        # Python 3.10 doesn't know the Z.
        moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=timezone.utc)


def write_iso_time(moment: datetime) -> str:
    """Write it as the gateway does, in milliseconds."""
    return moment.astimezone(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")
