"""Serve: the web server in this process's children, and the worker of scheduled nights beside it."""

from __future__ import annotations

import multiprocessing
import socket
import subprocess
import sys

from granian import Granian
from granian.constants import Interfaces

from yinke.common.errors import YinkeError

THREADS = 8
"""Requests that one worker answers side by side; each may hold a database connection."""


def serve(host: str, port: int, workers: int) -> None:
    """Serve until stopped by Ctrl-C or SIGTERM.

    Raises:
        YinkeError: the port is taken.
    """
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as problem:
            raise YinkeError(
                f"{problem.strerror}", place=f"{host}:{port}",
                remedy="Stop the other program, or give another --port",
            ) from None  # fmt: skip
    multiprocessing.set_start_method("spawn", force=True)  # children take none of this process's connections
    worker = subprocess.Popen([sys.executable, "-m", "yinke.cli", "worker"])
    try:
        Granian(
            "yinke.wsgi:ready_application", factory=True, address=host, port=port, interface=Interfaces.WSGI, workers=workers,
            blocking_threads=THREADS, backlog=1024, log_access=False,
        ).serve()  # fmt: skip
    finally:
        worker.terminate()
        worker.wait(10)
