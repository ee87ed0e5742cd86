"""Laplas Image."""

from __future__ import annotations

from typing import Any

from lfx.custom.custom_component.component import Component
from lfx.io import MessageTextInput, Output, StrInput
from lfx.schema.data import Data
from lfx.schema.message import Message

from lfx_laplas.errors import LaplasError
from lfx_laplas.gateway_client import request_picture
from lfx_laplas.gateway_inputs import gateway_inputs, gateway_of, refusal
from lfx_laplas.model_dropdown import model_input, refresh_models
from lfx_laplas.picture_words import picture_markdown, picture_request


class LaplasImageComponent(Component):
    """One picture, for a flow or as a tool of an agent."""

    display_name = "Laplas Image"
    description = "Draws one picture from a description. Its answer is Markdown that shows the picture in the chat."
    icon = "Image"
    name = "LaplasImage"

    inputs = [
        MessageTextInput(
            name="prompt",
            display_name="Prompt",
            info="What the picture shows, in words.",
            required=True,
            tool_mode=True,
        ),
        model_input("flux/schnell", ["image"]),
        StrInput(
            name="size",
            display_name="Size",
            info="Empty: the model's own. Otherwise like 512x512, or a name that the model knows, like square.",
            advanced=True,
        ),
        *gateway_inputs(),
    ]
    outputs = [
        # Grouped: else the canvas shows one of them and takes the wires of the other away.
        Output(name="message", display_name="Message", method="draw_picture", group_outputs=True),
        # Not a tool: an agent would get two that do the same.
        Output(name="data", display_name="Data", method="picture_data", group_outputs=True, tool_mode=False),
    ]

    def draw_picture(self) -> Message:
        """Draw, and show the picture in the chat."""
        return Message(text=picture_markdown(self.prompt, self._address()))

    def picture_data(self) -> Data:
        """Draw, and give the address. Never base64."""
        return Data(data={"url": self._address(), "prompt": self.prompt, "model": self.model_name})

    def _address(self) -> str:
        """Draw once, however many outputs are wired. An agent's next prompt is another picture."""
        body = picture_request(self.model_name, self.prompt, self.size)
        drawn = getattr(self, "_drawn", None)
        if drawn is not None and drawn[0] == body:
            return drawn[1]
        try:
            gateway = gateway_of(self, self.gateway_url, self.gateway_token)
            url = request_picture(gateway, body)
        except LaplasError as error:
            refused = refusal(self, error)
        else:
            self._drawn = (body, url)
            return url
        raise refused

    def _pre_run_setup(self) -> None:
        self._drawn = None

    def update_build_config(
        self, build_config: dict[str, Any], field_value: Any, field_name: str | None = None
    ) -> dict:
        """Read the models anew."""
        return refresh_models(self, build_config, (field_name, field_value), ["image"])
