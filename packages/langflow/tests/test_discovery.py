"""How often Langflow's questions for models reach a gateway that refuses them."""

import pytest

from lfx_laplas import discovery
from lfx_laplas.discovery import check_settings, live_models
from lfx_laplas.known_models import KNOWN_MODELS

ROWS = {"data": [dict(KNOWN_MODELS[0])]}
WRONG = {"error": {"message": "This gateway does not know the token.", "code": "invalid_api_key"}}


@pytest.fixture
def clock(monkeypatch):
    """Gives a clock that stands still, as `[seconds]`."""
    now = [1000.0]
    monkeypatch.setattr(discovery, "monotonic", lambda: now[0])
    monkeypatch.setattr(discovery, "_asked_again_at", {})
    return now


@pytest.fixture
def settings(monkeypatch):
    def use(gateway, token):
        variables = {"LAPLAS_GATEWAY_URL": gateway.base_url, "LAPLAS_GATEWAY_TOKEN": token}
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        return variables

    return use


def test_asks_a_gateway_that_knows_the_token_each_time(serve, settings, clock):
    visits = []
    settings(serve(ROWS, visits=visits), "right")
    assert [row["name"] for row in live_models(None) + live_models(None)] == [KNOWN_MODELS[0]["id"]] * 2
    assert len(visits) == 2
    assert clock == [1000.0]


def test_sends_a_wrong_token_once_in_half_a_minute(serve, settings, clock):
    visits = []
    settings(serve(WRONG, 401, visits=visits), "wrong")
    assert live_models(None) + live_models(None, "embeddings") == []
    assert len(visits) == 1
    clock[0] += 29.9
    assert live_models(None) == []
    assert len(visits) == 1
    clock[0] += 0.1
    assert live_models(None) == []
    assert len(visits) == 2


def test_asks_at_once_with_another_token(serve, settings, clock):
    visits = []
    gateway = serve(WRONG, 401, visits=visits)
    settings(gateway, "wrong")
    live_models(None)
    settings(gateway, "another")
    live_models(None)
    assert [headers["authorization"] for headers in visits] == ["Bearer wrong", "Bearer another"]
    assert clock == [1000.0]


def test_asks_at_once_after_the_settings_were_checked(serve, settings, clock):
    visits = []
    gateway = serve(ROWS, visits=visits)
    variables = settings(gateway, "new")
    # As it was refused before the gateway's owner made it known.
    discovery._asked_again_at[discovery.find_gateway()] = clock[0] + 30
    assert live_models(None) == []
    check_settings("Laplas", variables)
    assert len(live_models(None)) == 1
    assert len(visits) == 2


def test_goes_on_asking_a_gateway_that_fails_at_once(serve, settings, clock):
    visits = []
    settings(serve({"error": {"message": "away", "code": "free_tier_unavailable"}}, 503, visits=visits), "right")
    live_models(None)
    live_models(None)
    assert len(visits) == 2
    assert clock == [1000.0]
