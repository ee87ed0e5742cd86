"""laplas in Langflow: chat, embeddings, image, tier status. One file with all that it needs.

Written by packages/langflow/scripts/one_file.py; don't edit.
"""

from __future__ import annotations

import os
import re
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import openai
from langchain_core.messages import BaseMessage
from langchain_core.outputs import ChatGenerationChunk, ChatResult
from langchain_openai import ChatOpenAI, OpenAIEmbeddings
from lfx.base.embeddings.model import LCEmbeddingsModel
from lfx.base.models.model import LCModelComponent
from lfx.base.models.model_metadata import ModelMetadata, create_model_metadata
from lfx.base.models.model_utils import get_provider_variable_value
from lfx.custom.custom_component.component import Component
from lfx.field_typing import Embeddings, LanguageModel
from lfx.integrations.errors import IntegrationError
from lfx.io import DropdownInput, FloatInput, IntInput, MessageTextInput, Output, SecretStrInput, StrInput
from lfx.schema.data import Data
from lfx.schema.dataframe import DataFrame
from lfx.schema.message import Message
from lfx.utils.ssrf_protection import validate_connector_url_for_ssrf

# What an error says: first whether to try again, and nothing that Langflow would take for something else.

# lfx 1.13 reads errors of models and, where one of its phrases is there, calls once more without a temperature.
_TEMPERATURE = re.compile(r"[`'\"]?temperature[`'\"]? (?=is deprecated|is not supported|does not support)", re.I)
# Langflow 1.13 answers 404 and drops status, code and pause for any error with these words.
_MISSING = re.compile(r"\bnot found\b", re.I)


def retry_text(said: str, seconds: float) -> str:
    """Say that the same request will pass later. An agent reads this as the result of its tool."""
    return f"Retryable: wait {seconds:g} s. {without_traps(said)}"


def fatal_text(said: str, until: str | None = None) -> str:
    """Say that trying again can't help, or not before a day is over."""
    when = "" if until is None else f" before {until}"
    return f"Fatal: do not retry{when}. {without_traps(said)}"


def without_traps(said: str) -> str:
    """Say the same in other words."""
    return _TEMPERATURE.sub("the option temperature: it ", _MISSING.sub("missing", said))


# The gateway's codes of errors that pass. Written by scripts/langflow-catalog.ts; don't edit.

PASSING_CODES = frozenset(
    [
        "free_tier_busy",
        "free_tier_network",
        "free_tier_rate_limited",
        "free_tier_timeout",
        "free_tier_unavailable",
    ]
)


# One error for everything that the gateway refuses, as Langflow's canvas, its HTTP API and an agent read it.

# What Langflow's HTTP API answers: come back later, or change something first. Other exceptions are a 500 there.
LATER = 429
NEVER = 422

# Where an answer that heals names no pause.
_SECONDS = 2.0
_ADDRESS = re.compile(r"\S*://\S*")


class LaplasError(IntegrationError):
    """A call that the gateway refused, or could not be asked.

    `retryable`: the same request will pass after `retry_after` seconds. A spent day is not retryable and has
    `retry_after` nevertheless: seconds to the reset. `laplas_code` is the gateway's `error.code`, `said` its message.
    """

    def __init__(
        self,
        said: str,
        *,
        laplas_code: str,
        retryable: bool = False,
        retry_after: float | None = None,
        resets_at: str | None = None,
        details: Mapping[str, object] | None = None,
    ) -> None:
        heals = retryable or retry_after is not None
        text = retry_text(said, retry_after or _SECONDS) if retryable else fatal_text(said, resets_at)
        extra = {"code": laplas_code, "resets_at": resets_at, **(details or {})}
        known = {key: value for key, value in extra.items() if value is not None}
        status = LATER if heals else NEVER
        try:
            super().__init__(text, provider="laplas", retryable=retryable, http_status=status, details=known)
        except ValueError:
            # lfx 1.13 takes addresses apart to hide what may be secret in them, and fails at "http://host:80: closed".
            plain = _ADDRESS.sub("(an address)", text)
            super().__init__(plain, provider="laplas", retryable=retryable, http_status=status)
        self.code = "rate-limited" if heals else "invalid-request"
        self.laplas_code = laplas_code
        self.said = without_traps(said)
        self.retry_after = (retry_after or _SECONDS) if heals else None
        self.status_code = self.http_status


def from_answer(status: int, headers: Mapping[str, str], body: object) -> LaplasError:
    """Read what the gateway answered. It says itself whether to try again, so no code is looked at."""
    error = _error_of(body)
    retryable = headers.get("x-should-retry") == "true"
    # A model that the tier lacks has `retry-after` too, for routers: only 429 heals by waiting.
    waits = retryable or status == LATER
    return LaplasError(
        _said(error, f"The gateway answered with status {status}."),
        laplas_code=_code(error, f"http_{status}"),
        retryable=retryable,
        retry_after=(_seconds(headers.get("retry-after")) or _SECONDS) if waits else None,
        resets_at=headers.get("x-laplas-resets-at") if waits and not retryable else None,
        details={"upstream_status": status, "param": error.get("param"), "request_id": headers.get("x-request-id")},
    )


def from_stream(body: object, message: str) -> LaplasError:
    """Read the error that ends a stream which broke after it began."""
    error = _error_of(body)
    return LaplasError(
        _said(error, message),
        laplas_code=_code(error, "stream_broken"),
        # Inside a stream there are no headers to say so.
        retryable=error.get("code") in PASSING_CODES,
        details={"param": error.get("param")},
    )


def from_check(error: Mapping[str, object]) -> LaplasError:
    """Read the refusal that `POST /v1/check` foretells."""
    resets_at, after_ms = error.get("resets_at"), error.get("retry_after_ms")
    return LaplasError(
        _said(error, "The tier would refuse this call."),
        laplas_code=_code(error, "refused"),
        retryable=error.get("retryable") is True,
        retry_after=after_ms / 1000 if isinstance(after_ms, (int, float)) else None,
        resets_at=resets_at if isinstance(resets_at, str) else None,
    )


def unreachable(base_url: str) -> LaplasError:
    """Say what to do where nobody listens."""
    return LaplasError(
        f"No gateway answers at {base_url}. Start it with: npx @laplas/gateway serve. "
        "If it runs elsewhere, say where under Settings, Model Providers, Laplas.",
        laplas_code="gateway_unreachable",
    )


def unanswered(base_url: str) -> LaplasError:
    """Say that the gateway took the call and did not answer in time."""
    return LaplasError(
        f"The gateway at {base_url} took the call and has not answered in time.",
        laplas_code="gateway_timeout",
        retryable=True,
        retry_after=30,
    )


def _error_of(body: object) -> Mapping[str, object]:
    """Unwrap `{"error": {...}}`; the SDKs have done so already."""
    if not isinstance(body, Mapping):
        return {}
    inner = body.get("error")
    return inner if isinstance(inner, Mapping) else body


def _said(error: Mapping[str, object], otherwise: str) -> str:
    message = error.get("message")
    return message if isinstance(message, str) and message else otherwise


def _code(error: Mapping[str, object], otherwise: str) -> str:
    code = error.get("code")
    return code if isinstance(code, str) and code else otherwise


def _seconds(header: str | None) -> float | None:
    # Whole seconds from the gateway; a proxy between may write a date, which is no reason to fail.
    return float(header) if header is not None and header.isdecimal() else None


# Where the gateway is, and what is shown to it.

URL_VARIABLE = "LAPLAS_GATEWAY_URL"
TOKEN_VARIABLE = "LAPLAS_GATEWAY_TOKEN"
DEFAULT_URL = "http://127.0.0.1:4114"

# A gateway on loopback takes any key; the SDKs refuse an empty one.
NO_TOKEN = "EMPTY"


@dataclass(frozen=True)
class GatewayAddress:
    """`base_url` ends in `/v1`; `token` is never empty."""

    base_url: str
    token: str


def with_version(url: str) -> str:
    """Give the address that SDKs take: one `/v1` at its end, however it was typed."""
    trimmed = url.strip().rstrip("/")
    return trimmed if trimmed.endswith("/v1") else f"{trimmed}/v1"


def find_gateway(user_id: object = None, url: str | None = None, token: str | None = None) -> GatewayAddress:
    """Find the gateway: what the node says, what the user saved under Model Providers, the environment, this machine.

    The token goes the way of the URL: that of the environment is never sent to an address that somebody typed into a
    node, and such an address is checked as Langflow checks those of its own providers. Raises `LaplasError`.
    """
    if url and url.strip():
        _allow(url.strip())
        return GatewayAddress(with_version(url), token or NO_TOKEN)
    saved = _saved(user_id, URL_VARIABLE)
    if saved and saved != os.environ.get(URL_VARIABLE):
        _allow(saved)
        return GatewayAddress(with_version(saved), token or _saved(user_id, TOKEN_VARIABLE) or NO_TOKEN)
    own = os.environ.get(URL_VARIABLE) or DEFAULT_URL
    return GatewayAddress(with_version(own), token or os.environ.get(TOKEN_VARIABLE) or NO_TOKEN)


def _allow(url: str) -> None:
    try:
        validate_connector_url_for_ssrf(url)
    except ValueError as error:
        said = f"Langflow does not go to {url} ({error}). Name the gateway's host in LANGFLOW_SSRF_ALLOWED_HOSTS."
        raise LaplasError(said, laplas_code="address_refused") from error


def _saved(user_id: object, name: str) -> str | None:
    """Read what the user saved in Langflow; on lfx alone nobody saves anything."""
    return None if user_id is None else get_provider_variable_value(str(user_id), name)


# The two fields by which a node finds the gateway, alike in all components.


def gateway_inputs() -> list[StrInput | SecretStrInput]:
    """Give fresh fields: Langflow writes into them."""
    return [
        StrInput(
            name="gateway_url",
            display_name="Gateway URL",
            info="Empty: as saved under Model Providers, else LAPLAS_GATEWAY_URL, else http://127.0.0.1:4114.",
            advanced=True,
        ),
        SecretStrInput(
            name="gateway_token",
            display_name="Gateway Token",
            info="Only for a gateway with clients.",
            value="",
            advanced=True,
        ),
    ]


def gateway_of(component: Component, url: str | None, token: str | None) -> GatewayAddress:
    """Find the gateway of a node. Raises `LaplasError`."""
    return find_gateway(_user_of(component), url, token)


def _user_of(component: Component) -> object:
    try:
        return component.user_id
    except (AttributeError, ValueError):
        # Outside a graph a component has no user.
        return None


# The gateway's paths that no SDK has, and pictures.

# Lists and counts are answered at once; a picture may wait a minute for its turn and then takes a while.
ASK_SECONDS = 5.0
DRAW_SECONDS = 300.0


def list_models(gateway: GatewayAddress) -> list[dict[str, Any]]:
    """`GET /v1/models`: one row per id. Raises `LaplasError`."""
    rows = _ask(gateway, "GET", "/models").get("data")
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def read_quota(gateway: GatewayAddress) -> dict[str, Any]:
    """`GET /v1/quota`: what is used and left of each window. Raises `LaplasError`."""
    return _ask(gateway, "GET", "/quota")


def check_call(gateway: GatewayAddress, body: dict[str, Any]) -> dict[str, Any]:
    """`POST /v1/check`: what a call would meet now. Spends nothing. Raises `LaplasError`."""
    return _ask(gateway, "POST", "/check", body)


def request_picture(gateway: GatewayAddress, body: dict[str, Any]) -> str:
    """`POST /v1/images/generations`: the address of one picture. Raises `LaplasError`."""
    answer = _ask(gateway, "POST", "/images/generations", body, DRAW_SECONDS)
    pictures = answer.get("data")
    url = pictures[0].get("url") if isinstance(pictures, list) and pictures else None
    if not isinstance(url, str) or not url.startswith(("http://", "https://")):
        # Never base64: the chat shows none, and in tool mode the model would have to read it.
        raise LaplasError("The gateway drew a picture and gave it no address.", laplas_code="picture_without_address")
    return url


def _ask(
    gateway: GatewayAddress,
    method: str,
    path: str,
    body: dict[str, Any] | None = None,
    seconds: float = ASK_SECONDS,
) -> dict[str, Any]:
    headers = {"authorization": f"Bearer {gateway.token}"}
    try:
        response = httpx.request(method, f"{gateway.base_url}{path}", json=body, headers=headers, timeout=seconds)
    except httpx.ReadTimeout as error:
        raise unanswered(gateway.base_url) from error
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise unreachable(gateway.base_url) from error
    answer = _json_of(response)
    if response.is_error:
        raise from_answer(response.status_code, response.headers, answer)
    if not isinstance(answer, dict):
        # Something else listens there, or a redirect leads away.
        raise unreachable(gateway.base_url)
    return answer


def _json_of(response: httpx.Response) -> object:
    try:
        return response.json()
    except ValueError:
        return None


# The models of the catalog, for when no gateway answers. Written by scripts/langflow-catalog.ts; don't edit.


def _row(model: str, modality: str, *capabilities: str) -> dict[str, Any]:
    return {"id": model, "modality": modality, "capabilities": dict.fromkeys(capabilities, True)}


KNOWN_MODELS: list[dict[str, Any]] = [
    _row("gpt-4o", "chat", "tools"),
    _row("chatgpt-4o-latest", "chat", "tools"),
    _row("gpt-4o-mini", "chat", "tools"),
    _row("openai/gpt-4.1-2025-04-14", "chat", "tools"),
    _row("openai/gpt-4.1-mini-2025-04-14", "chat", "tools"),
    _row("openai/gpt-4.1-nano-2025-04-14", "chat", "tools"),
    _row("gpt-4.5-preview", "chat"),
    _row("gpt-4-turbo", "chat", "tools"),
    _row("gpt-4-0125-preview", "chat"),
    _row("gpt-4", "chat"),
    _row("gpt-3.5-turbo", "chat"),
    _row("gpt-4o-audio-preview", "chat"),
    _row("gpt-4o-mini-audio-preview", "chat"),
    _row("gpt-4o-search-preview", "chat"),
    _row("gpt-4o-mini-search-preview", "chat"),
    _row("o1", "chat", "reasoning"),
    _row("o1-mini", "chat", "reasoning"),
    _row("o1-preview", "chat", "reasoning"),
    _row("o3-mini", "chat", "reasoning"),
    _row("x-ai/grok-3-beta", "chat"),
    _row("x-ai/grok-3-mini-beta", "chat", "reasoning"),
    _row("x-ai/grok-beta", "chat"),
    _row("deepseek/deepseek-chat", "chat"),
    _row("deepseek/deepseek-r1", "chat", "reasoning"),
    _row("qwen-max", "chat", "tools"),
    _row("qwen-plus", "chat", "tools"),
    _row("qwen-turbo", "chat", "tools"),
    _row("google/gemma-3-1b-it", "chat", "tools"),
    _row("google/gemma-3-4b-it", "chat", "tools"),
    _row("google/gemma-3-12b-it", "chat", "tools"),
    _row("google/gemma-3-27b-it", "chat", "tools"),
    _row("mistralai/codestral-2501", "chat"),
    _row("mistralai/mistral-nemo", "chat"),
    _row("mistralai/mistral-tiny", "chat"),
    _row("ai21/jamba-1-5-mini", "chat"),
    _row("anthracite-org/magnum-v4-72b", "chat"),
    _row("cohere/command-r-plus", "chat"),
    _row("nvidia/llama-3.1-nemotron-70b-instruct", "chat"),
    _row("neversleep/llama-3.1-lumimaid-70b", "chat"),
    _row("meta-llama/Llama-3-70b-chat-hf", "chat"),
    _row("meta-llama/Llama-3-8b-chat-hf", "chat"),
    _row("meta-llama/Meta-Llama-3-8B-Instruct-Lite", "chat"),
    _row("meta-llama/Meta-Llama-3.1-8B-Instruct-Turbo", "chat"),
    _row("meta-llama/Meta-Llama-3.1-70B-Instruct-Turbo", "chat"),
    _row("meta-llama/Meta-Llama-3.1-405B-Instruct-Turbo", "chat"),
    _row("meta-llama/Llama-3.2-3B-Instruct-Turbo", "chat"),
    _row("meta-llama/Llama-3.2-11B-Vision-Instruct-Turbo", "chat", "tools"),
    _row("meta-llama/Llama-3.2-90B-Vision-Instruct-Turbo", "chat", "tools"),
    _row("meta-llama/Llama-Vision-Free", "chat", "tools"),
    _row("meta-llama/Llama-3.3-70B-Instruct-Turbo", "chat"),
    _row("meta-llama/llama-4-scout", "chat", "tools"),
    _row("meta-llama/llama-4-maverick", "chat", "tools"),
    _row("Qwen/Qwen2-72B-Instruct", "chat"),
    _row("Qwen/Qwen2.5-7B-Instruct-Turbo", "chat"),
    _row("Qwen/Qwen2.5-72B-Instruct-Turbo", "chat"),
    _row("Qwen/Qwen2.5-Coder-32B-Instruct", "chat"),
    _row("Qwen/QwQ-32B", "chat", "reasoning"),
    _row("mistralai/Mistral-7B-Instruct-v0.1", "chat"),
    _row("mistralai/Mistral-7B-Instruct-v0.2", "chat"),
    _row("mistralai/Mistral-7B-Instruct-v0.3", "chat"),
    _row("mistralai/Mixtral-8x22B-Instruct-v0.1", "chat"),
    _row("mistralai/Mixtral-8x7B-Instruct-v0.1", "chat"),
    _row("google/gemma-2-27b-it", "chat"),
    _row("Gryphe/MythoMax-L2-13b-Lite", "chat"),
    _row("nvidia/Llama-3.1-Nemotron-70B-Instruct-HF", "chat"),
    _row("NousResearch/Nous-Hermes-2-Mixtral-8x7B-DPO", "chat"),
    _row("MiniMax-Text-01", "chat", "tools"),
    _row("abab6.5s-chat", "chat", "tools"),
    _row("google/gemini-pro", "chat"),
    _row("gemini-1.5-flash", "chat", "tools"),
    _row("gemini-1.5-pro", "chat", "tools"),
    _row("google/gemini-2.0-flash-exp", "chat", "tools"),
    _row("google/gemini-2.0-flash-thinking-exp-01-21", "chat", "tools", "reasoning"),
    _row("google/gemini-2.0-flash", "chat"),
    _row("gemini-2.5-pro-exp-03-25", "chat", "tools", "reasoning"),
    _row("google/gemini-2.5-pro-preview", "chat", "tools", "reasoning"),
    _row("claude-3-haiku-20240307", "chat", "tools"),
    _row("claude-3-5-haiku-20241022", "chat"),
    _row("claude-3-opus-20240229", "chat", "tools"),
    _row("anthropic/claude-3-sonnet", "chat", "tools"),
    _row("claude-3-5-sonnet-20241022", "chat", "tools"),
    _row("claude-3-7-sonnet-20250219", "chat", "reasoning"),
    _row("text-embedding-3-small", "embedding"),
    _row("text-embedding-3-large", "embedding"),
    _row("text-embedding-ada-002", "embedding"),
    _row("voyage-2", "embedding"),
    _row("voyage-code-2", "embedding"),
    _row("voyage-finance-2", "embedding"),
    _row("voyage-large-2", "embedding"),
    _row("voyage-large-2-instruct", "embedding"),
    _row("voyage-law-2", "embedding"),
    _row("voyage-multilingual-2", "embedding"),
    _row("textembedding-gecko-multilingual@001", "embedding"),
    _row("textembedding-gecko@001", "embedding"),
    _row("textembedding-gecko@003", "embedding"),
    _row("text-multilingual-embedding-002", "embedding"),
    _row("BAAI/bge-base-en-v1.5", "embedding"),
    _row("BAAI/bge-large-en-v1.5", "embedding"),
    _row("togethercomputer/m2-bert-80M-2k-retrieval", "embedding"),
    _row("togethercomputer/m2-bert-80M-8k-retrieval", "embedding"),
    _row("togethercomputer/m2-bert-80M-32k-retrieval", "embedding"),
    _row("flux-pro", "image"),
    _row("flux-pro/v1.1", "image"),
    _row("flux-pro/v1.1-ultra", "image"),
    _row("flux-realism", "image"),
    _row("flux/dev", "image"),
    _row("flux/dev/image-to-image", "image"),
    _row("flux/schnell", "image"),
    _row("stable-diffusion-v3-medium", "image"),
    _row("stable-diffusion-v35-large", "image"),
    _row("recraft-v3", "image"),
    _row("imagen-3.0-generate-002", "image"),
    _row("dall-e-2", "image"),
    _row("dall-e-3", "image"),
]


# The rows of `/v1/models` as Langflow's pickers and dropdowns want them.

PROVIDER = "Laplas"
ICON = "Sparkles"

_MODALITIES = {"llm": "chat", "embeddings": "embedding"}


def of_modality(rows: Iterable[Mapping[str, Any]], modality: str) -> list[Mapping[str, Any]]:
    """Give the models of one kind, each once: ids that are another name of a model are left out."""
    return [row for row in rows if row.get("modality") == modality and not row.get("alias_of")]


def to_metadata(rows: Iterable[Mapping[str, Any]], model_type: str) -> list[ModelMetadata]:
    """Give what a picker lists: `model_type` is Langflow's word, `llm` or `embeddings`."""
    return [
        create_model_metadata(
            provider=PROVIDER,
            name=str(row["id"]),
            icon=ICON,
            model_type=model_type,
            tool_calling=_capability(row, "tools"),
            reasoning=_capability(row, "reasoning"),
            # Pickers show these only; the others would have to be switched on one by one.
            default=True,
        )
        for row in of_modality(rows, _MODALITIES.get(model_type, model_type))
    ]


def output_hint(rows: Iterable[Mapping[str, Any]], model: str) -> str:
    """Say what the gateway does with the option, from what it says of the model."""
    most = next((row.get("max_output_tokens") for row in rows if row.get("id") == model), None)
    if not isinstance(most, int):
        return "Empty: as many as the tier gives."
    return f"Empty: {most}, the most that the tier gives {model}. More is taken for {most}."


def _capability(row: Mapping[str, Any], name: str) -> bool:
    capabilities = row.get("capabilities")
    return isinstance(capabilities, Mapping) and capabilities.get(name) is True


# Dropdowns of models: the gateway's, or the catalog's while no gateway answers.

_INFO = "The models of the gateway. Refresh to read them again."


def model_input(value: str, modalities: Sequence[str]) -> DropdownInput:
    """Give the field `model_name`."""
    return DropdownInput(
        name="model_name",
        display_name="Model",
        info=_INFO,
        options=_names(KNOWN_MODELS, modalities),
        value=value,
        # A gateway may have models of its owner's own.
        combobox=True,
        refresh_button=True,
        real_time_refresh=True,
    )


def refresh_models(
    component: Component,
    fields: dict[str, Any],
    changed: tuple[str | None, Any],
    modalities: Sequence[str],
) -> dict[str, Any]:
    """Read the list anew, and what the gateway says of the model that is chosen. Never raises: the canvas would stall.

    `changed` is the field that the user touched, and its value, which `fields` doesn't have yet.
    """
    field_name, field_value = changed
    if field_name not in ("model_name", "gateway_url", "gateway_token"):
        return fields
    fields[field_name]["value"] = field_value
    chosen = fields["model_name"]
    rows: Sequence[Mapping[str, Any]] = KNOWN_MODELS
    try:
        gateway = gateway_of(component, _value(fields, "gateway_url"), _value(fields, "gateway_token"))
        rows = list_models(gateway)
        chosen["info"] = _INFO
    except LaplasError as error:
        chosen["info"] = f"The models that this package knows. {error}"
    chosen["options"] = _names(rows, modalities)
    if "max_tokens" in fields:
        fields["max_tokens"]["info"] = output_hint(rows, str(chosen.get("value") or ""))
    return fields


def _names(rows: Sequence[Mapping[str, Any]], modalities: Sequence[str]) -> list[str]:
    return [str(row["id"]) for modality in modalities for row in of_modality(rows, modality)]


def _value(fields: dict[str, Any], name: str) -> str | None:
    value = fields.get(name, {}).get("value")
    return value if isinstance(value, str) else None


# Turns what the openai package throws into one `LaplasError`, whichever of its generations is installed.


def readable(error: Exception, base_url: str) -> LaplasError:
    """Say in words what an exception of the SDK means here."""
    if isinstance(error, openai.APIStatusError):
        return from_answer(error.status_code, error.response.headers, error.body)
    # Langchain's own, for a stream in which nothing comes for two minutes, is a TimeoutError.
    if isinstance(error, (openai.APITimeoutError, TimeoutError)):
        return unanswered(base_url)
    if isinstance(error, openai.APIConnectionError):
        return unreachable(base_url)
    return from_stream(getattr(error, "body", None), str(error))


@contextmanager
def readable_errors(base_url: str) -> Iterator[None]:
    """Around every call of the SDK. The cause stays attached: Langflow looks for its statuses along that chain."""
    try:
        yield
    except LaplasError:
        raise
    except (openai.APIError, TimeoutError) as error:
        told = readable(error, base_url)
        # lfx looks for its phrases in the words of the cause as well.
        error.args = (without_traps(str(error)),)
        raise told from error


# The classes behind the provider: LangChain's for OpenAI-compatible servers, without retries of their own.


def _behind_gateway(options: dict[str, Any]) -> dict[str, Any]:
    """Fill in where the gateway is, or the SDK would send another vendor's key to that vendor."""
    if options.get("base_url") or options.get("openai_api_base"):
        return options
    gateway = find_gateway()
    return {"api_key": gateway.token, **options, "base_url": gateway.base_url}


class ChatLaplas(ChatOpenAI):
    """A chat model behind the gateway. What is refused is a `LaplasError`, after one request."""

    # The gateway's engine is the only one that retries; the SDK's two more would spend the budget.
    max_retries: int | None = 0
    # The gateway has no /v1/responses, which LangChain would take for some names of models.
    use_responses_api: bool | None = False
    # Not from OPENAI_PROXY: the gateway is near.
    openai_proxy: str | None = None

    def __init__(self, **options: Any) -> None:
        super().__init__(**_behind_gateway(options))

    def _generate(self, messages: list[BaseMessage], *args: Any, **kwargs: Any) -> ChatResult:
        with readable_errors(str(self.openai_api_base)):
            return super()._generate(messages, *args, **kwargs)

    async def _agenerate(self, messages: list[BaseMessage], *args: Any, **kwargs: Any) -> ChatResult:
        with readable_errors(str(self.openai_api_base)):
            return await super()._agenerate(messages, *args, **kwargs)

    def _stream(self, *args: Any, **kwargs: Any) -> Iterator[ChatGenerationChunk]:
        with readable_errors(str(self.openai_api_base)):
            yield from super()._stream(*args, **kwargs)

    async def _astream(self, *args: Any, **kwargs: Any) -> AsyncIterator[ChatGenerationChunk]:
        with readable_errors(str(self.openai_api_base)):
            async for chunk in super()._astream(*args, **kwargs):
                yield chunk


class LaplasEmbeddings(OpenAIEmbeddings):
    """An embedding model behind the gateway: texts go as they are, vectors come as base64."""

    max_retries: int = 0
    # With it LangChain downloads a tokenizer and sends numbers, which only OpenAI's own models could read.
    check_embedding_ctx_length: bool = False
    openai_proxy: str | None = None

    def __init__(self, **options: Any) -> None:
        super().__init__(**_behind_gateway(options))

    def embed_documents(self, texts: list[str], *args: Any, **kwargs: Any) -> list[list[float]]:
        """Embed many texts. Raises `LaplasError`."""
        with readable_errors(str(self.openai_api_base)):
            return super().embed_documents(texts, *args, **kwargs)

    async def aembed_documents(self, texts: list[str], *args: Any, **kwargs: Any) -> list[list[float]]:
        """Embed many texts. Raises `LaplasError`."""
        with readable_errors(str(self.openai_api_base)):
            return await super().aembed_documents(texts, *args, **kwargs)


# Laplas Chat.


class LaplasChatComponent(LCModelComponent):
    """A chat model, for a flow or for an agent."""

    display_name = "Laplas Chat"
    description = "Chat models on laplas's free tier: streaming, tools, and refusals that say what to do."
    icon = "Sparkles"
    name = "LaplasChat"

    inputs = [
        model_input("gpt-4o-mini", ["chat"]),
        *LCModelComponent.get_base_inputs(),
        IntInput(
            name="max_tokens",
            display_name="Max Tokens",
            info="Empty: as many as the tier gives. More is taken for the most that it gives.",
            advanced=True,
        ),
        FloatInput(
            name="temperature",
            display_name="Temperature",
            info="Empty: the model's own.",
            advanced=True,
        ),
        *gateway_inputs(),
    ]

    def build_model(self) -> LanguageModel:
        """Give the model itself, which an Agent takes."""
        gateway = gateway_of(self, self.gateway_url, self.gateway_token)
        return ChatLaplas(
            model=self.model_name,
            base_url=gateway.base_url,
            api_key=gateway.token,
            max_tokens=self.max_tokens or None,
            temperature=self.temperature if isinstance(self.temperature, (int, float)) else None,
            streaming=bool(self.stream),
        )

    def update_build_config(
        self, build_config: dict[str, Any], field_value: Any, field_name: str | None = None
    ) -> dict:
        """Read the models anew."""
        return refresh_models(self, build_config, (field_name, field_value), ["chat"])


# Laplas Embeddings.


class LaplasEmbeddingsComponent(LCEmbeddingsModel):
    """An embedding model, for a vector store."""

    display_name = "Laplas Embeddings"
    description = "Embedding models on laplas's free tier. Many texts are one request."
    icon = "Sparkles"
    name = "LaplasEmbeddings"

    inputs = [
        model_input("text-embedding-3-small", ["embedding"]),
        IntInput(
            name="dimensions",
            display_name="Dimensions",
            info="Empty: the model's own. Only some models have others.",
            advanced=True,
        ),
        IntInput(
            name="chunk_size",
            display_name="Texts in a Request",
            info="More texts are sent in several requests.",
            value=1000,
            advanced=True,
        ),
        *gateway_inputs(),
    ]

    def build_embeddings(self) -> Embeddings:
        """Give the model itself, which a vector store takes."""
        gateway = gateway_of(self, self.gateway_url, self.gateway_token)
        return LaplasEmbeddings(
            model=self.model_name,
            base_url=gateway.base_url,
            api_key=gateway.token,
            dimensions=self.dimensions or None,
            chunk_size=self.chunk_size or 1000,
        )

    def update_build_config(
        self, build_config: dict[str, Any], field_value: Any, field_name: str | None = None
    ) -> dict:
        """Read the models anew."""
        return refresh_models(self, build_config, (field_name, field_value), ["embedding"])


# What is asked of an image model, and how its picture stands in a chat.

_MOST_WORDS = 200


def picture_request(model: str, prompt: str, size: str | None) -> dict[str, Any]:
    """Give the body of a call for one picture. The gateway knows which sizes the model and the tier have."""
    body = {"model": model, "prompt": prompt}
    return {**body, "size": size.strip()} if size and size.strip() else body


def picture_markdown(prompt: str, url: str) -> str:
    """Give the picture as Markdown; its description must not end the brackets that it stands in."""
    words = re.sub(r"[\[\]\\\s]+", " ", prompt).strip()[:_MOST_WORDS]
    return f"![{words}]({url})"


# Laplas Image.


class LaplasImageComponent(Component):
    """One picture, for a flow or as a tool of an agent."""

    display_name = "Laplas Image"
    description = "Draws one picture from a description. Its answer is Markdown that shows the picture in the chat."
    icon = "Image"
    name = "LaplasImage"

    inputs = [
        MessageTextInput(
            name="prompt",
            display_name="Prompt",
            info="What the picture shows, in words.",
            required=True,
            tool_mode=True,
        ),
        model_input("flux/schnell", ["image"]),
        StrInput(
            name="size",
            display_name="Size",
            info="Empty: the model's own. Otherwise like 512x512, or a name that the model knows, like square.",
            advanced=True,
        ),
        *gateway_inputs(),
    ]
    outputs = [
        # Grouped: else the canvas shows one of them and takes the wires of the other away.
        Output(name="message", display_name="Message", method="draw_picture", group_outputs=True),
        # Not a tool: an agent would get two that do the same.
        Output(name="data", display_name="Data", method="picture_data", group_outputs=True, tool_mode=False),
    ]

    def draw_picture(self) -> Message:
        """Draw, and show the picture in the chat."""
        return Message(text=picture_markdown(self.prompt, self._address()))

    def picture_data(self) -> Data:
        """Draw, and give the address. Never base64."""
        return Data(data={"url": self._address(), "prompt": self.prompt, "model": self.model_name})

    def _address(self) -> str:
        """Draw once, however many outputs are wired. An agent's next prompt is another picture."""
        body = picture_request(self.model_name, self.prompt, self.size)
        drawn = getattr(self, "_drawn", None)
        if drawn is None or drawn[0] != body:
            gateway = gateway_of(self, self.gateway_url, self.gateway_token)
            drawn = self._drawn = (body, request_picture(gateway, body))
        return drawn[1]

    def _pre_run_setup(self) -> None:
        self._drawn = None

    def update_build_config(
        self, build_config: dict[str, Any], field_value: Any, field_name: str | None = None
    ) -> dict:
        """Read the models anew."""
        return refresh_models(self, build_config, (field_name, field_value), ["image"])


# The state of the tier in one word, from what the gateway foretells of a call that is not made.

OK = "ok"
BUSY = "busy"
EXHAUSTED = "exhausted"


def smallest_call(model: str, rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Give the body of a short call to this model, to be asked about."""
    modality = next((row.get("modality") for row in rows if row.get("id") == model), "chat")
    if modality == "embedding":
        return {"model": model, "input": "?"}
    if modality == "image":
        return {"model": model, "prompt": "?"}
    return {"model": model, "messages": [{"role": "user", "content": "?"}]}


def state_of(check: Mapping[str, Any]) -> str:
    """Give one word. Raises `LaplasError` for what no waiting heals, like a model that the tier lacks."""
    if check.get("verdict") != "refuse":
        return BUSY if check.get("verdict") == "wait" else OK
    refused = from_check(check.get("error") or {})
    if refused.retryable:
        return BUSY
    if refused.retry_after is None and "resets_at" not in refused.details:
        raise refused
    return EXHAUSTED


def quota_rows(quota: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Give a row for each window that the tier counts; one without figures where it counts nothing."""
    shared = {key: quota.get(key) for key in ("tier", "running", "waiting", "blocked_until")}
    windows = quota.get("windows") or [{}]
    names = ("rule", "metric", "limit", "used", "held", "left", "resets_at")
    return [{**{name: window.get(name) for name in names}, **shared} for window in windows]


# Laplas Tier Status.


class LaplasTierStatusComponent(Component):
    """Asks before calling, so that a flow can take another way."""

    display_name = "Laplas Tier Status"
    description = "Says whether a call to the model would pass now: ok, busy or exhausted. Spends nothing."
    icon = "Gauge"
    name = "LaplasTierStatus"

    inputs = [model_input("gpt-4o-mini", ["chat", "embedding", "image"]), *gateway_inputs()]
    outputs = [
        Output(name="status", display_name="Status", method="tier_status", group_outputs=True),
        Output(name="quota", display_name="Quota", method="quota_table", group_outputs=True),
    ]

    def tier_status(self) -> Message:
        """Give `ok`, `busy` or `exhausted`, for the text of an If-Else."""
        gateway = gateway_of(self, self.gateway_url, self.gateway_token)
        body = smallest_call(self.model_name, list_models(gateway))
        return Message(text=state_of(check_call(gateway, body)))

    def quota_table(self) -> DataFrame:
        """Give a row for each window that the tier counts."""
        gateway = gateway_of(self, self.gateway_url, self.gateway_token)
        return DataFrame(quota_rows(read_quota(gateway)))

    def update_build_config(
        self, build_config: dict[str, Any], field_value: Any, field_name: str | None = None
    ) -> dict:
        """Read the models anew."""
        return refresh_models(self, build_config, (field_name, field_value), ["chat", "embedding", "image"])
