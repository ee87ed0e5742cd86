"""Asks gateways on one event loop: one request at a time to each, with all questions that came up in the meantime."""

import asyncio
import logging
from collections.abc import Sequence

import httpx

from .check_exchange import MOST_QUESTIONS, GatewayTroubleError, check_request, read_check_response
from .deployment import Gateway
from .memory import Memory
from .verdict import Verdict

_logger = logging.getLogger("litellm_laplas")

_MOST_BYTES = 4_000_000
"""Of one request's questions: a gateway refuses bodies over 20 MB."""


class AsyncAsker:
    """Belongs to one event loop, as its HTTP client does."""

    def __init__(self, memory: Memory, timeout_seconds: float) -> None:
        """Answers go to `memory`; no caller waits longer than `timeout_seconds`."""
        self._memory = memory
        self._timeout_seconds = timeout_seconds
        self._client = httpx.AsyncClient(timeout=timeout_seconds, follow_redirects=False)
        # Questions that are asked or will be, by gateway and body: a second caller waits for the same answer.
        self._open: dict[Gateway, dict[str, asyncio.Future[Verdict | None]]] = {}
        self._unasked: dict[Gateway, list[str]] = {}
        self._runs: set[asyncio.Task[None]] = set()

    async def ask(self, gateway: Gateway, bodies: Sequence[str]) -> list[Verdict | None]:
        """Ask all at once. None for what was not answered in time. Never raises for a gateway's sake."""
        answers = [self._memory.recall(gateway, body) for body in bodies]
        missing = [body for body, answer in zip(bodies, answers, strict=True) if answer is None]
        if not missing or self._memory.is_paused(gateway):
            return answers
        futures = {body: self._future(gateway, body) for body in missing}
        await asyncio.wait(futures.values(), timeout=self._timeout_seconds)
        return [
            answer if answer is not None else _result(futures[body])
            for body, answer in zip(bodies, answers, strict=True)
        ]

    def _future(self, gateway: Gateway, body: str) -> "asyncio.Future[Verdict | None]":
        open_questions = self._open.setdefault(gateway, {})
        if body not in open_questions:
            open_questions[body] = asyncio.get_running_loop().create_future()
            unasked = self._unasked.get(gateway)
            if unasked is not None:
                unasked.append(body)
            else:
                self._unasked[gateway] = [body]
                run = asyncio.create_task(self._run(gateway))
                self._runs.add(run)
                run.add_done_callback(self._runs.discard)
        return open_questions[body]

    async def _run(self, gateway: Gateway) -> None:
        """Ask until nothing is unasked."""
        try:
            while batch := self._take(gateway):
                verdicts = await self._exchange(gateway, batch)
                for body, verdict in zip(batch, verdicts, strict=True):
                    _settle(self._open[gateway].pop(body), verdict)
        finally:
            # Cancelled, or broken in a way of its own: nobody may wait for it.
            del self._unasked[gateway]
            for future in self._open.pop(gateway, {}).values():
                _settle(future, None)

    def _take(self, gateway: Gateway) -> list[str]:
        unasked = self._unasked[gateway]
        batch: list[str] = []
        size = 0
        while unasked and len(batch) < MOST_QUESTIONS and (not batch or size + len(unasked[0]) <= _MOST_BYTES):
            size += len(unasked[0])
            batch.append(unasked.pop(0))
        return batch

    async def _exchange(self, gateway: Gateway, batch: Sequence[str]) -> Sequence[Verdict | None]:
        if self._memory.is_paused(gateway):
            return [None] * len(batch)
        try:
            # httpx bounds each step; a body that drips would have no end.
            response = await asyncio.wait_for(
                self._client.send(check_request(gateway, batch)), timeout=self._timeout_seconds
            )
            verdicts = read_check_response(response, len(batch))
        except (httpx.HTTPError, asyncio.TimeoutError, GatewayTroubleError) as error:
            self._memory.pause(gateway)
            _logger.warning("%s", trouble_text(gateway, error))
            return [None] * len(batch)
        for body, verdict in zip(batch, verdicts, strict=True):
            self._memory.remember(gateway, body, verdict)
        return verdicts


def trouble_text(gateway: Gateway, error: Exception) -> str:
    """Say what failed, for the log; no question is in it."""
    reason = str(error) or type(error).__name__
    return f"The laplas gateway at {gateway.address} was not asked ({reason}): its deployments are kept as they are."


def _settle(future: "asyncio.Future[Verdict | None]", verdict: Verdict | None) -> None:
    if not future.done():
        future.set_result(verdict)


def _result(future: "asyncio.Future[Verdict | None]") -> Verdict | None:
    return future.result() if future.done() and not future.cancelled() else None
