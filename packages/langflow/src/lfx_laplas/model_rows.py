"""The rows of `/v1/models` as Langflow's pickers and dropdowns want them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from lfx.base.models.model_metadata import ModelMetadata, create_model_metadata

PROVIDER = "Laplas"
ICON = "Orbit"

_MODALITIES = {"llm": "chat", "embeddings": "embedding"}


def of_modality(rows: Iterable[Mapping[str, Any]], modality: str) -> list[Mapping[str, Any]]:
    """Give the models of one kind, each once: ids that are another name of a model are left out."""
    return [row for row in rows if row.get("modality") == modality and not row.get("alias_of")]


def to_metadata(rows: Iterable[Mapping[str, Any]], model_type: str) -> list[ModelMetadata]:
    """Give what a picker lists: `model_type` is Langflow's word, `llm` or `embeddings`."""
    return [
        create_model_metadata(
            provider=PROVIDER,
            name=str(row["id"]),
            icon=ICON,
            model_type=model_type,
            tool_calling=_capability(row, "tools"),
            reasoning=_capability(row, "reasoning"),
            # Pickers show these only; the others would have to be switched on one by one.
            default=True,
        )
        for row in of_modality(rows, _MODALITIES.get(model_type, model_type))
    ]


def output_hint(rows: Iterable[Mapping[str, Any]], model: str) -> str:
    """Say what the gateway does with the option, from what it says of the model."""
    most = next((row.get("max_output_tokens") for row in rows if row.get("id") == model), None)
    if not isinstance(most, int):
        return "Empty: as many as the tier gives."
    return f"Empty: {most}, the most that the tier gives {model}. More is taken for {most}."


def _capability(row: Mapping[str, Any], name: str) -> bool:
    capabilities = row.get("capabilities")
    return isinstance(capabilities, Mapping) and capabilities.get(name) is True
