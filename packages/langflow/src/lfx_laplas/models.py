"""The classes behind the provider: LangChain's for OpenAI-compatible servers, without retries of their own."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Any

from langchain_core.messages import BaseMessage
from langchain_core.outputs import ChatGenerationChunk, ChatResult
from langchain_openai import ChatOpenAI, OpenAIEmbeddings

from lfx_laplas.errors import another_program
from lfx_laplas.gateway_address import find_gateway
from lfx_laplas.sdk_errors import SDK_ERRORS, readable


def _behind_gateway(options: dict[str, Any]) -> dict[str, Any]:
    """Fill in where the gateway is, or the SDK would send another vendor's key to that vendor."""
    if options.get("base_url") or options.get("openai_api_base"):
        return options
    gateway = find_gateway()
    return {"api_key": gateway.token, **options, "base_url": gateway.base_url}


class ChatLaplas(ChatOpenAI):
    """A chat model behind the gateway. What is refused is a `LaplasError`, after one request."""

    # The gateway's engine is the only one that retries; the SDK's two more would spend the budget.
    max_retries: int | None = 0
    # The gateway has no /v1/responses, which LangChain would take for some names of models.
    use_responses_api: bool | None = False
    # Not from OPENAI_PROXY: the gateway is near.
    openai_proxy: str | None = None

    def __init__(self, **options: Any) -> None:
        super().__init__(**_behind_gateway(options))

    def _generate(self, messages: list[BaseMessage], *args: Any, **kwargs: Any) -> ChatResult:
        try:
            return super()._generate(messages, *args, **kwargs)
        except SDK_ERRORS as error:
            refused = readable(error, str(self.openai_api_base))
        raise refused

    async def _agenerate(self, messages: list[BaseMessage], *args: Any, **kwargs: Any) -> ChatResult:
        try:
            return await super()._agenerate(messages, *args, **kwargs)
        except SDK_ERRORS as error:
            refused = readable(error, str(self.openai_api_base))
        raise refused

    def _stream(self, *args: Any, **kwargs: Any) -> Iterator[ChatGenerationChunk]:
        is_empty = True
        try:
            for chunk in super()._stream(*args, **kwargs):
                is_empty = False
                yield chunk
        except SDK_ERRORS as error:
            refused = readable(error, str(self.openai_api_base))
        else:
            refused = another_program(str(self.openai_api_base), "an empty stream") if is_empty else None
        if refused is not None:
            raise refused

    async def _astream(self, *args: Any, **kwargs: Any) -> AsyncIterator[ChatGenerationChunk]:
        is_empty = True
        try:
            async for chunk in super()._astream(*args, **kwargs):
                is_empty = False
                yield chunk
        except SDK_ERRORS as error:
            refused = readable(error, str(self.openai_api_base))
        else:
            refused = another_program(str(self.openai_api_base), "an empty stream") if is_empty else None
        if refused is not None:
            raise refused


class LaplasEmbeddings(OpenAIEmbeddings):
    """An embedding model behind the gateway: texts go as they are, vectors come as base64."""

    max_retries: int = 0
    # With it LangChain downloads a tokenizer and sends numbers, which only OpenAI's own models could read.
    check_embedding_ctx_length: bool = False
    openai_proxy: str | None = None

    def __init__(self, **options: Any) -> None:
        super().__init__(**_behind_gateway(options))

    def embed_documents(self, texts: list[str], *args: Any, **kwargs: Any) -> list[list[float]]:
        """Embed many texts. Raises `LaplasError`."""
        try:
            return super().embed_documents(texts, *args, **kwargs)
        except SDK_ERRORS as error:
            refused = readable(error, str(self.openai_api_base))
        raise refused

    async def aembed_documents(self, texts: list[str], *args: Any, **kwargs: Any) -> list[list[float]]:
        """Embed many texts. Raises `LaplasError`."""
        try:
            return await super().aembed_documents(texts, *args, **kwargs)
        except SDK_ERRORS as error:
            refused = readable(error, str(self.openai_api_base))
        raise refused
