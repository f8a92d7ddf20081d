"""触达: prepared messages through the gate, to a gateway on loopback.

    ./run bench outreach --messages 1000000 --senders 2

A PostgreSQL of its own; a customer each, of whom some have not agreed, do not want to be disturbed, or had two texts
already. The gateway is another process. Prints seconds, messages a second, and what became of them.
"""

from __future__ import annotations

import argparse
import atexit
import os
import shutil
import subprocess
import sys
import tempfile
import time
from datetime import datetime
from pathlib import Path
from typing import Any
from unittest.mock import patch
from zoneinfo import ZoneInfo

import psutil

NOON = datetime(2026, 11, 3, 12, tzinfo=ZoneInfo("Asia/Shanghai"))
SECRET = b"k" * 32
PEOPLE = """
INSERT INTO customers_customer (id, cust_no, name_sealed, name_index, pinyin, mobile_sealed, mobile_index, cert_type, gender, occupation,
    education, org_id, open_date, status, risk_level, is_staff, digest)
SELECT i, 'C' || i, %(name)s, %(name)s, 'lm', %(mobile)s, int4send(i), '', 'F', '', '', %(org)s, '2020-01-01', 'NORMAL', 'C3', false, ''
FROM generate_series(1, %(many)s) i
"""
CONSENTS = """
INSERT INTO privacy_consent (customer_id, purpose, answer, policy_id, text_hash, channel, evidence, at, request_key)
SELECT i, 'MARKETING_SMS', CASE WHEN i %% 10 = 0 THEN 'REFUSED' ELSE 'GRANTED' END, policy.id, '', 'APP', '', '2026-10-01', 'k' || i
FROM generate_series(1, %(many)s) i, (SELECT max(id) AS id FROM privacy_policy WHERE purpose = 'MARKETING_SMS') policy
"""
WISHES = """
INSERT INTO care_donotdisturb (customer_id, scope, source, since) SELECT i, 'SMS', 'REPLY', now() FROM generate_series(7, %(many)s, 20) i
"""
MESSAGES = """
INSERT INTO outreach_message (customer_id, version_id, channel, kind, request_key, made_at, expires_at, next_at, state, why, attempts, gone_at,
    provider, provider_ref)
SELECT i, %(version)s, 'SMS', 'MARKETING', %(state)s || n || '-' || i, %(at)s, %(at)s + interval '2 days', %(at)s, %(state)s, '', 0,
    CASE %(state)s WHEN 'QUEUED' THEN NULL ELSE %(at)s - interval '2 days' END, '', ''
FROM generate_series(1, %(many)s, %(step)s) i, generate_series(1, %(each)s) n
"""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=100_000)
    parser.add_argument("--senders", type=int, default=2, help="Processes that send side by side")
    parser.add_argument("--to", type=int, help=argparse.SUPPRESS)
    args = parser.parse_args()
    from yinke.cli import start_django

    if args.to:
        start_django()
        send(args.to)
        return
    home = a_home()
    start_django()
    measure(home, args.messages, args.senders)


def a_home() -> Path:
    """An empty bank's folder; its PostgreSQL is set up and ended, as it has been before it serves."""
    home = Path(tempfile.mkdtemp())
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    os.environ["YINKE_HOME"] = str(home)
    subprocess.run([str(Path(sys.executable).with_name("yinke")), "migrate"], check=True)
    return home


def send(port: int) -> None:
    """One sender: when it is told to, it sends what is due, and prints how it went."""
    from django.utils import timezone

    from yinke.outreach.channels.http_sms import HttpSms
    from yinke.outreach.services.dispatch import dispatch

    provider = HttpSms("loopback", f"http://127.0.0.1:{port}/messages", SECRET, per_second=1_000_000)
    sys.stdin.readline()
    with patch.object(timezone, "now", lambda: NOON):
        done = dispatch(carriers=lambda channel: [provider])
    print(f"{done}, {psutil.Process().memory_info().rss / 1e9:.2f} GB", flush=True)


def lay_down(many: int) -> None:
    """Customers, consents, wishes, an approved text, messages that wait and some that have gone."""
    from django.db import connection

    from yinke.access.models import Org, User
    from yinke.access.queries import viewer_of
    from yinke.common.crypto import encrypt
    from yinke.outreach.services.templates import Draft, decide, submit

    org = Org.objects.create(org_no="1", name="总行", level=1, path="/1/")
    people = [
        User.objects.create(emp_no=f"E{n}", name="员工", role=role, org=org)
        for n, role in enumerate(("HQ_OPS", "COMPLIANCE"))
    ]
    maker, checker = map(viewer_of, people)
    text = submit(maker, Draft("新品", "MARKETING", "{称呼}您好，{网点}的新品已上架，欢迎来了解。"))
    version = decide(checker, text.id, fit=True)
    given: dict[str, Any] = {
        "many": many, "name": encrypt("李明"), "mobile": encrypt("13800000000"), "org": org.id, "version": version.id, "at": NOON,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        for sql, more in (
            (PEOPLE, {}), (CONSENTS, {}), (WISHES, {}),
            (MESSAGES, {"state": "DELIVERED", "each": 2, "step": 20}), (MESSAGES, {"state": "QUEUED", "each": 1, "step": 1}),
        ):  # fmt: skip
            cursor.execute(sql, given | more)
        cursor.execute("SET session_replication_role = origin")
        cursor.execute("VACUUM ANALYZE")


def measure(home: Path, many: int, senders: int) -> None:
    """Send them all."""
    from django.db.models import Count

    from yinke.outreach.models import Message

    started = time.perf_counter()
    lay_down(many)
    print(f"laid down in {time.perf_counter() - started:.0f} s")
    secret, port = home / "key", 18_471
    secret.write_bytes(SECRET)
    with subprocess.Popen(
        [sys.executable, "-m", "yinke.demo.gateway", f"{port}", f"{secret}", "", "0", "0", "0", "0"]
    ) as gateway:
        command = [sys.executable, __file__, "--to", f"{port}"]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
        each: list[subprocess.Popen[str]] = [subprocess.Popen(command, **pipes) for _ in range(senders)]
        time.sleep(15)  # all of them wait to be told
        assert gateway.poll() is None, "the gateway has not started"
        started = time.perf_counter()
        for sender in each:
            assert sender.stdin is not None
            sender.stdin.write("go\n")
            sender.stdin.flush()
        told = [sender.communicate()[0].strip() for sender in each]
        seconds = time.perf_counter() - started
        gateway.terminate()
    print(f"{many:,} messages, {senders} senders: {seconds:.1f} s, {many / seconds:,.0f} a second")
    for one in told:
        print(f"  {one}")
    for state, why, number in (
        Message.objects.filter(request_key__startswith="QUEUED")
        .values_list("state", "why")
        .annotate(Count("id"))
    ):
        print(f"  {state} {why}: {number:,}")


if __name__ == "__main__":
    main()
