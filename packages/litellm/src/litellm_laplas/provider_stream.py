"""Streams of a call that `laplas/` makes again: a caller that leaves one takes the gateway's request with it."""

from collections.abc import Iterator
from typing import Any


class Chunks(Iterator[Any]):
    """A synchronous stream. LiteLLM closes it with its own; a generator that has not begun would close nothing."""

    def __init__(self, stream: Any) -> None:
        """Read from LiteLLM's stream of the call itself."""
        self._stream = stream

    def __next__(self) -> Any:
        """Give the next chunk."""
        return readable_chunk(next(self._stream))

    def close(self) -> None:
        """Let the gateway know that nobody reads on."""
        self._stream.close()


def readable_chunk(chunk: Any) -> Any:
    """Give the last chunk in the form in which LiteLLM still reads it after the end of the text: else it would guess the usage."""
    usage = getattr(chunk, "usage", None)
    if usage is None:
        return chunk
    nothing = {"text": "", "tool_use": None, "is_finished": False, "finish_reason": "", "index": 0}
    return {**nothing, "usage": usage.model_dump(exclude_none=True)}
