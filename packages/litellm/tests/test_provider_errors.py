"""Errors of `laplas/` are those of `openai/` at the gateway's address, in all ways to call."""

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import litellm
import pytest
from gateways import stub_gateway

from litellm_laplas import explain, register
from litellm_laplas.registration import set_registration

HELLO = [{"role": "user", "content": "Größe 日本 🎉"}]
CHAT = ("gpt-4o-mini", {"messages": HELLO})
STREAM = ("gpt-4o-mini", {"messages": HELLO, "stream": True})
EMBEDDING = ("text-embedding-3-small", {"input": ["Größe 日本 🎉"]})
IMAGE = ("flux/schnell", {"prompt": "Größe 日本 🎉"})
WAYS = [
    ("completion", *CHAT),
    ("acompletion", *CHAT),
    ("completion", *STREAM),
    ("acompletion", *STREAM),
    ("embedding", *EMBEDDING),
    ("aembedding", *EMBEDDING),
    ("image_generation", *IMAGE),
    ("aimage_generation", *IMAGE),
]
RESET = {"x-laplas-rule": "daily_api_tokens", "x-laplas-resets-at": "2999-01-01T00:00:02.000Z"}
# Status, class, code, Retry-After, and what else the gateway's headers hold.
REFUSALS: list[tuple[int, type[Exception], str, str | None, dict[str, str]]] = [
    (429, litellm.RateLimitError, "daily_quota", "43200", RESET),
    (400, litellm.BadRequestError, "image_input", None, {}),
    (401, litellm.AuthenticationError, "invalid_api_key", "300", {}),
    (404, litellm.NotFoundError, "model_not_on_tier", "86400", {}),
    (503, litellm.ServiceUnavailableError, "upstream_down", None, {}),
]


@pytest.fixture(autouse=True)
def _others_stay_as_they_were() -> Iterator[None]:
    before = litellm.custom_provider_map
    yield
    litellm.custom_provider_map = before
    set_registration(None)


async def called(method: str, arguments: dict[str, Any]) -> None:
    answer = getattr(litellm, method)(**arguments)
    if asyncio.iscoroutine(answer):
        answer = await answer
    if hasattr(answer, "__anext__"):
        await anext(aiter(answer))


def failure(method: str, arguments: dict[str, Any]) -> Exception:
    with pytest.raises(Exception) as caught:  # noqa: PT011
        asyncio.run(called(method, arguments))
    return caught.value


def raised(error: Exception) -> Exception:
    """Take off what LiteLLM puts around a 429 or 5xx that comes at an asynchronous stream's first chunk."""
    wrapped = getattr(error, "original_exception", None)
    return wrapped if isinstance(wrapped, Exception) else error


@pytest.mark.parametrize(("method", "model", "arguments"), WAYS)
@pytest.mark.parametrize(("status", "kind", "code", "wait", "headers"), REFUSALS)
def test_class_status_message_and_headers_are_the_same(
    method: str,
    model: str,
    arguments: dict[str, Any],
    status: int,
    kind: type[Exception],
    code: str,
    wait: str | None,
    headers: dict[str, str],
) -> None:
    said = {
        "message": "laplas: nicht möglich, 不可 🎉.",
        "type": "some_error",
        "param": None,
        "code": f"free_tier_{code}",
    }
    told = {"content-type": "application/json", "x-should-retry": "false", "x-laplas-code": code, **headers}
    if wait is not None:
        told["retry-after"] = wait
    with stub_gateway(raw=(status, told, json.dumps({"error": said}, ensure_ascii=False).encode())) as stub:
        register(gateway_url=stub.gateway.address, token="secret")
        ours = failure(method, {"model": f"laplas/{model}", **arguments})
        there = {"api_base": f"{stub.gateway.address}/v1", "api_key": "secret", "max_retries": 0}
        theirs = failure(method, {"model": f"openai/{model}", **there, **arguments})
        assert len(stub.requests) == 2
        assert [headers["authorization"] for headers in stub.headers] == ["Bearer secret"] * 2
    assert type(raised(ours)) is type(theirs) is kind
    assert (getattr(ours, "status_code", None), str(raised(ours))) == (status, str(theirs))
    explanation = explain(ours)
    assert explanation == explain(theirs)
    assert (explanation.code, explanation.status, explanation.retryable) == (code, status, False)
    assert explanation.retry_after == (None if wait is None else float(wait))
    assert explanation.message == said["message"]


@pytest.mark.parametrize(("method", "model", "arguments"), WAYS[:4])
def test_a_gateway_that_is_away_is_the_same_failure(method: str, model: str, arguments: dict[str, Any]) -> None:
    with stub_gateway() as stub:
        address = stub.gateway.address
    register(gateway_url=address)
    ours = failure(method, {"model": f"laplas/{model}", **arguments})
    there = {"api_base": f"{address}/v1", "api_key": "unused", "max_retries": 0}
    theirs = failure(method, {"model": f"openai/{model}", **there, **arguments})
    assert type(raised(ours)) is type(theirs) is litellm.InternalServerError
    assert str(raised(ours)) == str(theirs)
    assert explain(ours).retryable is True
