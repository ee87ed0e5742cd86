"""What `extension.json` names: the models that run, a check of the settings, and a list for when nothing answers."""

from __future__ import annotations

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


def live_models(user_id: UUID | str | None, model_type: str = "llm") -> list[ModelMetadata]:
    """Ask the gateway. An empty list leaves the static one standing."""
    try:
        return to_metadata(list_models(find_gateway(user_id)), model_type)
    except LaplasError as error:
        logger.debug(f"laplas: the models of the gateway were not read: {error}")
        return []


def check_settings(provider: str, variables: dict[str, str], model_name: str | None = None) -> None:  # noqa: ARG001
    """Ask the gateway once. Raises `ValueError`, whose text stands in the settings form."""
    url = (variables.get(URL_VARIABLE) or "").strip()
    if not url:
        message = f"laplas needs its gateway's address: {DEFAULT_URL}, once npx laplas serve runs"
        raise ValueError(message)
    try:
        address = with_version(url)
        validate_connector_url_for_ssrf(url)
        list_models(GatewayAddress(address, variables.get(TOKEN_VARIABLE) or NO_TOKEN))
        return
    except LaplasError as error:
        # Whoever fills in a form is no agent: nothing about trying again.
        said = error.said
    raise ValueError(said)


def known_models() -> list[ModelMetadata]:
    """Give the models of the catalog that came with this package."""
    return [*to_metadata(KNOWN_MODELS, "llm"), *to_metadata(KNOWN_MODELS, "embeddings")]
