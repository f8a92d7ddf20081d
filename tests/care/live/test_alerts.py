"""The manager's open page hears of it: whoever looks after the customer, nobody else, and in no words."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection

from tests.care.live.telling import Teller, moved
from tests.care.nights import TaskBank, event
from yinke.care.models import Reason, Task
from yinke.common.streams import CHANNEL, WAITING, Hub, line
from yinke.rsgi import Answer, Served, environ_of

STREAM = "/api/live-alerts/stream"


def first(answer: Any) -> Any:
    """What a stream says when it is opened."""
    return json.loads(answer.content.decode().split("data: ")[1])


def test_a_stream_is_for_the_viewer_and_those_whom_they_stand_in_for(live: TaskBank, core: Teller) -> None:
    before = live.client("李").get(STREAM)
    assert (before.status_code, before["Content-Type"], first(before)) == (
        200,
        "text/event-stream",
        {"newest": 0},
    )
    assert before["X-Yinke-Held-For"] == f"{live.li.id}"
    core.tell(moved(live.zhao, "150000"))
    reason = Reason.objects.get()
    assert first(live.client("李").get(STREAM)) == {"newest": reason.id}
    assert first(live.client("王").get(STREAM)) == {"newest": 0}


def test_the_page_asks_for_the_words_as_its_viewer(live: TaskBank, core: Teller) -> None:
    core.tell(moved(live.zhao, "150000"))
    reason = Reason.objects.get()
    (alert,) = live.client("李").get("/api/live-alerts").json()["alerts"]
    assert alert == {
        "id": reason.id, "task_id": Task.objects.get().id, "customer_id": live.zhao.id, "name": alert["name"],
        "event": "大额转出", "text": "10月31日转出 15 万",
    }  # fmt: skip
    (listed,) = live.client("李").get("/api/workbench").json()["tasks"]
    assert alert["name"] == listed["customer"]["name"]
    assert live.client("李").get(f"/api/live-alerts?after={reason.id}").json() == {
        "newest": reason.id,
        "alerts": [],
    }
    assert live.client("王").get("/api/live-alerts").json() == {"newest": 0, "alerts": []}


def test_what_the_night_or_a_colleague_made_is_no_alert(live: TaskBank) -> None:
    live.night(event("E04", live.zhao, amount="150000"))
    assert live.client("李").get("/api/live-alerts").json()["alerts"] == []


def address() -> str:
    """The test database, as libpq reads it."""
    said = connection.settings_dict
    parts = {
        "dbname": said["NAME"],
        "user": said["USER"],
        "password": said["PASSWORD"],
        "host": said["HOST"],
        "port": said["PORT"],
    }
    return " ".join(f"{name}='{value}'" for name, value in parts.items() if value)  # fmt: skip


def heard(act: Callable[[Hub], Awaitable[Any]]) -> Any:
    """Do something while a hub listens."""

    async def run() -> Any:
        hub = Hub(address(), asyncio.get_running_loop()).start()
        try:
            assert await asyncio.to_thread(hub.listening.wait, 60)
            return await act(hub)
        finally:
            hub.stop()

    return asyncio.run(run())


@pytest.mark.django_db(transaction=True)
def test_an_alert_reaches_the_open_stream_of_the_assignee_once_it_is_committed(
    live: TaskBank, core: Teller
) -> None:
    def tell() -> None:
        try:
            core.tell(moved(live.zhao, "150000"), moved(live.qian, "1"))
        finally:
            connection.close()

    async def act(hub: Hub) -> tuple[Any, int]:
        with hub.opened([live.li.id], 0) as li, hub.opened([live.wang.id], 0) as wang:
            await asyncio.to_thread(tell)
            said = await asyncio.wait_for(li.queue.get(), 60)
            return said, wang.queue.qsize()

    said, others = heard(act)
    reason = Reason.objects.get()
    assert said == line("alert", {"task": reason.task_id, "reason": reason.id})
    assert others == 0


@pytest.mark.django_db(transaction=True)
def test_what_is_told_while_a_stream_is_being_opened_is_not_missed(live: TaskBank) -> None:
    async def act(hub: Hub) -> Any:
        before = asyncio.get_running_loop().time()
        hub.tell(json.dumps({"user": live.li.id, "task": 1, "reason": 2}))
        with hub.opened([live.li.id], before) as li, hub.opened([live.li.id], before + 3600) as later:
            return li.queue.qsize(), later.queue.qsize()

    assert heard(act) == (1, 0)


def test_a_stream_that_is_too_slow_ends_and_holds_up_nobody() -> None:
    async def run() -> list[bytes | None]:
        hub = Hub("", asyncio.get_running_loop())
        with hub.opened([7], 0) as slow:
            for number in range(WAITING + 50):
                hub.tell(json.dumps({"user": 7, "task": number, "reason": number}))
            return [slow.queue.get_nowait() for _ in range(slow.queue.qsize())]

    told = asyncio.run(run())
    assert len(told) == WAITING + 1
    assert told[-1] is None
    assert CHANNEL.isidentifier()  # it stands in a statement as it is


class Held:
    """A call as Granian hands it over, and what was answered."""

    def __init__(self) -> None:
        self.answered: Any = None
        self.sent: list[bytes] = []
        self.said = asyncio.Event()

    def response_bytes(self, status: int, headers: Any, body: bytes) -> None:
        self.answered = (status, dict(headers), body)

    def response_stream(self, status: int, headers: Any) -> Held:
        self.answered = (status, dict(headers), None)
        return self

    async def send_bytes(self, data: bytes) -> None:
        self.sent.append(data)
        self.said.set()


def a_scope(**more: Any) -> Any:
    headers = SimpleNamespace(items=lambda: [("host", "localhost"), ("cookie", "a=1"), ("cookie", "b=2"), ("x_real", "1"),
                                             ("content-type", "text/plain")])  # fmt: skip
    facts = {"method": "GET", "path": "/api/机构", "query_string": "q=1", "server": "10.0.0.1:8000", "client": "[::1]:5000",
             "http_version": "1.1", "scheme": "http", "authority": None, "headers": headers}  # fmt: skip
    return SimpleNamespace(**facts | more)


def test_a_request_is_handed_to_django_as_wsgi_says() -> None:
    environ = environ_of(a_scope(method="POST"), b"body")
    assert (environ["HTTP_COOKIE"], environ["REMOTE_ADDR"], environ["SERVER_PORT"]) == (
        "a=1; b=2",
        "::1",
        "8000",
    )
    assert environ["PATH_INFO"].encode("latin-1").decode() == "/api/机构"
    assert (environ["CONTENT_LENGTH"], environ["CONTENT_TYPE"], environ["wsgi.input"].read()) == (
        "4",
        "text/plain",
        b"body",
    )
    assert "HTTP_X_REAL" not in environ  # would pass for X-Real


def served(hub: Hub | None, answer: Answer) -> Served:
    """A server whose Django says just this."""
    one = object.__new__(Served)
    one.hub, one.threads = hub, None  # type: ignore[assignment]
    one.ask = lambda scope, body: answer  # type: ignore[method-assign]
    return one


def test_an_answer_is_held_open_for_its_viewers_and_the_header_stays_inside() -> None:
    async def run() -> tuple[Held, list[bytes]]:
        hub = Hub("", asyncio.get_running_loop())
        opened = Answer(200, [("Content-Type", "text/event-stream"), ("X-Yinke-Held-For", "3,7")], b"opened")
        proto = Held()
        call = asyncio.ensure_future(served(hub, opened).__rsgi__(a_scope(), proto))  # type: ignore[arg-type]
        await proto.said.wait()
        hub.tell(json.dumps({"user": 7, "task": 1, "reason": 2}))
        hub.tell(json.dumps({"user": 8, "task": 1, "reason": 2}))
        hub.end_all()
        await asyncio.wait_for(call, 60)
        assert not hub.streams
        return proto, proto.sent

    proto, sent = asyncio.run(run())
    assert sent == [b"opened", line("alert", {"task": 1, "reason": 2})]
    assert proto.answered == (200, {"content-type": "text/event-stream", "x-accel-buffering": "no"}, None)


@pytest.mark.parametrize("status", [200, 401])
def test_an_answer_that_is_no_stream_ends(status: int) -> None:
    async def run() -> Any:
        proto = Held()
        said = Answer(status, [("X-Yinke-Held-For", "3")] if status == 401 else [], b"{}")
        await served(Hub("", asyncio.get_running_loop()), said).__rsgi__(a_scope(), proto)  # type: ignore[arg-type]
        return proto.answered

    assert asyncio.run(run()) == (status, {}, b"{}")


def test_an_answer_is_read_to_its_end_and_closed() -> None:
    class Parts(list[bytes]):
        closed = False

        def close(self) -> None:
            self.closed = True

    parts = Parts([b"a", b"b"])

    def django(environ: Any, start_response: Any) -> Parts:
        start_response("401 Unauthorized", [("X-A", environ["REQUEST_METHOD"])])
        return parts

    one = object.__new__(Served)
    one.django = django  # type: ignore[assignment]
    assert one.ask(a_scope(), b"") == Answer(401, [("X-A", "GET")], b"ab")
    assert parts.closed
