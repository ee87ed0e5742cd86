"""pydantic-ai at the gateway, in its chat completions mode."""

import os
from typing import Any

from place import HELLO, LISBON, REYKJAVIK, SEA, Place, weather_of
from pydantic_ai import Agent
from report import BASE_URL, main

# The address and the key as its page has them.
os.environ["OPENAI_BASE_URL"] = BASE_URL
os.environ["OPENAI_API_KEY"] = "unused"


def agent(question: dict[str, Any], **fields: Any) -> Agent[None, Any]:
    return Agent("openai-chat:" + question["model"], **fields)


def chat(question: dict[str, Any]) -> Any:
    return agent(question).run_sync(HELLO).output


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


main({"chat": chat, "stream": stream, "tools": tools, "structured": structured})
