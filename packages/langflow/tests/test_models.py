import pytest
from langchain_core.load import dumpd

from lfx_laplas.errors import LaplasError
from lfx_laplas.models import ChatLaplas, LaplasEmbeddings

NOBODY = "http://127.0.0.2:9/v1"


@pytest.fixture
def other_vendor(monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-of-another-vendor")
    monkeypatch.setenv("OPENAI_API_BASE", "http://another.invalid/v1")
    monkeypatch.setenv("OPENAI_PROXY", "http://proxy.invalid")
    monkeypatch.delenv("LAPLAS_GATEWAY_URL", raising=False)


@pytest.mark.usefixtures("other_vendor")
@pytest.mark.parametrize("model", [ChatLaplas, LaplasEmbeddings])
def test_reads_no_variable_of_another_vendor(model):
    made = model(model="gpt-4o-mini")
    assert made.openai_api_base == "http://127.0.0.1:4114/v1"
    assert made.openai_api_key.get_secret_value() == "EMPTY"
    assert made.openai_proxy is None


@pytest.mark.parametrize("model", [ChatLaplas, LaplasEmbeddings])
def test_leaves_retries_to_the_gateway(model):
    assert model(model="x", base_url=NOBODY, api_key="k").max_retries == 0


def test_calls_the_one_path_that_the_gateway_has():
    chat = ChatLaplas(model="gpt-5-pro", base_url=NOBODY, api_key="k")
    assert chat.use_responses_api is False


def test_embeds_without_a_tokenizer():
    assert LaplasEmbeddings(model="x", base_url=NOBODY, api_key="k").check_embedding_ctx_length is False


def test_says_how_to_start_a_gateway_on_every_way():
    chat = ChatLaplas(model="x", base_url=NOBODY, api_key="k")
    embeddings = LaplasEmbeddings(model="x", base_url=NOBODY, api_key="k")
    for call in (
        lambda: chat.invoke("Hello"),
        lambda: list(chat.stream("Hello")),
        lambda: embeddings.embed_query("Hello"),
        lambda: embeddings.embed_documents(["Hello"]),
    ):
        with pytest.raises(
            LaplasError, match=r"No gateway answers at http://127\.0\.0\.2:9/v1\. Start it with"
        ) as caught:
            call()
        assert caught.value.__cause__ is not None


def test_holds_its_key_back_when_it_is_written_down():
    assert "the-token" not in str(dumpd(ChatLaplas(model="x", base_url=NOBODY, api_key="the-token")))
