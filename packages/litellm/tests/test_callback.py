import asyncio
import logging
from types import SimpleNamespace
from typing import Any

import litellm
import pytest
from gateways import NEVER, PASS, SPENT, StubGateway, stub_gateway
from litellm.integrations.custom_logger import CustomLogger

import litellm_laplas
from litellm_laplas import LaplasCallback, callback

HELLO = [{"role": "user", "content": "Hello"}]


def patient(**settings: Any) -> LaplasCallback:
    return LaplasCallback(**{"timeout_seconds": 30.0, "cache_seconds": 0.0, **settings})


def ours(stub: StubGateway, model: str = "a", mode: str = "chat") -> dict[str, Any]:
    return {
        "model_name": "group",
        "litellm_params": {"model": f"openai/{model}", "api_base": f"{stub.gateway.address}/v1", "api_key": "k"},
        "model_info": {"id": f"laplas/{model}", "laplas": True, "mode": mode},
    }


THEIRS = {
    "model_name": "group",
    "litellm_params": {"model": "openai/gpt-4o", "api_key": "sk-other"},
    "model_info": {"id": "other"},
}


def kept(one: LaplasCallback, deployments: list[Any], messages: Any = HELLO, kwargs: Any = None) -> list[Any]:
    return asyncio.run(one.async_filter_deployments("group", deployments, messages, kwargs))


def by_model(body: dict[str, str]) -> dict[str, Any]:
    return {"spent": SPENT, "never": NEVER}.get(body["model"], PASS)


def test_the_instance_for_the_proxy_is_a_callback_of_litellms() -> None:
    assert isinstance(callback, CustomLogger)
    assert litellm_laplas.callback is callback
    assert "callback" in litellm_laplas.__all__
    with pytest.raises(AttributeError, match="nothing_such"):
        _ = litellm_laplas.nothing_such


def test_spent_ones_are_left_out_and_others_are_never_touched() -> None:
    with stub_gateway(by_model) as stub:
        deployments = [ours(stub, "spent"), THEIRS, ours(stub, "a")]
        assert kept(patient(), deployments) == [THEIRS, ours(stub, "a")]
        assert [each["model"] for each in stub.requests[0]] == ["spent", "a"]


def test_nothing_of_ours_nothing_asked() -> None:
    deployments = [THEIRS]
    assert kept(patient(gateway_url="http://127.0.0.1:9"), deployments) is deployments
    assert kept(patient(), []) == []


def test_a_deployment_by_id_comes_as_something_else_and_is_let_through() -> None:
    assert kept(patient(), THEIRS) is THEIRS  # type: ignore[arg-type]


def test_two_gateways_are_asked_each_about_its_own() -> None:
    with stub_gateway(by_model) as one, stub_gateway(by_model) as two:
        deployments = [ours(one, "spent"), ours(two, "a"), ours(two, "spent"), ours(one, "b")]
        assert kept(patient(), deployments) == [ours(two, "a"), ours(one, "b")]
        assert [[each["model"] for each in stub.requests[0]] for stub in (one, two)] == [["spent", "b"], ["a", "spent"]]


def test_when_nothing_is_left_the_caller_is_told_when_it_heals() -> None:
    with stub_gateway(by_model) as stub, pytest.raises(litellm.RateLimitError) as caught:
        kept(patient(), [ours(stub, "spent")])
    assert litellm_laplas.explain(caught.value).code == "daily_quota"
    assert litellm_laplas.explain(caught.value).rule == "daily_api_tokens"


def test_of_a_stand_in_only_a_spent_budget_counts() -> None:
    with stub_gateway(by_model) as stub:
        one = patient()
        # What the SDK's Router hands over of an embedding: nothing.
        assert kept(one, [ours(stub, "never", "embedding"), THEIRS], None, {}) == [
            ours(stub, "never", "embedding"),
            THEIRS,
        ]
        assert kept(one, [ours(stub, "spent", "embedding"), THEIRS], None, {}) == [THEIRS]
        known = {"proxy_server_request": {"body": {"input": "a"}}}
        assert kept(one, [ours(stub, "never", "embedding"), THEIRS], None, known) == [THEIRS]


def test_a_defect_of_its_own_keeps_all_and_is_told(caplog: pytest.LogCaptureFixture) -> None:
    with stub_gateway() as stub, caplog.at_level(logging.ERROR, "litellm_laplas"):
        deployments = [ours(stub)]
        assert kept(patient(), deployments, [{"role": "user", "content": object()}]) is deployments
    assert "all deployments are kept" in caplog.text


def test_the_synchronous_hook_raises_for_a_spent_one_only() -> None:
    one = patient()
    with stub_gateway(by_model) as stub:
        for mode in ("chat", "embedding", "image_generation"):
            with pytest.raises(litellm.RateLimitError):
                one.pre_call_check(ours(stub, "spent", mode))
            assert one.pre_call_check(ours(stub, "never", mode)) == ours(stub, "never", mode)
            assert one.pre_call_check(ours(stub, "a", mode)) == ours(stub, "a", mode)
        assert one.pre_call_check(THEIRS) is THEIRS


def test_loops_that_ended_are_forgotten() -> None:
    one = patient()
    with stub_gateway(by_model) as stub:
        for _ in range(5):
            kept(one, [ours(stub)])
    assert len(one._askers) == 1


HEADERS = {
    "Retry-After": "43200",
    "x-should-retry": "false",
    "x-laplas-code": "daily_quota",
    "x-request-id": "of-the-gateway",
    "set-cookie": "secret",
}


def after_failure(error: Any) -> dict[str, str] | None:
    asyncio.run(patient().async_post_call_failure_hook({}, error, None))
    return getattr(error, "headers", None)


def test_the_proxys_client_sees_what_the_gateway_said() -> None:
    shown = {"retry-after": "43200", "x-should-retry": "false", "x-laplas-code": "daily_quota"}
    assert after_failure(SimpleNamespace(litellm_response_headers=HEADERS)) == shown


def test_errors_of_other_vendors_and_those_with_headers_stay_as_they_are() -> None:
    foreign = {"retry-after": "1", "x-should-retry": "true"}
    assert after_failure(SimpleNamespace(litellm_response_headers=foreign)) is None
    assert after_failure(SimpleNamespace()) is None
    own = {"retry-after": "5"}
    assert after_failure(SimpleNamespace(litellm_response_headers=HEADERS, headers=own)) is own
