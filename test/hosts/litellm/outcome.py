"""What a call of LiteLLM's came to, as JSON."""

import dataclasses
from typing import Any


async def answer_of(answer: Any) -> dict[str, Any]:
    """Of a whole answer, a stream, vectors or pictures. `deployment` is the id of the one that gave it."""
    hidden = getattr(answer, "_hidden_params", None) or {}
    found: dict[str, Any] = {"deployment": hidden.get("model_id")}
    headers = hidden.get("additional_headers") or {}
    found["apiTokens"] = headers.get("llm_provider-x-laplas-api-tokens")
    if hasattr(answer, "__aiter__"):
        return {**found, **_of_chunks([chunk async for chunk in answer])}
    if hasattr(answer, "choices"):
        found["usage"] = _usage(answer)
        message = answer.choices[0].message
        calls = [[each.function.name, each.function.arguments] for each in message.tool_calls or []]
        return {**found, "text": message.content, "toolCalls": calls, "finish": answer.choices[0].finish_reason}
    data = [each if isinstance(each, dict) else each.model_dump() for each in answer.data]
    if data and "embedding" in data[0]:
        return {**found, "vectors": [each["embedding"] for each in data]}
    return {**found, "pictures": [each.get("url") or each.get("b64_json") for each in data]}


def _of_chunks(chunks: list[Any]) -> dict[str, Any]:
    deltas = [chunk.choices[0].delta for chunk in chunks if chunk.choices]
    words = [delta.content for delta in deltas if delta.content]
    names = [call.function.name for delta in deltas for call in delta.tool_calls or [] if call.function.name]
    usage = next((counts for counts in map(_usage, reversed(chunks)) if counts), None)
    return {"text": "".join(words), "words": len(words), "toolCalls": [[name, ""] for name in names], "usage": usage}


def _usage(answer: Any) -> list[int] | None:
    usage = getattr(answer, "usage", None)
    return None if usage is None else [usage.prompt_tokens, usage.completion_tokens]


def error_of(error: Exception, explanation: Any) -> dict[str, Any]:
    """The exception, and what litellm_laplas makes of it."""
    explained = dataclasses.asdict(explanation)
    reset = explained.pop("resets_at")
    return {
        "types": [each.__name__ for each in type(error).__mro__],
        "status": getattr(error, "status_code", None),
        "message": str(error),
        "explained": {**explained, "resets_at": None if reset is None else reset.isoformat()},
    }
