"""What an error says: first whether to try again, and nothing that Langflow would take for something else."""

from __future__ import annotations

import re

# lfx 1.13 reads errors of models and, where one of its phrases is there, calls once more without a temperature.
_TEMPERATURE = re.compile(r"[`'\"]?temperature[`'\"]? (?=is deprecated|is not supported|does not support)", re.I)
# Langflow 1.13 answers 404 and drops status, code and pause for any error with these words.
_MISSING = re.compile(r"\bnot found\b", re.I)


def retry_text(said: str, seconds: float) -> str:
    """Say that the same request will pass later. An agent reads this as the result of its tool."""
    return f"Retryable: wait {seconds:g} s. {without_traps(said)}"


def fatal_text(said: str, until: str | None = None) -> str:
    """Say that trying again can't help, or not before a day is over."""
    when = "" if until is None else f" before {until}"
    return f"Fatal: do not retry{when}. {without_traps(said)}"


def without_traps(said: str) -> str:
    """Say the same in other words."""
    return _TEMPERATURE.sub("the option temperature: it ", _MISSING.sub("missing", said))
