"""Laplas Chat."""

from __future__ import annotations

from typing import Any

from lfx.base.models.model import LCModelComponent
from lfx.field_typing import LanguageModel
from lfx.io import FloatInput, IntInput
from lfx.schema.message import Message

from lfx_laplas.errors import LaplasError
from lfx_laplas.gateway_inputs import gateway_inputs, gateway_of, refusal
from lfx_laplas.model_dropdown import model_input, refresh_models
from lfx_laplas.models import ChatLaplas


class LaplasChatComponent(LCModelComponent):
    """A chat model, for a flow or for an agent."""

    display_name = "Laplas Chat"
    description = "Chat models on laplas's free tier: streaming, tools, and refusals that say what to do."
    icon = "Orbit"
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

    def _get_exception_message(self, e: Exception) -> str | None:
        # With words of ours lfx would raise them again, one more link of the chain that its log draws.
        return None if isinstance(e, LaplasError) else super()._get_exception_message(e)

    async def text_response(self) -> Message:
        """Give the answer. Raises `LaplasError`."""
        try:
            return await super().text_response()
        except LaplasError as error:
            refused = refusal(self, error)
        raise refused

    def update_build_config(
        self, build_config: dict[str, Any], field_value: Any, field_name: str | None = None
    ) -> dict:
        """Read the models anew."""
        return refresh_models(self, build_config, (field_name, field_value), ["chat"])
