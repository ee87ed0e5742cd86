"""What the gateway said about a request."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from .iso_time import parse_iso_time


@dataclass(frozen=True, slots=True)
class Refusal:
    """What the call itself would be answered with."""

    code: str
    """The engine's code, such as `daily_quota`."""
    message: str
    retryable: bool
    """Whether the same request passes within a minute."""
    rule: str | None
    resets_at: datetime | None
    retry_after: int | None
    """Whole seconds, rounded up and at least 1: LiteLLM ignores fractions, and takes 0 for "do not leave it out"."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What to do with a deployment.

    `serves`: at once or in its turn. `spent`: not before a known time. `busy`: perhaps in a moment. `never`: not this request.
    """

    kind: Literal["serves", "spent", "busy", "never"]
    refusal: Refusal | None = None


SERVES = Verdict("serves")


def read_verdict(result: object, now: datetime) -> Verdict:
    """Read one result of `POST /v1/check`; `now` is the gateway's time. Raises ValueError for what is none.

    No code is looked at: whether a limit resets is in the answer itself.
    """
    if not isinstance(result, Mapping):
        raise ValueError("a result is no object")
    if result.get("verdict") in ("pass", "wait"):
        return SERVES
    error = result.get("error")
    if result.get("verdict") != "refuse" or not isinstance(error, Mapping):
        raise ValueError("a result has no verdict")
    code, message, rule = error.get("code"), error.get("message"), error.get("rule")
    if not isinstance(code, str) or not isinstance(message, str):
        raise ValueError("a refusal does not say why")
    resets_at = parse_iso_time(error.get("resets_at"))
    wait_ms = error.get("retry_after_ms")
    seconds = wait_ms / 1000 if isinstance(wait_ms, (int, float)) else None
    if seconds is None and resets_at is not None:
        seconds = (resets_at - now).total_seconds()
    refusal = Refusal(
        code=code,
        message=message,
        retryable=error.get("retryable") is True,
        rule=rule if isinstance(rule, str) else None,
        resets_at=resets_at,
        retry_after=None if seconds is None else max(1, -int(-seconds // 1)),
    )
    if resets_at is not None:
        return Verdict("spent", refusal)
    return Verdict("busy" if refusal.retryable else "never", refusal)
