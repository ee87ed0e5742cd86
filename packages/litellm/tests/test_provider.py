import asyncio
import json
from collections.abc import Iterator
from typing import Any

import litellm
import pytest
from gateways import StubGateway, stub_gateway

import litellm_laplas
from litellm_laplas import explain, register

HELLO = [{"role": "user", "content": "Hello"}]
MODEL = "laplas/gpt-4o-mini"
LIMIT = {"retry-after": "43200", "x-should-retry": "false", "x-laplas-code": "daily_quota"}
SPENT = (429, {"content-type": "application/json", **LIMIT}, b'{"error": {"message": "used up", "code": "x"}}')
CHOICE = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "Hi"}}
USAGE = {"prompt_tokens": 3, "completion_tokens": 2, "total_tokens": 5}
CHAT = {"id": "1", "object": "chat.completion", "created": 1, "model": "m", "choices": [CHOICE], "usage": USAGE}
ANSWER = (200, {"content-type": "application/json"}, json.dumps(CHAT).encode())


@pytest.fixture(autouse=True)
def _others_stay_as_they_were() -> Iterator[None]:
    before = litellm.custom_provider_map
    yield
    litellm.custom_provider_map = before


def test_a_synchronous_stream_fails_in_the_call() -> None:
    with stub_gateway(raw=SPENT) as stub:
        register(gateway_url=stub.gateway.address)
        with pytest.raises(litellm.RateLimitError) as caught:
            litellm.completion(model=MODEL, messages=HELLO, stream=True)
        assert (explain(caught.value).code, explain(caught.value).retry_after) == ("daily_quota", 43200)
        assert len(stub.requests) == 1


def test_an_asynchronous_stream_fails_at_its_first_chunk_with_status_and_headers() -> None:
    async def call() -> None:
        stream = await litellm.acompletion(model=MODEL, messages=HELLO, stream=True)
        # LiteLLM's own, at which a Router takes its fallback.
        with pytest.raises(litellm.exceptions.MidStreamFallbackError) as caught:
            await anext(aiter(stream))
        assert caught.value.status_code == 429
        assert isinstance(caught.value.original_exception, litellm.RateLimitError)
        assert (explain(caught.value).code, explain(caught.value).retry_after) == ("daily_quota", 43200)

    with stub_gateway(raw=SPENT) as stub:
        register(gateway_url=stub.gateway.address)
        asyncio.run(call())
        assert len(stub.requests) == 1


def sent(stub: StubGateway, **more: Any) -> dict[str, str]:
    litellm.completion(model=MODEL, messages=HELLO, **more)
    return stub.headers[-1]


def test_the_token_goes_to_its_gateway_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-of-openai")
    with stub_gateway(raw=ANSWER) as own, stub_gateway(raw=ANSWER) as other:
        register(gateway_url=own.gateway.address, token="secret")
        assert sent(own)["authorization"] == "Bearer secret"
        assert sent(own, api_key="of-the-call")["authorization"] == "Bearer of-the-call"
        assert sent(other, api_base=f"{other.gateway.address}/v1")["authorization"] == "Bearer unused"
        register(gateway_url=own.gateway.address)
        assert sent(own)["authorization"] == "Bearer unused"


def test_headers_of_the_call_are_sent() -> None:
    with stub_gateway(raw=ANSWER) as stub:
        register(gateway_url=stub.gateway.address)
        assert sent(stub, extra_headers={"x-laplas-session": "one"})["x-laplas-session"] == "one"


def test_it_is_registered_once_beside_others(monkeypatch: pytest.MonkeyPatch) -> None:
    other = {"provider": "other", "custom_handler": litellm.CustomLLM()}
    litellm.custom_provider_map = [other]
    register()
    register(gateway_url="http://gateway.example/v1")
    assert [item["provider"] for item in litellm.custom_provider_map] == ["other", "laplas"]
    with pytest.raises(ValueError, match=r"gateway_url \(LAPLAS_GATEWAY_URL\) is 'htp:/x'"):
        register(gateway_url="htp:/x")
    monkeypatch.setenv("LAPLAS_GATEWAY_URL", "nowhere")
    with pytest.raises(ValueError, match="nowhere"):
        litellm_laplas.register()
