import asyncio

import pytest
from langchain_core.load import dumpd

from lfx_laplas.errors import LaplasError
from lfx_laplas.models import ChatLaplas, LaplasEmbeddings
from lfx_laplas.sdk_errors import readable

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
        # Langflow's log draws each link of the chain, for seconds.
        assert caught.value.__cause__ is None
        assert caught.value.__context__ is None


async def all_of(stream):
    return [chunk async for chunk in stream]


def test_says_on_every_way_that_a_web_page_came(serve):
    at = serve(b"<html>hello</html>", 200, {"content-type": "text/html"}).base_url
    chat = ChatLaplas(model="x", base_url=at, api_key="k")
    embeddings = LaplasEmbeddings(model="x", base_url=at, api_key="k")
    for call in (
        lambda: chat.invoke("Hello"),
        lambda: list(chat.stream("Hello")),
        lambda: asyncio.run(chat.ainvoke("Hello")),
        lambda: asyncio.run(all_of(chat.astream("Hello"))),
        lambda: embeddings.embed_query("Hello"),
        lambda: asyncio.run(embeddings.aembed_documents(["Hello"])),
    ):
        with pytest.raises(LaplasError, match="Another program or a proxy answers at") as caught:
            call()
        assert caught.value.__context__ is None


def test_leaves_mistakes_of_another_kind_as_they_are():
    for mistake in (ValueError("a temperature that is none"), AttributeError("no such thing")):
        with pytest.raises(type(mistake)) as caught:
            readable(mistake, NOBODY)
        assert caught.value is mistake


def test_holds_its_key_back_when_it_is_written_down():
    assert "the-token" not in str(dumpd(ChatLaplas(model="x", base_url=NOBODY, api_key="the-token")))
