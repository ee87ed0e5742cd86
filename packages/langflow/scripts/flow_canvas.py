"""Puts a flow together as Langflow's own editor would save it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from typing import Any

from lfx.custom.custom_component.component import Component


class Canvas:
    """Nodes and edges by names of their own; `flow` gives the JSON."""

    def __init__(self) -> None:
        self.nodes: dict[str, dict[str, Any]] = {}
        self.edges: list[dict[str, Any]] = []

    def node(
        self,
        name: str,
        component: type[Component],
        at: tuple[int, int],
        values: dict[str, Any] | None = None,
        *,
        kind: str | None = None,
        title: str | None = None,
        shown: Sequence[str] = (),
        output: str | None = None,
        tool_mode: bool = False,
    ) -> None:
        """Add a component. `kind` is what Langflow's palette calls it, `output` the one that is chosen of several."""
        made = component()
        node = made.to_frontend_node()["data"]["node"]
        node["field_order"] = [field.name for field in component.inputs]
        for field in node["template"].values():
            # An empty message, with the time at which it was made.
            if isinstance(field, dict) and isinstance(field.get("value"), dict) and "text_key" in field["value"]:
                field["value"] = ""
        for field, value in (values or {}).items():
            node["template"][field]["value"] = value
        for field in shown:
            node["template"][field]["advanced"] = False
        if title is not None:
            node["display_name"] = title
        if tool_mode:
            # As the switch on the node does: one output for all its tools, and a list of what they are for.
            node = asyncio.run(made.run_and_validate_update_outputs(node, "tool_mode", True))
        data = {"id": name, "type": kind or component.name, "node": node, "showNode": True}
        if output is not None:
            data["selected_output"] = output
        position = {"x": at[0], "y": at[1]}
        self.nodes[name] = {"id": name, "type": "genericNode", "position": position, "data": data}

    def edge(self, source: str, output: str, target: str, field: str) -> None:
        """Wire an output to a field."""
        sending, receiving = self.nodes[source]["data"], self.nodes[target]["data"]
        given = next(each for each in sending["node"]["outputs"] if each["name"] == output)
        taken = receiving["node"]["template"][field]
        handle = {"dataType": sending["type"], "id": source, "name": output, "output_types": given["types"]}
        end = {"fieldName": field, "id": target, "inputTypes": taken.get("input_types") or [], "type": taken["type"]}
        self.edges.append(
            {
                "id": f"xy-edge__{source}{_quoted(handle)}-{target}{_quoted(end)}",
                "source": source,
                "target": target,
                "sourceHandle": _quoted(handle),
                "targetHandle": _quoted(end),
                "data": {"sourceHandle": handle, "targetHandle": end},
                "animated": False,
                "className": "",
            }
        )

    def flow(self, name: str, description: str) -> dict[str, Any]:
        """Give the flow as it is exported."""
        data = {"nodes": list(self.nodes.values()), "edges": self.edges, "viewport": {"x": 0, "y": 0, "zoom": 0.8}}
        return {"name": name, "description": description, "data": data, "is_component": False}


def _quoted(handle: dict[str, Any]) -> str:
    """Langflow writes handles as JSON with another letter for the quotes."""
    return json.dumps(handle, separators=(",", ":")).replace('"', "œ")
