import pytest

from lfx_laplas.errors import LaplasError
from lfx_laplas.tier_state import advice_of, quota_rows, smallest_call, state_of


def refusal(**error):
    return {"verdict": "refuse", "error": {"code": "x", "message": "no", "retryable": False, **error}}


@pytest.mark.parametrize(
    ("check", "state"),
    [
        ({"verdict": "pass"}, "ok"),
        ({"verdict": "wait", "position": 3}, "busy"),
        (refusal(retryable=True, retry_after_ms=2000), "busy"),
        (refusal(resets_at="2026-03-11T00:00:02.000Z"), "exhausted"),
    ],
)
def test_is_one_word(check, state):
    assert state_of(check) == state


@pytest.mark.parametrize("check", [refusal(code="model_not_on_tier"), {"verdict": "refuse", "error": None}])
def test_raises_what_no_waiting_heals(check):
    with pytest.raises(LaplasError, match=r"^(no|The tier would refuse this call\.)$") as caught:
        state_of(check)
    assert (caught.value.http_status, caught.value.retryable, caught.value.retry_after) == (422, False, None)


def test_advises_in_a_sentence():
    assert advice_of({"verdict": "pass"}) == "The model can be called now."
    assert advice_of({"verdict": "wait", "position": 3}) == "Another call runs. The next waits for its turn."
    assert advice_of(refusal(retryable=True, retry_after_ms=2000)) == "Busy right now. Try again in 2 s. no"
    assert advice_of(refusal(retry_after_ms=60_000)) == "Budget used up. Back in 1 min. no"
    with pytest.raises(LaplasError):
        advice_of(refusal(code="model_not_on_tier"))


def test_asks_for_a_model_as_it_would_be_called():
    rows = [{"id": "p", "modality": "image"}, {"id": "v", "modality": "embedding"}]
    assert "prompt" in smallest_call("p", rows)
    assert "input" in smallest_call("v", rows)
    assert "messages" in smallest_call("unknown", rows)


def test_a_tier_that_counts_nothing_has_a_row_without_figures():
    [row] = quota_rows({"tier": "paid", "windows": [], "running": 1, "waiting": 0})
    assert (row["tier"], row["running"], row["limit"]) == ("paid", 1, None)


def test_several_providers_have_rows_each_with_the_models_that_count_by_themselves():
    day = {"rule": "a_day", "metric": "requests", "limit": 50, "used": 1, "held": 0, "left": 49, "resets_at": "later"}
    state = {"tier": "free", "running": 0, "waiting": 0, "blocked_until": None}
    groq = {**state, "provider": "groq", "windows": [], "models": [{"model": "openai/gpt-oss-120b", "windows": [day]}]}
    openrouter = {**state, "provider": "openrouter", "windows": [day], "models": []}
    unused = {**state, "provider": "gemini", "windows": [], "models": []}
    rows = quota_rows({**state, "windows": [], "providers": [groq, openrouter, unused]})
    assert [(row["provider"], row["model"], row["left"]) for row in rows] == [
        ("groq", "openai/gpt-oss-120b", 49),
        ("openrouter", None, 49),
        ("gemini", None, None),
    ]
