"""Counts the sleeps of LiteLLM's Router and of the OpenAI client in it, instead of sleeping them."""

import asyncio
import sys
import time
from typing import Any

_COUNTED = ("litellm.router", "openai.", "anyio.")


class Sleeps:
    """Replaces `asyncio.sleep` and `time.sleep`. Sleeps of anybody else stay as they are."""

    def __init__(self) -> None:
        self.seconds = 0.0
        sleep, block = asyncio.sleep, time.sleep

        async def counted_sleep(delay: float, *args: Any, **named: Any) -> Any:
            return await sleep(0 if self._counts(delay) else delay, *args, **named)

        def counted_block(delay: float) -> None:
            block(0 if self._counts(delay) else delay)

        asyncio.sleep = counted_sleep
        time.sleep = counted_block

    def reset(self) -> None:
        self.seconds = 0.0

    def _counts(self, delay: float) -> bool:
        # Two frames up: who called the replacement.
        module = sys._getframe(2).f_globals.get("__name__", "")
        if delay <= 0 or not module.startswith(_COUNTED):
            return False
        self.seconds += delay
        return True
