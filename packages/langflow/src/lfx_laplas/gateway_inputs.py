"""The two fields by which a node finds the gateway, alike in all components."""

from __future__ import annotations

from lfx.base.tools.constants import TOOL_OUTPUT_NAME
from lfx.custom.custom_component.component import Component
from lfx.io import SecretStrInput, StrInput

from lfx_laplas.errors import LaplasError
from lfx_laplas.gateway_address import GatewayAddress, find_gateway


def gateway_inputs() -> list[StrInput | SecretStrInput]:
    """Give fresh fields: Langflow writes into them."""
    return [
        StrInput(
            name="gateway_url",
            display_name="Gateway URL",
            info="Empty: as saved under Model Providers (not on an MCP server without authentication), "
            "else LAPLAS_GATEWAY_URL, else http://127.0.0.1:4114.",
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


def refusal(component: Component, error: LaplasError) -> LaplasError:
    """Give the error as this node raises it: to an agent it says first whether to call again.

    Without the frames of the libraries between: Langflow's log would draw the source of each.
    """
    is_tool = getattr(component, "_current_output", "") == TOOL_OUTPUT_NAME
    return (error.for_agent() if is_tool else error).with_traceback(None)
