"""The process that serves the API and the front end: Django in threads, and open streams in the event loop.

A stream holds neither a thread nor a connection of its own: Django answers it like any other call, checks who asks, and says
by a header for whom it stays open; from then on the loop writes to it what the hub hears (``common/streams.py``). Served by
any other WSGI server (``yinke.wsgi``) the same answer ends at once and the page asks again in a while.
"""

from __future__ import annotations

import asyncio
import random
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from granian._granian import RSGIHTTPProtocol as HTTPProtocol
from granian._granian import RSGIProtocolClosed as ProtocolClosed
from granian.rsgi import Scope

from yinke.common.streams import HELD_FOR, MOST, Hub

THREADS = 8
"""Requests that one process answers side by side; each may hold a database connection."""
LARGEST_BODY = 64 * 2**20
"""Bytes; no operation takes more."""
LIFE, SPREAD, BEAT = 60.0, 20.0, 15.0
"""Seconds that a stream stays open before its viewer's session and substitutions are checked anew, by so much more at
random lest all come back at once, and between two signs of life."""


@dataclass(frozen=True)
class Answer:
    """What Django answered."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes

    def held_for(self) -> list[int] | None:
        """Whose alerts it is to be held open for; None: it ends here."""
        for name, value in self.headers:
            if name.lower() == HELD_FOR.lower() and self.status == 200:
                return [int(number) for number in value.split(",") if number]
        return None

    def outward(self) -> list[tuple[str, str]]:
        """The headers that leave the server."""
        return [(name.lower(), value) for name, value in self.headers if name.lower() != HELD_FOR.lower()]


def environ_of(scope: Scope, body: bytes) -> dict[str, Any]:
    """A request as WSGI writes it. Header names with an underscore are dropped: they would pass for others."""
    host, _, port = scope.server.rpartition(":")
    environ: dict[str, Any] = {
        "REQUEST_METHOD": scope.method, "SCRIPT_NAME": "", "PATH_INFO": scope.path.encode().decode("latin-1"),
        "QUERY_STRING": scope.query_string, "SERVER_NAME": host, "SERVER_PORT": port,
        "REMOTE_ADDR": scope.client.rpartition(":")[0].strip("[]"), "SERVER_PROTOCOL": f"HTTP/{scope.http_version}",
        "wsgi.version": (1, 0), "wsgi.url_scheme": scope.scheme, "wsgi.input": BytesIO(body), "wsgi.errors": sys.stderr,
        "wsgi.multithread": True, "wsgi.multiprocess": False, "wsgi.run_once": False,
    }  # fmt: skip
    for name, value in scope.headers.items():
        if "_" in name:
            continue
        key = name.upper().replace("-", "_")
        if key in ("CONTENT_TYPE", "CONTENT_LENGTH"):
            environ[key] = value
        elif f"HTTP_{key}" in environ:
            environ[f"HTTP_{key}"] += ("; " if key == "COOKIE" else ",") + value
        else:
            environ[f"HTTP_{key}"] = value
    if scope.authority and "HTTP_HOST" not in environ:
        environ["HTTP_HOST"] = scope.authority
    environ["CONTENT_LENGTH"] = f"{len(body)}"
    return environ


class Served:
    """The application as Granian calls it."""

    def __init__(self) -> None:
        from yinke.wsgi import ready_application  # makes this process the web's, with its login

        self.django = ready_application()
        self.threads = ThreadPoolExecutor(THREADS, "request")
        self.hub: Hub | None = None

    def __rsgi_init__(self, loop: asyncio.AbstractEventLoop) -> None:
        from django.conf import settings

        from yinke.common.database import database_address

        self.hub = Hub(database_address(settings.YINKE, web=True), loop).start()

    def __rsgi_del__(self, loop: asyncio.AbstractEventLoop) -> None:
        if self.hub:
            self.hub.stop()
        self.threads.shutdown(wait=False)

    async def __rsgi__(self, scope: Scope, proto: HTTPProtocol) -> None:
        began = time.monotonic()
        body = await _body(scope, proto)
        if body is None:
            proto.response_empty(413, [])
            return
        answer = await asyncio.get_running_loop().run_in_executor(self.threads, self.ask, scope, body)
        users = answer.held_for()
        if users is None or self.hub is None or len(self.hub.streams) >= MOST or scope.method != "GET":
            proto.response_bytes(answer.status, answer.outward(), answer.body)
            return
        with suppress(ProtocolClosed):  # the page was closed
            await self._hold(proto, answer, self.hub, users, began)

    async def _hold(
        self, proto: HTTPProtocol, answer: Answer, hub: Hub, users: list[int], since: float
    ) -> None:
        headers = [(name, value) for name, value in answer.outward() if name != "content-length"]
        transport = proto.response_stream(answer.status, [*headers, ("x-accel-buffering", "no")])
        ends = time.monotonic() + LIFE + random.random() * SPREAD  # noqa: S311 (no secret)
        with hub.opened(users, since) as stream:
            await transport.send_bytes(answer.body)
            while (left := ends - time.monotonic()) > 0:
                try:
                    said = await asyncio.wait_for(stream.queue.get(), min(left, BEAT))
                except TimeoutError:
                    said = b":\n\n"
                if said is None:
                    return
                await transport.send_bytes(said)

    def ask(self, scope: Scope, body: bytes) -> Answer:
        """Let Django answer; in one of the threads."""
        said: list[Any] = []

        def start_response(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
            said[:] = [int(status.split(" ", 1)[0]), headers]
            return None

        parts = self.django(environ_of(scope, body), start_response)
        try:
            whole = b"".join(parts)
        finally:
            if hasattr(parts, "close"):
                parts.close()
        return Answer(said[0], said[1], whole)


async def _body(scope: Scope, proto: HTTPProtocol) -> bytes | None:
    """The whole body; None: it is larger than any operation takes."""
    if scope.method in ("GET", "HEAD"):
        return b""
    parts, size = [], 0
    async for part in proto:
        size += len(part)
        if size > LARGEST_BODY:
            return None
        parts.append(bytes(part))
    return b"".join(parts)
