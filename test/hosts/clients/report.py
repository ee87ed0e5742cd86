"""Runs one case of a program and prints what came of it as one line of JSON."""

import json
import os
import sys
from collections.abc import Callable
from typing import Any

BASE_URL = os.environ["LAPLAS_GATEWAY"]
# As Anthropic's clients take it.
ORIGIN = BASE_URL.removesuffix("/v1")

Case = Callable[[dict[str, Any]], Any]


def main(cases: dict[str, Case]) -> None:
    """`program.py <case> <json>`: the JSON is the case's argument. Several cases with commas between give an object of them."""
    names, argument = sys.argv[1].split(","), json.loads(sys.argv[2])
    try:
        results = {name: cases[name](argument) for name in names}
        line = {"result": results if len(names) > 1 else results[names[0]]}
    except Exception as error:
        line = {
            "error": {
                # With its bases: packages derive their own from those of openai.
                "types": [f"{each.__module__}.{each.__name__}" for each in type(error).__mro__],
                "status": getattr(error, "status_code", None),
                "code": getattr(error, "code", None),
                "message": str(error),
                "retry_after": pause_of(error),
            }
        }
    print(json.dumps(line))


def pause_of(error: Exception) -> float | None:
    """Until the caller may ask again, as the client gives it: on the exception, or on the answer that it keeps."""
    given = getattr(error, "retry_after", None)
    headers = getattr(getattr(error, "response", None), "headers", {})
    return float(headers["retry-after"]) if given is None and "retry-after" in headers else given


def content_of(question: dict[str, Any]) -> Any:
    """A question's text, with its picture where it has one, in OpenAI's shape."""
    if "image" not in question:
        return question["prompt"]
    return [
        {"type": "text", "text": question["prompt"]},
        {"type": "image_url", "image_url": {"url": question["image"]}},
    ]
