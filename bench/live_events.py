"""实时事件: how many a second the door takes, and how soon a manager's open page hears of one.

    ./run bench live_events --customers 200000 --seconds 60 --managers 200

A PostgreSQL and a served Yinke of its own. First as fast as it goes: senders post batches of 500, of which one event in a
hundred is large. Then 500 a second, in batches of 50 with one large event each, while every manager holds a stream open:
from the moment before a batch is sent to the line on the stream of the customer's manager.
"""

from __future__ import annotations

import argparse
import atexit
import http.client
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import deque
from datetime import UTC, date, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

SECRET = b"k" * 64
PEOPLE = """
INSERT INTO customers_customer (id, cust_no, name_sealed, name_index, pinyin, cert_type, gender, occupation, education, org_id, open_date,
    status, risk_level, is_staff, digest)
SELECT i, 'C' || i, %(name)s, int4send(i), 'zs', '', 'F', '', '', %(org)s, '2020-01-01', 'NORMAL', 'C3', false, ''
FROM generate_series(1, %(many)s) i
"""
METRICS = """
INSERT INTO customers_metrics (customer_id, as_of, aum, lum, sum_m, sum_q, sum_y, months, mix, tier, tier_asset, stage, categories, rfm,
    is_payroll, is_effective)
SELECT i, %(as_of)s, 100000, 0, 100000 * %(days)s, 100000 * %(days)s, 100000 * %(days)s, array_fill(100000::numeric, ARRAY[12]),
    ARRAY[100000, 0, 0, 0, 0, 0, 0, 0]::numeric[], 2, 2, 'STABLE', 1, '333', false, true
FROM generate_series(1, %(many)s) i
"""
MANAGED = """
INSERT INTO customers_assignment (customer_id, user_id, rel_type, share_pct, start_date, reason)
SELECT i, (%(users)s::bigint[])[1 + i %% %(managers)s], 'MAIN', 100, '2024-01-01', '' FROM generate_series(1, %(many)s) i
"""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--customers", type=int, default=20_000)
    parser.add_argument("--managers", type=int, default=100)
    parser.add_argument("--seconds", type=int, default=30)
    parser.add_argument("--senders", type=int, default=3)
    parser.add_argument("--port", type=int, default=8123)
    args = parser.parse_args()
    home = Path(tempfile.mkdtemp())
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    (home / "key").write_bytes(SECRET)
    (home / "sources.yaml").write_text(f"senders: [{{name: bench, secret_file: {home / 'key'}}}]\n", "utf-8")
    os.environ.update(YINKE_HOME=str(home), YINKE_EVENT_SOURCES=str(home / "sources.yaml"))
    from yinke.cli import start_django

    start_django()
    cookies = fill(args.customers, args.managers)
    server = subprocess.Popen([sys.executable, "-m", "yinke.cli", "serve", "--port", f"{args.port}"])
    atexit.register(server.terminate)
    wait_for(args.port)
    measure_rate(args.port, args.customers // 2, args.seconds, args.senders)
    measure_delay(args.port, args.customers, cookies, args.seconds)
    server.terminate()
    server.wait(60)


def fill(many: int, managers: int) -> list[str]:
    """A bank of one outlet; each manager's session cookie."""
    from django.core.management import call_command
    from django.db import connection
    from django.test import Client
    from django.utils import timezone

    from yinke.access.models import Org, User
    from yinke.common.crypto import encrypt
    from yinke.customers.models import Frontier

    call_command("migrate", verbosity=0)
    yesterday = date.today() - timedelta(days=1)
    root = Org.objects.create(org_no="0", name="总行", level=1, path="/1/")
    org = Org.objects.create(org_no="1", name="支行", level=4, parent=root, path="/1/2/")
    User.objects.bulk_create(
        [User(emp_no=f"E{n:05}", name=f"经理{n}", role="RM", org=org) for n in range(managers)]
    )
    people = list(User.objects.order_by("id"))
    Frontier.objects.create(pk=1, biz_date=yesterday, lake_version="", written_at=timezone.now())
    given = {
        "many": many, "name": encrypt("张三"), "org": org.id, "as_of": yesterday, "days": yesterday.day,
        "users": [user.id for user in people], "managers": managers,
    }  # fmt: skip
    with connection.cursor() as cursor:
        for sql in (PEOPLE, METRICS, MANAGED):
            cursor.execute(sql, given)
        cursor.execute("ANALYZE")
    cookies = []
    for user in people:
        client = Client()
        client.force_login(user)
        cookies.append(client.cookies["sessionid"].value)
    connection.close()
    return cookies


def wait_for(port: int) -> None:
    """Until the server answers."""
    for _ in range(600):
        try:
            ask = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
            ask.request("GET", "/api/sign-in-ways")
            ask.getresponse().read()
            return
        except OSError:
            time.sleep(0.1)
    raise SystemExit("the server does not answer")


numbers = count(1)


def an_event(customer: int, amount: str) -> dict[str, Any]:
    """Money out."""
    return {
        "id": f"T{next(numbers)}", "kind": "TRANSACTION", "cust_no": f"C{customer}", "at": datetime.now(UTC).isoformat(),
        "facts": {"direction": "OUT", "amount": amount, "kind": "TRANSFER"},
    }  # fmt: skip


class Sender:
    """One connection of a source."""

    def __init__(self, port: int) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def post(self, events: list[dict[str, Any]]) -> int:
        """Send a batch; how many were taken."""
        from yinke.common.signing import SIGNATURE, TIME, signed

        content, moment = json.dumps({"events": events}).encode(), int(time.time())
        headers = {
            "Content-Type": "application/json", "X-Yinke-Source": "bench", TIME: f"{moment}",
            SIGNATURE: signed(SECRET, moment, content),
        }  # fmt: skip
        self.connection.request("POST", "/api/events", content, headers)
        answer = self.connection.getresponse()
        said = json.loads(answer.read())
        if answer.status != 200:
            raise SystemExit(f"{answer.status}: {said}")
        return int(said["taken"])


def measure_rate(port: int, many: int, seconds: int, senders: int) -> None:
    """As fast as it goes, over the first half of the customers."""
    taken, ends = [0] * senders, time.monotonic() + seconds
    customers = count(1)

    def send(number: int) -> None:
        sender = Sender(port)
        while time.monotonic() < ends:
            batch = [
                an_event(next(customers) % many + 1, "60000.00" if n % 100 == 0 else "10.00")
                for n in range(500)
            ]
            taken[number] += sender.post(batch)

    began = time.monotonic()
    threads = [threading.Thread(target=send, args=(n,)) for n in range(senders)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took = time.monotonic() - began
    print(f"taken: {sum(taken):,} in {took:.1f} s, {sum(taken) / took:,.0f} a second", flush=True)


def measure_delay(port: int, many: int, cookies: list[str], seconds: int) -> None:
    """500 a second; each batch's large event is another manager's."""
    managers = len(cookies)
    waiting: list[deque[float]] = [deque() for _ in cookies]
    delays: list[float] = []
    ends = time.monotonic() + seconds + 5

    def listen(number: int, opened: threading.Event) -> None:
        while time.monotonic() < ends:
            stream = http.client.HTTPConnection("127.0.0.1", port, timeout=seconds + 60)
            stream.request(
                "GET", "/api/live-alerts/stream", headers={"Cookie": f"sessionid={cookies[number]}"}
            )
            answer = stream.getresponse()
            if answer.status != 200:
                print("stream:", answer.status, answer.read()[:200], flush=True)
                return
            while line := answer.readline():
                opened.set()
                if line.startswith(b"event: alert") and waiting[number]:
                    delays.append(time.monotonic() - waiting[number].popleft())

    opened = [threading.Event() for _ in cookies]
    for number in range(managers):
        threading.Thread(target=listen, args=(number, opened[number]), daemon=True).start()
    for one in opened:
        one.wait(60)
    senders = [Sender(port) for _ in range(3)]
    begins, late = time.monotonic() + 0.5, [0.0]

    def send(number: int) -> None:
        for batch in range(number, seconds * 10, len(senders)):
            due = begins + batch / 10
            time.sleep(max(0.0, due - time.monotonic()))
            late[0] = max(late[0], time.monotonic() - due)
            customer = many // 2 + 1 + batch  # one of the second half: nobody has told of them
            manager = customer % managers
            events = [
                an_event(many // 2 + 1 + (batch * 53 + n * 7) % (many // 2), "10.00") for n in range(49)
            ]
            waiting[manager].append(time.monotonic())
            senders[number].post([*events, an_event(customer, "60000.00")])

    threads = [threading.Thread(target=send, args=(n,)) for n in range(len(senders))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    time.sleep(3)
    missed = sum(len(one) for one in waiting)
    found = sorted(delays)
    p99 = found[min(len(found) - 1, int(len(found) * 0.99))]
    print(
        f"alerts: {len(found):,} heard, {missed} missed, {managers} open pages at 500 events a second: p50 {statistics.median(found) * 1e3:.0f} ms,"
        f" p99 {p99 * 1e3:.0f} ms, longest {found[-1] * 1e3:.0f} ms (sent late by {late[0] * 1e3:.0f} ms at most)"
    )


if __name__ == "__main__":
    main()
