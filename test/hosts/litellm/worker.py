"""LiteLLM in one process for many tests: importing it takes seconds.

Reads one JSON object per line, {"operation": ..., ...}, and answers each with one line: {"result": ...} or {"failure": ...}.
{"leap": seconds} sets the clock of time-outs ahead at once, in the middle of an operation, and is not answered.
"""

import asyncio
import json
import os
import sys
import traceback
from collections.abc import Awaitable, Callable
from typing import Any

import litellm
from litellm import Router
from litellm_laplas import LaplasCallback, explain
from litellm_laplas import register as register_provider
from outcome import answer_of, error_of
from sleeps import Sleeps

litellm.suppress_debug_info = True
# What LiteLLM tells people belongs into no protocol.
PROTOCOL = os.fdopen(os.dup(1), "w", buffering=1)
os.dup2(2, 1)

SLEEPS = Sleeps()
ROUTERS: dict[str, Router] = {}


async def router(task: dict[str, Any]) -> Any:
    """A Router under a name. `callback`: settings of a LaplasCallback, or null for none."""
    settings = task["callback"]
    litellm.callbacks = [] if settings is None else [LaplasCallback(**settings)]
    ROUTERS[task["name"]] = Router(model_list=task["models"], **task.get("settings", {}))
    return None


async def register(task: dict[str, Any]) -> Any:
    register_provider(**task["settings"])
    return None


async def environment(task: dict[str, Any]) -> Any:
    for name, value in task["variables"].items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value
    return None


async def ask(task: dict[str, Any]) -> Any:
    """Makes `times` calls, `parallel` of them at once, by a method of a Router, or of litellm itself where none is named."""
    owner: Any = ROUTERS[task["router"]] if task.get("router") else litellm
    method = getattr(owner, task["method"])
    waiting = asyncio.Semaphore(task.get("parallel", 1))
    SLEEPS.reset()

    async def one() -> Any:
        async with waiting:
            try:
                return await answer_of(await call(method, task["arguments"]))
            except Exception as error:
                return {"error": error_of(error, explain(error))}

    answers = await asyncio.gather(*(one() for _ in range(task.get("times", 1))))
    return {"answers": answers, "slept": SLEEPS.seconds}


async def call(method: Callable[..., Any], arguments: dict[str, Any]) -> Any:
    if asyncio.iscoroutinefunction(method) or method.__name__.startswith("a"):
        return await method(**arguments)
    result = await asyncio.to_thread(method, **arguments)
    return await result if isinstance(result, Awaitable) else result


async def cooled(task: dict[str, Any]) -> Any:
    """The deployments that are left out now, with their seconds."""
    one = ROUTERS[task["router"]]
    ids = [deployment["model_info"]["id"] for deployment in one.model_list]
    active = one.cooldown_cache.get_active_cooldowns(model_ids=ids, parent_otel_span=None)
    return {name: value["cooldown_time"] for name, value in active}


OPERATIONS = {each.__name__: each for each in (router, register, environment, ask, cooled)}


class LeapingLoop(asyncio.SelectorEventLoop):
    """An event loop whose clock can be set ahead."""

    ahead = 0.0

    def time(self) -> float:
        return super().time() + self.ahead


async def read(loop: LeapingLoop, tasks: "asyncio.Queue[dict[str, Any] | None]") -> None:
    # In a thread: what LiteLLM does in the background goes on between two tasks.
    while line := await asyncio.to_thread(sys.stdin.readline):
        task = json.loads(line)
        if "leap" in task:
            loop.ahead += task["leap"]
        else:
            tasks.put_nowait(task)
    tasks.put_nowait(None)


async def main(loop: LeapingLoop) -> None:
    tasks: asyncio.Queue[dict[str, Any] | None] = asyncio.Queue()
    reading = asyncio.create_task(read(loop, tasks))
    while (task := await tasks.get()) is not None:
        try:
            reply = {"result": await OPERATIONS[task["operation"]](task)}
        except Exception:
            reply = {"failure": traceback.format_exc()}
        print(json.dumps(reply), file=PROTOCOL, flush=True)
    await reading


if __name__ == "__main__":
    LOOP = LeapingLoop()
    with asyncio.Runner(loop_factory=lambda: LOOP) as runner:
        runner.run(main(LOOP))
