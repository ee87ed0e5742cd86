"""What the callback runs with: from its constructor, else from the environment."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field

from .gateway_address import address_of

URL_VARIABLE = "LAPLAS_GATEWAY_URL"
TOKEN_VARIABLE = "LAPLAS_GATEWAY_TOKEN"


@dataclass(frozen=True, slots=True)
class Settings:
    """Settings, complete and checked."""

    gateway_url: str | None
    """Address of the gateway without `/v1`; deployments that point there are asked about, marked or not."""
    token: str | None = field(repr=False)
    """What the gateway wants to see, where it is not the deployment's own `api_key`. Goes to `gateway_url` only."""
    timeout_seconds: float
    """Longest time that one routing decision waits for the gateway."""
    cache_seconds: float
    """How long a refusal holds for the same request: LiteLLM asks again for each retry and fallback."""
    pause_seconds: float
    """How long a gateway is left alone after it failed to answer; until then all its deployments are kept."""


DEFAULT_ADDRESS = "http://127.0.0.1:4114"
"""Where `laplas serve` listens."""


def resolve_provider(
    *, gateway_url: str | None, token: str | None, environment: Mapping[str, str] | None = None
) -> tuple[str, str | None]:
    """Give the gateway's address, without `/v1`, and its token. Raises ValueError; never shows a token."""
    variables = os.environ if environment is None else environment
    return _address(gateway_url, variables) or DEFAULT_ADDRESS, _token(token, variables)


def resolve_settings(
    *,
    gateway_url: str | None,
    token: str | None,
    timeout_seconds: float,
    cache_seconds: float,
    pause_seconds: float,
    environment: Mapping[str, str] | None = None,
) -> Settings:
    """Fill in the environment and check. Raises ValueError naming the option and its variable; never shows a token."""
    variables = os.environ if environment is None else environment
    url = _address(gateway_url, variables)
    if not timeout_seconds > 0:
        raise ValueError(f"Option timeout_seconds is {timeout_seconds}, but must be above 0.")
    for name, seconds in (("cache_seconds", cache_seconds), ("pause_seconds", pause_seconds)):
        if not seconds >= 0:
            raise ValueError(f"Option {name} is {seconds}, but must be 0 or more.")
    return Settings(
        gateway_url=url,
        token=_token(token, variables),
        timeout_seconds=timeout_seconds,
        cache_seconds=cache_seconds,
        pause_seconds=pause_seconds,
    )


def _address(gateway_url: str | None, variables: Mapping[str, str]) -> str | None:
    url = gateway_url or variables.get(URL_VARIABLE) or None
    if url is None:
        return None
    address = address_of(url)
    if address is None:
        raise ValueError(
            f"Option gateway_url ({URL_VARIABLE}) is {url!r}, but must be the gateway's address, "
            "like http://127.0.0.1:4114/v1."
        )
    return address


def _token(given: str | None, variables: Mapping[str, str]) -> str | None:
    # A file that it was read from ends with a line break.
    token = (given or variables.get(TOKEN_VARIABLE) or "").strip()
    if not (token.isascii() and token.isprintable()):
        raise ValueError(f"Option token ({TOKEN_VARIABLE}) holds a character that no HTTP header can carry.")
    return token or None
