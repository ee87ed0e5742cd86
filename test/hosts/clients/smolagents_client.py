"""smolagents at the gateway."""

from typing import Any

from place import HELLO, LISBON, SEA, weather_of
from report import BASE_URL, main
from smolagents import OpenAIServerModel, ToolCallingAgent, tool


@tool
def get_weather(city: str) -> str:
    """Current weather of a city.

    Args:
        city: The city.
    """
    return weather_of(city)


def model(question: dict[str, Any]) -> OpenAIServerModel:
    client = {"default_headers": question.get("headers")}
    return OpenAIServerModel(model_id=question["model"], api_base=BASE_URL, api_key="unused", client_kwargs=client)


def user(text: str) -> dict[str, str]:
    return {"role": "user", "content": text}


def chat(question: dict[str, Any]) -> Any:
    return model(question)([user(HELLO)]).content


def stream(question: dict[str, Any]) -> Any:
    return [delta.content or "" for delta in model(question).generate_stream([user(SEA)])]


def tools(question: dict[str, Any]) -> Any:
    # The one call that it makes by its own: the sandbox has no model to end the agent by its `final_answer`.
    agent = ToolCallingAgent(tools=[get_weather], model=model(question), max_steps=2, verbosity_level=-1)
    return agent.run(LISBON)


main({"chat": chat, "stream": stream, "tools": tools})
