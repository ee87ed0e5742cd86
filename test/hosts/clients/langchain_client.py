"""LangChain's ChatOpenAI and OpenAIEmbeddings at the gateway."""

from typing import Any

from langchain_core.messages import HumanMessage
from langchain_core.tools import tool
from langchain_openai import ChatOpenAI, OpenAIEmbeddings
from place import HELLO, LISBON, REYKJAVIK, SEA, Place, weather_of
from report import BASE_URL, content_of, main


@tool
def get_weather(city: str) -> str:
    """Current weather of a city."""
    return weather_of(city)


def model(name: str = "gpt-4o-mini", api_key: str = "unused", **fields: Any) -> ChatOpenAI:
    return ChatOpenAI(model=name, base_url=BASE_URL, api_key=api_key, **fields)


def chat(question: dict[str, Any]) -> Any:
    message = model(**question.get("fields", {})).invoke(HELLO)
    return {"text": message.text, "tokens": message.usage_metadata["total_tokens"]}


def stream(question: dict[str, Any]) -> Any:
    return [chunk.text for chunk in model(**question.get("fields", {})).stream(SEA)]


def tools(question: dict[str, Any]) -> Any:
    messages = [HumanMessage(LISBON)]
    bound = model(**question.get("fields", {})).bind_tools([get_weather])
    call = bound.invoke(messages)
    messages += [call, *(get_weather.invoke(each) for each in call.tool_calls)]
    return {"arguments": [each["args"] for each in call.tool_calls], "text": bound.invoke(messages).text}


def structured(question: dict[str, Any]) -> Any:
    asked = model(question.get("model", "gpt-4o-mini"), **question.get("fields", {}))
    reader = asked.with_structured_output(Place)
    return reader.invoke(REYKJAVIK).model_dump()


def structured_by_tool(question: dict[str, Any]) -> Any:
    reader = model(question["model"]).with_structured_output(Place, method="function_calling")
    return reader.invoke(REYKJAVIK).model_dump()


def structured_stream(question: dict[str, Any]) -> Any:
    reader = model(question["model"]).with_structured_output(Place)
    *_, last = reader.stream(REYKJAVIK)
    return last.model_dump()


def json_mode(question: dict[str, Any]) -> Any:
    reader = model(question["model"]).with_structured_output(None, method="json_mode")
    return isinstance(reader.invoke("As JSON: " + REYKJAVIK), dict)


def embeddings(question: dict[str, Any]) -> Any:
    # By default it sends token ids in place of texts; `fields` may say otherwise.
    fields = question.get("fields", {})
    embedder = OpenAIEmbeddings(model=question["model"], base_url=BASE_URL, api_key="unused", **fields)
    return embedder.embed_documents(question["input"])


def ask(question: dict[str, Any]) -> Any:
    fields = {"max_tokens": question["maxTokens"]} if "maxTokens" in question else {}
    asked = model(question["model"], question["apiKey"], **fields)
    return asked.invoke([HumanMessage(content_of(question))]).text


main(
    {
        "chat": chat,
        "stream": stream,
        "tools": tools,
        "structured": structured,
        "structured_by_tool": structured_by_tool,
        "structured_stream": structured_stream,
        "json_mode": json_mode,
        "embeddings": embeddings,
        "ask": ask,
    }
)
