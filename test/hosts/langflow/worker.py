"""Runs cases on lfx for the tests: a line of JSON in, a line of JSON out, all in one event loop.

lfx takes seconds to start, so one process serves many tests; each has a gateway of its own behind the same address.
"""

import asyncio
import json
import sys
import traceback
from collections.abc import Awaitable, Callable
from typing import Any

# lfx and what it brings print as they like; the answers go where standard output went before.
answers = sys.stdout
sys.stdout = sys.stderr

from lfx.base.models.unified_models import get_embeddings, get_llm, get_unified_models_detailed  # noqa: E402
from lfx.components.flow_controls.conditional_router import ConditionalRouterComponent  # noqa: E402
from lfx.components.input_output import ChatInput, ChatOutput  # noqa: E402
from lfx.extension.loader import load_installed_extensions  # noqa: E402
from lfx.graph import Graph  # noqa: E402

LOADED = load_installed_extensions()
COMPONENTS = {found.class_name: found.klass for result in LOADED for found in result.components}

Case = Callable[[dict[str, Any]], Awaitable[Any]]


def chat_graph(argument: dict[str, Any]) -> Graph:
    asked = ChatInput(_id="in").set(input_value=argument["text"], should_store_message=False)
    fields = {"model_name": "gpt-4o-mini", **argument.get("fields", {})}
    chat = COMPONENTS["LaplasChatComponent"](_id="chat").set(input_value=asked.message_response, **fields)
    told = ChatOutput(_id="out").set(input_value=chat.text_response, should_store_message=False)
    return Graph(asked, told)


async def run_graph(graph: Graph) -> dict[str, Any]:
    """What each vertex gave, by its id: texts of messages, else what there is."""
    given: dict[str, Any] = {}
    async for result in graph.async_start():
        vertex = getattr(result, "vertex", None)
        if vertex is not None:
            outputs = vertex.built_object if isinstance(vertex.built_object, dict) else {}
            given[vertex.id] = {name: text_of(value) for name, value in outputs.items()}
    return given


def text_of(value: Any) -> Any:
    if hasattr(value, "text") and isinstance(value.text, str):
        return value.text
    if hasattr(value, "to_dict"):
        return value.to_dict("records")
    data = getattr(value, "data", None)
    return data if isinstance(data, dict) else type(value).__name__


async def extension(_argument: dict[str, Any]) -> Any:
    return [
        {
            "id": result.extension_id,
            "ok": result.ok,
            "errors": [str(error) for error in result.errors],
            "warnings": [str(warning) for warning in result.warnings],
            "components": [found.namespaced_id for found in result.components],
        }
        for result in LOADED
    ]


async def provider(_argument: dict[str, Any]) -> Any:
    """The catalog as Langflow has it without a user, and what the provider's names lead to."""
    [entry] = get_unified_models_detailed(providers=["Laplas"])
    rows = [(row["model_name"], row["metadata"]["model_type"]) for row in entry["models"]]
    return {"provider": entry["provider"], "rows": rows}


async def live(argument: dict[str, Any]) -> Any:
    from lfx_laplas.discovery import live_models

    return await asyncio.to_thread(live_models, None, argument["type"])


async def settings(argument: dict[str, Any]) -> Any:
    from lfx_laplas.discovery import check_settings

    return await asyncio.to_thread(check_settings, "Laplas", argument["variables"])


def language_model(argument: dict[str, Any]) -> Any:
    chosen = [{"name": argument.get("model", "gpt-4o-mini"), "provider": "Laplas", "metadata": {}}]
    return get_llm(chosen, None, **argument.get("options", {}))


async def llm_invoke(argument: dict[str, Any]) -> Any:
    llm = language_model(argument)
    answer = llm.invoke(argument["text"]) if argument.get("sync") else await llm.ainvoke(argument["text"])
    return {"class": type(llm).__name__, "text": answer.content, "usage": answer.usage_metadata}


async def llm_stream(argument: dict[str, Any]) -> Any:
    llm = language_model({**argument, "options": {"stream": True}})
    return [chunk.content async for chunk in llm.astream(argument["text"]) if chunk.content]


async def llm_tools(argument: dict[str, Any]) -> Any:
    def weather(city: str) -> str:
        """Get the weather of a city."""
        return f"18 degrees and sunny in {city}"

    answer = await language_model(argument).bind_tools([weather]).ainvoke(argument["text"])
    return [{"name": call["name"], "args": call["args"]} for call in answer.tool_calls]


async def llm_attachment(argument: dict[str, Any]) -> Any:
    from langchain_core.messages import HumanMessage

    parts = [{"type": "text", "text": "What is this?"}, {"type": "image_url", "image_url": {"url": argument["url"]}}]
    return (await language_model({}).ainvoke([HumanMessage(content=parts)])).content


async def embeddings(argument: dict[str, Any]) -> Any:
    chosen = [{"name": "text-embedding-3-small", "provider": "Laplas", "metadata": {}}]
    # As the Embedding Model node calls it.
    model = get_embeddings(chosen, None, max_retries=3, chunk_size=1000)
    vectors = await asyncio.to_thread(model.embed_documents, argument["texts"])
    return {"class": type(model.embeddings).__name__, "vectors": vectors}


async def graph(argument: dict[str, Any]) -> Any:
    """A chat, built in Python or read back from the JSON that a flow is kept as."""
    built = chat_graph(argument)
    if argument.get("round_trip"):
        flow = json.loads(json.dumps(built.dump(name="a chat", description="of the tests")))
        built = Graph.from_payload(flow["data"])
        built.prepare()
    return await run_graph(built)


async def dump(argument: dict[str, Any]) -> Any:
    return chat_graph(argument).dump(name="a chat", description="of the tests")


async def flow(argument: dict[str, Any]) -> Any:
    """Runs a flow that was read from JSON, with the text in its Chat Input."""
    read = Graph.from_payload(argument["flow"]["data"])
    for vertex in read.vertices:
        if vertex.vertex_type == "ChatInput":
            vertex.update_raw_params({"input_value": argument["text"]}, overwrite=True)
    read.session_id = "tests"
    read.prepare()
    return await run_graph(read)


async def image(argument: dict[str, Any]) -> Any:
    """A picture into two ends."""
    draws = COMPONENTS["LaplasImageComponent"](_id="image").set(prompt=argument["prompt"])
    one = ChatOutput(_id="one").set(input_value=draws.draw_picture, should_store_message=False)
    two = ChatOutput(_id="two").set(input_value=draws.picture_data, should_store_message=False)
    both = Graph()
    for component in (draws, one, two):
        both.add_component(component)
    both.prepare()
    return await run_graph(both)


async def image_tool(argument: dict[str, Any]) -> Any:
    """The picture as an agent's tool: its name and description, and what calls with these prompts give."""
    draws = COMPONENTS["LaplasImageComponent"](_id="image")
    tools = await draws.to_toolkit()
    results = []
    for prompt in argument["prompts"]:
        try:
            results.append(str(await tools[0].ainvoke({"prompt": prompt})))
        except Exception as error:
            results.append(str(error))
    return {"tools": [(tool.name, tool.description) for tool in tools], "results": results}


async def status(argument: dict[str, Any]) -> Any:
    tier = COMPONENTS["LaplasTierStatusComponent"]().set(model_name=argument.get("model", "gpt-4o-mini"))
    table = await asyncio.to_thread(tier.quota_table)
    said = (await asyncio.to_thread(tier.tier_status)).text
    advice = (await asyncio.to_thread(tier.tier_advice)).text
    return {"status": said, "advice": advice, "table": table.to_dict("records")}


async def branch(argument: dict[str, Any]) -> Any:
    """Tier Status into If-Else, and a model on each side."""
    asked = ChatInput(_id="in").set(input_value=argument["text"], should_store_message=False)
    tier = COMPONENTS["LaplasTierStatusComponent"](_id="status").set(model_name="gpt-4o-mini")
    fork = ConditionalRouterComponent(_id="fork").set(
        input_text=tier.tier_status,
        match_text="ok",
        operator="equals",
        true_case_message=asked.message_response,
        false_case_message=asked.message_response,
    )
    chat_of = COMPONENTS["LaplasChatComponent"]
    usual = chat_of(_id="usual").set(input_value=fork.true_response, model_name="gpt-4o-mini")
    other = chat_of(_id="other").set(input_value=fork.false_response, model_name=argument["other"])
    ends = [
        ChatOutput(_id=f"{each._id}-out").set(input_value=each.text_response, should_store_message=False)
        for each in (usual, other)
    ]
    forked = Graph()
    for component in (asked, tier, fork, usual, other, *ends):
        forked.add_component(component)
    forked.prepare()
    return await run_graph(forked)


async def parallel(argument: dict[str, Any]) -> Any:
    asked = ChatInput(_id="in").set(input_value=argument["text"], should_store_message=False)
    both = Graph()
    both.add_component(asked)
    for name in ("one", "two"):
        chat = COMPONENTS["LaplasChatComponent"](_id=name).set(input_value=asked.message_response)
        told = ChatOutput(_id=f"{name}-out").set(input_value=chat.text_response, should_store_message=False)
        both.add_component(chat)
        both.add_component(told)
    both.prepare()
    return await run_graph(both)


async def dropdown(argument: dict[str, Any]) -> Any:
    """What the canvas shows after a field was touched."""
    component = COMPONENTS[argument["component"]]()
    fields = component.to_frontend_node()["data"]["node"]["template"]
    for name, value in argument.get("values", {}).items():
        fields[name]["value"] = value
    field, value = argument["changed"]
    done = await asyncio.to_thread(component.update_build_config, fields, value, field)
    return {name: {"info": each.get("info"), "options": each.get("options")} for name, each in done.items() if isinstance(each, dict)}


CASES: dict[str, Case] = {
    each.__name__: each
    for each in (
        extension, provider, live, settings, llm_invoke, llm_stream, llm_tools, llm_attachment, embeddings,
        graph, dump, flow, image, image_tool, status, branch, parallel, dropdown,
    )
}  # fmt: skip


def told(error: BaseException) -> dict[str, Any]:
    """An exception, and all that Python would draw below it, with the files of its frames."""
    chain = []
    while error is not None:
        named = ("code", "http_status", "status_code", "retryable", "retry_after", "laplas_code", "details")
        fields = {name: value for name in named if isinstance(value := getattr(error, name, None), (str, int, float, dict))}
        frames = [frame.filename for frame in traceback.extract_tb(error.__traceback__)]
        chain.append({"type": type(error).__name__, "message": str(error), "frames": frames, **fields})
        # As tracebacks are drawn.
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return {"error": chain}


async def main() -> None:
    loop = asyncio.get_running_loop()
    print(json.dumps({"ready": True}), file=answers, flush=True)
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        question = json.loads(line)
        try:
            answer = {"result": await CASES[question["case"]](question["argument"])}
        except Exception as error:
            answer = told(error)
        print(json.dumps(answer, default=str), file=answers, flush=True)


asyncio.run(main())
