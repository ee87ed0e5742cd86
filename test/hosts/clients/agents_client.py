"""The OpenAI Agents SDK at the gateway: by Responses, as it is made, or by chat completions."""

import asyncio
from typing import Any

from agents import (
    Agent,
    ModelSettings,
    OpenAIProvider,
    RunConfig,
    Runner,
    function_tool,
)
from openai import AsyncOpenAI
from place import LISBON, REYKJAVIK, Place, weather_of
from report import BASE_URL, main


@function_tool
def get_weather(city: str) -> str:
    """Current weather of a city."""
    return weather_of(city)


def config(question: dict[str, Any]) -> RunConfig:
    key = question.get("apiKey", "unused")
    client = AsyncOpenAI(base_url=BASE_URL, api_key=key, default_headers=question.get("headers"))
    # Undefined leaves it at its default.
    provider = OpenAIProvider(openai_client=client, use_responses=question.get("useResponses"))
    return RunConfig(model_provider=provider, tracing_disabled=True)


def weather_agent(question: dict[str, Any]) -> Agent:
    return Agent(name="Assistant", model=question.get("model", "gpt-4o-mini"), tools=[get_weather])


def tools(question: dict[str, Any]) -> Any:
    agent = weather_agent(question)
    return Runner.run_sync(agent, LISBON, run_config=config(question)).final_output


def usage(question: dict[str, Any]) -> Any:
    agent = weather_agent(question)
    counts = Runner.run_sync(agent, LISBON, run_config=config(question)).context_wrapper.usage
    return {
        "requests": counts.requests,
        "input": counts.input_tokens,
        "output": counts.output_tokens,
        "total": counts.total_tokens,
    }


def stream(question: dict[str, Any]) -> Any:
    async def words() -> list[str]:
        agent = weather_agent(question)
        result = Runner.run_streamed(agent, LISBON, run_config=config(question))
        return [
            event.data.delta
            async for event in result.stream_events()
            if event.type == "raw_response_event" and event.data.type == "response.output_text.delta"
        ]

    return asyncio.run(words())


def structured(question: dict[str, Any]) -> Any:
    agent = Agent(name="Reader", model=question.get("model", "gpt-4o-mini"), output_type=Place)
    return Runner.run_sync(agent, REYKJAVIK, run_config=config(question)).final_output.model_dump()


def ask(question: dict[str, Any]) -> Any:
    settings = ModelSettings(max_tokens=question.get("maxTokens"))
    agent = Agent(name="Assistant", model=question["model"], model_settings=settings)
    content = [{"type": "input_text", "text": question["prompt"]}]
    if "image" in question:
        content.append({"type": "input_image", "image_url": question["image"], "detail": "auto"})
    messages = [{"role": "user", "content": content}]
    return Runner.run_sync(agent, messages, run_config=config(question)).final_output


main({"tools": tools, "usage": usage, "stream": stream, "structured": structured, "ask": ask})
