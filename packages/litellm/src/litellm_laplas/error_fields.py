"""Where LiteLLM 1.106 to 1.110 and the OpenAI client keep what a gateway's error said. Nothing here decides anything."""

import ast
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from .causes import with_causes
from .iso_time import parse_iso_time

# The gateway's words and codes are an interface; see its README.
_RESET = re.compile(r"will reset at (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z)")
_CODE = re.compile(r"""['"]code['"]: ?['"](free_tier_[a-z_]+|model_not_found|invalid_api_key)['"]""")
_BODY = re.compile(r"\{['\"]error['\"]: ?\{.*\}\}", re.DOTALL)
_PROXY_PREFIX = "llm_provider-"
_NAMES = {"model_not_found": "model_not_on_tier"}


@dataclass(frozen=True, slots=True)
class ErrorFields:
    """What an exception holds of the gateway's answer; None for what it lacks."""

    status: int | None
    code: str | None
    rule: str | None
    resets_at: datetime | None
    retry_after: float | None
    should_retry: bool | None
    message: str


def read_error(exception: BaseException) -> ErrorFields:
    """Gather them from headers, body and message, in this order.

    The message is read only where an exception has neither headers nor a body, nor one that it was made from.
    """
    chain = list(with_causes(exception))
    headers = next((found for found in map(_headers, chain) if found), {})
    text = str(getattr(exception, "message", None) or exception)
    body = next((found for found in map(_body, chain) if found), None) or _inner(_body_in(text))
    status = getattr(exception, "status_code", None)
    return ErrorFields(
        status=status if isinstance(status, int) else None,
        code=_code(headers, body, text),
        rule=headers.get("x-laplas-rule"),
        resets_at=parse_iso_time(headers.get("x-laplas-resets-at")) or _reset_in(text),
        retry_after=_retry_after(headers, exception),
        should_retry={"true": True, "false": False}.get(headers.get("x-should-retry", "")),
        message=str(body.get("message") or text),
    )


def _headers(exception: BaseException) -> dict[str, str]:
    found: dict[str, str] = {}
    sources = (
        getattr(getattr(exception, "response", None), "headers", None),
        getattr(exception, "litellm_response_headers", None),
        getattr(exception, "headers", None),
    )
    for source in sources:
        if not isinstance(source, Mapping):
            continue
        for name, value in source.items():
            lower = str(name).lower()
            if lower.startswith(_PROXY_PREFIX):
                # The proxy's own header of that name, where it has one, is about the same wait.
                found.setdefault(lower.removeprefix(_PROXY_PREFIX), str(value))
            else:
                found[lower] = str(value)
    return found


def _body(exception: BaseException) -> Mapping[str, Any]:
    body = getattr(exception, "body", None)
    return _inner(body) if isinstance(body, Mapping) else {}


def _inner(body: Mapping[str, Any]) -> Mapping[str, Any]:
    inner = body.get("error")
    return inner if isinstance(inner, Mapping) else body


def _body_in(text: str) -> Mapping[str, Any]:
    match = _BODY.search(text)
    if match is None:
        return {}
    for read in (json.loads, ast.literal_eval):
        try:
            value = read(match[0])
        except (ValueError, SyntaxError):
            continue
        if isinstance(value, Mapping):
            return value
    return {}


def _code(headers: Mapping[str, str], body: Mapping[str, Any], text: str) -> str | None:
    code = headers.get("x-laplas-code")
    if code is None:
        given = body.get("code")
        # LiteLLM puts the status there: "429".
        code = given if isinstance(given, str) and not given.isdigit() else None
    if code is None:
        match = _CODE.search(text)
        code = None if match is None else match[1]
    if code is None:
        return None
    plain = code.removeprefix("free_tier_")
    return _NAMES.get(plain, plain)


def _reset_in(text: str) -> datetime | None:
    match = _RESET.search(text)
    return None if match is None else parse_iso_time(match[1])


def _retry_after(headers: Mapping[str, str], exception: BaseException) -> float | None:
    value = headers.get("retry-after") or getattr(exception, "cooldown_time", None)
    try:
        seconds = None if value is None else float(value)
    except (TypeError, ValueError):
        return None
    return seconds if seconds is not None and seconds >= 0 else None
