"""Which of LiteLLM's deployments are laplas's, and how their gateway is reached."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .gateway_address import address_of
from .registration import PROVIDER, current_registration
from .settings import Settings

MARK = "laplas"
"""Key of `model_info`, true in the configuration that `laplas litellm-config` writes."""

_PROVIDERS = ("openai", "aiml", PROVIDER)
_REFERENCE = "os.environ/"


@dataclass(frozen=True, slots=True)
class Gateway:
    """Where a deployment's calls go, and with what."""

    address: str
    """Without `/v1`."""
    token: str | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class LaplasDeployment:
    """A deployment that its gateway may be asked about."""

    gateway: Gateway
    model: str
    """The id that LiteLLM will send."""
    mode: str | None
    """LiteLLM's word: chat, embedding, image_generation. None where the configuration doesn't say."""
    defaults: Mapping[str, Any]
    """The deployment's `litellm_params`, which LiteLLM adds to each call that doesn't say otherwise."""


def laplas_deployment(deployment: object, settings: Settings) -> LaplasDeployment | None:
    """Recognise a deployment by its address or its mark. None for everybody else's: nothing of a request may go there."""
    if not isinstance(deployment, Mapping):
        return None
    params = deployment.get("litellm_params")
    info = deployment.get("model_info")
    if not isinstance(params, Mapping):
        return None
    info = info if isinstance(info, Mapping) else {}
    model = params.get("model")
    if not isinstance(model, str):
        return None
    provider, sent = _split(model, params.get("custom_llm_provider"))
    if provider is None:
        return None
    own = _resolve(params.get("api_base")) or _resolve(params.get("base_url"))
    address = _default_address(provider) if own is None else address_of(own)
    # A mark without an address would be a call to OpenAI.
    if address is None or not (info.get(MARK) is True or provider == PROVIDER or address == settings.gateway_url):
        return None
    token = settings.token if address == settings.gateway_url else None
    token = token or _resolve(params.get("api_key")) or _default_token(provider, address)
    mode = info.get("mode")
    return LaplasDeployment(Gateway(address, token), sent, mode if isinstance(mode, str) else None, params)


def _split(model: str, named: object) -> tuple[str | None, str]:
    """Provider and the rest of `openai/google/gemma-3-27b-it`; a bare `gpt-4o-mini` with an address of its own is OpenAI's."""
    first, slash, rest = model.partition("/")
    if slash and first in _PROVIDERS:
        return first, rest
    if named in _PROVIDERS:
        return str(named), model
    return (None, model) if slash else ("openai", model)


def _default_address(provider: str) -> str | None:
    """Tell where LiteLLM sends a deployment that names no address."""
    if provider == "aiml":
        return address_of(os.environ.get("AIML_API_BASE"))
    registration = current_registration() if provider == PROVIDER else None
    return None if registration is None else registration.address


def _default_token(provider: str, address: str) -> str | None:
    if provider == "aiml":
        return os.environ.get("AIML_API_KEY")
    registration = current_registration() if provider == PROVIDER else None
    return None if registration is None else registration.token_for(address)


def _resolve(value: object) -> str | None:
    """Read `os.environ/NAME`, which LiteLLM keeps as it is in some places."""
    if not isinstance(value, str) or value == "":
        return None
    return os.environ.get(value.removeprefix(_REFERENCE)) if value.startswith(_REFERENCE) else value
