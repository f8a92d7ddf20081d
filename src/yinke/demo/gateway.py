"""The demo bank's message platform: a gateway on loopback that takes texts, keeps them, and sends receipts back.

    python -m yinke.demo.gateway <port> <secret file> <Yinke's address> <port of the mail relay> <where mail comes back to>
        <port of WeCom> <port of the mobile bank>

Nothing leaves the machine. Tests use it as the other side of ``outreach/channels/http_sms.py``.
"""

from __future__ import annotations

import json
import sys
import threading
import time
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx

from yinke.common.signing import SIGNATURE, TIME, genuine, signed

NAME = "loopback"


class Gateway:
    """Takes signed texts at ``url``. ``taken``: by our number, those that it took, once each; ``down``: it answers 503."""

    def __init__(self, secret: bytes, port: int = 0, callback: str = "", name: str = NAME) -> None:
        self.secret, self.callback, self.name = secret, callback, name
        self.taken: dict[str, dict[str, str]] = {}
        self.calls = 0
        self.down = False
        self.refuses: set[str] = set()
        """Numbers that it refuses."""
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", port), _handler(self))
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/messages"

    def start(self) -> Gateway:
        """Serve in a thread."""
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def stop(self) -> None:
        """Serve no more."""
        self._server.shutdown()
        self._server.server_close()

    def run(self) -> None:
        """Serve until killed."""
        self._server.serve_forever()

    def take(self, messages: list[dict[str, str]]) -> list[dict[str, str]]:
        """What becomes of each."""
        results = []
        with self._lock:
            self.calls += 1
            for one in messages:
                if one["to"] in self.refuses:
                    results.append({"id": one["id"], "status": "REFUSED", "why": "BLACKLIST"})
                    continue
                self.taken.setdefault(one["id"], one)
                results.append({"id": one["id"], "status": "TAKEN", "ref": f"g-{one['id']}"})
        if self.callback:
            ids = [row["id"] for row in results if row["status"] == "TAKEN"]
            threading.Timer(1.0, self.deliver, [ids]).start()
        return results

    def deliver(self, ids: list[str], state: str = "DELIVERED") -> int:
        """Send receipts; the HTTP status of the answer."""
        at = datetime.now(UTC).isoformat()
        return self.tell(
            "receipts", {"receipts": [{"id": int(one), "state": state, "at": at} for one in ids]}
        )

    def reply(self, sender: str, text: str, ref: str) -> int:
        """A customer answers; the HTTP status of Yinke's answer."""
        at = datetime.now(UTC).isoformat()
        return self.tell("replies", {"replies": [{"ref": ref, "sender": sender, "text": text, "at": at}]})

    def tell(self, what: str, body: dict[str, Any]) -> int:
        """Call Yinke back, signed."""
        content, moment = json.dumps(body).encode(), int(time.time())
        headers = {
            "Content-Type": "application/json", TIME: f"{moment}", SIGNATURE: signed(self.secret, moment, content),
        }  # fmt: skip
        answer = httpx.post(
            f"{self.callback}/api/providers/{self.name}/{what}", content=content, headers=headers, timeout=30
        )
        return answer.status_code


def _handler(gateway: Gateway) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            said = self.headers.get(TIME, ""), self.headers.get(SIGNATURE, "")
            if gateway.down:
                return self._answer(503, {})
            if not genuine(gateway.secret, *said, body, int(time.time())):
                return self._answer(403, {})
            return self._answer(200, {"results": gateway.take(json.loads(body)["messages"])})

        def _answer(self, status: int, body: dict[str, Any]) -> None:
            content = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", f"{len(content)}")
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: Any) -> None:
            """Texts are not for the log."""

    return Handler


if __name__ == "__main__":
    from yinke.demo.mailbox import Mailbox
    from yinke.demo.wecom import WecomServer

    port, secret_file, address, mail, back, wecom, app = sys.argv[1:]
    letters = Path(secret_file).parent / "demo-mail"
    letters.mkdir(exist_ok=True)
    Mailbox(int(mail), int(back), letters).start()
    key = Path(secret_file).read_bytes().strip()
    WecomServer(key.decode("ascii"), port=int(wecom), sends=True).start()
    Gateway(key, int(app), address, "mobile-bank").start()
    Gateway(key, int(port), address).run()
