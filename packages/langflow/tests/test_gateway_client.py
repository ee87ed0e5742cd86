import pytest

from lfx_laplas.errors import LaplasError
from lfx_laplas.gateway_address import GatewayAddress
from lfx_laplas.gateway_client import list_models, read_quota, request_picture


def test_passes_rows_over_that_are_none(serve):
    row = {"id": "a", "modality": "chat"}
    assert list_models(serve({"data": [row, None, "b"]})) == [row]
    assert list_models(serve({"data": []})) == []


@pytest.mark.parametrize(
    ("body", "what"), [(b"<html>hello</html>", "it sent a web page"), (b"[]", "status 200"), (b"", "status 200")]
)
def test_says_that_something_else_listens_there(serve, body, what):
    with pytest.raises(LaplasError, match=rf"Another program or a proxy answers at http\S+, not .*\({what}"):
        read_quota(serve(body))


@pytest.mark.parametrize("answer", [{"data": None}, {"hello": "world"}])
def test_json_of_another_program_is_no_list_of_models(serve, answer):
    with pytest.raises(LaplasError, match="JSON without a list of models"):
        list_models(serve(answer))


def test_a_list_of_another_server_for_models_is_said(serve):
    with pytest.raises(LaplasError, match="it lists 2 models of its own"):
        list_models(serve({"object": "list", "data": [{"id": "llama"}, {"id": "qwen"}]}))


def test_a_refusal_that_is_not_the_gateways_names_its_status(serve):
    with pytest.raises(LaplasError, match=r"not the laplas gateway \(status 404\)"):
        list_models(serve({"detail": "Not Found"}, 404))


def test_a_redirect_is_not_followed(serve):
    with pytest.raises(LaplasError, match="status 302"):
        read_quota(serve(b"", 302, {"location": "http://169.254.169.254/"}))


def test_an_address_that_is_none_is_said():
    with pytest.raises(LaplasError, match="No gateway answers at nonsense"):
        read_quota(GatewayAddress("nonsense", "token"))


@pytest.mark.parametrize("data", [[], None, [{}], [{"b64_json": "aaaa"}], [{"url": "data:image/png;base64,aaaa"}]])
def test_a_picture_has_an_address_or_is_an_error_without_base64(serve, data):
    with pytest.raises(LaplasError) as caught:
        request_picture(serve({"data": data}), {"model": "m", "prompt": "p"})
    assert "aaaa" not in str(caught.value)


def test_a_refusal_is_read(serve):
    body = {"error": {"message": "one at a time", "code": "free_tier_busy"}}
    gateway = serve(body, 429, {"retry-after": "3", "x-should-retry": "true"})
    with pytest.raises(LaplasError, match=r"Busy right now\. Try again in 3 s\. one at a time"):
        request_picture(gateway, {"model": "m", "prompt": "p"})


def test_keeps_the_chain_of_an_error_short():
    with pytest.raises(LaplasError) as caught:
        read_quota(GatewayAddress("http://127.0.0.2:9/v1", "token"))
    assert (caught.value.__cause__, caught.value.__context__) == (None, None)
