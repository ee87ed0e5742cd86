import subprocess
import sys
from datetime import datetime, timezone
from types import SimpleNamespace
from typing import Any

import pytest

from litellm_laplas import Explanation, explain

RESET = datetime(2026, 11, 26, 6, 21, 47, tzinfo=timezone.utc)
WORDS = "laplas free tier: daily quota used up (50000 of 50000 API tokens). It will reset at 2026-11-26T06:21:47.000Z."
LIMIT = {
    "retry-after": "43200",
    "x-should-retry": "false",
    "x-laplas-code": "daily_quota",
    "x-laplas-rule": "daily_api_tokens",
    "x-laplas-resets-at": "2026-11-26T06:21:47.000Z",
}
# As 1.106.12 writes them; newer ones have the words alone. test/hosts/litellm makes each of them for real.
REPR = (
    "litellm.RateLimitError: RateLimitError: OpenAIException - Error code: 429 - {'error': {'message': "
    f"'{WORDS}', 'type': 'rate_limit_error', 'param': None, 'code': 'free_tier_daily_quota'}}}}"
)
JSON = (
    'litellm.RateLimitError: RateLimitError: AimlException - {"error": {"message": "'
    f'{WORDS}", "type": "rate_limit_error", "param": null, "code": "free_tier_daily_quota"}}}}'
)


class Failure(Exception):
    def __init__(self, message: str, **fields: Any) -> None:
        super().__init__(message)
        self.message = message
        for name, value in fields.items():
            setattr(self, name, value)


@pytest.mark.parametrize(
    "failure",
    [
        Failure("x", status_code=429, litellm_response_headers=LIMIT, body={"message": WORDS, "code": "429"}),
        Failure("x", status_code=429, response=SimpleNamespace(headers=LIMIT), body={"error": {"message": WORDS}}),
        Failure("x", status_code=429, headers=LIMIT, body={"message": WORDS}),
        Failure(
            "x",
            status_code=429,
            body={"message": WORDS},
            response=SimpleNamespace(headers={f"llm_provider-{name}": value for name, value in LIMIT.items()}),
        ),
    ],
)
def test_headers_tell_all_wherever_they_are(failure: Failure) -> None:
    assert explain(failure) == Explanation(
        retryable=False,
        code="daily_quota",
        rule="daily_api_tokens",
        resets_at=RESET,
        retry_after=43200.0,
        status=429,
        message=WORDS,
    )


@pytest.mark.parametrize("text", [REPR, JSON])
def test_without_headers_the_message_has_code_and_reset(text: str) -> None:
    explanation = explain(Failure(text, status_code=429))
    assert (explanation.code, explanation.resets_at, explanation.retryable) == ("daily_quota", RESET, False)
    assert explanation.message == WORDS


class OfLitellm(Failure):
    __module__ = "litellm.exceptions"


def below(exception: BaseException, cause: BaseException) -> BaseException:
    """As if it was raised while the other was handled."""
    exception.__context__ = cause
    return exception


def test_what_litellm_drops_is_read_from_the_exception_below() -> None:
    client = Failure(WORDS, response=SimpleNamespace(headers=LIMIT), body={"message": WORDS, "code": "free_tier_x"})
    provider = below(Failure("Error code: 429"), client)
    provider.__module__ = "litellm.llms.openai.common_utils"
    empty = OfLitellm("other words", status_code=429, response=SimpleNamespace(headers={}), body=None)
    assert explain(below(empty, provider)) == Explanation(
        retryable=False,
        code="daily_quota",
        rule="daily_api_tokens",
        resets_at=RESET,
        retry_after=43200.0,
        status=429,
        message=WORDS,
    )


def test_an_earlier_deployments_error_is_not_this_ones() -> None:
    of_fallback = OfLitellm("the fallback failed", status_code=500)
    explanation = explain(below(of_fallback, OfLitellm("x", status_code=429, litellm_response_headers=LIMIT)))
    assert (explanation.code, explanation.resets_at, explanation.message) == (None, None, "the fallback failed")


def test_an_error_of_the_callers_own_stands_for_itself() -> None:
    explanation = explain(below(ValueError("mine"), Failure("x", headers=LIMIT, body={"message": WORDS})))
    assert (explanation.code, explanation.message) == (None, "mine")


def test_a_circle_of_causes_has_an_end() -> None:
    one, other = OfLitellm("one"), Failure("other")
    other.__context__, one.__context__ = other, other
    assert explain(one).message == "one"


def test_the_proxys_own_wait_wins_over_the_one_passed_on() -> None:
    headers = {"retry-after": "60", "llm_provider-retry-after": "90"}
    for order in (headers, dict(reversed(headers.items()))):
        assert explain(Failure("x", status_code=429, headers=order)).retry_after == 60


@pytest.mark.parametrize(
    ("code", "plain"),
    [
        ("free_tier_image_input", "image_input"),
        ("model_not_found", "model_not_on_tier"),
        ("free_tier_payment_required", "payment_required"),
        ("invalid_api_key", "invalid_api_key"),
        ("429", None),
        (None, None),
        (429, None),
    ],
)
def test_codes_are_the_engines(code: object, plain: str | None) -> None:
    assert explain(Failure("x", status_code=400, body={"code": code})).code == plain


@pytest.mark.parametrize(
    ("fields", "retryable"),
    [
        ({"status_code": 503}, True),
        ({"status_code": 429}, True),
        ({"status_code": 408}, True),
        ({"status_code": 400}, False),
        ({"status_code": 402}, False),
        ({"status_code": 404, "headers": {"retry-after": "86400"}}, False),
        ({"status_code": 429, "headers": {"retry-after": "60"}}, True),
        ({"status_code": 429, "headers": {"retry-after": "61"}}, False),
        ({"cooldown_time": 5}, True),
        ({"cooldown_time": 43200}, False),
        ({"status_code": 502, "headers": {"x-should-retry": "false"}}, False),
        ({"status_code": 429, "headers": {**LIMIT, "x-should-retry": "true"}}, True),
        ({}, False),
    ],
)
def test_whether_another_try_helps(fields: dict[str, Any], retryable: bool) -> None:
    assert explain(Failure("x", **fields)).retryable is retryable


@pytest.mark.parametrize(
    "odd",
    [
        ValueError("no fields at all"),
        KeyboardInterrupt(),
        Failure("{'error': {unreadable}}", body="text", headers="text", response=3, status_code="429"),
        Failure("x", headers={"retry-after": "Wed, 26 Nov 2026 00:00:00 GMT", "x-laplas-resets-at": "tomorrow"}),
        Failure("x", headers={"retry-after": "-1"}, body={"error": 3, "message": None}),
        Failure("{'error': {" * 500 + "}}"),
    ],
)
def test_it_never_raises_and_guesses_nothing(odd: BaseException) -> None:
    explanation = explain(odd)
    assert (explanation.code, explanation.rule, explanation.resets_at, explanation.retry_after) == (None,) * 4


def test_it_is_frozen() -> None:
    with pytest.raises(AttributeError):
        explain(ValueError("x")).code = "other"  # type: ignore[misc]


def test_it_needs_no_litellm() -> None:
    program = (
        "import sys; import litellm_laplas as package; package.explain(ValueError()); print('litellm' in sys.modules)"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "False"
