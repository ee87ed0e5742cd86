"""Gateways of a test's own, on loopback."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from litellm_laplas.deployment import Gateway

PASS: dict[str, Any] = {"object": "check", "verdict": "pass", "error": None}
SPENT: dict[str, Any] = {
    "object": "check",
    "verdict": "refuse",
    "error": {
        "code": "daily_quota",
        "message": "laplas free tier: daily quota used up. It will reset at 2999-01-01T00:00:02.000Z.",
        "retryable": False,
        "retry_after_ms": None,
        "resets_at": "2999-01-01T00:00:02.000Z",
        "rule": "daily_api_tokens",
        "param": None,
    },
}
BUSY: dict[str, Any] = {
    "object": "check",
    "verdict": "refuse",
    "error": {
        "code": "busy",
        "message": "laplas free tier: the queue is full.",
        "retryable": True,
        "retry_after_ms": 2000,
        "resets_at": None,
        "rule": "one_at_a_time",
        "param": None,
    },
}
NEVER: dict[str, Any] = {
    "object": "check",
    "verdict": "refuse",
    "error": {
        "code": "image_input",
        "message": "laplas free tier: no images.",
        "retryable": False,
        "retry_after_ms": None,
        "resets_at": None,
        "rule": "no_image_attachments",
        "param": None,
    },
}


@dataclass
class StubGateway:
    """Answers each question by its model's name, and keeps what came."""

    gateway: Gateway
    requests: list[list[dict[str, Any]]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    # Closed, it holds every answer back.
    door: threading.Event = field(default_factory=threading.Event)
    # Where `raw` is a stream that never ends: set when nobody reads it any more.
    left: threading.Event = field(default_factory=threading.Event)
    # Released for each request that came.
    arrived: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))


@contextmanager
def stub_gateway(
    answer: Callable[[dict[str, Any]], dict[str, Any]] = lambda _: PASS,
    raw: tuple[int, dict[str, str], bytes] | None = None,
) -> Iterator[StubGateway]:
    """Run a gateway for a `with`.

    `raw` answers everything with status, headers and body instead: a piece of a stream again and again, until nobody reads it.
    """

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            # A call is a question of its own.
            stub.requests.append(body.get("requests", [body]))
            stub.headers.append({name.lower(): value for name, value in self.headers.items()})
            stub.paths.append(self.path)
            stub.arrived.release()
            stub.door.wait()
            status, headers, content = raw or (
                200,
                {},
                json.dumps({"object": "list", "results": [answer(each) for each in body["requests"]]}).encode(),
            )
            try:
                self.send_response(status)
                endless = headers.get("content-type") == "text/event-stream"
                for name, value in {**({} if endless else {"content-length": str(len(content))}), **headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(content)
                while endless:
                    self.wfile.write(content)
            except (BrokenPipeError, ConnectionResetError):
                # The one who asked has given up, as some tests want.
                stub.left.set()

        def log_message(self, *_: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        # Twenty threads that connect at once overflow the usual five, and some are reset.
        request_queue_size = 128
        daemon_threads = True

    server = Server(("127.0.0.1", 0), Handler)
    stub = StubGateway(Gateway(f"http://127.0.0.1:{server.server_port}", None))
    stub.door.set()
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield stub
    finally:
        stub.door.set()
        server.shutdown()
        server.server_close()
        thread.join()
