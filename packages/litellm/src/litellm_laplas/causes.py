"""From an exception of LiteLLM's to what it was made from."""

from collections.abc import Iterator

_MOST_CAUSES = 10
_RAISED_TO_CALLERS = "litellm.exceptions"


def with_causes(exception: BaseException) -> Iterator[BaseException]:
    """Yield the exception, and after one of LiteLLM's the OpenAI client's below it, which has all headers and the body.

    What LiteLLM itself copies from there differs from call to call and from version to version. The walk ends before another
    exception that LiteLLM raises to callers: that one is of an earlier deployment, whose fallback failed as well. Exceptions of
    anybody else stand for themselves, whatever was being handled when they were raised.
    """
    yield exception
    if not type(exception).__module__.startswith("litellm."):
        return
    current = exception
    for _ in range(_MOST_CAUSES):
        # What LiteLLM wraps when it comes at a stream's first chunk.
        wrapped = getattr(current, "original_exception", None)
        below = wrapped if isinstance(wrapped, BaseException) else _handled(current)
        if below is None:
            return
        yield below
        current = below


def _handled(exception: BaseException) -> BaseException | None:
    below = exception.__cause__ or (None if exception.__suppress_context__ else exception.__context__)
    return None if type(below).__module__ == _RAISED_TO_CALLERS else below
