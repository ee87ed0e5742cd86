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
        below = current.__cause__ or (None if current.__suppress_context__ else current.__context__)
        if below is None or type(below).__module__ == _RAISED_TO_CALLERS:
            return
        yield below
        current = below
