"""LangChain's ChatOpenAI and OpenAIEmbeddings at the gateway."""

from typing import Any

from langchain_core.messages import HumanMessage
from langchain_core.tools import tool
from langchain_openai import ChatOpenAI, OpenAIEmbeddings
from pydantic import BaseModel
from report import BASE_URL, content_of, main


class Place(BaseModel):
    """A place."""

    name: str
    inhabitants: int


@tool
def get_weather(city: str) -> str:
    """Current weather of a city."""
    return f"It is 18 degrees and sunny in {city}."


def model(name: str = "gpt-4o-mini", api_key: str = "unused", **fields: Any) -> ChatOpenAI:
    return ChatOpenAI(model=name, base_url=BASE_URL, api_key=api_key, **fields)


def chat(question: dict[str, Any]) -> Any:
    message = model().invoke(question["prompt"])
    return {"text": message.text, "tokens": message.usage_metadata["total_tokens"]}


def stream(question: dict[str, Any]) -> Any:
    return [chunk.text for chunk in model().stream(question["prompt"])]


def tools(question: dict[str, Any]) -> Any:
    messages = [HumanMessage(question["prompt"])]
    bound = model().bind_tools([get_weather])
    call = bound.invoke(messages)
    messages += [call, *(get_weather.invoke(each) for each in call.tool_calls)]
    return {"arguments": [each["args"] for each in call.tool_calls], "text": bound.invoke(messages).text}


def structured(question: dict[str, Any]) -> Any:
    return model().with_structured_output(Place).invoke(question["prompt"]).model_dump()


def embeddings(question: dict[str, Any]) -> Any:
    # By default it sends token numbers in place of texts, which the models here do not take.
    embedder = OpenAIEmbeddings(
        model="text-embedding-3-small", base_url=BASE_URL, api_key="unused", check_embedding_ctx_length=False
    )
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
        "embeddings": embeddings,
        "ask": ask,
    }
)
