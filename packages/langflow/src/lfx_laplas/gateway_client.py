"""The gateway's paths that no SDK has, and pictures."""

from __future__ import annotations

from typing import Any

import httpx

from lfx_laplas.errors import LaplasError, from_answer, unanswered, unreachable
from lfx_laplas.gateway_address import GatewayAddress

# Lists and counts are answered at once; a picture may wait a minute for its turn and then takes a while.
ASK_SECONDS = 5.0
DRAW_SECONDS = 300.0


def list_models(gateway: GatewayAddress) -> list[dict[str, Any]]:
    """`GET /v1/models`: one row per id. Raises `LaplasError`."""
    rows = _ask(gateway, "GET", "/models").get("data")
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


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
    except httpx.ReadTimeout as error:
        raise unanswered(gateway.base_url) from error
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise unreachable(gateway.base_url) from error
    answer = _json_of(response)
    if response.is_error:
        raise from_answer(response.status_code, response.headers, answer)
    if not isinstance(answer, dict):
        # Something else listens there, or a redirect leads away.
        raise unreachable(gateway.base_url)
    return answer


def _json_of(response: httpx.Response) -> object:
    try:
        return response.json()
    except ValueError:
        return None
