"""The callback for LiteLLM's Router and proxy."""

import asyncio
import logging
from collections.abc import Sequence
from typing import Any

from litellm.integrations.custom_logger import CustomLogger

from .async_asker import AsyncAsker
from .deployment import Gateway, LaplasDeployment, laplas_deployment
from .keep_serving import keep_serving
from .limit_error import limit_error
from .memory import Memory
from .question import Question, question_about, question_without_request
from .settings import resolve_settings
from .sync_asker import SyncAsker
from .verdict import Refusal, Verdict

_logger = logging.getLogger("litellm_laplas")


class LaplasCallback(CustomLogger):
    """Leaves laplas deployments out of routing while their budget is used up, before a call fails.

    Asks the deployment's own gateway, `POST /v1/check`, which spends nothing. Other deployments are never touched, and nothing of
    a request goes anywhere but to the gateway that would get it anyway. Whatever goes wrong, all deployments stay.

    Args:
        gateway_url: address of the gateway; deployments that point there need no mark. Default: LAPLAS_GATEWAY_URL.
        token: what the gateway at `gateway_url` wants to see, if it isn't the deployment's `api_key`. Default:
            LAPLAS_GATEWAY_TOKEN.
        timeout_seconds: longest time that one routing decision waits for the gateway.
        cache_seconds: how long a refusal holds for the same request, which LiteLLM brings again for each retry and fallback.
        pause_seconds: how long a gateway that failed to answer is not asked.

    Raises:
        ValueError: for a wrong setting, naming it.

    Example:
        >>> import litellm
        >>> from litellm_laplas import LaplasCallback
        >>> litellm.callbacks.append(LaplasCallback(gateway_url="http://127.0.0.1:4114/v1"))
    """

    def __init__(
        self,
        *,
        gateway_url: str | None = None,
        token: str | None = None,
        timeout_seconds: float = 2.0,
        cache_seconds: float = 1.0,
        pause_seconds: float = 5.0,
    ) -> None:
        super().__init__()
        self._settings = resolve_settings(
            gateway_url=gateway_url,
            token=token,
            timeout_seconds=timeout_seconds,
            cache_seconds=cache_seconds,
            pause_seconds=pause_seconds,
        )
        self._memory = Memory(cache_seconds, pause_seconds)
        self._sync_asker = SyncAsker(self._memory, timeout_seconds)
        self._askers: dict[asyncio.AbstractEventLoop, AsyncAsker] = {}

    async def async_filter_deployments(
        self,
        model: str,
        healthy_deployments: list[Any],
        messages: list[Any] | None,
        request_kwargs: dict[str, Any] | None = None,
        parent_otel_span: Any = None,  # noqa: ARG002 (LiteLLM passes it by name)
    ) -> list[Any]:
        """Leave out the deployments that can't serve this request now. `model` is the model group.

        Raises:
            litellm.RateLimitError: when nothing is left and a limit resets: the Router goes to the fallback without a retry.
        """
        try:
            # An exception from here would fail the call, and the fallback's as well.
            left = await self._keep(healthy_deployments, messages, request_kwargs)
        except Exception:
            _logger.exception("The laplas callback failed; all deployments are kept. Please report this.")
            return healthy_deployments
        if isinstance(left, Refusal):
            raise limit_error(left, model)
        return left

    def pre_call_check(self, deployment: dict[str, Any]) -> dict[str, Any]:
        """Do the same for `completion`, `embedding` and `image_generation`, for which LiteLLM calls no filter.

        Raises:
            litellm.RateLimitError: when the deployment's budget is used up.
        """
        refusal: Refusal | None = None
        try:
            ours = laplas_deployment(deployment, self._settings)
            question = None if ours is None else question_without_request(ours)
            if ours is not None and question is not None:
                verdict = self._sync_asker.ask(ours.gateway, question.body)
                refusal = verdict.refusal if verdict is not None and verdict.kind == "spent" else None
        except Exception:
            _logger.exception("The laplas callback failed; the deployment is kept. Please report this.")
        if refusal is not None:
            raise limit_error(refusal, str(deployment.get("model_name")))
        return deployment

    async def async_post_call_failure_hook(
        self,
        request_data: dict[str, Any],  # noqa: ARG002
        original_exception: Exception,
        user_api_key_dict: Any,  # noqa: ARG002
        traceback_str: str | None = None,  # noqa: ARG002
    ) -> None:
        """Let the proxy's client see the gateway's `retry-after`, `x-should-retry` and `x-laplas-*` on the first refusal.

        LiteLLM itself passes them on with a prefix only, so that an OpenAI client would retry after half a second.
        """
        upstream = getattr(original_exception, "litellm_response_headers", None)
        if not upstream or getattr(original_exception, "headers", None):
            return
        headers = {str(name).lower(): value for name, value in dict(upstream).items()}
        if "x-laplas-code" not in headers:
            return
        shown = ("retry-after", "x-should-retry")
        kept = {name: value for name, value in headers.items() if name in shown or name.startswith("x-laplas-")}
        original_exception.headers = kept  # type: ignore[attr-defined]

    async def _keep(
        self, deployments: list[Any], messages: Sequence[Any] | None, request_kwargs: dict[str, Any] | None
    ) -> list[Any] | Refusal:
        if not isinstance(deployments, list):
            return deployments
        asked: dict[int, tuple[LaplasDeployment, Question]] = {}
        for index, deployment in enumerate(deployments):
            ours = laplas_deployment(deployment, self._settings)
            question = None if ours is None else question_about(ours, messages, request_kwargs)
            if ours is not None and question is not None:
                asked[index] = (ours, question)
        if not asked:
            return deployments
        answers = await self._ask_all(asked)
        return keep_serving(deployments, [answers.get(index) for index in range(len(deployments))])

    async def _ask_all(self, asked: dict[int, tuple[LaplasDeployment, Question]]) -> dict[int, Verdict | None]:
        by_gateway: dict[Gateway, list[int]] = {}
        for index, (ours, _) in asked.items():
            by_gateway.setdefault(ours.gateway, []).append(index)
        asker = self._asker()
        results = await asyncio.gather(
            *(
                asker.ask(gateway, [asked[index][1].body for index in indexes])
                for gateway, indexes in by_gateway.items()
            )
        )
        answers: dict[int, Verdict | None] = {}
        for indexes, verdicts in zip(by_gateway.values(), results, strict=True):
            for index, verdict in zip(indexes, verdicts, strict=True):
                # Of a stand-in only a used-up budget says something about the request.
                is_told = asked[index][1].is_whole or (verdict is not None and verdict.kind == "spent")
                answers[index] = verdict if is_told else None
        return answers

    def _asker(self) -> AsyncAsker:
        loop = asyncio.get_running_loop()
        asker = self._askers.get(loop)
        if asker is None:
            # A program that calls asyncio.run again and again has a loop for each.
            for ended in [other for other in self._askers if other.is_closed()]:
                del self._askers[ended]
            asker = AsyncAsker(self._memory, self._settings.timeout_seconds)
            self._askers[loop] = asker
        return asker


callback = LaplasCallback()
"""For the proxy's `litellm_settings: {callbacks: ["litellm_laplas.callback"]}`; settings come from the environment."""
