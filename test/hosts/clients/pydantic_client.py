"""pydantic-ai at the gateway, by the protocol of the prefix: chat completions, Responses or Messages."""

import os
from typing import Any

from place import HELLO, LISBON, REYKJAVIK, SEA, Place, weather_of
from pydantic_ai import Agent
from report import BASE_URL, ORIGIN, main

# The addresses and the keys as its pages have them.
os.environ |= {"OPENAI_BASE_URL": BASE_URL, "OPENAI_API_KEY": "unused"}
os.environ |= {"ANTHROPIC_BASE_URL": ORIGIN, "ANTHROPIC_API_KEY": "unused"}


def agent(question: dict[str, Any], **fields: Any) -> Agent[None, Any]:
    return Agent(question["prefix"] + question["model"], **fields)


def chat(question: dict[str, Any]) -> Any:
    return agent(question).run_sync(HELLO).output


def usage(question: dict[str, Any]) -> Any:
    counts = agent(question).run_sync(HELLO).usage
    return {"requests": counts.requests, "input": counts.input_tokens, "output": counts.output_tokens}


def stream(question: dict[str, Any]) -> Any:
    return list(agent(question).run_stream_sync(SEA).stream_text(delta=True, debounce_by=None))


def tools(question: dict[str, Any]) -> Any:
    asked = agent(question)

    @asked.tool_plain
    def get_weather(city: str) -> str:
        """Current weather of a city."""
        return weather_of(city)

    return asked.run_sync(LISBON).output


def structured(question: dict[str, Any]) -> Any:
    return agent(question, output_type=Place).run_sync(REYKJAVIK).output.model_dump()


main({"chat": chat, "usage": usage, "stream": stream, "tools": tools, "structured": structured})
