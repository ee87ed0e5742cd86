"""Laplas Tier Status."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from lfx.custom.custom_component.component import Component
from lfx.io import Output
from lfx.schema.dataframe import DataFrame
from lfx.schema.message import Message

from lfx_laplas.errors import LaplasError
from lfx_laplas.gateway_address import GatewayAddress
from lfx_laplas.gateway_client import check_call, list_models, read_quota
from lfx_laplas.gateway_inputs import gateway_inputs, gateway_of, refusal
from lfx_laplas.model_dropdown import model_input, refresh_models
from lfx_laplas.tier_state import advice_of, quota_rows, smallest_call, state_of

Answer = TypeVar("Answer")


class LaplasTierStatusComponent(Component):
    """Asks before calling, so that a flow can take another way."""

    display_name = "Laplas Tier Status"
    description = "Says whether a call to the model would pass now: ok, busy or exhausted. Spends nothing."
    icon = "Gauge"
    name = "LaplasTierStatus"

    inputs = [model_input("gpt-4o-mini", ["chat", "embedding", "image"]), *gateway_inputs()]
    outputs = [
        Output(name="status", display_name="Status", method="tier_status", group_outputs=True),
        # Not a tool: an agent would get two that do the same.
        Output(name="advice", display_name="Advice", method="tier_advice", group_outputs=True, tool_mode=False),
        Output(name="quota", display_name="Quota", method="quota_table", group_outputs=True),
    ]

    def tier_status(self) -> Message:
        """Give `ok`, `busy` or `exhausted`, for the text of an If-Else."""
        return Message(text=state_of(self._check()))

    def tier_advice(self) -> Message:
        """Give a sentence to show: when the budget is back."""
        return Message(text=advice_of(self._check()))

    def quota_table(self) -> DataFrame:
        """Give a row for each window that the tier counts."""
        return DataFrame(self._ask(lambda gateway: quota_rows(read_quota(gateway))))

    def _check(self) -> dict[str, Any]:
        """Ask once in a run, however many outputs are wired: they speak of the same moment."""
        checked = getattr(self, "_checked", None)
        if checked is None:
            checked = self._checked = self._ask(self._check_at)
        return checked

    def _check_at(self, gateway: GatewayAddress) -> dict[str, Any]:
        return check_call(gateway, smallest_call(self.model_name, list_models(gateway)))

    def _pre_run_setup(self) -> None:
        self._checked = None

    def _ask(self, question: Callable[[GatewayAddress], Answer]) -> Answer:
        try:
            return question(gateway_of(self, self.gateway_url, self.gateway_token))
        except LaplasError as error:
            refused = refusal(self, error)
        raise refused

    def update_build_config(
        self, build_config: dict[str, Any], field_value: Any, field_name: str | None = None
    ) -> dict:
        """Read the models anew."""
        return refresh_models(self, build_config, (field_name, field_value), ["chat", "embedding", "image"])
