"""`model="laplas/gpt-4o-mini"` in Python, without an address in each call."""

from collections.abc import AsyncIterator, Iterator
from typing import Any

import litellm
from litellm.llms.custom_llm import CustomLLM
from litellm.utils import custom_llm_setup

from .caller_arguments import caller_arguments
from .gateway_address import address_of
from .provider_stream import Chunks, readable_chunk
from .registration import PROVIDER, Registration, set_registration
from .settings import resolve_provider

_ALWAYS = ("allowed_openai_params", "drop_params")
_OF_IMAGES = ("n", "quality", "response_format", "size", "style", "user")


class LaplasProvider(CustomLLM):
    """Makes each call again as `openai/<id>` at the gateway, so that answers and errors are those of LiteLLM's own OpenAI client.

    A synchronous stream fails in the call. Of an asynchronous one LiteLLM wants the iterator before anything is sent, so it fails
    at its first chunk: with the same classes, but 429 and 5xx in a `MidStreamFallbackError`, at which a Router takes its fallback.
    """

    def __init__(self, registration: Registration) -> None:
        super().__init__()
        self._registration = registration

    def completion(self, **call: Any) -> Any:
        return litellm.completion(messages=call["messages"], **self._given(call))

    async def acompletion(self, **call: Any) -> Any:
        return await litellm.acompletion(messages=call["messages"], **self._given(call))

    def streaming(self, **call: Any) -> Iterator[Any]:
        # The call is made here: of a generator nothing runs before its first chunk is wanted.
        return Chunks(litellm.completion(messages=call["messages"], **self._given(call)))

    async def astreaming(self, **call: Any) -> AsyncIterator[Any]:
        stream = await litellm.acompletion(messages=call["messages"], **self._given(call))
        try:
            async for chunk in stream:
                yield readable_chunk(chunk)
        finally:
            await stream.aclose()

    def embedding(self, **call: Any) -> Any:
        return litellm.embedding(input=call["input"], **self._given(call))

    async def aembedding(self, **call: Any) -> Any:
        return await litellm.aembedding(input=call["input"], **self._given(call))

    def image_generation(self, **call: Any) -> Any:
        return litellm.image_generation(prompt=call["prompt"], **self._given(call, _OF_IMAGES))

    async def aimage_generation(self, **call: Any) -> Any:
        return await litellm.aimage_generation(prompt=call["prompt"], **self._given(call, _OF_IMAGES))

    def _given(self, call: dict[str, Any], fields: tuple[str, ...] = ()) -> dict[str, Any]:
        arguments = caller_arguments(call)
        options = call["optional_params"]
        named = {name: arguments[name] for name in (*_ALWAYS, *fields) if arguments.get(name) is not None}
        headers: dict[str, Any] = {}
        for some in (arguments.get("extra_headers"), arguments.get("headers"), call.get("headers")):
            headers.update(some or {})
        own = call.get("api_base")
        # No key of another vendor's goes to the gateway in the token's place.
        token = self._registration.token_for(None if own is None else address_of(own) or own)
        return {
            **named,
            **options,
            "model": f"openai/{call['model']}",
            "api_base": own or f"{self._registration.address}/v1",
            "api_key": call.get("api_key") or token or "unused",
            "extra_headers": headers or None,
            "timeout": call.get("timeout"),
            # The outer call has LiteLLM's retries and callbacks already.
            "num_retries": 0,
            "max_retries": 0,
            "no-log": True,
        }


def register(*, gateway_url: str | None = None, token: str | None = None) -> None:
    """Let LiteLLM's functions and Routers in this process call `laplas/<id>` at a gateway. Again: at another one.

    For Python only. In the proxy, where a stream's error would come after its 200, use `laplas litellm-config`.

    Args:
        gateway_url: address of the gateway. Default: LAPLAS_GATEWAY_URL, else http://127.0.0.1:4114.
        token: what the gateway wants to see. Default: LAPLAS_GATEWAY_TOKEN; not needed by a gateway without clients.

    Raises:
        ValueError: for an address that is none, or a token that no header can carry.

    Example:
        >>> import litellm, litellm_laplas
        >>> litellm_laplas.register()
        >>> litellm.completion(model="laplas/gpt-4o-mini", messages=[{"role": "user", "content": "Hello"}])
    """
    registration = Registration(*resolve_provider(gateway_url=gateway_url, token=token))
    set_registration(registration)
    others = [item for item in litellm.custom_provider_map if item["provider"] != PROVIDER]
    litellm.custom_provider_map = [*others, {"provider": PROVIDER, "custom_handler": LaplasProvider(registration)}]
    custom_llm_setup()
