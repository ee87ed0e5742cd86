"""Which deployments stay. Pure."""

from collections.abc import Sequence
from typing import Any

from .verdict import Refusal, Verdict


def keep_serving(deployments: list[Any], verdicts: Sequence[Verdict | None]) -> list[Any] | Refusal:
    """Leave out what can't serve the request now; None stands for a deployment that nothing is known about, which stays.

    When nothing would be left:
    - and something is only used up, the refusal that resets first is returned, to be raised: then LiteLLM goes to the fallback at
      once, or tells the caller the truth;
    - else all stay. The gateway's own answer is what LiteLLM has to see: a request that no tier rule lets pass becomes its
      BadRequestError, and a busy gateway is worth the Router's retry.
    """
    kept = [
        deployment
        for deployment, verdict in zip(deployments, verdicts, strict=True)
        if verdict is None or verdict.kind == "serves"
    ]
    if kept:
        return deployments if len(kept) == len(deployments) else kept
    refusals = [
        verdict.refusal
        for verdict in verdicts
        if verdict is not None and verdict.kind == "spent" and verdict.refusal is not None
    ]
    if not refusals or any(verdict is not None and verdict.kind == "busy" for verdict in verdicts):
        return deployments
    return min(refusals, key=lambda refusal: refusal.retry_after or 0)
