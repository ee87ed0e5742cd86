"""What the gateway is asked about one request on one deployment."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .deployment import LaplasDeployment

# Only what decides whether a tier serves a call and what it costs. What LiteLLM may still rename or drop for a model (such as
# temperature) would make the gateway refuse a request that is never sent so.
_CHAT_FIELDS = ("max_tokens", "max_completion_tokens", "n", "tools", "thinking")
_IMAGE_FIELDS = ("n", "size", "num_images", "image_size", "image_url")

_ANTHROPIC_PARTS = ("tool_use", "tool_result", "thinking", "redacted_thinking", "image", "document")

_MOST_BYTES = 1_000_000
"""A longer request is asked about by a short stand-in: the gateway sees the whole of it soon enough."""

_STAND_IN = "."

# The Router gives these instead of an image's prompt (1.106.12).
_PLACEHOLDER = [{"role": "user", "content": "prompt"}]


@dataclass(frozen=True, slots=True)
class Question:
    """One body for `POST /v1/check`."""

    body: str
    """JSON. Equal questions are asked once."""
    is_whole: bool
    """Whether it holds the request itself. If not, only a used up budget says something about the request."""


def question_about(
    deployment: LaplasDeployment, messages: Sequence[Any] | None, request_kwargs: Mapping[str, Any] | None
) -> Question | None:
    """Write the question. None where it can't be told what will be called, or the gateway has no such call.

    In the proxy the client's own body is at hand. The SDK's Router hands over neither the input of an embedding nor the prompt
    of an image: those are asked about by a stand-in.
    """
    kwargs = request_kwargs or {}
    given = {**deployment.defaults, **kwargs}
    client_body = _client_body(kwargs)
    match deployment.mode or _guess(messages, client_body):
        case "chat":
            # The Responses API has none: LiteLLM makes them of its input after the deployment is chosen.
            is_chat = messages and not _is_of_anthropic(messages, given.get("tools"))
            whole = {"messages": messages, **_pick(given, _CHAT_FIELDS)} if is_chat else None
            return _question(deployment, whole, {"messages": [{"role": "user", "content": _STAND_IN}]})
        case "embedding":
            text = client_body.get("input")
            return _question(deployment, None if text is None else {"input": text}, {"input": _STAND_IN})
        case "image_generation":
            prompt = client_body.get("prompt")
            fields = _pick({**given, **client_body}, _IMAGE_FIELDS)
            whole_image = None if prompt is None else {"prompt": prompt, **fields}
            return _question(deployment, whole_image, {"prompt": _STAND_IN})
        case _:
            return None


def question_without_request(deployment: LaplasDeployment) -> Question | None:
    """Write the question for the Router's synchronous hook, which knows the deployment only."""
    match deployment.mode:
        case "embedding":
            return _question(deployment, None, {"input": _STAND_IN})
        case "image_generation":
            return _question(deployment, None, {"prompt": _STAND_IN})
        case "chat" | None:
            return _question(deployment, None, {"messages": [{"role": "user", "content": _STAND_IN}]})
        case _:
            return None


def _question(deployment: LaplasDeployment, whole: dict[str, Any] | None, stand_in: dict[str, Any]) -> Question:
    if whole is not None:
        body = json.dumps({"model": deployment.model, **whole}, default=_plain, ensure_ascii=False)
        if len(body) <= _MOST_BYTES:
            return Question(body, is_whole=True)
    return Question(json.dumps({"model": deployment.model, **stand_in}), is_whole=False)


def _guess(messages: Sequence[Any] | None, client_body: Mapping[str, Any]) -> str | None:
    if "prompt" in client_body:
        return "image_generation"
    if "input" in client_body:
        return "embedding"
    return None if not messages or list(messages) == _PLACEHOLDER else "chat"


def _client_body(kwargs: Mapping[str, Any]) -> Mapping[str, Any]:
    """Read what the client of a proxy sent. Only named fields of it are used: there are secrets around it."""
    request = kwargs.get("proxy_server_request")
    body = request.get("body") if isinstance(request, Mapping) else None
    return body if isinstance(body, Mapping) else {}


def _is_of_anthropic(messages: Sequence[Any], tools: object) -> bool:
    """Tell what came at `/v1/messages`: LiteLLM makes it a chat after the choice, and as it is the gateway would refuse it."""
    if isinstance(tools, Sequence) and any(isinstance(tool, Mapping) and "input_schema" in tool for tool in tools):
        return True
    contents = [message.get("content") for message in messages if isinstance(message, Mapping)]
    parts = [part for content in contents if isinstance(content, list) for part in content]
    return any(isinstance(part, Mapping) and part.get("type") in _ANTHROPIC_PARTS for part in parts)


def _pick(given: Mapping[str, Any], names: Sequence[str]) -> dict[str, Any]:
    return {name: given[name] for name in names if given.get(name) is not None}


def _plain(value: object) -> object:
    """Turn LiteLLM's own message objects into JSON."""
    dump = getattr(value, "model_dump", None)
    if callable(dump):
        return dump(exclude_none=True)
    raise TypeError(f"a {type(value).__name__} in the request is not JSON")
