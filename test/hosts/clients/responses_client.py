"""The openai package at the gateway's Responses API."""

import asyncio
import json
from typing import Any

from openai import AsyncOpenAI, OpenAI
from place import HELLO, LISBON, REYKJAVIK, SEA, Place, weather_of
from report import BASE_URL, main

MODEL = "gpt-4o-mini"
WEATHER = {
    "type": "function",
    "name": "get_weather",
    "description": "Current weather of a city",
    "parameters": {
        "type": "object",
        "properties": {"city": {"type": "string"}},
        "required": ["city"],
        "additionalProperties": False,
    },
    "strict": True,
}
PROGRAM = {
    "type": "custom",
    "name": "run_program",
    "description": "Runs a program of Python, and gives what it prints",
    "format": {"type": "grammar", "syntax": "regex", "definition": ".+"},
}


def client(api_key: str = "unused") -> OpenAI:
    return OpenAI(base_url=BASE_URL, api_key=api_key)


def numbers(response: Any) -> dict[str, int]:
    """The five that every answer has."""
    usage = response.usage
    return {
        "input": usage.input_tokens,
        "cached": usage.input_tokens_details.cached_tokens,
        "output": usage.output_tokens,
        "reasoning": usage.output_tokens_details.reasoning_tokens,
        "total": usage.total_tokens,
    }


def chat(_: dict[str, Any]) -> Any:
    answer = client().responses.with_raw_response.create(model=MODEL, instructions="Be friendly.", input=HELLO)
    response = answer.parse()
    return {
        "text": response.output_text,
        "status": response.status,
        "usage": numbers(response),
        "api_tokens": int(answer.headers["x-laplas-api-tokens"]),
    }


def stream(_: dict[str, Any]) -> Any:
    events = list(client().responses.create(model=MODEL, input=SEA, stream=True))
    last = events[-1].response
    return {
        "types": list(dict.fromkeys(each.type for each in events)),
        "in_order": [each.sequence_number for each in events] == list(range(len(events))),
        "words": [each.delta for each in events if each.type == "response.output_text.delta"],
        "text": last.output_text,
        "usage": numbers(last),
    }


def snapshot(_: dict[str, Any]) -> Any:
    """Of the package's own helper, which puts the events together."""
    with client().responses.stream(model=MODEL, input=LISBON, tools=[WEATHER]) as events:
        types = [each.type for each in events]
        response = events.get_final_response()
    call = response.output[0]
    return {"events": len(types), "name": call.name, "arguments": call.arguments, "usage": numbers(response)}


def tools(_: dict[str, Any]) -> Any:
    ask = {"model": MODEL, "tools": [WEATHER]}
    messages: list[Any] = [{"role": "user", "content": LISBON}]
    first = client().responses.create(input=messages, tool_choice="required", **ask)
    messages += first.output
    calls = [each for each in first.output if each.type == "function_call"]
    for each in calls:
        output = weather_of(json.loads(each.arguments)["city"])
        messages.append({"type": "function_call_output", "call_id": each.call_id, "output": output})
    second = client().responses.create(input=messages, **ask)
    return {
        "calls": [[each.name, json.loads(each.arguments), each.status] for each in calls],
        "text": second.output_text,
    }


def custom(question: dict[str, Any]) -> Any:
    """A tool whose input is text and no JSON, in a stream, and its result."""
    ask = {"model": question["model"], "tools": [PROGRAM]}
    messages: list[Any] = [{"role": "user", "content": "Run a program"}]
    choice = {"type": "custom", "name": "run_program"}
    with client().responses.stream(input=messages, tool_choice=choice, **ask) as events:
        deltas = [each.delta for each in events if each.type == "response.custom_tool_call_input.delta"]
        first = events.get_final_response()
    call = first.output[-1]
    messages += [
        *first.output,
        {"type": "custom_tool_call_output", "call_id": call.call_id, "output": "It printed 42."},
    ]
    second = client().responses.create(input=messages, **ask)
    return {
        "type": call.type,
        "name": call.name,
        "deltas": deltas,
        "input": call.input,
        "text": second.output_text,
    }


def parsed(question: dict[str, Any]) -> Any:
    answer = client().responses.parse(model=question["model"], input=REYKJAVIK, text_format=Place)
    return answer.output_parsed.model_dump()


def parsed_stream(question: dict[str, Any]) -> Any:
    with client().responses.stream(model=question["model"], input=REYKJAVIK, text_format=Place) as events:
        for _ in events:
            pass
        return events.get_final_response().output_parsed.model_dump()


def asynchronous(_: dict[str, Any]) -> Any:
    async def answers() -> Any:
        async with AsyncOpenAI(base_url=BASE_URL, api_key="unused") as asked:
            whole, events = await asyncio.gather(
                asked.responses.create(model=MODEL, input=HELLO),
                asked.responses.create(model=MODEL, input=SEA, stream=True),
            )
            deltas = [each.delta async for each in events if each.type == "response.output_text.delta"]
        return {"text": whole.output_text, "streamed": "".join(deltas)}

    return asyncio.run(answers())


def stored(_: dict[str, Any]) -> Any:
    return client().responses.retrieve("resp_1").id


def ask(question: dict[str, Any]) -> Any:
    content = [{"type": "input_text", "text": question["prompt"]}]
    if "image" in question:
        content.append({"type": "input_image", "image_url": question["image"], "detail": "auto"})
    fields = {"max_output_tokens": question["maxTokens"]} if "maxTokens" in question else {}
    messages = [{"role": "user", "content": content}]
    asked = client(question["apiKey"])
    return asked.responses.create(model=question["model"], input=messages, **fields).output_text


main(
    {
        "chat": chat,
        "stream": stream,
        "snapshot": snapshot,
        "tools": tools,
        "custom": custom,
        "parsed": parsed,
        "parsed_stream": parsed_stream,
        "asynchronous": asynchronous,
        "stored": stored,
        "ask": ask,
    }
)
