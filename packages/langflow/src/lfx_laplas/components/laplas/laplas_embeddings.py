"""Laplas Embeddings."""

from __future__ import annotations

from typing import Any

from lfx.base.embeddings.model import LCEmbeddingsModel
from lfx.field_typing import Embeddings
from lfx.io import IntInput

from lfx_laplas.gateway_inputs import gateway_inputs, gateway_of
from lfx_laplas.model_dropdown import model_input, refresh_models
from lfx_laplas.models import LaplasEmbeddings


class LaplasEmbeddingsComponent(LCEmbeddingsModel):
    """An embedding model, for a vector store."""

    display_name = "Laplas Embeddings"
    description = "Embedding models on laplas's free tier. Many texts are one request."
    icon = "Orbit"
    name = "LaplasEmbeddings"

    inputs = [
        model_input("text-embedding-3-small", ["embedding"]),
        IntInput(
            name="dimensions",
            display_name="Dimensions",
            info="Empty: the model's own. Only some models have others.",
            advanced=True,
        ),
        IntInput(
            name="chunk_size",
            display_name="Texts in a Request",
            info="More texts are sent in several requests.",
            value=1000,
            advanced=True,
        ),
        *gateway_inputs(),
    ]

    def build_embeddings(self) -> Embeddings:
        """Give the model itself, which a vector store takes."""
        gateway = gateway_of(self, self.gateway_url, self.gateway_token)
        return LaplasEmbeddings(
            model=self.model_name,
            base_url=gateway.base_url,
            api_key=gateway.token,
            dimensions=self.dimensions or None,
            chunk_size=self.chunk_size or 1000,
        )

    def update_build_config(
        self, build_config: dict[str, Any], field_value: Any, field_name: str | None = None
    ) -> dict:
        """Read the models anew."""
        return refresh_models(self, build_config, (field_name, field_value), ["embedding"])
