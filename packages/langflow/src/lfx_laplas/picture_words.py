"""What is asked of an image model, and how its picture stands in a chat."""

from __future__ import annotations

import re
from typing import Any

_MOST_WORDS = 200


def picture_request(model: str, prompt: str, size: str | None) -> dict[str, Any]:
    """Give the body of a call for one picture. The gateway knows which sizes the model and the tier have."""
    body = {"model": model, "prompt": prompt}
    return {**body, "size": size.strip()} if size and size.strip() else body


def picture_markdown(prompt: str, url: str) -> str:
    """Give the picture as Markdown; its description must not end the brackets that it stands in."""
    words = re.sub(r"[\[\]\\\s]+", " ", prompt).strip()[:_MOST_WORDS]
    return f"![{words}]({url})"
