"""The gateway's paths that no SDK has, and pictures."""

from __future__ import annotations

from typing import Any

import httpx

from lfx_laplas.errors import LaplasError, another_program, from_answer, unanswered, unreachable
from lfx_laplas.gateway_address import GatewayAddress

# Lists and counts are answered at once; a picture may wait a minute for its turn and then takes a while.
ASK_SECONDS = 5.0
DRAW_SECONDS = 300.0


def list_models(gateway: GatewayAddress) -> list[dict[str, Any]]:
    """`GET /v1/models`: one row per id. Raises `LaplasError`."""
    answer = _ask(gateway, "GET", "/models")
    data = answer.get("data")
    rows = [row for row in data if isinstance(row, dict)] if isinstance(data, list) else None
    if rows is None:
        raise another_program(gateway.base_url, "JSON without a list of models")
    if rows and not any("modality" in row for row in rows):
        # OpenAI's shape, which many servers have.
        raise another_program(gateway.base_url, f"it lists {len(rows)} models of its own")
    return rows


def read_quota(gateway: GatewayAddress) -> dict[str, Any]:
    """`GET /v1/quota`: what is used and left of each window. Raises `LaplasError`."""
    return _ask(gateway, "GET", "/quota")


def check_call(gateway: GatewayAddress, body: dict[str, Any]) -> dict[str, Any]:
    """`POST /v1/check`: what a call would meet now. Spends nothing. Raises `LaplasError`."""
    return _ask(gateway, "POST", "/check", body)


def request_picture(gateway: GatewayAddress, body: dict[str, Any]) -> str:
    """`POST /v1/images/generations`: the address of one picture. Raises `LaplasError`."""
    answer = _ask(gateway, "POST", "/images/generations", body, DRAW_SECONDS)
    pictures = answer.get("data")
    url = pictures[0].get("url") if isinstance(pictures, list) and pictures else None
    if not isinstance(url, str) or not url.startswith(("http://", "https://")):
        # Never base64: the chat shows none, and in tool mode the model would have to read it.
        raise LaplasError("The gateway drew a picture and gave it no address.", laplas_code="picture_without_address")
    return url


def _ask(
    gateway: GatewayAddress,
    method: str,
    path: str,
    body: dict[str, Any] | None = None,
    seconds: float = ASK_SECONDS,
) -> dict[str, Any]:
    headers = {"authorization": f"Bearer {gateway.token}"}
    try:
        response = httpx.request(method, f"{gateway.base_url}{path}", json=body, headers=headers, timeout=seconds)
    except httpx.ReadTimeout:
        refused = unanswered(gateway.base_url)
    except (httpx.HTTPError, httpx.InvalidURL):
        refused = unreachable(gateway.base_url)
    else:
        return _answer_of(response, gateway)
    # Outside of the handler: Langflow's log draws the whole chain of an exception.
    raise refused


def _answer_of(response: httpx.Response, gateway: GatewayAddress) -> dict[str, Any]:
    answer = _json_of(response)
    if response.is_error:
        raise from_answer(response.status_code, response.headers, answer, gateway.base_url)
    if isinstance(answer, dict):
        return answer
    # A redirect is not followed either: it could lead anywhere.
    page = "html" in response.headers.get("content-type", "") or response.text.lstrip().startswith("<")
    what = "it sent a web page" if page else f"status {response.status_code}, and no JSON of the gateway's"
    raise another_program(gateway.base_url, what)


def _json_of(response: httpx.Response) -> object:
    try:
        return response.json()
    except ValueError:
        return None
