"""Turns what the openai package throws into one `LaplasError`, whichever of its generations is installed."""

from __future__ import annotations

import openai

from lfx_laplas.errors import LaplasError, another_program, from_answer, from_stream, unanswered, unreachable

# A `LaplasError` is raised after the block that caught one of these, so that it has no `__context__`: Langflow's log
# draws every frame of the whole chain with its source, which was 15 to 36 s for each refusal (1.13.0). All that the
# SDK's exception says is in the text and the details.
SDK_ERRORS = (openai.APIError, TimeoutError, ValueError, AttributeError)


def readable(error: Exception, base_url: str) -> LaplasError:
    """Say in words what an exception of the SDK means here. Raises it again where it is a mistake of another kind."""
    if isinstance(error, (ValueError, AttributeError)):
        if _met_a_page(error):
            return another_program(base_url, "it sent a web page")
        raise error
    if isinstance(error, openai.APIStatusError):
        return from_answer(error.status_code, error.response.headers, error.body, base_url)
    # Langchain's own, for a stream in which nothing comes for two minutes, is a TimeoutError.
    if isinstance(error, (openai.APITimeoutError, TimeoutError)):
        return unanswered(base_url)
    if isinstance(error, openai.APIConnectionError):
        return unreachable(base_url)
    return from_stream(getattr(error, "body", None), str(error))


def _met_a_page(error: ValueError | AttributeError) -> bool:
    # To the SDK a body that is not JSON is a text, in which langchain-openai looks for the fields of an answer.
    return isinstance(getattr(error, "obj", None), str) or "Unexpected response type" in str(error)
