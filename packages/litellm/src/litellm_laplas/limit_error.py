"""The exception for a group of which nothing is left, made so that LiteLLM 1.106 does the right thing with it."""

import httpx
import litellm

from .iso_time import write_iso_time
from .verdict import Refusal


def limit_error(refusal: Refusal, model: str) -> litellm.RateLimitError:
    """Make the error that the gateway's 429 would have become, with nothing sent.

    An empty list instead would be a `RouterRateLimitError` that says "try again in 5 seconds" whatever the truth, and that a
    Router with default settings retries: 4.5 s of sleep for each request (measured with 1.106.12).
    """
    headers = {"x-should-retry": str(refusal.retryable).lower(), "x-laplas-code": refusal.code}
    if refusal.retry_after is not None:
        headers["retry-after"] = str(refusal.retry_after)
    if refusal.rule is not None:
        headers["x-laplas-rule"] = refusal.rule
    if refusal.resets_at is not None:
        headers["x-laplas-resets-at"] = write_iso_time(refusal.resets_at)
    response = httpx.Response(429, headers=headers, request=httpx.Request("POST", "http://laplas/v1/check"))
    error = litellm.RateLimitError(refusal.message, llm_provider="openai", model=model, response=response)
    # The Router reads it where it would retry: not this one.
    error.num_retries = 0
    # Where LiteLLM itself keeps the upstream's headers.
    error.litellm_response_headers = response.headers
    # The proxy copies exactly these to its client.
    error.headers = headers
    return error
