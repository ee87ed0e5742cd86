"""`model="laplas/gpt-4o-mini"` in Python, without an address in each call."""

from collections.abc import AsyncIterator, Iterator
from typing import Any

import litellm
from litellm.llms.custom_llm import CustomLLM
from litellm.utils import custom_llm_setup

from .gateway_address import address_of
from .settings import resolve_provider

PROVIDER = "laplas"


class LaplasProvider(CustomLLM):
    """Makes each call again as `openai/<id>` at the gateway, so that answers and errors are those of LiteLLM's own OpenAI client.

    A synchronous stream fails in the call. Of an asynchronous one LiteLLM wants the iterator before anything is sent, so it fails
    at its first chunk: with the same classes, but 429 and 5xx in a `MidStreamFallbackError`, at which a Router takes its fallback.
    """

    def __init__(self, address: str, token: str | None) -> None:
        super().__init__()
        self._address = address
        self._token = token

    def completion(self, **call: Any) -> Any:
        return litellm.completion(messages=call["messages"], **self._given(call))

    async def acompletion(self, **call: Any) -> Any:
        return await litellm.acompletion(messages=call["messages"], **self._given(call))

    def streaming(self, **call: Any) -> Iterator[Any]:
        # The call is made here: of a generator nothing runs before its first chunk is wanted.
        return map(_chunk, litellm.completion(messages=call["messages"], **self._given(call)))

    async def astreaming(self, **call: Any) -> AsyncIterator[Any]:
        async for chunk in await litellm.acompletion(messages=call["messages"], **self._given(call)):
            yield _chunk(chunk)

    def embedding(self, **call: Any) -> Any:
        return litellm.embedding(input=call["input"], **self._given(call))

    async def aembedding(self, **call: Any) -> Any:
        return await litellm.aembedding(input=call["input"], **self._given(call))

    def image_generation(self, **call: Any) -> Any:
        return litellm.image_generation(prompt=call["prompt"], **self._given(call))

    async def aimage_generation(self, **call: Any) -> Any:
        return await litellm.aimage_generation(prompt=call["prompt"], **self._given(call))

    def _given(self, call: dict[str, Any]) -> dict[str, Any]:
        own = call.get("api_base")
        # The token is for the gateway that it was registered with, and no key of another vendor's goes there in its place.
        token = self._token if own is None or address_of(own) == self._address else None
        return {
            **call["optional_params"],
            "model": f"openai/{call['model']}",
            "api_base": own or f"{self._address}/v1",
            "api_key": call.get("api_key") or token or "unused",
            "extra_headers": call.get("headers") or None,
            "timeout": call.get("timeout"),
            # The outer call has LiteLLM's retries and callbacks already.
            "num_retries": 0,
            "max_retries": 0,
            "no-log": True,
        }


def _chunk(chunk: Any) -> Any:
    """Give the last chunk in the form in which LiteLLM still reads it after the end of the text: else it would guess the usage."""
    usage = getattr(chunk, "usage", None)
    if usage is None:
        return chunk
    nothing = {"text": "", "tool_use": None, "is_finished": False, "finish_reason": "", "index": 0}
    return {**nothing, "usage": usage.model_dump(exclude_none=True)}


def register(*, gateway_url: str | None = None, token: str | None = None) -> None:
    """Let LiteLLM's functions and Routers in this process call `laplas/<id>` at a gateway. Again: at another one.

    For Python only. In the proxy, where a stream's error would come after its 200, use `laplas litellm-config`.

    Args:
        gateway_url: address of the gateway. Default: LAPLAS_GATEWAY_URL, else http://127.0.0.1:4114.
        token: what the gateway wants to see. Default: LAPLAS_GATEWAY_TOKEN; not needed by a gateway without clients.

    Raises:
        ValueError: for an address that is none.

    Example:
        >>> import litellm, litellm_laplas
        >>> litellm_laplas.register()
        >>> litellm.completion(model="laplas/gpt-4o-mini", messages=[{"role": "user", "content": "Hello"}])
    """
    address, shown = resolve_provider(gateway_url=gateway_url, token=token)
    others = [item for item in litellm.custom_provider_map if item["provider"] != PROVIDER]
    litellm.custom_provider_map = [*others, {"provider": PROVIDER, "custom_handler": LaplasProvider(address, shown)}]
    custom_llm_setup()
