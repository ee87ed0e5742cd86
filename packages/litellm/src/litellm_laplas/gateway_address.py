"""One spelling for an address, so that two can be compared."""

from urllib.parse import urlsplit

_PORTS = {"http": 80, "https": 443}


def address_of(url: object) -> str | None:
    """Give `scheme://host:port/path` without `/v1` and slashes at its end; None for what is no address.

    `http://127.0.0.1:4114`, `.../v1` and `.../v1/` are the same gateway.
    """
    if not isinstance(url, str):
        return None
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in _PORTS or not parts.hostname or parts.username is not None or parts.query:
        return None
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    path = parts.path.rstrip("/").removesuffix("/v1").rstrip("/")
    return f"{parts.scheme}://{host}:{port or _PORTS[parts.scheme]}{path}"
