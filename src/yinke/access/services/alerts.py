"""异常提醒: find in the audit trail who looks at more of customers than the work needs (金规〔2024〕24号).

A sweep reads the trail's last day and keeps one alert a day for each person and kind; swept again it grows, and
an acknowledged one opens again when more has happened since.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from yinke.access.models import Alert, AuditEntry
from yinke.access.queries_alerts import one_alert
from yinke.access.services.audit import audit
from yinke.access.viewer import Viewer
from yinke.common.errors import NotAllowed, YinkeError
from yinke.common.thresholds import load_thresholds

Kind = Alert.Kind
REVEAL = "customer.reveal"
NUMBERS = ("customer.lookup", "customer.search")
HOUR = timedelta(hours=1)
LOOK_BACK = timedelta(days=2)


@dataclass(frozen=True)
class Look:
    """One entry of the trail, as far as alerts need it."""

    entry: int
    user: int
    at: datetime
    action: str
    customer: int | None
    number: str = ""
    """Of a search by a whole number: what tells it from other numbers."""


@dataclass(frozen=True)
class Found:
    """What an alert says: on one day (Asia/Shanghai) one person did so much."""

    kind: str
    user: int
    day: date
    count: int
    first_at: datetime
    last_at: datetime
    last_entry: int


def find(looks: Sequence[Look], rules: Mapping[str, Any]) -> list[Found]:
    """The alerts that these looks (in the trail's order) give rise to, by person and day."""
    days: dict[tuple[int, date], list[Look]] = defaultdict(list)
    for look in looks:
        days[look.user, timezone.localtime(look.at).date()].append(look)
    return [found for (user, day), own in days.items() for found in _of_day(user, day, own, rules)]


def _of_day(user: int, day: date, looks: list[Look], rules: Mapping[str, Any]) -> Iterator[Found]:
    def told(kind: str, count: int, those: list[Look]) -> Found:
        return Found(kind, user, day, count, those[0].at, those[-1].at, those[-1].entry)

    reveals = [look for look in looks if look.action == REVEAL]
    busiest = _busiest_hour(reveals)
    if len(busiest) > int(rules["alert.reveals_per_hour"]):
        yield told(Kind.MANY_REVEALS, len(busiest), busiest)
    opens, closes = int(rules["alert.office_opens"]), int(rules["alert.office_closes"])
    off = [look for look in reveals if not opens <= timezone.localtime(look.at).hour < closes]
    if off:
        yield told(Kind.OFF_HOURS, len(off), off)
    numbers = _busiest_hour(_different(look for look in looks if look.action in NUMBERS))
    if len(numbers) > int(rules["alert.numbers_per_hour"]):
        yield told(Kind.MANY_NUMBERS, len(numbers), numbers)
    run = _longest_run(looks)
    if len(run) >= int(rules["alert.ids_in_a_row"]):
        yield told(Kind.IDS_IN_A_ROW, len(run), run)


def _busiest_hour(looks: list[Look]) -> list[Look]:
    """The most looks that lie within one hour of each other; of equally many the last."""
    best: list[Look] = []
    start = 0
    for end, look in enumerate(looks):
        while look.at - looks[start].at >= HOUR:
            start += 1
        if end - start + 1 >= len(best):
            best = looks[start : end + 1]
    return best


def _different(looks: Iterable[Look]) -> list[Look]:
    """Without those for a number that was searched for within the hour before: a page asks again by itself."""
    last: dict[str, datetime] = {}
    found = []
    for look in looks:
        if look.number not in last or look.at - last[look.number] >= HOUR:
            last[look.number] = look.at
            found.append(look)
    return found


def _longest_run(looks: list[Look]) -> list[Look]:
    """The longest chain of first looks at customers n, n+1, n+2, ... within an hour, whichever way it goes."""
    first: dict[int, Look] = {}
    for look in looks:
        if look.customer is not None:
            first.setdefault(look.customer, look)
    best: list[Look] = []
    for start, look in first.items():
        if start - 1 in first and abs(look.at - first[start - 1].at) < HOUR:
            continue
        run = [look]
        while (after := first.get(start + len(run))) and abs(after.at - run[-1].at) < HOUR:
            run.append(after)
        if len(run) > len(best):
            best = run
    return sorted(best, key=lambda look: look.entry)


def sweep(now: datetime | None = None) -> int:
    """Bring the alerts up to date with the trail's last two days. Returns how many are new or have grown."""
    now = now or timezone.now()
    rules = load_thresholds(settings.YINKE.thresholds).at(timezone.localdate(now))
    midnight = timezone.localtime(now - LOOK_BACK).replace(hour=0, minute=0, second=0, microsecond=0)
    rows = AuditEntry.objects.filter(
        at__gte=midnight, user__isnull=False, object_type="customer"
    ).order_by("id")  # fmt: skip
    columns = ("id", "user_id", "at", "action", "object_id", "reason")
    looks = [
        Look(entry, user, at, action, _customer(object_id), reason)
        for entry, user, at, action, object_id, reason in rows.values_list(*columns)
        if user is not None
    ]
    return sum(_keep(found) for found in find(looks, rules))


def _customer(object_id: str) -> int | None:
    """``123.mobile`` is a look at customer 123."""
    number = object_id.partition(".")[0]
    return int(number) if number.isdigit() else None


@transaction.atomic
def _keep(found: Found) -> bool:
    values = {
        "count": found.count, "first_at": found.first_at, "last_at": found.last_at, "last_entry": found.last_entry,
    }  # fmt: skip
    alert, new = Alert.objects.select_for_update().get_or_create(
        kind=found.kind, user_id=found.user, day=found.day, defaults=values
    )
    if new or alert.last_entry >= found.last_entry:
        return new
    again = {"acknowledged_by": None, "acknowledged_at": None}
    Alert.objects.filter(id=alert.id).update(**values, **again)
    return True


@transaction.atomic
def acknowledge(viewer: Viewer, alert_id: int, note: str, address: str | None = None) -> Alert:
    """Say what was found out about an alert; it stays with the note.

    Raises:
        NotAllowed: the role may not.
        NotFound: there is no such alert for the viewer.
        YinkeError: the note is empty, or it is the viewer's own alert.
    """
    if not viewer.may("alert.handle"):
        raise NotAllowed("Your role reads alerts only", remedy="Ask compliance")
    alert = one_alert(viewer, alert_id)
    if alert.user_id == viewer.user_id:
        raise NotAllowed("It is about yourself", place=f"alert {alert_id}", remedy="Ask a colleague")
    text = " ".join(note.replace("\x00", "").split())[:200]
    if not text:
        raise YinkeError(
            "The note is empty", place="note", code="text_missing", remedy="Say what you found out"
        )
    alert.acknowledged_by_id, alert.acknowledged_at, alert.note = viewer.user_id, timezone.now(), text
    alert.save(update_fields=["acknowledged_by", "acknowledged_at", "note"])
    audit(viewer, "alert.acknowledge", "alert", str(alert.id), reason=text, address=address)
    return alert
