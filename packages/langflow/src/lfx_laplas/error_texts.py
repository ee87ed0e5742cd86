"""The words of an error: what to do comes first, and nothing that Langflow would take for something else."""

from __future__ import annotations

import re
from datetime import datetime

# lfx 1.13 reads errors of models and, where one of its phrases is there, calls once more without a temperature.
_TEMPERATURE = re.compile(r"[`'\"]?temperature[`'\"]? (?=is deprecated|is not supported|does not support)", re.I)
# Langflow 1.13 answers 404 and drops status, code and pause for any error with these words.
_MISSING = re.compile(r"\bnot found\b", re.I)
# The gateway's own words for the reset, to the millisecond and in UTC.
_RESET = re.compile(r" It will reset at \d{4}-\d\d-\d\dT\S+Z\.")
# The gateway names the option that a program has for such a name; nobody has one in Langflow.
_UNKNOWN_MODEL = re.compile(
    r'^[^"]*there is no model (".*?") in the catalog\.( Did you mean .*?\?)? Option unknownModels.*$', re.S
)
# Checks name them without the prefix.
_PERIODS = {"hourly_quota": "Hourly", "daily_quota": "Daily", "monthly_quota": "Monthly"}
# Windows gives zones long names, and some zones have digits for a name.
_SHORT_ZONE = re.compile(r"[A-Z]{2,5}")


def retry_text(said: str, seconds: float) -> str:
    """Say that the same request will pass soon."""
    return f"Busy right now. Try again in {duration(seconds)}. {without_traps(said)}"


def reset_text(said: str, code: str, seconds: float | None, resets_at: str | None) -> str:
    """Say that a budget is used up and when it is back, as a person on this server reads a clock."""
    period = _PERIODS.get(code.removeprefix("free_tier_"))
    budget = f"{period} budget" if period else "Budget"
    return f"{budget} used up. Back {_back(seconds, resets_at)}. {without_traps(_RESET.sub('', said))}"


def model_text(said: str) -> str:
    """Say of an unknown model where to choose another, and which one is like it."""
    return _UNKNOWN_MODEL.sub(r"There is no model \1. Choose one in this node.\2", said)


def agent_text(text: str, seconds: float | None) -> str:
    """Say the same to an agent, which may call a tool again up to 15 times: first whether it should."""
    return f"Do not retry: {text}" if seconds is None else f"Retry after {seconds:g} s: {text}"


def without_traps(said: str) -> str:
    """Say the same in other words."""
    return _TEMPERATURE.sub("the option temperature: it ", _MISSING.sub("missing", said))


def duration(seconds: float) -> str:
    """Give the two largest units: `2 s`, `5 min`, `5 h 50 min`, `3 d 4 h`."""
    if seconds < 60:
        return f"{seconds:.3g} s"
    minutes = round(seconds / 60)
    days, hours, minutes = minutes // 1440, minutes // 60 % 24, minutes % 60
    units = [(days, "d"), (hours, "h"), (0 if days else minutes, "min")]
    return " ".join(f"{count} {unit}" for count, unit in units if count)


def _back(seconds: float | None, resets_at: str | None) -> str:
    try:
        # Python 3.10 knows no Z.
        reset = datetime.fromisoformat((resets_at or "").replace("Z", "+00:00")).astimezone()
    except ValueError:
        return f"in {duration(seconds or 0)}"
    # By the gateway's clock where it says how long it is until then.
    pause = (reset - datetime.now().astimezone()).total_seconds() if seconds is None else seconds
    # No words for months: those depend on the server's language.
    day = "" if 0 < pause < 86_400 else f"{reset:%Y-%m-%d} "
    clock = f"at {day}{reset:%H:%M} {_zone(reset)}"
    return f"{clock} (in {duration(pause)})" if pause > 0 else clock


def _zone(time: datetime) -> str:
    name = time.tzname() or ""
    if _SHORT_ZONE.fullmatch(name):
        return name
    offset = f"{time:%z}"
    return f"UTC{offset[:3]}:{offset[3:5]}"
