"""What millions have: the first count after such a condition was added, those after it, and those after somebody changed it.

    ./run bench marks --customers 10000000        # a PostgreSQL of its own, with so many consents; 80 % of the customers

Prints the time from the rule to its count: first of all, as the web process reads it before the first question comes;
from then on; and after a consent of one, of a thousand customers has changed. Last, how long it takes until it is known which of 20
segments that ask for the consent a customer has left who withdraws it.
"""

from __future__ import annotations

import argparse
import atexit
import os
import shutil
import tempfile
import time
from datetime import date
from pathlib import Path

import numpy as np
from snapshot import make_snapshot

from yinke.lake.store import Day, Lake

TODAY = date(2026, 10, 30)
FILL = """
INSERT INTO privacy_consent (customer_id, purpose, answer, policy_id, text_hash, channel, evidence, at, request_key)
SELECT i, 'MARKETING_SMS', CASE WHEN i %% 10 < 7 THEN 'GRANTED' ELSE 'REFUSED' END, policy.id, repeat('a', 64), 'APP', '',
    now() - interval '10 days', 'k' || i
FROM generate_series(1, %s) i, (SELECT max(id) AS id FROM privacy_policy WHERE purpose = 'MARKETING_SMS') policy
WHERE i %% 5 > 0
"""
CHANGE = """
INSERT INTO privacy_consent (customer_id, purpose, answer, policy_id, text_hash, channel, evidence, at, request_key)
SELECT i, 'MARKETING_SMS', 'WITHDRAWN', policy.id, '', 'APP', '', now(), gen_random_uuid()::text
FROM generate_series(1, %s) i, (SELECT max(id) AS id FROM privacy_policy WHERE purpose = 'MARKETING_SMS') policy
"""
WITHDRAW = CHANGE.replace("SELECT i,", "SELECT %s,").replace("generate_series(1, %s) i, ", "")
SEGMENTS = 20


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=10_000_000)
    parser.add_argument("--rounds", type=int, default=20)
    args = parser.parse_args()
    home = Path(tempfile.mkdtemp())
    atexit.register(shutil.rmtree, home, ignore_errors=True)  # before the server's own: it goes first
    os.environ["YINKE_HOME"] = str(home)
    from yinke.cli import start_django

    start_django()
    measure(home, args.customers, args.rounds)


def measure(home: Path, customers: int, rounds: int) -> None:
    """Lay the bank down, and count."""
    from django.core.management import call_command
    from django.db import connection

    from yinke.segments.asking import live_of, world_of_bank
    from yinke.segments.rules.language import Rule

    call_command("migrate", verbosity=0)
    lake = Lake(home / "lake")
    building = lake.build(TODAY)
    with building.writing("snapshot") as path:
        make_snapshot(path, customers)
    day = lake.publish(building)
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")  # the customers themselves are not needed
        cursor.execute(FILL, [customers])
        cursor.execute("SET session_replication_role = origin")
        cursor.execute("VACUUM ANALYZE privacy_consent")
    world = world_of_bank(day)
    live = live_of(lambda: world, day)

    def counted(aum: int) -> float:
        asked = [
            {"type": "compare", "field": "aum", "op": "ge", "value": aum},
            {"type": "compare", "field": "consent", "op": "has_any", "value": ["MARKETING_SMS"]},
        ]
        start = time.perf_counter()
        live.count(world, Rule.model_validate({"where": {"type": "all", "of": asked}}))
        return 1000 * (time.perf_counter() - start)

    counted(1)
    live._marks._kept.clear()  # only the consent is read anew
    print(f"first count: {counted(2) / 1000:.1f} s")
    told = [counted(10_000 + n) for n in range(rounds)]
    print(f"from then on: p50 {np.percentile(told, 50):.0f} ms, p95 {np.percentile(told, 95):.0f} ms")
    for many in (1, 1000):
        with connection.cursor() as cursor:
            cursor.execute("SET session_replication_role = replica")
            cursor.execute("ALTER TABLE privacy_consent ENABLE ALWAYS TRIGGER mark_inserted")
            cursor.execute(CHANGE, [many])
        print(f"after {many} changed: {counted(20_000 + many):.0f} ms, then {counted(30_000 + many):.0f} ms")
    told = follows(lake, day, rounds)
    print(
        f"followed by {SEGMENTS} segments: p50 {np.percentile(told, 50):.0f} ms, p95 {np.percentile(told, 95):.0f} ms"
    )


def follows(lake: Lake, day: Day, rounds: int) -> list[float]:
    """Milliseconds from a withdrawal to the segments that the customer has left; the first one makes the plan."""
    from django.conf import settings
    from django.db import connection

    from yinke.common.thresholds import load_thresholds
    from yinke.lake.engine import open_engine
    from yinke.segments.live import follow
    from yinke.segments.models import Segment, SegmentMove
    from yinke.segments.night import refresh_members

    has = {"type": "compare", "field": "consent", "op": "has_any", "value": ["MARKETING_SMS"]}
    for n in range(SEGMENTS):
        rule = {"type": "all", "of": [has, {"type": "compare", "field": "aum", "op": "ge", "value": 10 * n}]}
        made = Segment.objects.create(
            code=f"s{n}", name_zh=f"{n}", kind="DYNAMIC", scope="BANK", status="IN_USE"
        )
        made.versions.create(number=1, rule={"where": rule}, status="APPROVED")
    env = settings.YINKE
    engine = open_engine("duckdb", threads=env.threads, memory=env.memory, scratch=env.home / "scratch")
    refresh_members(engine, lake, day, load_thresholds(env.thresholds).at(TODAY))
    told = []
    for n in range(rounds + 1):
        customer = 5_001 + 10 * n  # one who has given it
        with connection.cursor() as cursor:
            cursor.execute(WITHDRAW, [customer])
        start = time.perf_counter()
        follow("consent", [customer])
        told.append(1000 * (time.perf_counter() - start))
        left = SegmentMove.objects.filter(customer_id=customer, entered=False).count()
        assert left, "The customer has left no segment"
    return told[1:]


if __name__ == "__main__":
    main()
