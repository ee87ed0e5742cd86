"""`POST /v1/check`: how questions are put on the wire, and how answers are read from it."""

from collections.abc import Sequence
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime

import httpx

from .deployment import Gateway
from .verdict import Verdict, read_verdict

MOST_QUESTIONS = 200
"""The gateway takes no more at once."""


class GatewayTroubleError(Exception):
    """The gateway can't be asked: it is away, slow, or answers something else."""


def check_request(gateway: Gateway, bodies: Sequence[str]) -> httpx.Request:
    """Write one request for many questions. The bodies are JSON already, and are not read again for it."""
    headers = {"content-type": "application/json"}
    if gateway.token is not None:
        headers["authorization"] = f"Bearer {gateway.token}"
    # Half of an emoji, where a program has cut a text: JSON has an escape for it, UTF-8 has nothing.
    content = f'{{"requests":[{",".join(bodies)}]}}'.encode(errors="backslashreplace")
    return httpx.Request("POST", f"{gateway.address}/v1/check", headers=headers, content=content)


def read_check_response(response: httpx.Response, count: int) -> list[Verdict]:
    """Read the answers, in the order of the questions. Raises GatewayTroubleError."""
    if response.status_code != 200:
        raise GatewayTroubleError(f"it answers {response.status_code}")
    try:
        results = response.json()["results"]
        now = _time_of(response)
        verdicts = [read_verdict(result, now) for result in results]
    except (ValueError, KeyError, TypeError) as error:
        raise GatewayTroubleError(f"its answer can't be read ({type(error).__name__})") from error
    if len(verdicts) != count:
        raise GatewayTroubleError(f"it answers {len(verdicts)} of {count} questions")
    return verdicts


def _time_of(response: httpx.Response) -> datetime:
    """Take the gateway's clock from its `Date`: how long a reset is away must not depend on this machine's."""
    try:
        return parsedate_to_datetime(response.headers["date"])
    except (KeyError, ValueError):
        return datetime.now(timezone.utc)
