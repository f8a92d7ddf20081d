"""明文: after nights, what identifies a person lies nowhere in the clear: not in the database, the lake, a log or a job."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.test import Client
from pytest_django import DjangoDbBlocker

from tests.lake.small_bank import FIRST, following
from tests.nightly.night_bank import NightBank
from yinke.access.models import User
from yinke.common.catalogue import catalogue
from yinke.common.sealed_text import MARK
from yinke.customers.models import Customer
from yinke.lake.engine import open_engine
from yinke.nightly.services import ask_rerun

pytestmark = pytest.mark.django_db

NAME, CERT, MOBILE, ADDRESS = (
    "欧阳慕容雪",
    "310101199001011234",
    "13912345678",
    "上海市徐汇区漕溪北路一号八零八室",
)
TEL, EMPLOYER = "021-64390815", "上海欧阳缝纫机有限公司"
ACCOUNT, CARD, PARTNER = "6222021001012345678", "6228480402564890018", "司马相如海"
THEIRS, REMARK = "6217001210024455667", "还欧阳的装修款"
SECRETS = {
    "name": NAME,
    "cert": CERT,
    "mobile": MOBILE,
    "address": ADDRESS,
    "tel": TEL,
    "employer": EMPLOYER,
    "account": ACCOUNT,
    "card": CARD,
    "theirs": THEIRS,
    "partner": PARTNER,
    "remark": REMARK,
}


def a_bank(folder: Path) -> NightBank:
    return NightBank(folder, open_engine("duckdb", threads=1, memory="1GB", scratch=folder / "scratch"))


def more(bank: NightBank, feed: str, **columns: str) -> None:
    """The bank sends more columns of a feed."""
    body = bank.feeds[feed]
    body["columns"] = [*body["columns"], *columns.values()]  # type: ignore[misc]
    body["map"] = {**body["map"], **columns}  # type: ignore[dict-item]


@pytest.fixture(scope="module")
def after_a_night(
    tmp_path_factory: pytest.TempPathFactory, django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[tuple[NightBank, str]]:
    """Two nights run once for all; the people's half is emptied afterwards."""
    with django_db_blocker.unblock():
        bank = a_bank(tmp_path_factory.mktemp("bank"))
        yield bank, two_nights(bank)
        call_command("flush", verbosity=0, interactive=False)


def two_nights(bank: NightBank) -> str:
    """A bank whose customer has every kind of personal number, after two nights; and all that was said meanwhile."""
    more(bank, "customer", mobile="MOBILE", address="ADDR", tel="TEL", employer="EMPLOYER")
    for number, row in enumerate(bank.rows["customer"]):
        row += [MOBILE, ADDRESS, TEL, EMPLOYER] if not number else ["13700001111", "浦东", "", ""]
    bank.rows["customer"][0][1:3] = [NAME, CERT]
    more(bank, "account", card_no="CARD")
    more(bank, "transaction", opp_acct="OPP_ACCT", opp_name="OPP_NAME")
    for row in bank.rows["account"]:
        row.append(CARD if row[0] == "A1" else "")
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
                    [
                        f"{day:%Y%m%d}",
                        f"T{day:%j}",
                        ACCOUNT,
                        "D",
                        "60000.00",
                        "CNY",
                        "TRANSFER",
                        REMARK,
                        THEIRS,
                        PARTNER,
                    ]
                ]
                bank.write(day, "transaction")
                assert bank.run(day).status == "SUCCEEDED"
        return said.getvalue()
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


SPELT = ("utf-8", "gb18030", "utf-16-le")


def found_in_bytes(data: bytes) -> set[str]:
    return {what for what, secret in SECRETS.items() for coding in SPELT if secret.encode(coding) in data}


def _texts(column: pa.ChunkedArray) -> set[str]:
    return found_in("\x00".join(str(v) for v in column.to_pylist() if v is not None))


def test_the_lake_holds_none_in_the_clear_in_any_file(after_a_night: tuple[NightBank, str]) -> None:
    bank, _ = after_a_night
    root = bank.folder / "lake"
    files = [path for path in root.rglob("*") if path.is_file()]
    kinds = {path.relative_to(root).parts[0] for path in files}
    assert {"raw", "versions", "ids", "keys.json"} <= kinds
    for path in files:
        assert not found_in_bytes(path.read_bytes()), path
        if path.suffix == ".parquet":
            table = pq.read_table(path)
            for column in table.column_names:
                assert not _texts(table[column]), f"{path} {column}"
    left = [path for path in (bank.folder / "scratch").rglob("*") if path.is_file()]
    assert not [path for path in left if found_in_bytes(path.read_bytes())]


def test_in_the_lake_they_are_sealed_in_the_columns_of_which_the_catalogue_says_so(
    after_a_night: tuple[NightBank, str],
) -> None:
    bank, _ = after_a_night
    seen: dict[str, set[str]] = {}
    for path in sorted((bank.folder / "lake" / "versions").rglob("*.parquet")):
        table = pq.read_table(path)
        for column in table.column_names:
            if pa.types.is_string(table.schema.field(column).type):
                known = catalogue()[f"lake.{path.stem}"].fields[column].store
                texts = [text for text in table[column].to_pylist() if text]
                if known == "sealed":
                    opened = bank.lake.keys.texts.open(table[column])
                    seen.setdefault(f"{path.stem}.{column}", set()).update(_texts(opened))
                else:
                    assert not [text for text in texts if text.startswith(MARK)], f"{path.stem}.{column}"
    assert {name: what for name, what in seen.items() if what} == {
        "customer.name": {"name"}, "customer.cert_no": {"cert"}, "customer.mobile": {"mobile"}, "customer.tel": {"tel"},
        "customer.address": {"address"}, "customer.employer": {"employer"}, "account.acct_no": {"account"},
        "account.card_no": {"card"}, "balance.acct_no": {"account"}, "transaction.acct_no": {"account"},
        "transaction.opp_acct": {"theirs"}, "transaction.opp_name": {"partner"}, "transaction.remark": {"remark"},
    }  # fmt: skip


def test_the_files_as_received_are_there_sealed_and_open_as_they_came(
    after_a_night: tuple[NightBank, str],
) -> None:
    bank, _ = after_a_night
    day = following(FIRST)
    for feed in ("customer", "transaction"):
        sent = bank.data(feed, day).read_bytes()
        assert found_in_bytes(sent)
        copies = list(bank.lake.raw(day, feed).rglob(bank.data(feed, day).name))
        with bank.lake.keys.opened_file(copies[-1]) as file:
            assert file.read() == sent


def test_a_night_that_is_held_says_why_without_naming_anybody(tmp_path: Path) -> None:
    bank = a_bank(tmp_path)
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
