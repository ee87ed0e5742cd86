"""Dropdowns of models: the gateway's, or the catalog's while no gateway answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from lfx.custom.custom_component.component import Component
from lfx.io import DropdownInput

from lfx_laplas.errors import LaplasError
from lfx_laplas.gateway_client import list_models
from lfx_laplas.gateway_inputs import gateway_of
from lfx_laplas.known_models import KNOWN_MODELS
from lfx_laplas.model_rows import of_modality, output_hint

_INFO = "The models of the gateway. Refresh to read them again."


def model_input(value: str, modalities: Sequence[str]) -> DropdownInput:
    """Give the field `model_name`."""
    return DropdownInput(
        name="model_name",
        display_name="Model",
        info=_INFO,
        options=_names(KNOWN_MODELS, modalities),
        value=value,
        # A gateway may have models of its owner's own.
        combobox=True,
        refresh_button=True,
        real_time_refresh=True,
    )


def refresh_models(
    component: Component,
    fields: dict[str, Any],
    changed: tuple[str | None, Any],
    modalities: Sequence[str],
) -> dict[str, Any]:
    """Read the list anew, and what the gateway says of the model that is chosen. Never raises: the canvas would stall.

    `changed` is the field that the user touched, and its value, which `fields` doesn't have yet.
    """
    field_name, field_value = changed
    if field_name not in ("model_name", "gateway_url", "gateway_token"):
        return fields
    fields[field_name]["value"] = field_value
    chosen = fields["model_name"]
    rows: Sequence[Mapping[str, Any]] = KNOWN_MODELS
    try:
        gateway = gateway_of(component, _value(fields, "gateway_url"), _value(fields, "gateway_token"))
        rows = list_models(gateway)
        chosen["info"] = _INFO
    except LaplasError as error:
        chosen["info"] = f"The models that this package knows. {error}"
    chosen["options"] = _names(rows, modalities)
    if "max_tokens" in fields:
        fields["max_tokens"]["info"] = output_hint(rows, str(chosen.get("value") or ""))
    return fields


def _names(rows: Sequence[Mapping[str, Any]], modalities: Sequence[str]) -> list[str]:
    return [str(row["id"]) for modality in modalities for row in of_modality(rows, modality)]


def _value(fields: dict[str, Any], name: str) -> str | None:
    value = fields.get(name, {}).get("value")
    return value if isinstance(value, str) else None
