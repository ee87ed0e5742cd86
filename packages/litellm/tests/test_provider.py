import asyncio
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import litellm
import pytest
from gateways import StubGateway, stub_gateway

import litellm_laplas
from litellm_laplas import explain, register
from litellm_laplas.registration import set_registration

HELLO = [{"role": "user", "content": "Hello"}]
MODEL = "laplas/gpt-4o-mini"
LIMIT = {"retry-after": "43200", "x-should-retry": "false", "x-laplas-code": "daily_quota"}
SPENT = (429, {"content-type": "application/json", **LIMIT}, b'{"error": {"message": "used up", "code": "x"}}')
CHOICE = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "Hi"}}
USAGE = {"prompt_tokens": 3, "completion_tokens": 2, "total_tokens": 5}
CHAT = {"id": "1", "object": "chat.completion", "created": 1, "model": "m", "choices": [CHOICE], "usage": USAGE}
JSON = {"content-type": "application/json"}
ANSWER = (200, JSON, json.dumps(CHAT).encode())
VECTOR = {"object": "embedding", "index": 0, "embedding": [0.1, 0.2]}
VECTORS = {"object": "list", "model": "m", "data": [VECTOR], "usage": {"prompt_tokens": 3, "total_tokens": 3}}
PICTURES = {"created": 1, "data": [{"url": "http://127.0.0.1/a.png"}]}
DELTA = {"index": 0, "delta": {"role": "assistant", "content": "word "}, "finish_reason": None}
CHUNK = {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [DELTA]}
ENDLESS = (200, {"content-type": "text/event-stream"}, f"data: {json.dumps(CHUNK)}\n\n".encode() * 20)


@pytest.fixture(autouse=True)
def _others_stay_as_they_were() -> Iterator[None]:
    before = litellm.custom_provider_map
    yield
    litellm.custom_provider_map = before
    set_registration(None)


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


async def made(method: str, **arguments: Any) -> Any:
    answer = getattr(litellm, method)(**arguments)
    return await answer if asyncio.iscoroutine(answer) else answer


@pytest.mark.parametrize("method", ["image_generation", "aimage_generation"])
def test_an_image_is_asked_for_as_it_was_wanted(method: str) -> None:
    wanted = {"prompt": "Ein Leuchtturm, 灯台 🎉", "n": 2, "size": "512x512", "user": "me", "seed": 7}
    with stub_gateway(raw=(200, JSON, json.dumps(PICTURES).encode())) as stub:
        register(gateway_url=stub.gateway.address, token="secret")
        headers = {"x-laplas-session": "one"}
        asyncio.run(made(method, model="laplas/flux/schnell", extra_headers=headers, **wanted))
        (body,) = stub.requests[-1]
        assert {name: body.get(name) for name in wanted} == wanted
        assert body["model"] == "flux/schnell"
        assert (stub.headers[-1]["x-laplas-session"], stub.headers[-1]["authorization"]) == ("one", "Bearer secret")


@pytest.mark.parametrize("method", ["embedding", "aembedding"])
def test_an_embedding_has_its_headers_and_its_own_fields(method: str) -> None:
    with stub_gateway(raw=(200, JSON, json.dumps(VECTORS).encode())) as stub:
        register(gateway_url=stub.gateway.address, token="secret")
        more = {"extra_headers": {"x-laplas-session": "one"}, "extra_body": {"dimensions": 2}}
        asyncio.run(made(method, model="laplas/text-embedding-3-small", input=["Größe 🎉"], **more))
        assert stub.requests[-1] == [{"model": "text-embedding-3-small", "input": ["Größe 🎉"], "dimensions": 2}]
        assert (stub.headers[-1]["x-laplas-session"], stub.headers[-1]["authorization"]) == ("one", "Bearer secret")
        # As the README says: LiteLLM refuses it before the provider is asked.
        with pytest.raises(litellm.UnsupportedParamsError):
            asyncio.run(made(method, model="laplas/text-embedding-3-small", input=["a"], dimensions=2))


@pytest.mark.parametrize("method", ["completion", "acompletion"])
def test_what_a_call_allows_is_allowed_to_the_call_behind_it(method: str) -> None:
    with stub_gateway(raw=ANSWER) as stub:
        register(gateway_url=stub.gateway.address)
        allowed = {"reasoning_effort": "low", "allowed_openai_params": ["reasoning_effort"]}
        asyncio.run(made(method, model=MODEL, messages=HELLO, **allowed))
        assert stub.requests[-1][0]["reasoning_effort"] == "low"


def test_a_synchronous_stream_that_is_closed_ends_at_the_gateway() -> None:
    for chunks in (0, 1):
        with stub_gateway(raw=ENDLESS) as stub:
            register(gateway_url=stub.gateway.address)
            stream = litellm.completion(model=MODEL, messages=HELLO, stream=True)
            for _ in range(chunks):
                assert next(stream).choices[0].delta.content == "word "
            stream.close()
            assert stub.left.wait(30)


def test_an_asynchronous_stream_that_is_closed_ends_at_the_gateway() -> None:
    async def leave(stub: StubGateway) -> None:
        stream = await litellm.acompletion(model=MODEL, messages=HELLO, stream=True)
        assert (await anext(aiter(stream))).choices[0].delta.content == "word "
        await stream.aclose()
        assert await asyncio.to_thread(stub.left.wait, 30)

    with stub_gateway(raw=ENDLESS) as stub:
        register(gateway_url=stub.gateway.address)
        asyncio.run(leave(stub))


def test_twenty_threads_call_while_others_register() -> None:
    def call(index: int) -> str:
        if index % 5 == 0:
            register(gateway_url=stub.gateway.address)
        return str(litellm.completion(model=MODEL, messages=HELLO).choices[0].message.content)

    with stub_gateway(raw=ANSWER) as stub, ThreadPoolExecutor(20) as threads:
        register(gateway_url=stub.gateway.address)
        assert list(threads.map(call, range(100))) == ["Hi"] * 100
    assert len(stub.requests) == 100


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
