"""Anthropic's package at the gateway's Messages API."""

import asyncio
from typing import Any

from anthropic import Anthropic, AsyncAnthropic, beta_tool
from place import HELLO, LISBON, REYKJAVIK, SEA, Place, weather_of
from report import ORIGIN, main

MODEL = "gpt-4o-mini"
WEATHER = {
    "name": "get_weather",
    "description": "Current weather of a city",
    "input_schema": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
}


def client(api_key: str = "unused") -> Anthropic:
    return Anthropic(base_url=ORIGIN, api_key=api_key)


def user(content: Any) -> dict[str, Any]:
    return {"role": "user", "content": content}


def asking(text: str, **fields: Any) -> dict[str, Any]:
    return {"model": MODEL, "max_tokens": 500, "messages": [user(text)], **fields}


def text_of(message: Any) -> str:
    return "".join(block.text for block in message.content if block.type == "text")


def numbers(message: Any) -> dict[str, int]:
    usage = message.usage
    return {
        "input": usage.input_tokens,
        "cache_read": usage.cache_read_input_tokens,
        "cache_creation": usage.cache_creation_input_tokens,
        "output": usage.output_tokens,
    }


def chat(_: dict[str, Any]) -> Any:
    answer = client().messages.with_raw_response.create(**asking(HELLO, system="Be friendly."))
    message = answer.parse()
    return {
        "text": text_of(message),
        "stop": message.stop_reason,
        "usage": numbers(message),
        "has_id": message._request_id == answer.headers["x-request-id"],
        "api_tokens": int(answer.headers["x-laplas-api-tokens"]),
    }


def stream(_: dict[str, Any]) -> Any:
    with client().messages.stream(**asking(SEA)) as events:
        words = list(events.text_stream)
        message = events.get_final_message()
    return {"words": words, "text": text_of(message), "stop": message.stop_reason, "usage": numbers(message)}


def events(_: dict[str, Any]) -> Any:
    given = list(client().messages.create(**asking(HELLO), stream=True))
    return [each.type for each in given if each.type != "content_block_delta"]


def tools(question: dict[str, Any]) -> Any:
    ask = {"model": question["model"], "max_tokens": 500, "tools": [WEATHER]}
    messages = [user(LISBON)]
    first = client().messages.create(messages=messages, **ask)
    uses = [block for block in first.content if block.type == "tool_use"]
    results = [
        {"type": "tool_result", "tool_use_id": each.id, "content": weather_of(each.input["city"])} for each in uses
    ]
    messages += [{"role": "assistant", "content": first.content}, user(results)]
    with client().messages.stream(messages=messages, **ask) as events:
        text = events.get_final_text()
    return {"stop": first.stop_reason, "calls": [[each.name, each.input] for each in uses], "text": text}


def tools_stream(_: dict[str, Any]) -> Any:
    with client().messages.stream(**asking(LISBON, tools=[WEATHER])) as events:
        parts = [each.partial_json for each in events if each.type == "input_json"]
        message = events.get_final_message()
    use = message.content[-1]
    return {"parts": "".join(parts), "input": use.input, "stop": message.stop_reason}


@beta_tool
def get_weather(city: str) -> str:
    """Current weather of a city.

    Args:
        city: The city.
    """
    return weather_of(city)


def runner(_: dict[str, Any]) -> Any:
    """The package's own loop, which runs tools itself and asks for a thread."""
    return text_of(client().beta.messages.tool_runner(**asking(LISBON, tools=[get_weather])).until_done())


def thread(_: dict[str, Any]) -> Any:
    """A conversation of which each turn sends the new messages."""
    asked = client().beta.messages.thread(model=MODEL, max_tokens=500)
    return [text_of(asked.send(user(each))) for each in (HELLO, LISBON, HELLO)]


def structured(question: dict[str, Any]) -> Any:
    asked = asking(REYKJAVIK, model=question["model"], output_format=Place)
    return client().messages.parse(**asked).parsed_output.model_dump()


def thinking(question: dict[str, Any]) -> Any:
    thinking = {"type": "enabled", "budget_tokens": 1_024}
    ask = asking("What is 6 * 7?", model=question["model"], thinking=thinking, max_tokens=2_000)
    whole = client().messages.create(**ask)
    with client().messages.stream(**ask) as events:
        streamed = events.get_final_message()
    # And the blocks go back.
    messages = [*ask["messages"], {"role": "assistant", "content": whole.content}, user(HELLO)]
    after = client().messages.create(**{**ask, "messages": messages})
    return {
        "whole": [block.type for block in whole.content],
        "streamed": [block.type for block in streamed.content],
        "thoughts": "".join(block.thinking for block in streamed.content if block.type == "thinking"),
        "text": text_of(whole),
        "after": after.stop_reason,
    }


def asynchronous(_: dict[str, Any]) -> Any:
    async def answers() -> Any:
        async with AsyncAnthropic(base_url=ORIGIN, api_key="unused") as asked:
            whole = await asked.messages.create(**asking(HELLO))
            async with asked.messages.stream(**asking(SEA)) as events:
                words = [word async for word in events.text_stream]
        return {"text": text_of(whole), "streamed": "".join(words)}

    return asyncio.run(answers())


def count(_: dict[str, Any]) -> Any:
    return client().messages.count_tokens(model=MODEL, messages=[user(LISBON)], tools=[WEATHER]).input_tokens


def models(_: dict[str, Any]) -> Any:
    listed = [each.id for each in client().models.list(limit=20)]
    one = client().models.retrieve(MODEL)
    return {"listed": listed, "one": [one.id, one.type]}


def ask(question: dict[str, Any]) -> Any:
    content: Any = question["prompt"]
    if "image" in question:
        media_type, data = question["image"].removeprefix("data:").split(";base64,")
        source = {"type": "base64", "media_type": media_type, "data": data}
        content = [{"type": "text", "text": content}, {"type": "image", "source": source}]
    answer = client(question["apiKey"]).messages.create(
        model=question["model"], max_tokens=question.get("maxTokens", 500), messages=[user(content)]
    )
    return text_of(answer)


main(
    {
        "chat": chat,
        "stream": stream,
        "events": events,
        "tools": tools,
        "tools_stream": tools_stream,
        "runner": runner,
        "thread": thread,
        "structured": structured,
        "thinking": thinking,
        "asynchronous": asynchronous,
        "count": count,
        "models": models,
        "ask": ask,
    }
)
