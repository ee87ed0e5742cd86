"""Laplas Chat, to paste into a Custom Component of Langflow 1.13 or later, with nothing to install.

It asks the laplas gateway, which you start beside Langflow: npx laplas serve. The package lfx-laplas has the
same component, with a list of the gateway's models, and more.
"""

from __future__ import annotations

import os
import re
from datetime import datetime

import openai
from langchain_openai import ChatOpenAI
from lfx.base.models.model import LCModelComponent
from lfx.field_typing import LanguageModel
from lfx.integrations.errors import IntegrationError
from lfx.io import DropdownInput, FloatInput, IntInput, SecretStrInput, StrInput
from lfx.schema.message import Message
from lfx.utils.ssrf_protection import validate_connector_url_for_ssrf

DEFAULT_URL = "http://127.0.0.1:4114"
MODELS = ["gpt-4o-mini", "gpt-4o", "claude-3-5-haiku-20241022", "gemini-1.5-flash", "google/gemma-3-27b-it"]
# The gateway's codes of errors that pass: inside a stream there is no header to say so.
PASSING_CODES = {
    *("free_tier_busy", "free_tier_network", "free_tier_rate_limited"),
    *("free_tier_timeout", "free_tier_unavailable"),
}
# The gateway ends this with an option that only programs have.
UNKNOWN_MODEL = re.compile(r'^[^"]*there is no model (".*?") in the catalog\.( Did you mean .*?\?)? Option .*$', re.S)
BUDGETS = {"hourly": "Hourly budget", "daily": "Daily budget", "monthly": "Monthly budget"}


class LaplasRefusedError(IntegrationError):
    """What the gateway refused. Langflow's HTTP API answers 429 where waiting helps, and else 422."""

    def __init__(self, text: str, code: str, pause: float | None = None, *, retryable: bool = False) -> None:
        # Langflow answers 404 without status and pause to any error with these words, and lfx calls once more, without
        # a temperature, where it reads that one is not supported.
        text = re.sub(r"\bnot found\b", "missing", text, flags=re.I)
        text = re.sub(r"[`'\"]?temperature[`'\"]? (?=is deprecated|is not supp|does not supp)", "this option ", text)
        status = 422 if pause is None else 429
        try:
            super().__init__(text, provider="laplas", retryable=retryable, http_status=status, details={"code": code})
        except ValueError:
            # lfx takes addresses apart, and fails at those that it can't read.
            plain = re.sub(r"\S*://\S*", "(an address)", text)
            super().__init__(plain, provider="laplas", retryable=retryable, http_status=status, details={"code": code})
        self.code = "invalid-request" if pause is None else "rate-limited"
        self.retry_after = pause
        self.status_code = status


def refusal_of(error: Exception, url: str) -> LaplasRefusedError:
    """Say in words what an exception of the SDK means here: what to do comes first."""
    if isinstance(error, openai.APIStatusError):
        return refusal_in(error)
    if isinstance(error, (openai.APITimeoutError, TimeoutError)):
        said = f"The gateway at {url} took the call and has not answered in time."
        return LaplasRefusedError(said, "gateway_timeout", 30.0, retryable=True)
    if isinstance(error, openai.APIConnectionError):
        said = f"No gateway answers at {url}. Start it with: npx laplas serve"
        return LaplasRefusedError(said, "gateway_unreachable")
    # The end of a stream that broke.
    body = error.body if isinstance(error, openai.APIError) and isinstance(error.body, dict) else {}
    said, code = str(body.get("message") or error), str(body.get("code") or "stream_broken")
    if code in PASSING_CODES:
        return LaplasRefusedError(f"Busy right now. Try again in 2 s. {said}", code, 2.0, retryable=True)
    return LaplasRefusedError(said, code)


def refusal_in(error: openai.APIStatusError) -> LaplasRefusedError:
    """Read an answer of the gateway's, which says itself whether the same call passes later."""
    headers, body = error.response.headers, error.body if isinstance(error.body, dict) else {}
    said = str(body.get("message") or f"What answers is not the laplas gateway (status {error.status_code}).")
    code = str(body.get("code") or f"http_{error.status_code}")
    after = headers.get("retry-after") or ""
    pause = float(after) if after.isdecimal() else 2.0
    if headers.get("x-should-retry") == "true":
        return LaplasRefusedError(f"Busy right now. Try again in {pause:g} s. {said}", code, pause, retryable=True)
    if error.status_code == 429:
        budget = next((name for word, name in BUDGETS.items() if word in code), "Budget")
        said = re.sub(r" It will reset at \S+Z\.", "", said)
        back = back_in(hours(pause), headers.get("x-laplas-resets-at"))
        return LaplasRefusedError(f"{budget} used up. Back {back}. {said}", code, pause)
    said = UNKNOWN_MODEL.sub(r"There is no model \1. Choose one in this node.\2", said)
    return LaplasRefusedError(said, code)


def back_in(pause: str, resets_at: str | None) -> str:
    """Give the reset as the server's clock shows it: `at 00:00 UTC (in 5 h 50 min)`."""
    try:
        reset = datetime.fromisoformat((resets_at or "").replace("Z", "+00:00")).astimezone()
    except ValueError:
        return f"in {pause}"
    return f"at {reset:%H:%M %Z} (in {pause})"


def hours(seconds: float) -> str:
    """Give a pause in the units that people use: `5 h 50 min`."""
    hour, minute = divmod(round(seconds / 60), 60)
    return " ".join(f"{count} {unit}" for count, unit in ((hour, "h"), (minute, "min")) if count) or f"{seconds:g} s"


SDK_ERRORS = (openai.APIError, TimeoutError)


class PastedChatLaplas(ChatOpenAI):
    """LangChain's chat model, without retries of its own: the gateway is the only one that asks again."""

    # The SDK's two more tries would use up the budget.
    max_retries: int | None = 0
    # LangChain would take /v1/responses for some names of models.
    use_responses_api: bool | None = False
    openai_proxy: str | None = None

    # Each raises after its `except`: Langflow's log draws all of a chain of exceptions, which takes seconds.
    def _generate(self, *args, **kwargs):
        try:
            return super()._generate(*args, **kwargs)
        except SDK_ERRORS as error:
            refused = refusal_of(error, str(self.openai_api_base))
        raise refused

    async def _agenerate(self, *args, **kwargs):
        try:
            return await super()._agenerate(*args, **kwargs)
        except SDK_ERRORS as error:
            refused = refusal_of(error, str(self.openai_api_base))
        raise refused

    def _stream(self, *args, **kwargs):
        try:
            yield from super()._stream(*args, **kwargs)
            return
        except SDK_ERRORS as error:
            refused = refusal_of(error, str(self.openai_api_base))
        raise refused

    async def _astream(self, *args, **kwargs):
        try:
            async for chunk in super()._astream(*args, **kwargs):
                yield chunk
            return
        except SDK_ERRORS as error:
            refused = refusal_of(error, str(self.openai_api_base))
        raise refused


class LaplasChat(LCModelComponent):
    """A chat model, for a flow or for an agent."""

    display_name = "Laplas Chat"
    description = "Chat models on laplas's free tier: streaming, tools, and refusals that say what to do."
    icon = "Orbit"
    name = "LaplasChat"

    inputs = [
        DropdownInput(
            name="model_name",
            display_name="Model",
            info="Any model of the gateway: its page, at the address below, lists them.",
            options=MODELS,
            value=MODELS[0],
            combobox=True,
        ),
        *LCModelComponent.get_base_inputs(),
        IntInput(
            name="max_tokens",
            display_name="Max Tokens",
            info="Empty: as many as the tier gives. More is taken for the most that it gives.",
            advanced=True,
        ),
        FloatInput(name="temperature", display_name="Temperature", info="Empty: the model's own.", advanced=True),
        StrInput(
            name="gateway_url",
            display_name="Gateway URL",
            info=f"Empty: LAPLAS_GATEWAY_URL, else {DEFAULT_URL}, where npx laplas serve listens.",
        ),
        SecretStrInput(
            name="gateway_token",
            display_name="Gateway Token",
            info="Only for a gateway with clients.",
            value="",
            advanced=True,
        ),
    ]

    def build_model(self) -> LanguageModel:
        """Give the model itself, which an Agent takes."""
        url, token = self._gateway()
        return PastedChatLaplas(
            model=self.model_name,
            base_url=url,
            api_key=token,
            max_tokens=self.max_tokens or None,
            temperature=self.temperature if isinstance(self.temperature, (int, float)) else None,
            streaming=bool(self.stream),
        )

    async def text_response(self) -> Message:
        """Give the answer. Raises `LaplasRefusedError`."""
        try:
            return await super().text_response()
        except LaplasRefusedError as error:
            # Without the frames of the libraries between, for the log's sake.
            refused = error.with_traceback(None)
        raise refused

    def _gateway(self) -> tuple[str, str]:
        typed = (self.gateway_url or "").strip().rstrip("/")
        url = typed or (os.environ.get("LAPLAS_GATEWAY_URL") or DEFAULT_URL).rstrip("/")
        if not re.match(r"https?://[^/\s]+", url, re.I):
            raise LaplasRefusedError(
                f"{url!r} is not a web address. Type one like {DEFAULT_URL} there.", "no_web_address"
            )
        if typed:
            # As Langflow checks the addresses of its own providers.
            validate_connector_url_for_ssrf(typed)
        # The token of the environment goes to the address of the environment alone.
        token = self.gateway_token or ("" if typed else os.environ.get("LAPLAS_GATEWAY_TOKEN"))
        return (url if url.endswith("/v1") else f"{url}/v1"), token or "EMPTY"

    def _get_exception_message(self, e: Exception) -> str | None:
        # With words of ours lfx would raise them again, one more link of the chain that its log draws.
        return None if isinstance(e, LaplasRefusedError) else super()._get_exception_message(e)
