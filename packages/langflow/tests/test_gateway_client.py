import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from lfx_laplas.errors import LaplasError
from lfx_laplas.gateway_address import GatewayAddress
from lfx_laplas.gateway_client import list_models, read_quota, request_picture


@pytest.fixture
def serve():
    """Answers every request with one body, from a socket."""
    servers = []

    def start(body, status=200, headers=None):
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                length = int(self.headers.get("content-length") or 0)
                self.rfile.read(length)
                data = body if isinstance(body, bytes) else json.dumps(body).encode()
                self.send_response(status)
                for name, value in {"content-length": str(len(data)), **(headers or {})}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(data)

            do_POST = do_GET  # noqa: N815

            def log_message(self, *_args):
                pass

        server = HTTPServer(("127.0.0.1", 0), Handler)
        servers.append(server)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return GatewayAddress(f"http://127.0.0.1:{server.server_port}/v1", "token")

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def test_passes_rows_over_that_are_none(serve):
    assert list_models(serve({"data": [{"id": "a"}, None, "b"]})) == [{"id": "a"}]
    assert list_models(serve({"data": None})) == []


@pytest.mark.parametrize("body", [b"<html>hello</html>", b"[]", b""])
def test_says_that_something_else_listens_there(serve, body):
    with pytest.raises(LaplasError, match="No gateway answers"):
        read_quota(serve(body))


def test_a_redirect_is_not_followed(serve):
    with pytest.raises(LaplasError, match="No gateway answers"):
        read_quota(serve(b"", 302, {"location": "http://169.254.169.254/"}))


def test_an_address_that_is_none_is_said():
    with pytest.raises(LaplasError, match="No gateway answers at nonsense"):
        read_quota(GatewayAddress("nonsense", "token"))


@pytest.mark.parametrize("data", [[], None, [{}], [{"b64_json": "aaaa"}], [{"url": "data:image/png;base64,aaaa"}]])
def test_a_picture_has_an_address_or_is_an_error_without_base64(serve, data):
    with pytest.raises(LaplasError) as caught:
        request_picture(serve({"data": data}), {"model": "m", "prompt": "p"})
    assert "aaaa" not in str(caught.value)


def test_a_refusal_is_read(serve):
    body = {"error": {"message": "one at a time", "code": "free_tier_busy"}}
    gateway = serve(body, 429, {"retry-after": "3", "x-should-retry": "true"})
    with pytest.raises(LaplasError, match=r"Retryable: wait 3 s\. one at a time"):
        request_picture(gateway, {"model": "m", "prompt": "p"})
