"""What the caller of LiteLLM's function gave, of which LiteLLM hands a provider of others only a part."""

from collections.abc import Mapping
from typing import Any


def caller_arguments(call: Mapping[str, Any]) -> Mapping[str, Any]:
    """Read the arguments by name, as LiteLLM keeps them for its cache; nothing where a version keeps them elsewhere.

    Of 1.106 to 1.110 all keep them. Before 1.110 an image's size and count were in no other place, and the headers of an embedding
    still are not.
    """
    handler = getattr(call.get("logging_obj"), "_llm_caching_handler", None)
    kept = getattr(handler, "request_kwargs", None)
    return kept if isinstance(kept, Mapping) else {}
