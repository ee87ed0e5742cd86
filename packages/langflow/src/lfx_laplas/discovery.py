"""What `extension.json` names: the models that run, a check of the settings, and a list for when nothing answers."""

from __future__ import annotations

from time import monotonic
from typing import Any
from uuid import UUID

from lfx.base.models.model_metadata import ModelMetadata
from lfx.log.logger import logger
from lfx.utils.ssrf_protection import validate_connector_url_for_ssrf

from lfx_laplas.errors import LaplasError
from lfx_laplas.gateway_address import (
    DEFAULT_URL,
    NO_TOKEN,
    TOKEN_VARIABLE,
    URL_VARIABLE,
    GatewayAddress,
    find_gateway,
    with_version,
)
from lfx_laplas.gateway_client import list_models
from lfx_laplas.known_models import KNOWN_MODELS
from lfx_laplas.model_rows import to_metadata

# A gateway answers each wrong token later than the last, by up to 5 s. Langflow asks for the models several times for
# each page and waits for all of them: with a token missing, its pages took a minute (1.13.0).
_PAUSE_SECONDS = 30.0
_SLOW_CODES = frozenset(["invalid_api_key", "too_many_wrong_tokens", "gateway_timeout"])
_asked_again_at: dict[GatewayAddress, float] = {}


def live_models(user_id: UUID | str | None, model_type: str = "llm") -> list[ModelMetadata]:
    """Ask the gateway. An empty list leaves the static one standing."""
    try:
        return to_metadata(_models_of(find_gateway(user_id)), model_type)
    except LaplasError as error:
        logger.debug(f"laplas: the models of the gateway were not read: {error}")
        return []


def _models_of(gateway: GatewayAddress) -> list[dict[str, Any]]:
    now = monotonic()
    if now < _asked_again_at.get(gateway, now):
        return []
    try:
        return list_models(gateway)
    except LaplasError as error:
        if error.laplas_code in _SLOW_CODES:
            _asked_again_at[gateway] = monotonic() + _PAUSE_SECONDS
        raise


def check_settings(provider: str, variables: dict[str, str], model_name: str | None = None) -> None:  # noqa: ARG001
    """Ask the gateway once. Raises `ValueError`, whose text stands in the settings form."""
    url = (variables.get(URL_VARIABLE) or "").strip()
    if not url:
        message = f"laplas needs its gateway's address: {DEFAULT_URL}, once npx laplas serve runs"
        raise ValueError(message)
    try:
        address = with_version(url)
        validate_connector_url_for_ssrf(url)
        gateway = GatewayAddress(address, variables.get(TOKEN_VARIABLE) or NO_TOKEN)
        list_models(gateway)
        _asked_again_at.pop(gateway, None)
        return
    except LaplasError as error:
        # A person fills in the form, no agent: nothing about trying again.
        said = error.said
    raise ValueError(said)


def known_models() -> list[ModelMetadata]:
    """Give the models of the catalog that came with this package."""
    return [*to_metadata(KNOWN_MODELS, "llm"), *to_metadata(KNOWN_MODELS, "embeddings")]
