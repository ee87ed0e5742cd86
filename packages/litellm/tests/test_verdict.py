from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from gateways import BUSY, NEVER, PASS, SPENT

from litellm_laplas.iso_time import parse_iso_time, write_iso_time
from litellm_laplas.keep_serving import keep_serving
from litellm_laplas.limit_error import limit_error
from litellm_laplas.verdict import Refusal, Verdict, read_verdict

NOW = datetime(2998, 12, 31, 23, 59, 2, 500_000, tzinfo=timezone.utc)


def spent(resets_at: str, *, retryable: bool = False) -> dict[str, Any]:
    return {**SPENT, "error": {**SPENT["error"], "resets_at": resets_at, "retryable": retryable}}


@pytest.mark.parametrize(("result", "kind"), [(PASS, "serves"), (SPENT, "spent"), (BUSY, "busy"), (NEVER, "never")])
def test_each_answer_has_its_kind(result: dict[str, Any], kind: str) -> None:
    assert read_verdict(result, NOW).kind == kind


def test_waiting_in_the_queue_is_serving() -> None:
    assert read_verdict({**PASS, "verdict": "wait", "position": 3}, NOW).kind == "serves"


def test_a_window_of_seconds_is_spent_as_a_day_is() -> None:
    verdict = read_verdict(spent("2998-12-31T23:59:30.000Z", retryable=True), NOW)
    assert verdict.kind == "spent"
    assert verdict.refusal is not None
    assert verdict.refusal.retryable


@pytest.mark.parametrize(
    ("resets_at", "seconds"),
    [
        ("2999-01-01T00:00:02.500Z", 60),
        ("2999-01-01T00:00:02.501Z", 61),
        ("2998-12-31T23:59:03.000Z", 1),
        ("2998-12-31T23:00:00.000Z", 1),
    ],
)
def test_seconds_are_whole_rounded_up_and_never_0(resets_at: str, seconds: int) -> None:
    refusal = read_verdict(spent(resets_at), NOW).refusal
    assert refusal is not None
    assert refusal.retry_after == seconds


@pytest.mark.parametrize(
    "result",
    [
        None,
        "pass",
        [],
        {},
        {"verdict": "perhaps"},
        {"verdict": "refuse"},
        {"verdict": "refuse", "error": {}},
        {"verdict": "refuse", "error": {"code": "x"}},
    ],
)
def test_what_is_no_verdict_is_told(result: object) -> None:
    with pytest.raises(ValueError, match="a re"):
        read_verdict(result, NOW)


def test_times_are_read_and_written_as_the_gateway_does() -> None:
    text = "2026-11-26T00:00:02.000Z"
    moment = parse_iso_time(text)
    assert moment == datetime(2026, 11, 26, 0, 0, 2, tzinfo=timezone.utc)
    assert write_iso_time(moment) == text
    assert write_iso_time(moment.astimezone(timezone(timedelta(hours=5)))) == text
    assert parse_iso_time("2026-11-26T00:00:02") == moment
    assert parse_iso_time("tomorrow") is None
    assert parse_iso_time(None) is None


SERVES = Verdict("serves")
ONE = Verdict("spent", Refusal("daily_quota", "a day", False, "day", NOW, 900))
OTHER = Verdict("spent", Refusal("hourly_quota", "an hour", False, "hour", NOW, 90))
WRONG = Verdict("never", Refusal("image_input", "no images", False, "images", None, None))
FULL = Verdict("busy", Refusal("busy", "full", True, "one", None, 2))


@pytest.mark.parametrize(
    ("verdicts", "left"),
    [
        ([SERVES, SERVES], "ab"),
        ([None, None], "ab"),
        ([ONE, SERVES], "b"),
        ([ONE, None], "b"),
        ([WRONG, None], "b"),
        ([FULL, SERVES], "b"),
        # Nothing would be left, and the gateway's own answer is what has to be seen.
        ([WRONG, WRONG], "ab"),
        ([FULL, FULL], "ab"),
        ([FULL, ONE], "ab"),
    ],
)
def test_what_can_not_serve_is_left_out(verdicts: list[Verdict | None], left: str) -> None:
    assert keep_serving(list("ab"), verdicts) == list(left)


def test_a_group_that_nothing_is_said_about_is_the_same_list() -> None:
    deployments = list("ab")
    assert keep_serving(deployments, [None, SERVES]) is deployments


def test_of_several_that_heal_the_first_is_told() -> None:
    assert keep_serving(list("ab"), [ONE, OTHER]) is OTHER.refusal
    assert keep_serving(list("ab"), [ONE, WRONG]) is ONE.refusal


def test_the_error_has_all_that_litellm_and_its_clients_read() -> None:
    assert ONE.refusal is not None
    error = limit_error(ONE.refusal, "group")
    assert error.status_code == 429
    assert error.num_retries == 0
    assert "a day" in error.message
    expected = {
        "retry-after": "900",
        "x-should-retry": "false",
        "x-laplas-code": "daily_quota",
        "x-laplas-rule": "day",
        "x-laplas-resets-at": "2998-12-31T23:59:02.500Z",
    }
    assert error.headers == expected
    assert expected.items() <= dict(error.litellm_response_headers).items()
