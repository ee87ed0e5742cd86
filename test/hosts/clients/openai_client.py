"""The openai package at the gateway."""

import json
from typing import Any

from openai import OpenAI
from pydantic import BaseModel
from report import BASE_URL, content_of, main

MODEL = "gpt-4o-mini"
WEATHER = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "description": "Current weather of a city",
        "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
    },
}


class Place(BaseModel):
    name: str
    inhabitants: int


def client(api_key: str = "unused") -> OpenAI:
    return OpenAI(base_url=BASE_URL, api_key=api_key)


def user(content: Any) -> dict[str, Any]:
    return {"role": "user", "content": content}


def chat(_: dict[str, Any]) -> Any:
    answer = client().chat.completions.with_raw_response.create(model=MODEL, messages=[user("Hello")])
    completion = answer.parse()
    return {
        "text": completion.choices[0].message.content,
        "tokens": completion.usage.total_tokens,
        "api_tokens": completion.usage.api_tokens,
        "header": answer.headers["x-laplas-api-tokens"],
    }


def stream(question: dict[str, Any]) -> Any:
    chunks = client().chat.completions.create(
        model=MODEL, messages=[user(question["prompt"])], stream=True, stream_options={"include_usage": True}
    )
    words = []
    usage = None
    for chunk in chunks:
        words += [choice.delta.content or "" for choice in chunk.choices]
        usage = chunk.usage or usage
    return {"words": words, "api_tokens": usage.api_tokens}


def stream_without_usage(question: dict[str, Any]) -> Any:
    """As most programs have it: every chunk is taken to hold a choice."""
    chunks = client().chat.completions.create(model=MODEL, messages=[user(question["prompt"])], stream=True)
    return "".join(chunk.choices[0].delta.content or "" for chunk in chunks)


def tools(question: dict[str, Any]) -> Any:
    messages = [user(question["prompt"])]
    call = client().chat.completions.create(model=MODEL, messages=messages, tools=[WEATHER])
    message = call.choices[0].message
    messages.append(message)
    for each in message.tool_calls:
        city = json.loads(each.function.arguments)["city"]
        result = f"It is 18 degrees and sunny in {city}."
        messages.append({"role": "tool", "tool_call_id": each.id, "content": result})
    answer = client().chat.completions.create(model=MODEL, messages=messages, tools=[WEATHER])
    return {"finish": call.choices[0].finish_reason, "text": answer.choices[0].message.content}


def structured(question: dict[str, Any]) -> Any:
    model = question.get("model", MODEL)
    answer = client().chat.completions.parse(
        model=model, messages=[user(question["prompt"])], response_format=Place
    )
    return answer.choices[0].message.parsed.model_dump()


def structured_stream(question: dict[str, Any]) -> Any:
    ask = {"messages": [user(question["prompt"])], "response_format": Place}
    with client().chat.completions.stream(model=question["model"], **ask) as stream:
        for _ in stream:
            pass
        return stream.get_final_completion().choices[0].message.parsed.model_dump()


def embeddings(question: dict[str, Any]) -> Any:
    answer = client().embeddings.create(model="text-embedding-3-small", input=question["input"])
    return [each.embedding for each in answer.data]


def images(_: dict[str, Any]) -> Any:
    links = client().images.generate(model="flux/schnell", prompt="A boat", size="512x512", n=2)
    data = client().images.generate(model="dall-e-3", prompt="A boat", response_format="b64_json")
    return {"links": [each.url for each in links.data], "data": data.data[0].b64_json}


def models(_: dict[str, Any]) -> Any:
    return [each.id for each in client().models.list()]


def ask(question: dict[str, Any]) -> Any:
    fields = {"max_tokens": question["maxTokens"]} if "maxTokens" in question else {}
    answer = client(question["apiKey"]).chat.completions.create(
        model=question["model"], messages=[user(content_of(question))], **fields
    )
    return answer.choices[0].message.content


main(
    {
        "chat": chat,
        "stream": stream,
        "stream_without_usage": stream_without_usage,
        "tools": tools,
        "structured": structured,
        "structured_stream": structured_stream,
        "embeddings": embeddings,
        "images": images,
        "models": models,
        "ask": ask,
    }
)
