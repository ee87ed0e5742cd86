"""What an answer cost, in laplas's API tokens: `usage` counts model tokens, and LiteLLM 1.106 may keep nothing else of it."""

from collections.abc import Mapping
from typing import Any

_PROXY_PREFIX = "llm_provider-"


def api_tokens(answer: Any) -> int | None:
    """Read the cost from an answer of LiteLLM's, or of an OpenAI client of its proxy.

    It is in `usage.api_tokens` or a header; LiteLLM keeps neither for streams. An older gateway, whose answers don't say what
    `usage` counts, counts API tokens there. None if it is not known.
    """
    usage = getattr(answer, "usage", None)
    headers = _headers(answer)
    told = _count(_field(usage, "api_tokens"))
    if told is None:
        told = _count(headers.get("x-laplas-api-tokens"))
    if told is not None:
        return told
    is_laplas = any(name.startswith("x-laplas-") for name in headers)
    return _count(_field(usage, "total_tokens")) if is_laplas and "x-laplas-usage" not in headers else None


def _headers(answer: Any) -> dict[str, str]:
    hidden = getattr(answer, "_hidden_params", None)
    found = hidden.get("additional_headers") if isinstance(hidden, Mapping) else None
    if not isinstance(found, Mapping):
        return {}
    return {str(name).lower().removeprefix(_PROXY_PREFIX): str(value) for name, value in found.items()}


def _field(usage: Any, name: str) -> Any:
    return usage.get(name) if isinstance(usage, Mapping) else getattr(usage, name, None)


def _count(value: Any) -> int | None:
    try:
        return int(value)
    except (TypeError, ValueError):
        return None
