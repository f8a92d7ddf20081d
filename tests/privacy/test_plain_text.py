"""明文: after a night, personal numbers lie in the clear only where the catalogue says so, and in no log or job."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client

from tests.lake.small_bank import FIRST, following
from tests.nightly.night_bank import NightBank
from yinke.access.models import User
from yinke.common.catalogue import catalogue
from yinke.customers.models import Customer
from yinke.lake.engine import open_engine
from yinke.lake.snapshot import EVENTS, SNAPSHOT
from yinke.nightly.services import ask_rerun

pytestmark = pytest.mark.django_db

NAME, CERT, MOBILE, ADDRESS = (
    "欧阳慕容雪",
    "310101199001011234",
    "13912345678",
    "上海市徐汇区漕溪北路一号八零八室",
)
ACCOUNT, CARD, PARTNER = "6222021001012345678", "6228480402564890018", "司马相如海"
SECRETS = {
    "name": NAME,
    "cert": CERT,
    "mobile": MOBILE,
    "address": ADDRESS,
    "account": ACCOUNT,
    "card": CARD,
    "partner": PARTNER,
}


@pytest.fixture
def bank(tmp_path: Path) -> NightBank:
    return NightBank(tmp_path, open_engine("duckdb", threads=1, memory="1GB", scratch=tmp_path / "scratch"))


@pytest.fixture
def after_a_night(bank: NightBank) -> Iterator[tuple[NightBank, str]]:
    """A bank whose customer has every kind of personal number, after two nights; and all that was said meanwhile."""
    customer = bank.feeds["customer"]
    customer["columns"] = [*customer["columns"], "MOBILE", "ADDR"]  # type: ignore[misc]
    customer["map"] = {**customer["map"], "mobile": "MOBILE", "address": "ADDR"}  # type: ignore[dict-item]
    for number, row in enumerate(bank.rows["customer"]):
        row += [MOBILE if not number else "13700001111", ADDRESS if not number else "浦东"]
    bank.rows["customer"][0][1:3] = [NAME, CERT]
    for row in [*bank.rows["account"], *bank.rows["balance"]]:
        row[0] = ACCOUNT if row[0] == "A1" else row[0]
    bank.bench = bank.bench.__class__(**{**vars(bank.bench), "feeds": bank.described()})
    said = io.StringIO()
    handler = logging.StreamHandler(said)
    logging.getLogger().addHandler(handler)
    level = logging.getLogger().level
    logging.getLogger().setLevel(logging.DEBUG)
    try:
        with redirect_stdout(said), redirect_stderr(said):
            for day in (FIRST, following(FIRST)):
                bank.rows["transaction"] = []
                bank.send(day)
                bank.rows["transaction"] = [
                    [f"{day:%Y%m%d}", f"T{day:%j}", ACCOUNT, "D", "60000.00", "CNY", "TRANSFER", PARTNER]
                ]
                bank.write(day, "transaction")
                assert bank.run(day).status == "SUCCEEDED"
            yield bank, said.getvalue()
    finally:
        logging.getLogger().removeHandler(handler)
        logging.getLogger().setLevel(level)


def found_in(text: str) -> set[str]:
    return {what for what, secret in SECRETS.items() if secret in text}


def test_the_database_holds_none_in_the_clear(after_a_night: tuple[NightBank, str]) -> None:
    assert Customer.objects.count() == 2
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        for (table,) in cursor.fetchall():
            cursor.execute(f"SELECT t::text, encode(convert_to(t::text, 'UTF8'), 'hex') FROM {table} t")
            for text, raw in cursor.fetchall():
                assert not found_in(text), table
                assert not any(secret.encode().hex() in raw for secret in SECRETS.values()), table
            cursor.execute(
                "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND atttypid = 'bytea'::regtype AND attnum > 0",
                [table],
            )
            for (column,) in cursor.fetchall():
                cursor.execute(f"SELECT {column} FROM {table} WHERE {column} IS NOT NULL")
                for (value,) in cursor.fetchall():
                    assert not any(secret.encode() in bytes(value) for secret in SECRETS.values()), (
                        f"{table}.{column}"
                    )


def test_the_log_of_a_night_names_nobody(after_a_night: tuple[NightBank, str]) -> None:
    _, said = after_a_night
    assert not found_in(said)


def test_jobs_carry_dates_and_numbers_only(after_a_night: tuple[NightBank, str]) -> None:
    from yinke.access.queries import viewer_of

    ask_rerun(viewer_of(User.objects.select_related("org").get(emp_no="E9")), FIRST)
    with connection.cursor() as cursor:
        cursor.execute("SELECT args::text FROM procrastinate_jobs")
        payloads = [row[0] for row in cursor.fetchall()]
    assert payloads
    assert not found_in(" ".join(payloads))


def test_what_the_database_complains_of_is_not_told_to_the_caller(
    after_a_night: tuple[NightBank, str],
) -> None:
    assert after_a_night
    client = Client(raise_request_exception=False)
    client.force_login(User.objects.get(emp_no="E1"))
    for address in (
        f"/api/customers?q={MOBILE}&sort=none",
        "/api/customers?page=x",
        "/api/customers/1/nothing",
    ):
        assert not found_in(client.get(address).content.decode())
    row = Customer.objects.first()
    assert row
    with pytest.raises(IntegrityError) as problem, transaction.atomic():
        Customer.objects.create(
            **{**{f.attname: getattr(row, f.attname) for f in Customer._meta.concrete_fields}, "id": 99}
        )
    assert not found_in(str(problem.value))


def _texts(column: pa.ChunkedArray) -> set[str]:
    return found_in("\x00".join(str(v) for v in column.to_pylist() if v is not None))


def test_in_the_lake_they_lie_only_in_columns_that_the_catalogue_calls_c2(
    after_a_night: tuple[NightBank, str],
) -> None:
    bank, _ = after_a_night
    seen: set[str] = set()
    for path in sorted((bank.folder / "lake").rglob("*.parquet")):
        table = pq.read_table(path)
        for column in table.column_names:
            hits = _texts(table[column])
            if hits:
                name = (
                    "quarantine"
                    if "quarantine" in path.parts
                    else "ids"
                    if "ids" in path.parts
                    else path.stem
                )
                level = catalogue()[f"lake.{name}"].fields[column].level
                assert level == "C2", f"{path.name} {column} holds {hits}"
                seen |= {f"{path.stem}.{column}"}
    assert {
        "customer.name",
        "customer.cert_no",
        "customer.mobile",
        "customer.address",
        "account.acct_no",
    } <= seen
    derived = {f"snapshot.{m.name}" for m in SNAPSHOT} | {f"events.{e.name}" for e in EVENTS}
    assert not seen & derived, "what is counted from the tables names nobody"


def test_notes_of_the_night_and_quarantine_hold_none(after_a_night: tuple[NightBank, str]) -> None:
    bank, _ = after_a_night
    lake = bank.folder / "lake"
    notes = [
        p
        for p in lake.rglob("*")
        if p.is_file() and (p.suffix in (".json", ".done") or "quarantine" in p.parts)
    ]
    assert notes
    for path in notes:
        assert not any(secret.encode() in path.read_bytes() for secret in SECRETS.values()), path


def test_a_night_that_is_held_says_why_without_naming_anybody(bank: NightBank) -> None:
    for change in (
        lambda: bank.rows["customer"][0].__setitem__(slice(1, 3), [NAME, CERT]),
        lambda: bank.rows["customer"][0].__setitem__(4, CERT),  # a number where a date belongs
        lambda: bank.rows["balance"].append([ACCOUNT, "1.00", "CNY"]),  # of no account
        lambda: bank.rows["customer"].append(list(bank.rows["customer"][0])),  # twice
    ):
        change()
        bank.send(FIRST)
        outcome = bank.run(FIRST, rebuild=True)
        assert not found_in(f"{outcome.message} {outcome.place} {outcome.remedy}"), outcome.message
    assert outcome.status == "HELD"
    folder: Path = bank.folder / "lake" / "quarantine"
    for path in folder.rglob("*.parquet"):
        assert not found_in(str(pq.read_table(path).to_pylist()))
