"""The arguments of LiteLLM's function as its caller gave them: a custom provider gets only a part of them."""

from collections.abc import Mapping
from typing import Any


def caller_arguments(call: Mapping[str, Any]) -> Mapping[str, Any]:
    """Read what LiteLLM keeps for its cache, by name; nothing where a version keeps it elsewhere.

    LiteLLM does not document this attribute; 1.106 to 1.110 all have it. There is no other place for an image's size and count
    before 1.110, nor for the headers of an embedding in any of them.
    """
    handler = getattr(call.get("logging_obj"), "_llm_caching_handler", None)
    kept = getattr(handler, "request_kwargs", None)
    return kept if isinstance(kept, Mapping) else {}
