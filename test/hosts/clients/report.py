"""Runs one case of a program and prints what came of it as one line of JSON."""

import json
import os
import sys
from collections.abc import Callable
from typing import Any

BASE_URL = os.environ["LAPLAS_GATEWAY"]

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
            }
        }
    print(json.dumps(line))


def content_of(question: dict[str, Any]) -> Any:
    """A question's text, with its picture where it has one, in OpenAI's shape."""
    if "image" not in question:
        return question["prompt"]
    return [
        {"type": "text", "text": question["prompt"]},
        {"type": "image_url", "image_url": {"url": question["image"]}},
    ]
