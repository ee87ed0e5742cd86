import json
from typing import Any

import pytest

from litellm_laplas.deployment import Gateway, LaplasDeployment
from litellm_laplas.question import question_about, question_without_request

HELLO = [{"role": "user", "content": "Hello"}]
PLACEHOLDER = [{"role": "user", "content": "prompt"}]


def deployment(mode: str | None, **defaults: Any) -> LaplasDeployment:
    return LaplasDeployment(Gateway("http://gateway:1", None), "the-model", mode, defaults)


def proxied(**body: Any) -> dict[str, Any]:
    return {"proxy_server_request": {"body": body, "headers": {"authorization": "Bearer secret"}}, "api_key": "secret"}


def asked(one: LaplasDeployment, messages: Any, kwargs: dict[str, Any] | None) -> tuple[dict[str, Any], bool]:
    question = question_about(one, messages, kwargs)
    assert question is not None
    return json.loads(question.body), question.is_whole


def test_a_chat_is_asked_about_as_it_is() -> None:
    body, is_whole = asked(deployment("chat"), HELLO, {"max_tokens": 900, "tools": [{"type": "function"}], "n": 2})
    assert is_whole
    assert body == {
        "model": "the-model",
        "messages": HELLO,
        "max_tokens": 900,
        "tools": [{"type": "function"}],
        "n": 2,
    }


def test_what_litellm_may_still_change_is_left_out_and_so_is_every_secret() -> None:
    kwargs = {**proxied(), "temperature": 0.5, "metadata": {"user": "secret"}, "extra_headers": {"x": "secret"}}
    body, _ = asked(deployment("chat", api_key="secret"), HELLO, kwargs)
    assert body == {"model": "the-model", "messages": HELLO}


def test_the_deployments_defaults_count_and_the_call_wins() -> None:
    one = deployment("chat", max_tokens=100)
    assert asked(one, HELLO, {})[0]["max_tokens"] == 100
    assert asked(one, HELLO, {"max_tokens": 0})[0]["max_tokens"] == 0


def test_an_embedding_of_the_proxy_is_known() -> None:
    body, is_whole = asked(deployment("embedding"), None, proxied(input=["a", "b"], model="group"))
    assert (body, is_whole) == ({"model": "the-model", "input": ["a", "b"]}, True)


def test_an_image_of_the_proxy_is_known() -> None:
    body, is_whole = asked(deployment("image_generation"), PLACEHOLDER, proxied(prompt="A cat", n=2, size="512x512"))
    assert (body, is_whole) == ({"model": "the-model", "prompt": "A cat", "n": 2, "size": "512x512"}, True)


@pytest.mark.parametrize(
    ("mode", "messages", "field"), [("embedding", None, "input"), ("image_generation", PLACEHOLDER, "prompt")]
)
def test_of_the_sdk_only_a_stand_in_is_asked(mode: str, messages: Any, field: str) -> None:
    body, is_whole = asked(deployment(mode), messages, {"n": 1})
    assert (body, is_whole) == ({"model": "the-model", field: "."}, False)


def test_of_the_responses_api_a_stand_in_is_asked() -> None:
    body, is_whole = asked(deployment("chat"), None, {"input": "of the Responses API"})
    assert (body, is_whole) == ({"model": "the-model", "messages": [{"role": "user", "content": "."}]}, False)


@pytest.mark.parametrize(
    ("part", "tools"),
    [
        ({"type": "tool_result", "tool_use_id": "1", "content": "six"}, None),
        ({"type": "tool_use", "id": "1", "name": "read", "input": {}}, None),
        ({"type": "text", "text": "Hello"}, [{"name": "read", "input_schema": {"type": "object"}}]),
    ],
)
def test_of_anthropics_messages_a_stand_in_is_asked(part: dict[str, Any], tools: Any) -> None:
    body, is_whole = asked(deployment("chat"), [{"role": "user", "content": [part]}], {"tools": tools})
    assert (body["messages"][0]["content"], is_whole) == (".", False)


def test_a_very_long_request_is_asked_about_by_a_stand_in() -> None:
    long = [{"role": "user", "content": "x" * 1_000_000}]
    body, is_whole = asked(deployment("chat"), long, {})
    assert (body["messages"][0]["content"], is_whole) == (".", False)


def test_without_a_mode_it_is_taken_from_the_request() -> None:
    assert "messages" in asked(deployment(None), HELLO, {})[0]
    assert "input" in asked(deployment(None), None, proxied(input="a"))[0]
    assert "prompt" in asked(deployment(None), PLACEHOLDER, proxied(prompt="a"))[0]
    # The Router's placeholder could be either.
    assert question_about(deployment(None), PLACEHOLDER, {}) is None
    assert question_about(deployment(None), None, {}) is None


def test_nothing_is_asked_where_the_gateway_has_no_such_call() -> None:
    assert question_about(deployment("audio_transcription"), HELLO, {}) is None
    assert question_without_request(deployment("rerank")) is None


def test_messages_may_be_objects_of_litellms() -> None:
    class Message:
        def model_dump(self, exclude_none: bool) -> dict[str, str]:
            assert exclude_none
            return {"role": "user", "content": "Hello"}

    assert asked(deployment("chat"), [Message()], {})[0]["messages"] == HELLO


def test_what_is_no_json_is_no_question() -> None:
    with pytest.raises(TypeError, match="not JSON"):
        question_about(deployment("chat"), [{"role": "user", "content": object()}], {})


@pytest.mark.parametrize(
    ("mode", "field"),
    [("chat", "messages"), (None, "messages"), ("embedding", "input"), ("image_generation", "prompt")],
)
def test_the_synchronous_hook_asks_about_the_deployment_alone(mode: str | None, field: str) -> None:
    question = question_without_request(deployment(mode))
    assert question is not None
    assert set(json.loads(question.body)) == {"model", field}
    assert not question.is_whole
