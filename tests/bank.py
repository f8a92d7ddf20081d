"""Small banks for tests, built by verbs: ``a_bank().with_branch("徐汇").with_manager("李").with_customer("张三")``.

A verb without a place or a person acts on the one named last. ``a_day`` writes the lake's side.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from django.db import connection
from django.test import Client
from django.test.client import ClientHandler
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from yinke.access.models import Org, User
from yinke.access.queries import viewer_of
from yinke.access.viewer import Viewer
from yinke.common.crypto import blind_index, encrypt
from yinke.customers.models import Assignment, Customer, Frontier, Metrics
from yinke.customers.names import initials, normalise
from yinke.customers.search import NAME_KEYS, name_keys, tail_key
from yinke.lake.around import SCHEMAS as AROUND
from yinke.lake.sealing import seal_rows
from yinke.lake.snapshot import EVENTS, FEATURES, SNAPSHOT, arrow_schema
from yinke.lake.store import Day, Lake
from yinke.lake.tables import TABLES
from yinke.scoring.churn.score_table import SCORE
from yinke.scoring.value.value_table import VALUE

TODAY = date(2026, 10, 30)
"""The business date of a test bank that names no other; a Friday."""
PASSWORD = "Correct-Horse-9-Battery"


def statements(ask: Callable[[], object]) -> int:
    """How many statements PostgreSQL is asked: the fewest of three times.

    Now and then a call also reads the data keys again, or notes that its person is active.
    """
    counts = []
    for _ in range(3):
        with CaptureQueriesContext(connection) as asked:
            ask()
        counts.append(len(asked))
    return min(counts)


class Bank:
    """A bank in the making; its orgs, staff and customers are found by name."""

    def __init__(self, biz_date: date = TODAY) -> None:
        self.biz_date = biz_date
        self.orgs: dict[str, Org] = {}
        self.staff: dict[str, User] = {}
        self.customers: dict[str, Customer] = {}
        self.place: Org | None = None
        self.manager: User | None = None
        self.with_org("总行", level=1)
        Frontier.objects.update_or_create(
            pk=1,
            defaults={
                "biz_date": biz_date, "lake_version": f"{biz_date}-1", "written_at": timezone.now()
            },
        )  # fmt: skip

    def with_org(self, name: str, *, under: str | None = None, level: int | None = None) -> Bank:
        """An org below another (below the head office if none is named); later verbs act there."""
        parent = self.orgs[under] if under else self.orgs.get("总行")
        org = Org.objects.create(
            org_no=f"{100 + Org.objects.count()}", parent=parent, name=name,
            level=level or (parent.level + 1 if parent else 1), path="",
        )  # fmt: skip
        org.path = f"{parent.path if parent else '/'}{org.id}/"
        org.save()
        self.orgs[name] = self.place = org
        return self

    def with_branch(self, name: str, *, under: str | None = None) -> Bank:
        """支行: a sub-branch, straight below the head office if nothing else is named."""
        return self.with_org(name, under=under, level=4)

    def with_staff(self, name: str, role: str, *, at: str | None = None, **fields: Any) -> Bank:
        """A member of staff of any role, who may sign in with ``PASSWORD``."""
        org = self.orgs[at] if at else self.place
        user = User(
            emp_no=fields.pop("emp_no", f"E{User.objects.count() + 1:04}"),
            name=name,
            role=role,
            org=org,
            **fields,
        )
        user.set_password(PASSWORD)
        user.save()
        self.staff[name] = user
        return self

    def with_manager(self, name: str, role: str = "RM", *, at: str | None = None) -> Bank:
        """客户经理: later customers are theirs."""
        self.with_staff(name, role, at=at)
        self.manager = self.staff[name]
        return self

    def with_head(self, name: str, *, at: str | None = None) -> Bank:
        """支行长."""
        return self.with_staff(name, "BR_MGR", at=at)

    def with_customer(
        self, name: str, *, of: str | None = "", co: Iterable[str] = (), at: str | None = None,
        aum: Decimal | int | str = 600_000, tier: int = 3, stage: str = "STABLE", mobile: str = "13812345678", email: str = "",
        cert_no: str = "11010519491231002X", metrics: Mapping[str, Any] | None = None, **fields: Any,
    ) -> Bank:  # fmt: skip
        """A customer of the last manager (``of=None``: in the pool), at the last place, with even balances."""
        manager = self.manager if of == "" else self.staff[of] if of else None
        org = self.orgs[at] if at else (manager.org if manager else self.place)
        number = Customer.objects.count() + 1
        customer = Customer.objects.create(
            id=fields.pop("id", number), org=org,
            **{
                "cust_no": f"C{number:08}", "name_sealed": encrypt(name), "name_index": blind_index(normalise(name)),
                "pinyin": initials(name), **dict(zip(NAME_KEYS, name_keys(name), strict=True)),
                "mobile_tail": tail_key(mobile), "cert_tail": tail_key(cert_no), "mobile_sealed": encrypt(mobile), "mobile_index": blind_index(mobile),
                "email_sealed": encrypt(email) if email else None, "email_index": blind_index(email) if email else None,
                "cert_sealed": encrypt(cert_no), "cert_index": blind_index(cert_no), "cert_type": "10100",
                "gender": "F", "birth_date": date(1980, 5, 17), "open_date": date(2019, 3, 1),
                "status": "NORMAL", "risk_level": "C3", "digest": b"", **fields,
            },
        )  # fmt: skip
        money = Decimal(aum)
        Metrics.objects.create(
            customer=customer,
            **{
                "as_of": self.biz_date, "aum": money, "lum": 0, "sum_m": money * self.biz_date.day,
                "sum_q": money * 30, "sum_y": money * 303, "aum_month_start": money, "aum_year_start": money,
                "months": [money] * 12, "mix": [money, 0, 0, 0, 0, 0, 0, 0], "tier": tier, "tier_asset": tier,
                "stage": stage, "categories": 1, "rfm": "333", **(metrics or {}),
            },
        )  # fmt: skip
        start = date(2024, 1, 1)
        if manager:
            Assignment.objects.create(customer=customer, user=manager, rel_type="MAIN", start_date=start)
        for colleague in co:
            Assignment.objects.create(
                customer=customer, user=self.staff[colleague], rel_type="CO", share_pct=0, start_date=start
            )
        self.customers[name] = customer
        return self

    def viewer(self, name: str) -> Viewer:
        """That member of staff as one who asks."""
        return viewer_of(User.objects.select_related("org").get(id=self.staff[name].id))

    def client(self, name: str) -> Client:
        """A browser in which that member of staff is signed in."""
        client = browser()
        client.force_login(self.staff[name])
        return client


def browser() -> Client:
    """A browser in which nobody is signed in."""
    client = Client()
    client.handler = _handler()
    return client


@lru_cache(maxsize=1)
def _handler() -> ClientHandler:
    """One for all browsers, as in a server: each of its own would look through all the pages' files anew."""
    return ClientHandler(enforce_csrf_checks=False)


def a_bank(biz_date: date = TODAY) -> Bank:
    """A bank with a head office and nothing else; its figures stand on ``biz_date``."""
    return Bank(biz_date)


def schema_of(table: str) -> pa.Schema:
    """The Parquet schema of any table of the lake."""
    special = {"features": FEATURES, "snapshot": SNAPSHOT, "events": EVENTS}
    if table == "aum":
        return pa.schema([("cust_id", pa.int32()), ("aum", pa.decimal128(18, 2))])
    if table in ("score", "value"):
        return SCORE if table == "score" else VALUE
    if table in AROUND:
        return AROUND[table]
    return arrow_schema(special[table]) if table in special else TABLES[table].arrow_schema()


def a_day(
    lake: Lake, biz_date: date, notes: Mapping[str, dict[str, Any]] | None = None,
    **tables: Iterable[Mapping[str, Any]],
) -> Day:  # fmt: skip
    """Publish a business date with these rows; columns that a row does not name are null. ``notes``: what steps told."""
    building = lake.build(biz_date)
    for step, told in (notes or {}).items():
        building.note(step, told)
    for name, rows in tables.items():
        schema = schema_of(name)
        columns: dict[str, list[Any]] = {field.name: [] for field in schema}
        for row in sorted(rows, key=lambda row: row.get("cust_id", 0)):
            strange = set(row) - set(columns)
            assert not strange, f"{name} has no {strange}"
            for column, values in columns.items():
                value = row.get(column)
                money = pa.types.is_decimal(schema.field(column).type) and value is not None
                values.append(Decimal(value) if money else value)
        made = pa.table(columns, schema=schema)
        with building.writing(name) as path:
            pq.write_table(seal_rows(made, name, lake.keys) if name in TABLES else made, path)
    return lake.publish(building)


def a_lake(folder: Path) -> Lake:
    """An empty lake with a key of its own."""
    lake = Lake(folder)
    assert lake.keys
    return lake
