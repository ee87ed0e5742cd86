"""The two fields by which a node finds the gateway, alike in all components."""

from __future__ import annotations

from lfx.custom.custom_component.component import Component
from lfx.io import SecretStrInput, StrInput

from lfx_laplas.gateway_address import GatewayAddress, find_gateway


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
