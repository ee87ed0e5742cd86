"""The component to paste says what the package says, in fewer lines."""

import importlib.util
import sys
import time
from pathlib import Path

import pytest

from lfx_laplas.errors import LaplasError
from lfx_laplas.known_codes import PASSING_CODES
from lfx_laplas.known_models import KNOWN_MODELS
from lfx_laplas.models import ChatLaplas

SOURCE = Path(__file__).resolve().parent.parent / "paste" / "laplas_chat.py"


@pytest.fixture(scope="module")
def pasted():
    spec = importlib.util.spec_from_file_location("pasted_chat", SOURCE)
    module = importlib.util.module_from_spec(spec)
    # lfx reads the source of a component.
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules[spec.name]


@pytest.fixture(autouse=True)
def in_utc(monkeypatch):
    monkeypatch.setenv("TZ", "UTC")
    monkeypatch.delenv("LAPLAS_GATEWAY_URL", raising=False)
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def body(message, code):
    return {"error": {"message": message, "type": "x", "param": None, "code": code}}


UNKNOWN = (
    'laplas free tier: there is no model "gpt4o" in the catalog. Did you mean gpt-4o? '
    'Option unknownModels: "send" sends ids that the catalog does not know.'
)
SPENT = {"retry-after": "43202", "x-should-retry": "false", "x-laplas-resets-at": "2026-03-11T00:00:02.000Z"}


@pytest.mark.parametrize(
    ("status", "headers", "answer"),
    [
        (429, {"retry-after": "7", "x-should-retry": "true"}, body("busy", "free_tier_busy")),
        (503, {"x-should-retry": "true"}, body("away", "free_tier_unavailable")),
        (429, SPENT, body("spent (9 of 9). It will reset at 2026-03-11T00:00:02.000Z.", "free_tier_daily_quota")),
        (429, {"retry-after": "60", "x-should-retry": "false"}, body("spent", "free_tier_hourly_quota")),
        (404, {"retry-after": "86400", "x-should-retry": "false"}, body("model x not found", "model_not_found")),
        (404, {}, body(UNKNOWN, "model_not_found")),
        (400, {}, body("'temperature' is not supported with this model", "free_tier_invalid_request")),
        (401, {}, body("wrong token", "invalid_api_key")),
        (400, {}, body("http://10.1.2.3:4114: refused", "free_tier_invalid_request")),
    ],
)
def test_refuses_with_the_same_statuses_and_what_to_do(pasted, serve, status, headers, answer):
    at = serve(answer, status, headers).base_url
    with pytest.raises(LaplasError) as own:
        ChatLaplas(model="x", base_url=at, api_key="k").invoke("Hello")
    with pytest.raises(pasted.LaplasRefusedError) as other:
        pasted.PastedChatLaplas(model="x", base_url=at, api_key="k").invoke("Hello")
    for name in ("code", "http_status", "status_code", "retryable", "retry_after", "provider"):
        assert getattr(other.value, name) == getattr(own.value, name), name
    said = str(own.value).replace("the option temperature: it ", "this option ")
    assert str(other.value) == said
    assert "not found" not in said.lower()
    assert other.value.__context__ is None


def test_says_how_to_start_a_gateway(pasted):
    with pytest.raises(pasted.LaplasRefusedError, match="Start it with: npx laplas serve"):
        list(pasted.PastedChatLaplas(model="x", base_url="http://127.0.0.2:9/v1", api_key="k").stream("Hello"))


def test_knows_the_codes_and_models_of_the_package(pasted):
    assert pasted.PASSING_CODES == PASSING_CODES
    assert set(pasted.MODELS) <= {row["id"] for row in KNOWN_MODELS if row["modality"] == "chat"}


def test_shows_a_token_of_the_environment_to_no_address_that_was_typed(pasted, monkeypatch):
    monkeypatch.setenv("LAPLAS_GATEWAY_URL", "http://127.0.0.3:1")
    monkeypatch.setenv("LAPLAS_GATEWAY_TOKEN", "of-the-server")
    assert pasted.LaplasChat().set(gateway_url="")._gateway() == ("http://127.0.0.3:1/v1", "of-the-server")
    assert pasted.LaplasChat().set(gateway_url="http://127.0.0.5:1/")._gateway() == ("http://127.0.0.5:1/v1", "EMPTY")
    for wrong in ("http://169.254.169.254", "htp:/"):
        with pytest.raises(Exception, match=r"not a web address|blocked"):
            pasted.LaplasChat().set(gateway_url=wrong)._gateway()


def test_can_be_read_at_one_sitting():
    text = SOURCE.read_text(encoding="utf-8")
    assert text.count("\n") <= 250
    assert "lfx_laplas" not in text
