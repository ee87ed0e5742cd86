import pytest

from lfx_laplas import gateway_address
from lfx_laplas.errors import LaplasError
from lfx_laplas.gateway_address import DEFAULT_URL, NO_TOKEN, find_gateway, with_version


@pytest.fixture(autouse=True)
def bare(monkeypatch):
    monkeypatch.delenv("LAPLAS_GATEWAY_URL", raising=False)
    monkeypatch.delenv("LAPLAS_GATEWAY_TOKEN", raising=False)


def saved(monkeypatch, **variables):
    monkeypatch.setattr(gateway_address, "get_provider_variable_value", lambda _user, name: variables.get(name))


@pytest.mark.parametrize("typed", ["http://127.0.0.1:4114", "http://127.0.0.1:4114/", " http://127.0.0.1:4114/v1/ "])
def test_ends_in_one_version_however_it_was_typed(typed):
    assert with_version(typed) == "http://127.0.0.1:4114/v1"


def test_is_this_machine_where_nobody_said_anything():
    assert find_gateway() == gateway_address.GatewayAddress(f"{DEFAULT_URL}/v1", NO_TOKEN)


def test_what_the_node_says_comes_first_then_what_was_saved_then_the_environment(monkeypatch):
    monkeypatch.setenv("LAPLAS_GATEWAY_URL", "http://127.0.0.3:1")
    assert find_gateway("me").base_url == "http://127.0.0.3:1/v1"
    saved(monkeypatch, LAPLAS_GATEWAY_URL="http://127.0.0.4:1")
    assert find_gateway("me").base_url == "http://127.0.0.4:1/v1"
    assert find_gateway("me", "http://127.0.0.5:1").base_url == "http://127.0.0.5:1/v1"


def test_the_token_goes_the_way_of_the_url(monkeypatch):
    monkeypatch.setenv("LAPLAS_GATEWAY_URL", "http://127.0.0.3:1")
    monkeypatch.setenv("LAPLAS_GATEWAY_TOKEN", "of-the-server")
    assert find_gateway("me").token == "of-the-server"
    saved(monkeypatch, LAPLAS_GATEWAY_URL="http://127.0.0.4:1", LAPLAS_GATEWAY_TOKEN="of-the-user")
    assert find_gateway("me").token == "of-the-user"
    saved(monkeypatch, LAPLAS_GATEWAY_URL="http://127.0.0.4:1")
    assert find_gateway("me").token == NO_TOKEN
    assert find_gateway("me", "http://127.0.0.5:1").token == NO_TOKEN
    assert find_gateway("me", "http://127.0.0.5:1", "typed").token == "typed"


def test_an_address_of_a_user_is_checked_and_one_of_the_server_is_trusted(monkeypatch):
    with pytest.raises(LaplasError, match="LANGFLOW_SSRF_ALLOWED_HOSTS") as refused:
        find_gateway("me", "http://169.254.169.254/latest")
    assert refused.value.__context__ is None
    saved(monkeypatch, LAPLAS_GATEWAY_URL="http://10.1.2.3:4114")
    with pytest.raises(LaplasError, match=r"Langflow does not go to http://10\.1\.2\.3:4114"):
        find_gateway("me")
    monkeypatch.setenv("LAPLAS_GATEWAY_URL", "http://10.1.2.3:4114")
    assert find_gateway("me").base_url == "http://10.1.2.3:4114/v1"


@pytest.mark.parametrize("typed", ["htp:/", "localhost:4114", "127.0.0.1:4114", "http://", "file:///etc/passwd"])
def test_an_address_that_is_none_is_named_in_plain_words(typed):
    with pytest.raises(LaplasError) as refused:
        find_gateway("me", typed)
    assert f"'{typed}' is not a web address. Type one like http://127.0.0.1:4114 where" in str(refused.value)
