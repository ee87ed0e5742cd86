"""Where the gateway is, and what is shown to it."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass

from lfx.base.models.model_utils import get_provider_variable_value
from lfx.utils.ssrf_protection import validate_connector_url_for_ssrf

from lfx_laplas.errors import LaplasError, no_web_address

URL_VARIABLE = "LAPLAS_GATEWAY_URL"
TOKEN_VARIABLE = "LAPLAS_GATEWAY_TOKEN"
DEFAULT_URL = "http://127.0.0.1:4114"

# A gateway on loopback takes any key; the SDKs refuse an empty one.
NO_TOKEN = "EMPTY"

_WEB_ADDRESS = re.compile(r"https?://[^/\s]+", re.I)


@dataclass(frozen=True)
class GatewayAddress:
    """`base_url` ends in `/v1`; `token` is never empty."""

    base_url: str
    token: str


def with_version(url: str) -> str:
    """Give the address that SDKs take: one `/v1` at its end, however it was typed. Raises `LaplasError`."""
    trimmed = url.strip().rstrip("/")
    if not _WEB_ADDRESS.match(trimmed):
        raise no_web_address(url.strip(), DEFAULT_URL)
    return trimmed if trimmed.endswith("/v1") else f"{trimmed}/v1"


def find_gateway(user_id: object = None, url: str | None = None, token: str | None = None) -> GatewayAddress:
    """Find the gateway: what the node says, what the user saved under Model Providers, the environment, this machine.

    The token goes the way of the URL: that of the environment is never sent to an address that somebody typed into a
    node, and such an address is checked as Langflow checks those of its own providers. Raises `LaplasError`.
    """
    if url and url.strip():
        typed = with_version(url)
        _allow(url.strip())
        return GatewayAddress(typed, token or NO_TOKEN)
    saved = _saved(user_id, URL_VARIABLE)
    if saved and saved != os.environ.get(URL_VARIABLE):
        kept = with_version(saved)
        _allow(saved)
        return GatewayAddress(kept, token or _saved(user_id, TOKEN_VARIABLE) or NO_TOKEN)
    own = os.environ.get(URL_VARIABLE) or DEFAULT_URL
    return GatewayAddress(with_version(own), token or os.environ.get(TOKEN_VARIABLE) or NO_TOKEN)


def _allow(url: str) -> None:
    try:
        validate_connector_url_for_ssrf(url)
        return
    except ValueError as error:
        said = f"Langflow does not go to {url} ({error}). Name the gateway's host in LANGFLOW_SSRF_ALLOWED_HOSTS."
    raise LaplasError(said, laplas_code="address_refused")


def _saved(user_id: object, name: str) -> str | None:
    """Read what the user saved in Langflow; on lfx alone nobody saves anything."""
    return None if user_id is None else get_provider_variable_value(str(user_id), name)
