"""What an exception of LiteLLM's means for its caller."""

from dataclasses import dataclass
from datetime import datetime

from .error_fields import ErrorFields, read_error

_PATIENCE_SECONDS = 60.0
"""Longest wait that still counts as "try again": what LiteLLM's Router and OpenAI's SDKs sleep at most."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """One exception, explained."""

    retryable: bool
    """Whether the same request will pass within a minute. A used-up budget is not: it passes after `resets_at`."""
    code: str | None
    """The engine's code, such as `daily_quota` or `image_input`, without the wire's `free_tier_`. None if it isn't laplas's."""
    rule: str | None
    """Id of the tier's rule, as `laplas tier` lists it."""
    resets_at: datetime | None
    """When the limit resets, in UTC. None if it never does, or if it is not known."""
    retry_after: float | None
    """Seconds that the answer asks to wait."""
    status: int | None
    message: str
    """The gateway's words where they can be told apart from LiteLLM's."""


def explain(exception: BaseException) -> Explanation:
    """Explain an exception of LiteLLM's SDK or Router, or of an OpenAI client of its proxy. Never raises.

    Example:
        >>> try:
        ...     await router.acompletion("laplas/gpt-4o-mini", messages=messages)
        ... except Exception as error:
        ...     print(explain(error).resets_at)
    """
    fields = read_error(exception)
    return Explanation(
        retryable=_is_retryable(fields),
        code=fields.code,
        rule=fields.rule,
        resets_at=fields.resets_at,
        retry_after=fields.retry_after,
        status=fields.status,
        message=fields.message,
    )


def _is_retryable(fields: ErrorFields) -> bool:
    """Take the gateway's word; where LiteLLM lost it, what is left decides."""
    if fields.should_retry is not None:
        return fields.should_retry
    if fields.resets_at is not None:
        return False
    if fields.retry_after is not None:
        return fields.retry_after <= _PATIENCE_SECONDS
    return fields.status is not None and (fields.status in (408, 409, 429) or fields.status >= 500)
