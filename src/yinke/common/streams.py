"""推送: what a transaction tells (``NOTIFY``) reaches the open streams of this process, by one connection for all of them.

Nothing but numbers goes this way: who is told, and of what. A page asks for the words itself, as its viewer.
"""

from __future__ import annotations

import asyncio
import json
import logging
import threading
import time
from collections import deque
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import psycopg

CHANNEL = "yinke_live"
HELD_FOR = "X-Yinke-Held-For"
"""Header of an answer that stays open: the ids of the people whose alerts it gets. It never leaves the server."""
MOST = 10_000
"""Open streams of one process; who comes later gets an answer that ends at once."""
MEMORY = 30.0
"""Seconds for which what was told is kept for a stream that is being opened."""
WAITING = 100
"""Alerts that may wait for one slow stream; more end it, and the page asks anew."""
LOOK, ALIVE = 1.0, 20
"""Seconds between two looks whether to go on, and looks after which a silent connection is asked whether it still is one."""


def line(event: str, data: Any) -> bytes:
    r"""An event as a stream writes it.

    >>> line("alert", {"task": 7})
    b'event: alert\ndata: {"task":7}\n\n'
    """
    return f"event: {event}\ndata: {json.dumps(data, separators=(',', ':'))}\n\n".encode()


@dataclass(eq=False)
class Stream:
    """One open answer. ``None`` in its queue: it shall end."""

    users: frozenset[int]
    queue: asyncio.Queue[bytes | None] = field(default_factory=lambda: asyncio.Queue(WAITING + 1))

    def put(self, said: bytes | None) -> None:
        """Give it something to write; one that is too slow ends."""
        if self.queue.qsize() < WAITING:
            self.queue.put_nowait(said)
        elif self.queue.qsize() == WAITING:
            self.queue.put_nowait(None)


class Hub:
    """Hears what PostgreSQL tells and gives it to the streams of those whom it concerns."""

    def __init__(self, address: str, loop: asyncio.AbstractEventLoop) -> None:
        self.address, self.loop = address, loop
        self.streams: set[Stream] = set()
        self.listening = threading.Event()
        self._told: deque[tuple[float, int, bytes]] = deque()
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._listen, name="live alerts", daemon=True)

    def start(self) -> Hub:
        """Begin to listen, in a thread of its own."""
        self._thread.start()
        return self

    def stop(self) -> None:
        """Listen no more; open streams are left to their own end."""
        self._stopped.set()
        self._thread.join(LOOK * 5)

    @contextmanager
    def opened(self, users: Collection[int], since: float) -> Iterator[Stream]:
        """A stream of what these people are told from ``since`` (``time.monotonic``) on. Only in the loop's thread."""
        stream = Stream(frozenset(users))
        for moment, user, said in self._told:
            if moment >= since and user in stream.users:
                stream.put(said)
        self.streams.add(stream)
        try:
            yield stream
        finally:
            self.streams.discard(stream)

    def tell(self, payload: str) -> None:
        """Pass on one notification."""
        told = json.loads(payload)
        user, now = int(told.pop("user")), time.monotonic()
        said = line("alert", told)
        self._told.append((now, user, said))
        while self._told[0][0] < now - MEMORY:
            self._told.popleft()
        for stream in self.streams:
            if user in stream.users:
                stream.put(said)

    def end_all(self) -> None:
        """What was told while nobody listened is unknown: every page opens its stream anew and looks."""
        for stream in self.streams:
            stream.put(None)

    def _listen(self) -> None:
        pause = 1.0
        while not self._stopped.is_set():
            try:
                with psycopg.connect(self.address, autocommit=True, connect_timeout=10) as connection:
                    connection.execute(f"LISTEN {CHANNEL}")
                    self._in_loop(self.end_all)
                    self.listening.set()
                    pause = 1.0
                    self._hear(connection)
            except psycopg.Error as problem:
                logging.getLogger(__name__).error(
                    "live alerts: %s", (str(problem).splitlines() or ["gone"])[0]
                )
            except RuntimeError:  # the loop is closed: the process ends
                return
            self.listening.clear()
            self._stopped.wait(pause)
            pause = min(pause * 2, 30.0)

    def _hear(self, connection: psycopg.Connection[Any]) -> None:
        looks = 0
        while not self._stopped.is_set():
            for told in connection.notifies(timeout=LOOK):
                self._in_loop(self.tell, told.payload)
            looks += 1
            if looks % ALIVE == 0:
                connection.execute("SELECT 1")

    def _in_loop(self, call: Any, *args: Any) -> None:
        self.loop.call_soon_threadsafe(call, *args)
