"""What was answered a moment ago, and who failed to answer."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable

from .deployment import Gateway
from .verdict import Verdict

_MOST_ANSWERS = 1000


class Memory:
    """Refusals by gateway and question, for a short while. One for all event loops and threads of a process.

    That a call would pass is not kept: it is over as soon as somebody else has spent the rest.
    """

    def __init__(self, cache_seconds: float, pause_seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        """Remember refusals for `cache_seconds` and silent gateways for `pause_seconds`, by a clock of seconds."""
        self._cache_seconds = cache_seconds
        self._pause_seconds = pause_seconds
        self._clock = clock
        self._lock = threading.Lock()
        self._answers: OrderedDict[tuple[Gateway, str], tuple[float, Verdict]] = OrderedDict()
        self._paused: dict[Gateway, float] = {}

    def recall(self, gateway: Gateway, body: str) -> Verdict | None:
        """Give the refusal that the same question got, if it still holds."""
        with self._lock:
            found = self._answers.get((gateway, body))
            return None if found is None or found[0] <= self._clock() else found[1]

    def remember(self, gateway: Gateway, body: str, verdict: Verdict) -> None:
        """Keep a refusal; one that ends by itself before, as in the last second of a day, not for longer than that."""
        if verdict.refusal is None:
            return
        seconds = self._cache_seconds
        if verdict.refusal.retry_after is not None:
            # Rounded up to a whole second, so a second less is certain.
            seconds = min(seconds, verdict.refusal.retry_after - 1)
        if seconds <= 0:
            return
        with self._lock:
            self._answers[(gateway, body)] = (self._clock() + seconds, verdict)
            self._answers.move_to_end((gateway, body))
            while len(self._answers) > _MOST_ANSWERS:
                self._answers.popitem(last=False)

    def pause(self, gateway: Gateway) -> None:
        """Leave a gateway alone for a while, so that one that is down or slow delays one request and not each."""
        with self._lock:
            self._paused[gateway] = self._clock() + self._pause_seconds

    def is_paused(self, gateway: Gateway) -> bool:
        """Say whether the gateway is left alone."""
        with self._lock:
            return self._paused.get(gateway, 0.0) > self._clock()
