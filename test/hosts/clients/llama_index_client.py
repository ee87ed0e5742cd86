"""LlamaIndex's OpenAILike at the gateway: by default it speaks the protocol of legacy completions."""

from typing import Any

from llama_index.core.base.llms.types import ChatMessage
from llama_index.llms.openai_like import OpenAILike
from place import HELLO, REYKJAVIK, SEA, Place
from report import BASE_URL, main


def model(question: dict[str, Any], **fields: Any) -> OpenAILike:
    headers = question.get("headers")
    return OpenAILike(
        model=question["model"], api_base=BASE_URL, api_key="unused", default_headers=headers, **fields
    )


def user(text: str) -> list[ChatMessage]:
    return [ChatMessage(role="user", content=text)]


def complete(question: dict[str, Any]) -> Any:
    return model(question).complete(HELLO).text


def complete_stream(question: dict[str, Any]) -> Any:
    return [part.delta for part in model(question).stream_complete(SEA)]


def chat(question: dict[str, Any]) -> Any:
    return model(question, is_chat_model=True).chat(user(HELLO)).message.content


def stream(question: dict[str, Any]) -> Any:
    return [part.delta for part in model(question, is_chat_model=True).stream_chat(user(SEA))]


def structured(question: dict[str, Any]) -> Any:
    # Told that the model calls tools: without that, it demands a call, offers no tool, and asks for JSON in words.
    asked = model(question, is_chat_model=True, is_function_calling_model=True)
    return asked.as_structured_llm(Place).complete(REYKJAVIK).raw.model_dump()


def structured_by_default(question: dict[str, Any]) -> Any:
    return model(question, is_chat_model=True).as_structured_llm(Place).complete(REYKJAVIK).raw.model_dump()


main(
    {
        "complete": complete,
        "complete_stream": complete_stream,
        "chat": chat,
        "stream": stream,
        "structured": structured,
        "structured_by_default": structured_by_default,
    }
)
