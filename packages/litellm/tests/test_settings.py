from typing import Any

import pytest

from litellm_laplas.gateway_address import address_of
from litellm_laplas.settings import Settings, resolve_settings


def resolve(environment: dict[str, str] | None = None, **given: Any) -> Settings:
    defaults = {"gateway_url": None, "token": None, "timeout_seconds": 2.0, "cache_seconds": 1.0, "pause_seconds": 5.0}
    return resolve_settings(**{**defaults, **given}, environment=environment or {})


def test_nothing_is_needed() -> None:
    settings = resolve()
    assert settings.gateway_url is None
    assert settings.token is None


def test_the_environment_is_read_and_arguments_win() -> None:
    environment = {"LAPLAS_GATEWAY_URL": "http://one:4114/v1", "LAPLAS_GATEWAY_TOKEN": "token-one"}
    assert resolve(environment).gateway_url == "http://one:4114"
    assert resolve(environment).token == "token-one"
    given = resolve(environment, gateway_url="http://two:4114", token="token-two")
    assert (given.gateway_url, given.token) == ("http://two:4114", "token-two")


def test_an_empty_variable_is_none() -> None:
    settings = resolve({"LAPLAS_GATEWAY_URL": "", "LAPLAS_GATEWAY_TOKEN": ""})
    assert (settings.gateway_url, settings.token) == (None, None)


@pytest.mark.parametrize("url", ["127.0.0.1:4114", "ftp://host", "http://", "http://host:port", "http://user@host"])
def test_an_address_that_is_none_is_told_with_its_variable(url: str) -> None:
    with pytest.raises(ValueError, match=r"gateway_url \(LAPLAS_GATEWAY_URL\) is"):
        resolve({"LAPLAS_GATEWAY_URL": url})


@pytest.mark.parametrize(("name", "seconds"), [("timeout_seconds", 0), ("cache_seconds", -1), ("pause_seconds", -0.1)])
def test_wrong_seconds_are_told(name: str, seconds: float) -> None:
    with pytest.raises(ValueError, match=name):
        resolve(**{name: seconds})


@pytest.mark.parametrize(("name", "seconds"), [("timeout_seconds", 0.001), ("cache_seconds", 0), ("pause_seconds", 0)])
def test_the_least_seconds_pass(name: str, seconds: float) -> None:
    assert getattr(resolve(**{name: seconds}), name) == seconds


def test_a_token_is_taken_without_the_line_break_of_its_file() -> None:
    assert resolve(token="secret-token\n").token == "secret-token"
    assert resolve({"LAPLAS_GATEWAY_TOKEN": "\n"}).token is None


@pytest.mark.parametrize("token", ["schlüssel", "secret\ntoken", "secret\x7f"])
def test_a_token_that_no_header_can_carry_is_told_and_not_shown(token: str) -> None:
    with pytest.raises(ValueError, match=r"token \(LAPLAS_GATEWAY_TOKEN\) holds a character") as caught:
        resolve(token=token)
    assert token not in str(caught.value)


def test_a_token_is_never_shown() -> None:
    assert "secret" not in repr(resolve(token="secret-token"))


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:4114",
        "http://127.0.0.1:4114/",
        "http://127.0.0.1:4114/v1",
        "http://127.0.0.1:4114/v1/",
        " HTTP://127.0.0.1:4114/v1",
    ],
)
def test_one_gateway_has_one_address(url: str) -> None:
    assert address_of(url) == "http://127.0.0.1:4114"


def test_ports_and_paths_are_kept_apart() -> None:
    assert address_of("https://Gateway.example/v1") == "https://gateway.example:443"
    assert address_of("http://gateway.example/team/v1") == "http://gateway.example:80/team"
    assert address_of("http://[::1]:4114/v1") == "http://[::1]:4114"
    assert address_of(None) is None
