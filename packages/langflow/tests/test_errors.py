import time

import pytest
from lfx.integrations.errors import INTEGRATION_ERROR_CODES, IntegrationError

from lfx_laplas.errors import LATER, NEVER, LaplasError, from_answer, from_check, from_stream, unanswered, unreachable


@pytest.fixture(autouse=True)
def in_utc(monkeypatch):
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def body(message, code="free_tier_x", kind="invalid_request_error"):
    return {"error": {"message": message, "type": kind, "param": None, "code": code}}


def test_what_heals_is_a_429_with_its_pause():
    error = from_answer(429, {"retry-after": "7", "x-should-retry": "true"}, body("busy", "free_tier_busy"))
    assert (error.http_status, error.retryable, error.retry_after) == (LATER, True, 7)
    assert str(error) == "Busy right now. Try again in 7 s. busy"
    assert str(error.for_agent()) == "Retry after 7 s: Busy right now. Try again in 7 s. busy"
    assert error.laplas_code == "free_tier_busy"


def test_a_spent_day_is_a_429_that_is_not_to_be_tried_again():
    headers = {"retry-after": "43202", "x-should-retry": "false", "x-laplas-resets-at": "2026-03-11T00:00:02.000Z"}
    error = from_answer(429, headers, body("spent", "free_tier_daily_quota"))
    assert (error.http_status, error.retryable, error.retry_after) == (LATER, False, 43202)
    assert str(error) == "Daily budget used up. Back at 00:00 UTC (in 12 h). spent"
    assert str(error.for_agent()) == f"Do not retry: {error}"
    assert error.details["resets_at"] == "2026-03-11T00:00:02.000Z"


def test_a_model_that_the_tier_lacks_never_heals_although_routers_get_a_pause():
    error = from_answer(404, {"retry-after": "86400", "x-should-retry": "false"}, body("no such model"))
    assert (error.http_status, error.retryable, error.retry_after) == (NEVER, False, None)


def test_an_upstream_that_fails_heals():
    error = from_answer(503, {"x-should-retry": "true"}, body("away"))
    assert (error.http_status, error.retryable, error.retry_after) == (LATER, True, 2)


def test_reads_what_the_sdk_has_unwrapped_already():
    assert from_answer(400, {}, body("wrong")["error"]).laplas_code == "free_tier_x"


def test_an_answer_that_is_not_the_gateways_still_says_something():
    error = from_answer(502, {"retry-after": "Wed, 21 Oct 2026 07:28:00 GMT"}, "<html>", "http://a/v1")
    assert str(error).startswith(
        "Another program or a proxy answers at http://a/v1, not the laplas gateway (status 502)"
    )
    assert error.laplas_code == "http_502"
    assert from_answer(429, {"retry-after": "soon"}, None).retry_after == 2


def test_a_broken_stream_heals_if_its_code_says_so():
    assert from_stream(body("cut", "free_tier_network", "api_error"), "x").http_status == LATER
    assert from_stream(body("odd", "free_tier_unexpected_response", "api_error"), "x").http_status == NEVER
    assert from_stream(body("wrong"), "x").http_status == NEVER
    assert str(from_stream(None, "it broke")) == "it broke"


def test_reads_what_a_check_foretells():
    busy = from_check({"code": "busy", "message": "busy", "retryable": True, "retry_after_ms": 2500, "resets_at": None})
    assert (busy.retryable, busy.retry_after) == (True, 2.5)
    spent = from_check({"code": "daily_quota", "message": "spent", "resets_at": "2026-03-11T00:00:00.000Z"})
    assert (spent.http_status, spent.retryable, spent.retry_after) == (LATER, False, None)
    assert str(spent) == "Daily budget used up. Back at 2026-03-11 00:00 UTC. spent"
    never = from_check({"code": "image_input", "message": "no", "retryable": False, "retry_after_ms": None})
    assert (never.retryable, never.http_status) == (False, NEVER)


def test_is_an_error_of_langflows_with_a_code_of_its_list():
    for error in (unreachable("http://127.0.0.1:4114/v1"), unanswered("http://127.0.0.1:4114/v1")):
        assert isinstance(error, IntegrationError)
        assert error.code in INTEGRATION_ERROR_CODES
        assert error.provider == "laplas"
        assert error.status_code == error.http_status


def test_an_address_that_lfx_can_not_read_hides_no_error():
    error = from_answer(400, {}, body("http://10.1.2.3:4114: refused"))
    assert str(error) == "(an address) refused"
    assert (error.http_status, error.laplas_code) == (NEVER, "free_tier_x")


def test_keeps_no_empty_details():
    assert LaplasError("x", laplas_code="y").details == {"code": "y"}


def test_says_the_same_to_an_agent_with_whether_to_call_again_first():
    never = from_answer(404, {"retry-after": "86400", "x-should-retry": "false"}, body("no such model"))
    assert str(never) == "no such model"
    told = never.for_agent()
    assert str(told) == "Do not retry: no such model"
    assert (told.http_status, told.laplas_code, told.details) == (NEVER, never.laplas_code, never.details)
    assert str(never) == "no such model"
