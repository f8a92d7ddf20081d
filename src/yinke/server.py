"""Serve: the web server in this process's children, and the workers of nights and of messages beside it."""

from __future__ import annotations

import multiprocessing
import os
import secrets
import socket
import subprocess
import sys
from base64 import b64encode
from pathlib import Path

from granian import Granian
from granian.constants import Interfaces

from yinke.common.errors import YinkeError
from yinke.common.streams import MOST

STOP_SECONDS = 10
"""Until then requests may end when the server stops; open streams just end."""


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
    gateway = _demo_gateway(port)
    _demo_source()
    multiprocessing.set_start_method("spawn", force=True)  # children take none of this process's connections
    jobs = [*gateway] + [
        subprocess.Popen([sys.executable, "-m", "yinke.cli", "worker", queue])
        for queue in ("nightly", "outreach", "outreach", *_coming_back(), *_events())
    ]  # a night takes minutes: messages do not wait for it; two send more than one
    try:
        Granian(
            "yinke.rsgi:Served", factory=True, address=host, port=port, interface=Interfaces.RSGI, workers=workers,
            backlog=1024, backpressure=MOST + 1024, workers_kill_timeout=STOP_SECONDS, log_access=False, websockets=False,
        ).serve()  # fmt: skip
    finally:
        for one in jobs:
            one.terminate()
        for one in jobs:
            one.wait(10)


def _coming_back() -> list[str]:
    """The workers that take what comes back here: to e-mail, and from message centres."""
    from yinke.outreach.channels.settings import SmppProvider, read_channels

    path = os.environ.get("YINKE_CHANNELS")
    known = read_channels(Path(path) if path else None)
    listening = any(isinstance(one, SmppProvider) for one in known.sms)
    return [*(["mail"] if known.email_returns else []), *(["smpp"] if listening else [])]


def _events() -> list[str]:
    """Whether live events are read out of Kafka here."""
    from yinke.care.live.sources import read_sources

    path = os.environ.get("YINKE_EVENT_SOURCES")
    return ["events"] if read_sources(Path(path) if path else None).queues else []


def _demo_source() -> None:
    """The demo bank's core system: whoever has its key, in the demo's home, may tell what happens (docs/live-events.md)."""
    from django.conf import settings

    home = settings.YINKE.home
    if settings.YINKE.production or settings.YINKE.event_sources or not (home / "demo.json").exists():
        return
    secret, path = home / "demo-events.key", home / "demo-events.yaml"
    if not secret.exists():
        secret.write_text(secrets.token_hex(32), "ascii")
        secret.chmod(0o600)
    path.write_text(f"senders:\n  - {{name: core, secret_file: '{secret}'}}\n", "utf-8")
    os.environ["YINKE_EVENT_SOURCES"] = f"{path}"  # the children's


def _demo_gateway(port: int) -> list[subprocess.Popen[bytes]]:
    """The demo bank's message platforms, mail relay and WeCom, on loopback; none for a bank of its own, or that names its providers."""
    from django.conf import settings

    from yinke.demo.mailbox import free_ports
    from yinke.demo.wecom import CORP

    home = settings.YINKE.home
    if settings.YINKE.production or settings.YINKE.channels or not (home / "demo.json").exists():
        return []
    secret, path = home / "demo-gateway.key", home / "demo-channels.yaml"
    if not secret.exists():
        secret.write_text(secrets.token_hex(32), "ascii")
        secret.chmod(0o600)
    sealed = home / "demo-wecom.key"
    if not sealed.exists():
        sealed.write_text(b64encode(secrets.token_bytes(32)).decode().rstrip("="), "ascii")
        sealed.chmod(0o600)
    there, mail, back, wecom, app = free_ports(5)
    url = f"http://127.0.0.1:{there}/messages"
    path.write_text(
        f"sms:\n  - {{name: loopback, url: '{url}', secret_file: '{secret}'}}\n"
        f"app:\n  - {{name: mobile-bank, url: 'http://127.0.0.1:{app}/messages', secret_file: '{secret}'}}\n"
        f"wecom:\n  - {{name: wecom, corp_id: {CORP}, url: 'http://127.0.0.1:{wecom}', secret_file: '{secret}',"
        f" token_file: '{secret}', aes_key_file: '{sealed}'}}\n"
        f"email:\n  - {{name: mailbox, host: 127.0.0.1, port: {mail}, security: none, sender: care@bank.example, sender_name: 银客银行}}\n"
        f"email_opt_out_url: http://127.0.0.1:{port}/api/opt-out\n"
        f"salon_url: http://127.0.0.1:{port}/api/salons/i\n"
        f"email_returns: {{domain: returns.bank.example, host: 127.0.0.1, port: {back}}}\n",
        "utf-8",
    )
    os.environ["YINKE_CHANNELS"] = f"{path}"  # the children's
    command = [
        sys.executable,
        "-m",
        "yinke.demo.gateway",
        f"{there}",
        f"{secret}",
        f"http://127.0.0.1:{port}",
        f"{mail}",
        f"{back}",
        f"{wecom}",
        f"{app}",
    ]
    return [subprocess.Popen(command)]
