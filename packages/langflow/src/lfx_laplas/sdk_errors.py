"""Turns what the openai package throws into one `LaplasError`, whichever of its generations is installed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import openai

from lfx_laplas.error_texts import without_traps
from lfx_laplas.errors import LaplasError, from_answer, from_stream, unanswered, unreachable


def readable(error: Exception, base_url: str) -> LaplasError:
    """Say in words what an exception of the SDK means here."""
    if isinstance(error, openai.APIStatusError):
        return from_answer(error.status_code, error.response.headers, error.body)
    # Langchain's own, for a stream in which nothing comes for two minutes, is a TimeoutError.
    if isinstance(error, (openai.APITimeoutError, TimeoutError)):
        return unanswered(base_url)
    if isinstance(error, openai.APIConnectionError):
        return unreachable(base_url)
    return from_stream(getattr(error, "body", None), str(error))


@contextmanager
def readable_errors(base_url: str) -> Iterator[None]:
    """Around every call of the SDK. The cause stays attached: Langflow looks for its statuses along that chain."""
    try:
        yield
    except LaplasError:
        raise
    except (openai.APIError, TimeoutError) as error:
        told = readable(error, base_url)
        # lfx looks for its phrases in the words of the cause as well.
        error.args = (without_traps(str(error)),)
        raise told from error
