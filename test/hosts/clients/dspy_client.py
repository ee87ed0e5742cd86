"""DSPy at the gateway."""

from typing import Any

import dspy
from place import HELLO
from report import BASE_URL, main


def model(question: dict[str, Any]) -> dspy.LM:
    headers = question.get("headers")
    return dspy.LM(
        "openai/" + question["model"], api_base=BASE_URL, api_key="unused", cache=False, extra_headers=headers
    )


def chat(question: dict[str, Any]) -> Any:
    return model(question)(HELLO)[0]


def predict(question: dict[str, Any]) -> Any:
    with dspy.context(lm=model(question)):
        return dspy.Predict("question -> answer")(question="What is 2+2?").answer


main({"chat": chat, "predict": predict})
