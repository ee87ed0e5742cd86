"""Writes the flows that the package brings along. Needs lfx and this package in the environment.

    python packages/langflow/scripts/example_flows.py [--check]

`--check` writes nothing and ends with 1 if a file isn't as it has to be.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from flow_canvas import Canvas
from lfx.components.flow_controls.conditional_router import ConditionalRouterComponent
from lfx.components.input_output import ChatInput, ChatOutput
from lfx.components.models_and_agents import AgentComponent, PromptComponent
from lfx.components.processing import SplitTextComponent
from lfx.custom.custom_component.component import Component
from lfx.extension.loader import load_installed_extensions
from search_in_memory import SearchInMemoryComponent

FOLDER = Path(__file__).resolve().parents[1] / "src" / "lfx_laplas" / "flows"
HARBOUR = """The harbour of Vik was built in 1911. Its lighthouse is 27 metres high and red.

The ferry to the islands leaves at seven in the morning and at five in the afternoon. A ticket costs 12 euros.

Bread is sold at the corner of Mill Street from six o'clock. On Sundays the bakery is closed."""
PROMPT = """Answer from the context alone.

Context:
{context}

Question: {question}"""


def own_components() -> dict[str, tuple[str, type[Component]]]:
    """By class name: what the palette calls it, and the class."""
    found = [each for result in load_installed_extensions() for each in result.components if each.bundle == "laplas"]
    return {each.class_name: (each.namespaced_id, each.klass) for each in found}


OWN = own_components()


def own(
    canvas: Canvas, name: str, class_name: str, at: tuple[int, int], values: dict[str, Any] | None = None, **more: Any
):
    kind, component = OWN[class_name]
    canvas.node(name, component, at, values, kind=kind, **more)


def chat() -> dict[str, Any]:
    canvas = Canvas()
    canvas.node("ChatInput-ask", ChatInput, (0, 200), {"input_value": "Hello"})
    own(canvas, "LaplasChat-answer", "LaplasChatComponent", (420, 100), output="text_output")
    canvas.node("ChatOutput-tell", ChatOutput, (840, 200))
    canvas.edge("ChatInput-ask", "message", "LaplasChat-answer", "input_value")
    canvas.edge("LaplasChat-answer", "text_output", "ChatOutput-tell", "input_value")
    return canvas.flow("laplas: chat", "A question, a model of laplas's free tier, an answer.")


def agent() -> dict[str, Any]:
    canvas = Canvas()
    # From top to bottom as the Agent takes them, so that no wire crosses another.
    own(canvas, "LaplasChat-model", "LaplasChatComponent", (0, 0), output="model_output")
    own(canvas, "LaplasImage-tool", "LaplasImageComponent", (0, 420), tool_mode=True)
    canvas.node("ChatInput-ask", ChatInput, (0, 775), {"input_value": "Draw a red boat on the sea"})
    canvas.node(
        "Agent-decide",
        AgentComponent,
        (480, 270),
        {
            "model": "connect_other_models",
            "system_prompt": "You draw what the user asks for. Show the picture as the tool gives it, on its own line.",
            # Their descriptions cost API tokens in every call.
            "add_current_date_tool": False,
            "add_calculator_tool": False,
        },
    )
    canvas.nodes["Agent-decide"]["data"]["node"]["template"]["model"]["input_types"] = ["LanguageModel"]
    canvas.node("ChatOutput-tell", ChatOutput, (960, 450))
    canvas.edge("ChatInput-ask", "message", "Agent-decide", "input_value")
    canvas.edge("LaplasChat-model", "model_output", "Agent-decide", "model")
    canvas.edge("LaplasImage-tool", "component_as_tool", "Agent-decide", "tools")
    canvas.edge("Agent-decide", "response", "ChatOutput-tell", "input_value")
    return canvas.flow(
        "laplas: an agent that draws", "An agent whose tool is an image model. The picture shows in the chat."
    )


def rag() -> dict[str, Any]:
    canvas = Canvas()
    canvas.node("ChatInput-ask", ChatInput, (420, 880), {"input_value": "When does the ferry leave?"})
    canvas.node("Prompt-text", PromptComponent, (0, 80), {"template": HARBOUR}, title="The Text")
    canvas.node(
        "SplitText-pieces",
        SplitTextComponent,
        (420, 0),
        {"separator": "\\n\\n", "chunk_size": 120, "chunk_overlap": 0},
    )
    own(canvas, "LaplasEmbeddings-vectors", "LaplasEmbeddingsComponent", (420, 580))
    canvas.node("SearchInMemory-find", SearchInMemoryComponent, (840, 200))
    canvas.node("Prompt-question", PromptComponent, (1260, 300), {"template": PROMPT})
    variables(canvas, "Prompt-question", ["context", "question"])
    own(canvas, "LaplasChat-answer", "LaplasChatComponent", (1680, 200), output="text_output")
    canvas.node("ChatOutput-tell", ChatOutput, (2100, 300))
    canvas.edge("Prompt-text", "prompt", "SplitText-pieces", "data_inputs")
    canvas.edge("SplitText-pieces", "dataframe", "SearchInMemory-find", "pieces")
    canvas.edge("LaplasEmbeddings-vectors", "embeddings", "SearchInMemory-find", "embeddings")
    canvas.edge("ChatInput-ask", "message", "SearchInMemory-find", "question")
    canvas.edge("SearchInMemory-find", "found", "Prompt-question", "context")
    canvas.edge("ChatInput-ask", "message", "Prompt-question", "question")
    canvas.edge("Prompt-question", "prompt", "LaplasChat-answer", "input_value")
    canvas.edge("LaplasChat-answer", "text_output", "ChatOutput-tell", "input_value")
    return canvas.flow("laplas: answers from a text", "Three requests: the pieces, the question, the answer.")


def fallback() -> dict[str, Any]:
    canvas = Canvas()
    canvas.node("ChatInput-ask", ChatInput, (0, 640), {"input_value": "Hello"})
    own(canvas, "LaplasTierStatus-state", "LaplasTierStatusComponent", (0, 0), output="status")
    branch(canvas, "ConditionalRouter-spent", (420, 0), "exhausted", "Budget Used Up?")
    branch(canvas, "ConditionalRouter-way", (840, 420), "ok", "Free Now?")
    own(canvas, "LaplasChat-usual", "LaplasChatComponent", (1260, 200), output="text_output")
    cheaper = {"model_name": "google/gemma-3-27b-it"}
    own(
        canvas,
        "LaplasChat-other",
        "LaplasChatComponent",
        (1260, 800),
        cheaper,
        output="text_output",
        title="Other Model",
    )
    canvas.node("ChatOutput-when", ChatOutput, (840, 0))
    canvas.node("ChatOutput-usual", ChatOutput, (1680, 300))
    canvas.node("ChatOutput-other", ChatOutput, (1680, 900))
    canvas.edge("LaplasTierStatus-state", "status", "ConditionalRouter-spent", "input_text")
    canvas.edge("LaplasTierStatus-state", "advice", "ConditionalRouter-spent", "true_case_message")
    canvas.edge("ChatInput-ask", "message", "ConditionalRouter-spent", "false_case_message")
    canvas.edge("ConditionalRouter-spent", "true_result", "ChatOutput-when", "input_value")
    canvas.edge("LaplasTierStatus-state", "status", "ConditionalRouter-way", "input_text")
    canvas.edge("ConditionalRouter-spent", "false_result", "ConditionalRouter-way", "true_case_message")
    canvas.edge("ConditionalRouter-spent", "false_result", "ConditionalRouter-way", "false_case_message")
    canvas.edge("ConditionalRouter-way", "true_result", "LaplasChat-usual", "input_value")
    canvas.edge("ConditionalRouter-way", "false_result", "LaplasChat-other", "input_value")
    canvas.edge("LaplasChat-usual", "text_output", "ChatOutput-usual", "input_value")
    canvas.edge("LaplasChat-other", "text_output", "ChatOutput-other", "input_value")
    return canvas.flow(
        "laplas: another model when busy",
        "Asks the tier first. Used up: says when the budget is back. Busy: the other model answers.",
    )


def branch(canvas: Canvas, name: str, at: tuple[int, int], text: str, title: str) -> None:
    canvas.node(
        name,
        ConditionalRouterComponent,
        at,
        {"match_text": text},
        shown=["true_case_message", "false_case_message"],
        title=title,
    )


def variables(canvas: Canvas, name: str, names: list[str]) -> None:
    """Give a prompt the fields that Langflow makes from the braces of its template."""
    node = canvas.nodes[name]["data"]["node"]
    node["custom_fields"] = {"template": names}
    for each in names:
        node["template"][each] = {
            "field_type": "str",
            "required": False,
            "placeholder": "",
            "list": False,
            "show": True,
            "multiline": True,
            "value": "",
            "fileTypes": [],
            "file_path": "",
            "name": each,
            "display_name": each,
            "advanced": False,
            "input_types": ["Message"],
            "dynamic": False,
            "info": "",
            "load_from_db": False,
            "title_case": False,
            "type": "str",
        }


FLOWS = {"chat": chat, "agent-with-image-tool": agent, "rag": rag, "status-fallback": fallback}


def main(arguments: list[str]) -> int:
    stale = {}
    for name, make in FLOWS.items():
        path = FOLDER / f"{name}.json"
        text = json.dumps(make(), indent=2, ensure_ascii=False, sort_keys=True) + "\n"
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            stale[path] = text
    if "--check" in arguments:
        for path in stale:
            print(f"{path.name} is not what scripts/example_flows.py writes")
        return 1 if stale else 0
    FOLDER.mkdir(parents=True, exist_ok=True)
    for path, text in stale.items():
        path.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
