"""到期清理: delete or empty what is past its time (PIPL art. 19, 47.1), as the catalogue and the thresholds say.

The audit trail and the consent ledger are never touched: they are the proof. Each run is accounted for.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import connection, models, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from yinke.access.services import audit_job
from yinke.common.catalogue import Entry, catalogue
from yinke.common.thresholds import load_thresholds
from yinke.customers.models import ERASED, Customer
from yinke.customers.queries import frontier
from yinke.lake import expiry
from yinke.lake.erase import erase as erase_from_lake
from yinke.lake.store import Lake
from yinke.privacy.models import Expiry, RightsFile, Suppression
from yinke.privacy.services.copy import folder
from yinke.privacy.services.erase import emptied, erase, holds
from yinke.segments.members import Members

BATCH = 2_000
CUSTOMERS = 500
"""Customers deleted by one run at most; the next goes on."""


@dataclass(frozen=True)
class Rule:
    """What is past its time in one table; ``apply`` deletes it and gives the number of rows."""

    table: str
    code: str
    before: date
    count: Callable[[], int]
    apply: Callable[[], int]


@dataclass(frozen=True)
class Due:
    """Rows of a table that are past their time."""

    table: str
    code: str
    before: date
    rows: int


def due(now: datetime | None = None) -> list[Due]:
    """What a run would delete now; nothing is touched."""
    return [Due(rule.table, rule.code, rule.before, rule.count()) for rule in _rules(now or timezone.now())]


def expire(now: datetime | None = None) -> list[Due]:
    """Delete or empty what is past its time. A run that is killed is finished by the next."""
    done = []
    for rule in _rules(now or timezone.now()):
        rows = rule.apply()
        done.append(Due(rule.table, rule.code, rule.before, rows))
        if rows:
            with transaction.atomic():
                Expiry.objects.create(table=rule.table, rule=rule.code, before=rule.before, rows=rows)
                audit_job(
                    "retention.run",
                    "table",
                    rule.table,
                    reason=f"{rows} rows before {rule.before} ({rule.code})",
                )
    return done


def _rules(now: datetime) -> list[Rule]:
    today = timezone.localdate(now)
    days = load_thresholds(settings.YINKE.thresholds).at(today)

    def before(code: str) -> date:
        return today - timedelta(days=int(days[f"retention.{code}"]))

    rules = [
        _table_rule(entry, before(entry.kept), now)
        for entry in catalogue().values()
        if entry.kept and entry.clock and entry.after != "keep" and not entry.table.startswith("lake.")
    ]
    return [
        *rules,
        _customer_rule(before("customer"), today),
        _file_rule(now, before("rights_files")),
        *_lake_rules(before),
    ]


def _table_rule(entry: Entry, before: date, now: datetime) -> Rule:
    model = apps.get_model(entry.table)
    clock: Any = model._meta.get_field(entry.clock)
    moment = timezone.make_aware(datetime.combine(before, time.min))
    if before == timezone.localdate(now):
        moment = now  # kept for no day: until the very moment
    limit: Any = moment if isinstance(clock, models.DateTimeField) else before
    clear = entry.after == "clear"

    def found() -> QuerySet[Any]:
        rows = model._default_manager.filter(**{f"{entry.clock}__lt": limit})
        return rows.filter(_still_full(entry, model)) if clear else _unneeded(model, rows)

    def apply() -> int:
        return _in_batches(found, (lambda rows: rows.update(**emptied(entry))) if clear else _deleted)

    return Rule(entry.table, entry.kept, before, lambda: found().count(), apply)


def _deleted(rows: QuerySet[Any]) -> int:
    return rows.delete()[0]


def _unneeded(model: type[models.Model], rows: QuerySet[Any]) -> QuerySet[Any]:
    """Rows that nothing refers to which must stay."""
    for relation in model._meta.get_fields(include_hidden=True):
        if isinstance(relation, models.ForeignObjectRel) and relation.on_delete is models.PROTECT:
            referring = relation.related_model._default_manager.filter(
                **{relation.field.attname: OuterRef("pk")}
            )
            rows = rows.filter(~Exists(referring))
    return rows


def _still_full(entry: Entry, model: type[models.Model]) -> Q:
    """Rows that still hold something of level C2."""
    full = Q()
    for name, nothing in emptied(entry).items():
        full |= Q(**{f"{name}__isnull": False}) if nothing is None else ~Q(**{name: nothing})
    return full


def _in_batches(found: Callable[[], QuerySet[Any]], act: Callable[[QuerySet[Any]], int]) -> int:
    total = 0
    while True:
        with transaction.atomic():
            keys = list(found().order_by("pk").values_list("pk", flat=True)[:BATCH])
            if not keys:
                return total
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL yinke.erasing = 'on'")
            act(found().model._default_manager.filter(pk__in=keys))
            total += len(keys)


def _customer_rule(before: date, today: date) -> Rule:
    """Customers whose relationship ended so long ago that no law holds their data."""

    def found() -> list[Customer]:
        day = Lake(settings.YINKE.lake).latest()
        ids = expiry.ended_before(day, before) if day else []
        rows = Customer.objects.filter(id__in=ids, status__in=("CLOSED", "DECEASED")).exclude(status=ERASED)
        return [customer for customer in rows.order_by("id")[:CUSTOMERS] if not holds(customer, today)]

    def apply() -> int:
        rows = found()
        for customer in rows:
            with transaction.atomic():
                erase(customer)
        return len(rows)

    return Rule("customers.Customer", "customer", before, lambda: len(found()), apply)


def _file_rule(now: datetime, before: date) -> Rule:
    """Copies of personal data that have expired, and files of requests that were undone."""

    def found() -> list[str]:
        if not folder().is_dir():
            return []
        alive = set(RightsFile.objects.filter(expires_at__gt=now).values_list("name", flat=True))
        lately = now - timedelta(hours=1)  # one that is just being made has no row yet
        return [
            path.name for path in folder().iterdir()
            if path.name not in alive
            and (RightsFile.objects.filter(name=path.name).exists()
                 or datetime.fromtimestamp(path.stat().st_mtime, tz=now.tzinfo) < lately)
        ]  # fmt: skip

    def apply() -> int:
        names = found()
        for name in names:
            (folder() / name).unlink(missing_ok=True)
        return len(names)

    return Rule("privacy.RightsFile", "rights_files", before, lambda: len(found()), apply)


def _erased_rule(lake: Lake, before: date) -> Rule:
    """Customers who were deleted in the database and lie in the lake's files still."""

    def found() -> QuerySet[Suppression]:
        return Suppression.objects.filter(out_of_lake_at=None)

    def apply() -> int:
        waiting = list(found())
        gone = [row.customer_id for row in waiting]
        erase_from_lake(lake, gone)
        if gone:
            Members(lake.root / "members").erase(gone)
        Suppression.objects.filter(id__in=[row.id for row in waiting]).update(out_of_lake_at=timezone.now())
        return len(waiting)

    return Rule("lake.customer", "customer", before, lambda: found().count(), apply)


def _lake_rules(before: Callable[[str], date]) -> list[Rule]:
    lake = Lake(settings.YINKE.lake)
    written = frontier()
    keep = frozenset({written.lake_version, *written.task_versions.values()} if written else ())

    def moment(code: str) -> datetime:
        return timezone.make_aware(datetime.combine(before(code), time.min))

    def rule(table: str, code: str, found: Callable[[], list[Any]]) -> Rule:
        return Rule(table, code, before(code), lambda: len(found()), lambda: expiry.remove(lake, found()))

    return [
        _erased_rule(lake, before("customer")),
        rule("lake.versions", "versions", lambda: expiry.replaced_versions(lake, moment("versions"), keep)),
        rule("lake.dates", "lake", lambda: expiry.old_dates(lake, before("lake"))),
        rule("lake.raw", "raw", lambda: expiry.old_folders(lake, "raw", before("raw"))),
        rule(
            "lake.quarantine",
            "quarantine",
            lambda: expiry.old_folders(lake, "quarantine", before("quarantine")),
        ),
    ]
