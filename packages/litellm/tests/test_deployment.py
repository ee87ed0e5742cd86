from collections.abc import Iterator
from typing import Any

import pytest

from litellm_laplas.deployment import laplas_deployment
from litellm_laplas.registration import Registration, set_registration
from litellm_laplas.settings import Settings

URL = "http://127.0.0.1:4114"
SETTINGS = Settings(URL, "token-of-settings", 2.0, 1.0, 5.0)
NO_SETTINGS = Settings(None, "token-of-settings", 2.0, 1.0, 5.0)
MARK = {"laplas": True, "mode": "chat"}


def deployment(params: dict[str, Any], info: dict[str, Any] | None = None) -> dict[str, Any]:
    return {"model_name": "group", "litellm_params": params, "model_info": info or {}}


@pytest.fixture(autouse=True)
def _nothing_is_registered() -> Iterator[None]:
    set_registration(None)
    yield
    set_registration(None)


def test_by_its_mark() -> None:
    found = laplas_deployment(deployment({"model": "openai/gpt-4o", "api_base": f"{URL}/v1"}, MARK), NO_SETTINGS)
    assert found is not None
    assert (found.gateway.address, found.model, found.mode) == (URL, "gpt-4o", "chat")


@pytest.mark.parametrize(
    "name", ["auto", "auto:tools", "groq/openai/gpt-oss-120b", "openrouter/openai/gpt-oss-120b:free"]
)
def test_names_of_several_providers_are_asked_about_as_they_are_sent(name: str) -> None:
    found = laplas_deployment(deployment({"model": f"openai/{name}", "api_base": f"{URL}/v1"}, MARK), NO_SETTINGS)
    assert found is not None
    assert found.model == name


def test_by_its_address() -> None:
    found = laplas_deployment(deployment({"model": "openai/gpt-4o", "api_base": f"{URL}/v1/"}), SETTINGS)
    assert found is not None
    assert found.mode is None


@pytest.mark.parametrize(
    "params",
    [
        {"model": "openai/gpt-4o"},
        {"model": "openai/gpt-4o", "api_base": "http://elsewhere:4114/v1"},
        {"model": "openai/gpt-4o", "api_base": ""},
        {"model": "anthropic/claude", "api_base": f"{URL}/v1"},
        {"model": None, "api_base": f"{URL}/v1"},
        {},
    ],
)
def test_anything_else_is_somebody_elses(params: dict[str, Any]) -> None:
    assert laplas_deployment(deployment(params), SETTINGS) is None


def test_a_mark_without_an_address_would_be_a_call_to_openai() -> None:
    assert laplas_deployment(deployment({"model": "openai/gpt-4o"}, MARK), SETTINGS) is None


@pytest.mark.parametrize("value", [None, "text", 3, [], {"litellm_params": None}, {"litellm_params": "x"}])
def test_what_is_no_deployment_at_all(value: object) -> None:
    assert laplas_deployment(value, SETTINGS) is None


@pytest.mark.parametrize("mark", ["true", 1, False, None])
def test_a_mark_is_true_and_nothing_else(mark: object) -> None:
    one = deployment({"model": "openai/gpt-4o", "api_base": f"{URL}/v1"}, {"laplas": mark})
    assert laplas_deployment(one, NO_SETTINGS) is None


@pytest.mark.parametrize(
    ("params", "sent"),
    [
        ({"model": "openai/google/gemma-3-27b-it"}, "google/gemma-3-27b-it"),
        ({"model": "openai/openai/odd"}, "openai/odd"),
        ({"model": "aiml/flux/schnell"}, "flux/schnell"),
        ({"model": "flux/schnell", "custom_llm_provider": "openai"}, "flux/schnell"),
        ({"model": "gpt-4o"}, "gpt-4o"),
    ],
)
def test_the_id_is_what_litellm_sends(params: dict[str, Any], sent: str) -> None:
    found = laplas_deployment(deployment({**params, "api_base": URL}, MARK), SETTINGS)
    assert found is not None
    assert found.model == sent


def test_the_token_of_the_settings_goes_to_their_gateway_only() -> None:
    here = laplas_deployment(deployment({"model": "openai/a", "api_base": URL, "api_key": "own"}, MARK), SETTINGS)
    there = laplas_deployment(
        deployment({"model": "openai/a", "api_base": "http://other:1", "api_key": "own"}, MARK), SETTINGS
    )
    assert here is not None
    assert there is not None
    assert (here.gateway.token, there.gateway.token) == ("token-of-settings", "own")
    assert "own" not in repr(there.gateway)


def test_references_to_the_environment_are_resolved(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MY_TOKEN", "from-environment")
    monkeypatch.setenv("MY_URL", f"{URL}/v1")
    params = {"model": "openai/a", "api_base": "os.environ/MY_URL", "api_key": "os.environ/MY_TOKEN"}
    found = laplas_deployment(deployment(params, MARK), NO_SETTINGS)
    assert found is not None
    assert (found.gateway.address, found.gateway.token) == (URL, "from-environment")
    assert laplas_deployment(deployment({**params, "api_base": "os.environ/NO_SUCH"}, MARK), NO_SETTINGS) is None


def test_aiml_goes_where_its_variable_says(monkeypatch: pytest.MonkeyPatch) -> None:
    one = deployment({"model": "aiml/flux/schnell"})
    monkeypatch.delenv("AIML_API_BASE", raising=False)
    assert laplas_deployment(one, SETTINGS) is None
    monkeypatch.setenv("AIML_API_BASE", f"{URL}/v1")
    monkeypatch.setenv("AIML_API_KEY", "aiml-key")
    found = laplas_deployment(one, Settings(URL, None, 2.0, 1.0, 5.0))
    assert found is not None
    assert (found.gateway.address, found.gateway.token) == (URL, "aiml-key")
    # Of OpenAI's it says nothing.
    assert laplas_deployment(deployment({"model": "openai/a"}), SETTINGS) is None


def test_a_registered_one_is_known_by_its_name_and_goes_where_register_said() -> None:
    one = deployment({"model": "laplas/flux/schnell"})
    assert laplas_deployment(one, SETTINGS) is None
    set_registration(Registration("http://registered:1", "its-token"))
    found = laplas_deployment(one, SETTINGS)
    assert found is not None
    assert (found.gateway.address, found.gateway.token, found.model) == (
        "http://registered:1",
        "its-token",
        "flux/schnell",
    )
    elsewhere = laplas_deployment(deployment({"model": "laplas/a", "api_base": "http://other:1/v1"}), SETTINGS)
    assert elsewhere is not None
    # Its token is for the gateway that it was registered with.
    assert (elsewhere.gateway.address, elsewhere.gateway.token) == ("http://other:1", None)
    own = laplas_deployment(deployment({"model": "laplas/a", "api_key": "own"}), SETTINGS)
    assert own is not None
    assert own.gateway.token == "own"
    assert laplas_deployment(deployment({"model": "openai/a"}), SETTINGS) is None
