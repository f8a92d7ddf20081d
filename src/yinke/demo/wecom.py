"""The demo bank's WeCom: WeCom's server on loopback, whose members send at once what is put before them.

Nothing leaves the machine. Tests use it as the other side of ``outreach/channels/wecom.py`` and ``outreach/wecom_door.py``.
"""

from __future__ import annotations

import json
import secrets
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from yinke.outreach.channels.wecom_crypt import WecomCrypt

NAME, CORP = "wecom", "ww0000000000000001"
LASTS = 7200
"""Seconds for which a token is good."""


@dataclass
class Task:
    """What a member is asked to send: 企业群发."""

    sender: str
    text: str
    status: dict[str, int] = field(default_factory=dict)
    """By contact: 0 not sent, 1 sent, 2 no contact any more, 3 too many."""
    cancelled: bool = False


class WecomServer:
    """WeCom's API at ``url``. ``sends``: its members send at once; ``codes``: by contact the code that refuses it."""

    def __init__(self, secret: str, *, port: int = 0, sends: bool = False, corp_id: str = CORP) -> None:
        self.secret, self.sends, self.corp_id = secret, sends, corp_id
        self.tasks: dict[str, Task] = {}
        self.codes: dict[str, int] = {}
        self.unsendable: set[str] = set()
        """Contacts that are named in ``fail_list``."""
        self.answer: int = 0
        """The code of every answer but to ``gettoken``; 0: as it is."""
        self.down = False
        """It answers 503."""
        self.mobiles: dict[tuple[str, str], list[str]] = {}
        """By contact and member: the numbers that he has noted."""
        self.calls: list[str] = []
        self.token = ""
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", port), _handler(self))
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def start(self) -> WecomServer:
        """Serve in a thread."""
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def stop(self) -> None:
        """Serve no more."""
        self._server.shutdown()
        self._server.server_close()

    def told(self) -> list[tuple[str, str, str]]:
        """What came to customers, or will when their manager sends it: member, contact, text."""
        return [
            (task.sender, contact, task.text)
            for task in self.tasks.values()
            if not task.cancelled
            for contact, status in task.status.items()
            if status in (0, 1)
        ]

    def ask(self, path: str, query: dict[str, str], body: dict[str, Any]) -> dict[str, Any]:
        """The answer to a call."""
        with self._lock:
            self.calls.append(path)
            if path == "gettoken":
                if query.get("corpsecret") != self.secret or query.get("corpid") != self.corp_id:
                    return {"errcode": 40001, "errmsg": "invalid credential"}
                self.token = secrets.token_hex(16)
                return {"errcode": 0, "errmsg": "ok", "access_token": self.token, "expires_in": LASTS}
            if not self.token or query.get("access_token") != self.token:
                return {"errcode": 42001, "errmsg": "access_token expired"}
            if self.answer:
                return {"errcode": self.answer, "errmsg": "as told"}
            return {
                "errcode": 0,
                "errmsg": "ok",
                **self._done(path.removeprefix("externalcontact/"), query, body),
            }

    def _done(self, what: str, query: dict[str, str], body: dict[str, Any]) -> dict[str, Any]:
        if what == "add_msg_template":
            wanted = [str(one) for one in body["external_userid"]]
            if refused := [self.codes[one] for one in wanted if one in self.codes]:
                return {"errcode": refused[0], "errmsg": "refused"}
            fit = [one for one in wanted if one not in self.unsendable]
            number = f"msg{secrets.token_hex(12)}"
            self.tasks[number] = Task(
                str(body["sender"]), str(body["text"]["content"]), dict.fromkeys(fit, int(self.sends))
            )
            return {"fail_list": [one for one in wanted if one in self.unsendable], "msgid": number}
        if what == "get_groupmsg_send_result":
            task = self.tasks.get(str(body["msgid"]))
            if task is None or task.sender != body["userid"]:
                return {"errcode": 41054, "errmsg": "no such task"}
            rows = [
                {"external_userid": one, "userid": task.sender, "status": status}
                | ({"send_time": int(time.time())} if status == 1 else {})
                for one, status in task.status.items()
            ]
            start = int(body.get("cursor") or 0)
            shown = rows[start : start + 1]  # one a page, so that pages are turned
            return {"send_list": shown, "next_cursor": f"{start + 1}" if start + 1 < len(rows) else ""}
        if what == "cancel_groupmsg_send":
            self.tasks[str(body["msgid"])].cancelled = True
            return {}
        if what == "get":
            contact = query.get("external_userid", "")
            return {
                "follow_user": [
                    {"userid": member, "remark_mobiles": noted}
                    for (one, member), noted in self.mobiles.items()
                    if one == contact
                ]
            }
        return {"errcode": 404, "errmsg": "no such call"}


def called_back(crypt: WecomCrypt, fields: dict[str, str], at: int) -> tuple[dict[str, str], bytes]:
    """A callback as WeCom makes it: its query and its body."""
    inner = "".join(f"<{name}><![CDATA[{value}]]></{name}>" for name, value in fields.items())
    sealed, nonce = crypt.sealed(f"<xml>{inner}</xml>"), secrets.token_hex(5)
    query = {"msg_signature": crypt.signature(f"{at}", nonce, sealed), "timestamp": f"{at}", "nonce": nonce}
    outer = f"<xml><ToUserName><![CDATA[{crypt.corp_id}]]></ToUserName><Encrypt><![CDATA[{sealed}]]></Encrypt></xml>"
    return query, outer.encode()


def _handler(server: WecomServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._take({})

        def do_POST(self) -> None:
            self._take(json.loads(self.rfile.read(int(self.headers.get("Content-Length", "0")))))

        def _take(self, body: dict[str, Any]) -> None:
            place = urlsplit(self.path)
            query = {name: values[0] for name, values in parse_qs(place.query).items()}
            if server.down:
                return self._answer(503, {})
            return self._answer(200, server.ask(place.path.removeprefix("/cgi-bin/"), query, body))

        def _answer(self, status: int, body: dict[str, Any]) -> None:
            content = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", f"{len(content)}")
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: Any) -> None:
            """Tokens and texts are not for the log."""

    return Handler
