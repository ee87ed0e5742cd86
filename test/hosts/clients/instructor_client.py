"""instructor at the gateway: by tools, which is its default, and in its JSON modes."""

from typing import Any

import instructor
from openai import OpenAI
from place import REYKJAVIK, Place
from pydantic import BaseModel, ConfigDict
from report import BASE_URL, main


class Anything(BaseModel):
    """What the sandbox gives where the schema stands in words alone: it has no model that would read them."""

    model_config = ConfigDict(extra="allow")


def read(question: dict[str, Any], response_model: type[BaseModel] = Place, **fields: Any) -> BaseModel:
    client = instructor.from_openai(OpenAI(base_url=BASE_URL, api_key="unused"), **fields)
    messages = [{"role": "user", "content": REYKJAVIK}]
    create = client.chat.completions.create
    return create(model=question["model"], messages=messages, response_model=response_model, max_retries=0)


def structured(question: dict[str, Any]) -> Any:
    return read(question).model_dump()


def strict(question: dict[str, Any]) -> Any:
    return read(question, mode=instructor.Mode.TOOLS_STRICT).model_dump()


def functions(question: dict[str, Any]) -> Any:
    return read(question, mode=instructor.Mode.FUNCTIONS).model_dump()


def json_schema(question: dict[str, Any]) -> Any:
    return read(question, mode=instructor.Mode.JSON_SCHEMA).model_dump()


def json_mode(question: dict[str, Any]) -> Any:
    return isinstance(read(question, Anything, mode=instructor.Mode.JSON).model_dump(), dict)


def structured_stream(question: dict[str, Any]) -> Any:
    client = instructor.from_openai(OpenAI(base_url=BASE_URL, api_key="unused"))
    messages = [{"role": "user", "content": REYKJAVIK}]
    parts = client.chat.completions.create_partial(
        model=question["model"], messages=messages, response_model=Place
    )
    *_, last = parts
    return last.model_dump()


main(
    {
        "structured": structured,
        "strict": strict,
        "functions": functions,
        "json_schema": json_schema,
        "json_mode": json_mode,
        "structured_stream": structured_stream,
    }
)
