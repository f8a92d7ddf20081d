"""The web process gets ready for the first question of a day before it comes: columns, and marks that millions have."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator

from django.conf import settings
from django.db import connection, transaction

from yinke.common.row_security import see_as
from yinke.customers.list_models import Tag
from yinke.customers.queries import business_date
from yinke.lake.store import Day, Lake
from yinke.segments.asking import live_of, world_of_bank
from yinke.segments.members.marks import KEPT
from yinke.segments.rules.fields import fields, words_of

PAUSE = 30.0
"""Seconds between two looks whether a night has published another day."""
log = logging.getLogger(__name__)


def stay_ready() -> threading.Thread:
    """Get ready now, and again after each night, beside the requests."""
    thread = threading.Thread(target=_stay, name="segments ready", daemon=True)
    thread.start()
    return thread


def _stay() -> None:
    ready, stop = "", threading.Event()
    while True:
        try:
            day = _newest()
            if day is not None and day.version != ready:
                get_ready(day)
                ready = day.version
        except Exception as problem:  # a night in between, no database yet: the next look finds it
            log.warning("segments are not ready: %s", type(problem).__name__)
        finally:
            connection.close()
        stop.wait(PAUSE)


def _newest() -> Day | None:
    biz_date = business_date()
    day = Lake(settings.YINKE.lake).day(biz_date) if biz_date else None
    return day if day is not None and day.has("snapshot") else None


def get_ready(day: Day) -> int:
    """Read a day's columns, and whom each mark holds of that rules can ask for by name. Gives how many marks were read.

    Seen for the whole bank: nothing of it is told to anybody before it is counted within their own scope.
    """
    world = world_of_bank(day)
    live = live_of(lambda: world, day)
    read = 0
    for mark in _marks():
        with transaction.atomic():
            see_as(0, (), None, reads_customers=True)
            live.read(world, mark)
        read += 1
    return read


def _marks() -> Iterator[str]:
    sets = [field for field in fields().values() if field.kind == "set"]
    yield from (f"{field.name}:{code}" for field in sets for code in words_of(field))
    tags = Tag.objects.filter(is_active=True).order_by("-id").values_list("id", flat=True)
    yield from (f"tag:{one}" for one in tags[:KEPT])
