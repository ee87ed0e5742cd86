"""The state of the tier in one word, from what the gateway foretells of a call that is not made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from lfx_laplas.errors import from_check

OK = "ok"
BUSY = "busy"
EXHAUSTED = "exhausted"


def smallest_call(model: str, rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Give the body of a short call to this model, to be asked about."""
    modality = next((row.get("modality") for row in rows if row.get("id") == model), "chat")
    if modality == "embedding":
        return {"model": model, "input": "?"}
    if modality == "image":
        return {"model": model, "prompt": "?"}
    return {"model": model, "messages": [{"role": "user", "content": "?"}]}


def state_of(check: Mapping[str, Any]) -> str:
    """Give one word. Raises `LaplasError` for what no waiting helps, like a model that the tier lacks."""
    if check.get("verdict") != "refuse":
        return BUSY if check.get("verdict") == "wait" else OK
    refused = from_check(check.get("error") or {})
    if refused.retryable:
        return BUSY
    if refused.retry_after is None and "resets_at" not in refused.details:
        raise refused
    return EXHAUSTED


def advice_of(check: Mapping[str, Any]) -> str:
    """Give a sentence for a person: what is used up and when it is back. Raises `LaplasError` as `state_of` does."""
    state = state_of(check)
    if check.get("verdict") == "refuse":
        return str(from_check(check.get("error") or {}))
    return "The model can be called now." if state == OK else "Another call runs. The next waits for its turn."


def quota_rows(quota: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Give a row for each window that the tier counts; one without figures where it counts nothing.

    Of several providers each has its rows, and each model that has used windows of its own.
    """
    providers = quota.get("providers")
    if not isinstance(providers, list):
        return _rows(quota, quota.get("windows"), {})
    return [row for one in providers if isinstance(one, Mapping) for row in _provider_rows(one)]


def _provider_rows(one: Mapping[str, Any]) -> list[dict[str, Any]]:
    name = {"provider": one.get("provider")}
    used = [model for model in one.get("models") or [] if isinstance(model, Mapping)]
    rows = [row for model in used for row in _rows(one, model.get("windows"), {**name, "model": model.get("model")})]
    return rows if rows and not one.get("windows") else _rows(one, one.get("windows"), {**name, "model": None}) + rows


def _rows(
    quota: Mapping[str, Any], windows: Sequence[Mapping[str, Any]] | None, names: Mapping[str, Any]
) -> list[dict[str, Any]]:
    shared = {key: quota.get(key) for key in ("tier", "running", "waiting", "blocked_until")}
    fields = ("rule", "metric", "limit", "used", "held", "left", "resets_at")
    return [{**names, **{name: window.get(name) for name in fields}, **shared} for window in windows or [{}]]
