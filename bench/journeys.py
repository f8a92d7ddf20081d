"""客户旅程: so many customers go through a journey of six steps, minute by minute.

    ./run bench journeys --customers 1000000

A PostgreSQL of its own and a segment of all customers. The journey: hold-out, condition, message, wait, condition on the message, tag.
Prints the seconds of each tick: all enter and pass three steps to the wait; a day later all who wait go on to the end. A second worker
is there to help, as when Yinke is served.
"""

from __future__ import annotations

import argparse
import atexit
import subprocess
import sys
import time
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch
from zoneinfo import ZoneInfo

import psutil

sys.path.insert(0, str(Path(__file__).parent))

NOON = datetime(2026, 11, 3, 12, tzinfo=ZoneInfo("Asia/Shanghai"))
DAY = date(2026, 11, 2)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=100_000)
    parser.add_argument("--helps", action="store_true", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.helps:
        help_out()
        return
    import outreach

    from yinke.cli import start_django

    outreach.a_home()
    start_django()
    measure(args.customers)


def help_out() -> None:
    """The second worker: each time it is told the moment it moves whom it can."""
    from yinke.cli import start_django

    start_django()
    from django.utils import timezone

    from yinke.outreach.journeys.tick import tick

    for line in sys.stdin:
        at = datetime.fromisoformat(line.strip())
        with patch.object(timezone, "now", lambda at=at: at):
            print(tick().moved, flush=True)


def steps(template: int, tag: int) -> list[dict[str, Any]]:
    """A hold-out, a condition, a message, a wait, what came of the message, a tag."""
    return [
        {"id": "h", "type": "HOLDOUT", "share": 10, "next": "c"},
        {"id": "c", "type": "CONDITION", "segment": "half", "yes": "m", "no": "w"},
        {"id": "m", "type": "MESSAGE", "template": template, "next": "w"},
        {"id": "w", "type": "WAIT", "days": 1, "next": "d"},
        {"id": "d", "type": "CONDITION", "message": "m", "came": "DELIVERED", "yes": None, "no": "t"},
        {"id": "t", "type": "TAG", "tag": tag, "next": None},
    ]


def measure(many: int) -> None:
    """Let them all go through."""
    import outreach
    from django.db import connection
    from django.utils import timezone
    from pyroaring import BitMap

    from yinke.access.models import User
    from yinke.access.queries import viewer_of
    from yinke.customers.list_models import Tag
    from yinke.outreach.journeys import services
    from yinke.outreach.journeys.definition import Definition
    from yinke.outreach.journeys.models import Traveller
    from yinke.outreach.journeys.tick import tick
    from yinke.outreach.models import Message, Template
    from yinke.segments.kept import members_store
    from yinke.segments.models import Segment

    with patch.multiple(outreach, CONSENTS="SELECT 1", WISHES="SELECT 1", MESSAGES="SELECT 1"):
        outreach.lay_down(many)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    everybody = range(
        1, many + 1
    )  # a half that has nothing to do with the workers' lanes, which are even and odd numbers
    for code, whom in (("all", BitMap(everybody)), ("half", BitMap(i for i in everybody if i % 4 < 2))):
        Segment.objects.create(
            code=code, name_zh=code, kind="DYNAMIC", scope="BANK", status="IN_USE", outreach=True
        )
        members_store().put(f"segment:{code}", 1, DAY, whom)
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True, "bufsize": 1}
    helper = subprocess.Popen([sys.executable, __file__, "--helps"], **pipes)
    atexit.register(helper.terminate)
    assert helper.stdin is not None and helper.stdout is not None
    told: list[datetime] = []

    def tell(at: datetime) -> None:
        told.append(at)
        assert helper.stdin is not None
        helper.stdin.write(f"{at.isoformat()}\n")

    tell(NOON)  # it has started when it has answered
    helper.stdout.readline()
    maker, checker = User.objects.order_by("id")[:2]
    tag = Tag.objects.create(org=maker.org, name="走完旅程", made_by=maker)
    drawn = Definition.model_validate({
        "trigger": {"type": "SEGMENT", "segment": "all", "members": True}, "start": "h",
        "steps": steps(Template.objects.get().id, tag.id),
    })  # fmt: skip
    version = services.save(viewer_of(maker), None, "旅程", drawn)
    services.submit(viewer_of(maker), version.journey_id)
    services.decide(viewer_of(checker), version.journey_id, fit=True)
    for what, at in (("enter, three steps", NOON), ("a day later, two steps", NOON + timedelta(days=1))):
        before = len(told)
        with patch.object(timezone, "now", lambda at=at: at):
            started = time.perf_counter()
            moved = tick(many=lambda at=at: tell(at)).moved
            helped = int(helper.stdout.readline()) if len(told) > before else 0
            seconds = time.perf_counter() - started
        print(
            f"{what}: {moved:,} + {helped:,} moved in {seconds:.1f} s, {Message.objects.count():,} messages",
            flush=True,
        )
        if (
            at == NOON
        ):  # a third of the messages arrived; within a day PostgreSQL looks at its tables by itself
            Message.objects.filter(customer_id__lte=many // 3).update(state="DELIVERED")
            with connection.cursor() as cursor:
                cursor.execute("VACUUM ANALYZE")
    for state in Traveller.State:
        print(f"  {state}: {Traveller.objects.filter(state=state).count():,}")
    print(f"  {psutil.Process().memory_info().rss / 1e9:.2f} GB")


if __name__ == "__main__":
    main()
