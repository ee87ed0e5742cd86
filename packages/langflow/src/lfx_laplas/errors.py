"""One error for everything that the gateway refuses, as Langflow's canvas, its HTTP API and an agent read it."""

from __future__ import annotations

import re
from collections.abc import Mapping

from lfx.integrations.errors import IntegrationError
from lfx.utils.url_redaction import redact_urls_in_text

from lfx_laplas.error_texts import agent_text, model_text, reset_text, retry_text, without_traps
from lfx_laplas.known_codes import PASSING_CODES

# What Langflow's HTTP API answers: come back later, or change something first. Other exceptions are a 500 there.
LATER = 429
NEVER = 422

# Where an answer that can pass later names no pause.
_SECONDS = 2.0
_ADDRESS = re.compile(r"\S*://\S*")


class LaplasError(IntegrationError):
    """A call that the gateway refused, or could not be asked.

    `retryable`: the same request will pass after `retry_after` seconds. A used-up day is not retryable and has
    `retry_after` nevertheless: seconds to the reset. `laplas_code` is the gateway's `error.code`, `said` its message.
    """

    def __init__(
        self,
        said: str,
        *,
        laplas_code: str,
        retryable: bool = False,
        retry_after: float | None = None,
        resets_at: str | None = None,
        details: Mapping[str, object] | None = None,
    ) -> None:
        passes_later = retryable or retry_after is not None or resets_at is not None
        pause = (retry_after or _SECONDS) if retryable or retry_after is not None else None
        if not passes_later:
            text = without_traps(model_text(said))
        elif retryable:
            text = retry_text(said, pause or _SECONDS)
        else:
            text = reset_text(said, laplas_code, pause, resets_at)
        extra = {"code": laplas_code, "resets_at": resets_at, **(details or {})}
        known = {key: value for key, value in extra.items() if value is not None}
        status = LATER if passes_later else NEVER
        try:
            super().__init__(text, provider="laplas", retryable=retryable, http_status=status, details=known)
        except ValueError:
            # lfx 1.13 takes addresses apart to hide what may be secret in them, and fails at "http://host:80: closed".
            plain = _ADDRESS.sub(_readable_address, text)
            super().__init__(plain, provider="laplas", retryable=retryable, http_status=status)
        self.code = "rate-limited" if passes_later else "invalid-request"
        self.laplas_code = laplas_code
        self.said = without_traps(said)
        self.retry_after = pause
        self.status_code = self.http_status

    def for_agent(self) -> LaplasError:
        """Give the same error with the text that an agent reads as the result of its tool."""
        told = LaplasError.__new__(LaplasError)
        told.__dict__.update(self.__dict__)
        told.args = (agent_text(str(self), self.retry_after if self.retryable else None),)
        return told


def _readable_address(address: re.Match[str]) -> str:
    try:
        return redact_urls_in_text(address.group())
    except ValueError:
        return "(an address)"


def from_answer(status: int, headers: Mapping[str, str], body: object, base_url: str = "the address") -> LaplasError:
    """Read what the gateway answered. It says itself whether to try again, so no code is looked at."""
    error = _error_of(body)
    retryable = headers.get("x-should-retry") == "true"
    # A model that the tier lacks has `retry-after` too, for routers: only 429 passes by waiting.
    waits = retryable or status == LATER
    return LaplasError(
        _said(error, _not_the_gateway(base_url, f"status {status}")),
        laplas_code=_code(error, f"http_{status}"),
        retryable=retryable,
        retry_after=(_seconds(headers.get("retry-after")) or _SECONDS) if waits else None,
        resets_at=headers.get("x-laplas-resets-at") if waits and not retryable else None,
        details={"upstream_status": status, "param": error.get("param"), "request_id": headers.get("x-request-id")},
    )


def from_stream(body: object, message: str) -> LaplasError:
    """Read the error that ends a stream which broke after it began."""
    error = _error_of(body)
    return LaplasError(
        _said(error, message),
        laplas_code=_code(error, "stream_broken"),
        # Inside a stream there are no headers to say so.
        retryable=error.get("code") in PASSING_CODES,
        details={"param": error.get("param")},
    )


def from_check(error: Mapping[str, object]) -> LaplasError:
    """Read the refusal that `POST /v1/check` foretells."""
    resets_at, after_ms = error.get("resets_at"), error.get("retry_after_ms")
    return LaplasError(
        _said(error, "The tier would refuse this call."),
        laplas_code=_code(error, "refused"),
        retryable=error.get("retryable") is True,
        retry_after=after_ms / 1000 if isinstance(after_ms, (int, float)) else None,
        resets_at=resets_at if isinstance(resets_at, str) else None,
    )


def unreachable(base_url: str) -> LaplasError:
    """Say what to do where nobody listens."""
    return LaplasError(
        f"No gateway answers at {base_url}. Start it with: npx laplas serve. "
        "If it runs elsewhere, say where under Settings, Model Providers, Laplas; for a flow on an MCP server without "
        "authentication, which has no saved settings, in the node or in LAPLAS_GATEWAY_URL.",
        laplas_code="gateway_unreachable",
    )


def another_program(base_url: str, what: str) -> LaplasError:
    """Say that somebody else's program listens at the address."""
    return LaplasError(_not_the_gateway(base_url, what), laplas_code="not_the_gateway")


def no_web_address(typed: str, example: str) -> LaplasError:
    """Say what an address looks like."""
    said = f"{typed!r} is not a web address. Type one like {example} where the gateway listens."
    return LaplasError(said, laplas_code="no_web_address")


def unanswered(base_url: str) -> LaplasError:
    """Say that the gateway took the call and did not answer in time."""
    return LaplasError(
        f"The gateway at {base_url} took the call and has not answered in time.",
        laplas_code="gateway_timeout",
        retryable=True,
        retry_after=30,
    )


def _not_the_gateway(base_url: str, what: str) -> str:
    return (
        f"Another program or a proxy answers at {base_url}, not the laplas gateway ({what}). Check the address: "
        "the gateway says it when it starts, with npx laplas serve."
    )


def _error_of(body: object) -> Mapping[str, object]:
    """Unwrap `{"error": {...}}`; the SDKs have done so already."""
    if not isinstance(body, Mapping):
        return {}
    inner = body.get("error")
    return inner if isinstance(inner, Mapping) else body


def _said(error: Mapping[str, object], otherwise: str) -> str:
    message = error.get("message")
    return message if isinstance(message, str) and message else otherwise


def _code(error: Mapping[str, object], otherwise: str) -> str:
    code = error.get("code")
    return code if isinstance(code, str) and code else otherwise


def _seconds(header: str | None) -> float | None:
    # Whole seconds from the gateway; a proxy between may write a date, which is no reason to fail.
    return float(header) if header is not None and header.isdecimal() else None
