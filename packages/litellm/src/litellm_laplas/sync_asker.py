"""Asks a gateway from the Router's synchronous hook, in whatever thread that runs."""

import logging

import httpx

from .async_asker import trouble_text
from .check_exchange import GatewayTroubleError, check_request, read_check_response
from .deployment import Gateway
from .memory import Memory
from .verdict import Verdict

_logger = logging.getLogger("litellm_laplas")


class SyncAsker:
    """Shares its memory with the asynchronous one."""

    def __init__(self, memory: Memory, timeout_seconds: float) -> None:
        """Answers go to `memory`; each step of an exchange takes at most `timeout_seconds`."""
        self._memory = memory
        self._client = httpx.Client(timeout=timeout_seconds, follow_redirects=False)

    def ask(self, gateway: Gateway, body: str) -> Verdict | None:
        """Ask one question. None where it was not answered in time. Never raises for a gateway's sake."""
        known = self._memory.recall(gateway, body)
        if known is not None or self._memory.is_paused(gateway):
            return known
        try:
            response = self._client.send(check_request(gateway, [body]))
            (verdict,) = read_check_response(response, 1)
        except (httpx.HTTPError, GatewayTroubleError) as error:
            self._memory.pause(gateway)
            _logger.warning("%s", trouble_text(gateway, error))
            return None
        self._memory.remember(gateway, body, verdict)
        return verdict
