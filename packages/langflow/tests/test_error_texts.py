import time
from datetime import datetime, timedelta, timezone

import pytest

from lfx_laplas.error_texts import agent_text, duration, model_text, reset_text, retry_text, without_traps

DAILY = "free_tier_daily_quota"
MIDNIGHT = "2026-03-11T00:00:00.000Z"


@pytest.fixture
def zone(monkeypatch):
    def change(name):
        monkeypatch.setenv("TZ", name)
        time.tzset()

    change("UTC")
    yield change
    monkeypatch.undo()
    time.tzset()


@pytest.mark.usefixtures("zone")
def test_begins_with_what_to_do():
    assert retry_text("One at a time.", 2.0) == "Busy right now. Try again in 2 s. One at a time."
    assert (
        reset_text("Free: quota used up (9 of 9). It will reset at 2026-03-11T00:00:00.000Z.", DAILY, 21000, MIDNIGHT)
        == "Daily budget used up. Back at 00:00 UTC (in 5 h 50 min). Free: quota used up (9 of 9)."
    )


def test_begins_for_an_agent_with_whether_to_call_again():
    assert agent_text("No attachments.", None) == "Do not retry: No attachments."
    assert agent_text("One at a time.", 2.0) == "Retry after 2 s: One at a time."


@pytest.mark.parametrize(
    ("name", "clock"),
    [
        ("Europe/Oslo", "01:00 CET"),
        ("America/New_York", "20:00 EDT"),
        ("Asia/Kathmandu", "05:45 UTC+05:45"),
        ("America/Sao_Paulo", "21:00 UTC-03:00"),
    ],
)
def test_names_the_time_of_the_server_with_its_zone(zone, name, clock):
    zone(name)
    assert reset_text("x", DAILY, 3600, MIDNIGHT) == f"Daily budget used up. Back at {clock} (in 1 h). x"


@pytest.mark.usefixtures("zone")
def test_names_the_day_from_24_hours_on():
    assert "Back at 00:00 UTC (in 23 h 59 min)." in reset_text("x", DAILY, 86399 - 59, MIDNIGHT)
    assert "Back at 2026-03-11 00:00 UTC (in 1 d)." in reset_text("x", DAILY, 86400, MIDNIGHT)


@pytest.mark.parametrize("resets_at", [None, "", "soon"])
def test_says_at_least_how_long_where_no_time_is_given(resets_at):
    assert reset_text("x", "free_tier_else", 90, resets_at) == "Budget used up. Back in 2 min. x"


@pytest.mark.usefixtures("zone")
def test_asks_its_own_clock_where_the_gateway_says_no_pause():
    soon = datetime.now(timezone.utc) + timedelta(hours=3, seconds=30)
    text = reset_text("x", "daily_quota", None, soon.isoformat())
    assert text == f"Daily budget used up. Back at {soon:%H:%M} UTC (in 3 h). x"
    # A clock that is wrong says nothing of how long it takes.
    assert reset_text("x", "daily_quota", None, MIDNIGHT) == "Daily budget used up. Back at 2026-03-11 00:00 UTC. x"


def test_knows_the_periods_of_the_gateway():
    assert reset_text("x", "free_tier_hourly_quota", 60, None).startswith("Hourly budget used up. ")
    assert reset_text("x", "free_tier_monthly_quota", 60, None).startswith("Monthly budget used up. ")


OPTION = ' Option unknownModels: "send" sends ids that the catalog does not know.'


@pytest.mark.parametrize(
    ("said", "text"),
    [
        (
            f'laplas free tier: there is no model "gpt4o" in the catalog. Did you mean gpt-4o or gpt-4?{OPTION}',
            'There is no model "gpt4o". Choose one in this node. Did you mean gpt-4o or gpt-4?',
        ),
        (
            f'laplas free tier: there is no model "my own" in the catalog.{OPTION}',
            'There is no model "my own". Choose one in this node.',
        ),
        ('laplas free tier: "veo2" is a video model.', 'laplas free tier: "veo2" is a video model.'),
    ],
)
def test_says_of_an_unknown_model_where_to_choose_and_names_no_option(said, text):
    assert model_text(said) == text


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0.25, "0.25 s"),
        (59, "59 s"),
        (60, "1 min"),
        (3599, "1 h"),
        (21000, "5 h 50 min"),
        (86400, "1 d"),
        (273600, "3 d 4 h"),
    ],
)
def test_gives_a_duration_in_two_units(seconds, said):
    assert duration(seconds) == said


@pytest.mark.parametrize("said", ["model x not found", "Not Found", "it was NOT FOUND here"])
def test_never_holds_the_words_that_langflow_answers_with_404(said):
    for text in (retry_text(said, 2), reset_text(said, DAILY, 2, None), without_traps(said)):
        assert "not found" not in text.lower()
        assert "missing" in text


@pytest.mark.parametrize(
    "said",
    [
        "`temperature` is deprecated for this model",
        "temperature is deprecated",
        "Unsupported parameter: 'temperature' is not supported with this model",
        "'temperature' does not support 0.1",
    ],
)
def test_never_holds_the_words_that_make_lfx_call_again(said):
    from lfx.base.models.model_remediation import find_remediation

    assert find_remediation(said, None, already_applied=set()) is not None
    assert find_remediation(without_traps(said), None, already_applied=set()) is None
    assert "temperature" in without_traps(said)
