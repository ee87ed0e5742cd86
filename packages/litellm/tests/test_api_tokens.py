"""Costs are read from answers as LiteLLM and the OpenAI client build them."""

import pytest
from litellm import EmbeddingResponse, ModelResponse, Usage
from openai.types import CompletionUsage

from litellm_laplas import api_tokens

THIS = {"llm_provider-x-laplas-waited-ms": "0", "llm_provider-x-laplas-usage": "tokens"}
BEFORE = {"llm_provider-x-laplas-waited-ms": "0"}
COST = {"llm_provider-X-Laplas-Api-Tokens": "16"}


def answer(usage: Usage | None, headers: dict[str, str] | None) -> ModelResponse:
    made = ModelResponse() if usage is None else ModelResponse(usage=usage)
    made._hidden_params = {} if headers is None else {"additional_headers": headers}
    return made


def usage(**more: int) -> Usage:
    return Usage(prompt_tokens=8, completion_tokens=10, total_tokens=18, **more)


@pytest.mark.parametrize(
    ("made", "cost"),
    [
        (answer(usage(api_tokens=16), THIS), 16),
        (answer(usage(api_tokens=0), THIS | COST), 0),
        (answer(usage(), THIS | COST), 16),
        # A stream's head has no cost, and LiteLLM makes usage anew.
        (answer(usage(), THIS), None),
        (answer(usage(), BEFORE | COST), 16),
        (answer(usage(), BEFORE), 18),
        # Of somebody else.
        (answer(usage(), {"llm_provider-x-request-id": "1"}), None),
        (answer(usage(), None), None),
        (answer(None, BEFORE | {"llm_provider-x-laplas-api-tokens": "many"}), None),
        (CompletionUsage(prompt_tokens=8, completion_tokens=10, total_tokens=18), None),
        (None, None),
    ],
)
def test_the_cost_of_an_answer(made: object, cost: int | None) -> None:
    assert api_tokens(made) == cost


def test_the_cost_of_an_embedding() -> None:
    made = EmbeddingResponse(usage=Usage(prompt_tokens=2, total_tokens=2))
    made._hidden_params = {"additional_headers": THIS | COST}
    assert api_tokens(made) == 16


def test_an_answer_of_the_openai_client() -> None:
    class Completion:
        usage = CompletionUsage.model_validate(
            {"prompt_tokens": 8, "completion_tokens": 10, "total_tokens": 18, "api_tokens": 16}
        )

    assert api_tokens(Completion()) == 16
