import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

# Commands and servers of lfx do this at their start: settings are there from then on.
import lfx.services.initialize  # noqa: F401
import pytest

from lfx_laplas.gateway_address import GatewayAddress


@pytest.fixture
def serve():
    """Answers every request with one body, from a socket; `visits` gets the headers of each."""
    servers = []

    def start(body, status=200, headers=None, visits=None):
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                length = int(self.headers.get("content-length") or 0)
                self.rfile.read(length)
                if visits is not None:
                    visits.append(self.headers)
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
