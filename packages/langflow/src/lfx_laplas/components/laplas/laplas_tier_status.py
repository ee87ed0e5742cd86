"""Laplas Tier Status."""

from __future__ import annotations

from typing import Any

from lfx.custom.custom_component.component import Component
from lfx.io import Output
from lfx.schema.dataframe import DataFrame
from lfx.schema.message import Message

from lfx_laplas.gateway_client import check_call, list_models, read_quota
from lfx_laplas.gateway_inputs import gateway_inputs, gateway_of
from lfx_laplas.model_dropdown import model_input, refresh_models
from lfx_laplas.tier_state import quota_rows, smallest_call, state_of


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
