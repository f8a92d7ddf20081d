"""复制与转移: everything the bank holds about one customer, in a form that people and machines read (art. 45).

The catalogue says which tables tell of a customer; what tells of other people is left out. The file is an
AES-256 zip whose password is shown once, and it lies sealed outside the database until it expires.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyzipper
from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from pyroaring import BitMap

from yinke.access.services import audit
from yinke.access.viewer import Viewer
from yinke.common import crypto
from yinke.common.catalogue import Entry, catalogue
from yinke.common.errors import NotAllowed, NotFound, YinkeError
from yinke.common.row_security import whole_bank
from yinke.common.thresholds import load_thresholds
from yinke.customers.custom_models import CustomField
from yinke.customers.list_models import Tag
from yinke.lake.reading import rows_of
from yinke.lake.store import Lake
from yinke.lake.tables import TABLES
from yinke.privacy.models import RightsCase, RightsFile
from yinke.privacy.services.erase import rows_about
from yinke.segments.definitions import rules_by_code
from yinke.segments.kept import members_store
from yinke.segments.models import Segment
from yinke.segments.moves import keys_of
from yinke.segments.ready.audience import tells_of_aml
from yinke.segments.ready.tags import ready_tags

COPIED = ("ACCESS", "COPY", "PORT")
"""Kinds of request that are answered with a file."""
FORMULA = ("=", "+", "-", "@", "\t", "\r")
LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"


class Gone(YinkeError):
    """The file has expired or was taken as often as it may be; it is deleted."""

    code = "file_gone"
    status = 410


@dataclass(frozen=True)
class Part:
    """A table's rows about one customer."""

    entry: Entry
    columns: list[str]
    rows: list[dict[str, Any]]


def collect(customer_id: int) -> list[Part]:
    """All rows about a customer, of the database and the lake, without what tells of others."""
    lake = Lake(settings.YINKE.lake)
    parts = []
    for entry in catalogue().values():
        if not entry.person:
            continue
        made = _of_lake(lake, entry, customer_id) if _is_lake(entry) else _of_database(entry, customer_id)
        if entry.table == "customers.CustomValue":
            _name_own_fields(made.rows)
        if entry.table == "customers.CustomerTag":
            names = dict(
                Tag.objects.filter(pk__in={row["tag"] for row in made.rows}).values_list("pk", "name")
            )
            for row in made.rows:
                row["tag"] = names[row["tag"]]
        if made.rows:
            parts.append(made)
    return parts


def _name_own_fields(rows: list[dict[str, Any]]) -> None:
    """Values of the bank's own fields with the names of fields and options, not their numbers and codes."""
    fields = CustomField.objects.in_bulk({row["field"] for row in rows})
    for row in rows:
        field = fields[row["field"]]
        names = {each["code"]: _both(each["zh"], each["en"]) for each in field.options}
        row["field"] = _both(field.name_zh, field.name_en)
        row["text"] = names.get(row["text"], row["text"])
        row["choices"] = [names[code] for code in row["choices"] or ()]


def _both(zh: str, en: str) -> str:
    return " / ".join(filter(None, (zh, en)))


def _is_lake(entry: Entry) -> bool:
    return entry.table.startswith("lake.")


def _names(entry: Entry) -> list[str]:
    """Fields that are given: not those of others, and no indexes or hashes, which say nothing."""
    return [f.name for f in entry.fields.values() if f.name not in entry.third and f.store in ("", "sealed")]


def _of_database(entry: Entry, customer_id: int) -> Part:
    names = _names(entry)
    found = rows_about(entry, customer_id).order_by("pk")
    rows = [
        {
            name.removesuffix("_sealed"): crypto.decrypt(value) if entry.fields[name].store else value
            for name, value in row.items()
        }
        for row in found.values(*names).iterator()
    ]
    return Part(entry, [name.removesuffix("_sealed") for name in names], rows)


def _of_lake(lake: Lake, entry: Entry, customer_id: int) -> Part:
    """A state table as it is now; a journal over all its dates."""
    name, names = entry.table.removeprefix("lake."), _names(entry)
    if name == "members":
        return Part(entry, ["key", "title_zh", "title_en", "since"], list(_memberships(customer_id)))
    dates = lake.dates()
    table = TABLES.get(name)
    journal = name in ("events", "aum") or (table is not None and table.keeps == "day")
    days = [day for d in (dates if journal else dates[-1:]) if (day := lake.day(d)) and day.has(name)]
    rows: list[dict[str, Any]] = []
    if name == "aum":
        for day in days:
            rows += [{"biz_date": day.biz_date, **row} for row in rows_of([day], name, customer_id, names)]
        return Part(entry, ["biz_date", *names], rows)
    for path in entry.people:
        rows += rows_of(days, name, customer_id, names, who=path)
    return Part(entry, names, rows)


def _memberships(customer_id: int) -> Iterator[dict[str, Any]]:
    """Segments and ready tags that the customer is in now; not what tells of money laundering."""
    members, rules = members_store(), rules_by_code()
    shown = {tag.key: (tag.zh, tag.en) for tag in ready_tags().values() if tag.audience == "all"}
    for segment in Segment.objects.filter(status=Segment.Status.IN_USE):
        rule = rules.get(segment.code)
        if rule is None or not tells_of_aml(rule, rules):
            shown[segment.key] = (segment.name_zh, segment.name_en)
    for key in keys_of(members, customer_id):
        if key in shown:
            since = members.entered_on(key, BitMap([customer_id])).get(customer_id)
            zh, en = shown[key]
            yield {"key": key, "title_zh": zh, "title_en": en, "since": since}


def _plain(value: Any) -> Any:
    """A value as JSON has it: money and times as text, so that nothing is rounded."""
    if isinstance(value, (Decimal, date, datetime, time)):
        return str(value)
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return value.hex() if isinstance(value, (bytes, memoryview)) else value


def _cell(value: Any) -> str:
    """A value as a spreadsheet may have it: never a formula."""
    plain = _plain(value)
    text = "" if plain is None else plain if isinstance(plain, str) else json.dumps(plain, ensure_ascii=False)
    numeric = isinstance(value, (int, float, Decimal))
    return f"'{text}" if text.startswith(FORMULA) and not numeric else text


def pack(parts: Iterable[Part], password: str, made_at: datetime) -> bytes:
    """The zip: ``data.json``, one CSV for each table, and what they are in two languages."""
    parts, out = list(parts), io.BytesIO()
    with pyzipper.AESZipFile(
        out, "w", compression=pyzipper.ZIP_DEFLATED, encryption=pyzipper.WZ_AES
    ) as archive:
        archive.setpassword(password.encode())
        archive.writestr("README.txt", _read_me(parts, made_at))
        body = {
            "made_at": made_at.isoformat(),
            "tables": {
                part.entry.table: {
                    "zh": part.entry.zh, "en": part.entry.en, "purpose_zh": part.entry.why_zh,
                    "purpose_en": part.entry.why_en, "basis": part.entry.basis,
                    "fields": {f.name.removesuffix("_sealed"): {"zh": f.zh, "en": f.en} for f in part.entry.fields.values()
                               if f.name.removesuffix("_sealed") in part.columns},
                    "rows": [{name: _plain(value) for name, value in row.items()} for row in part.rows],
                }
                for part in parts
            },
        }  # fmt: skip
        archive.writestr("data.json", json.dumps(body, ensure_ascii=False, indent=1))
        for part in parts:
            sheet = io.StringIO()
            writer = csv.writer(sheet)
            writer.writerow(part.columns)
            writer.writerows([_cell(row.get(name)) for name in part.columns] for row in part.rows)
            archive.writestr(f"{part.entry.table}.csv", "\ufeff" + sheet.getvalue())
    return out.getvalue()


def _read_me(parts: list[Part], made_at: datetime) -> str:
    lines = [
        f"个人信息副本 / Copy of personal data  {timezone.localtime(made_at):%Y-%m-%d %H:%M}",
        "依据《个人信息保护法》第四十五条提供。其他人的信息不在其内；账户等状态为最近一个营业日的，流水为全部日期的。",
        "Given under PIPL art. 45. What tells of other people is left out; balances and other states are those of "
        "the newest business date, transactions those of all dates.",
        "",
    ]
    lines += [f"{p.entry.table}.csv  {p.entry.zh} / {p.entry.en}  {len(p.rows)}" for p in parts]
    return "\r\n".join(lines)


def new_password() -> str:
    """Twenty letters and digits that are not mistaken for each other: 98 bits."""
    return "-".join("".join(secrets.choice(LETTERS) for _ in range(5)) for _ in range(4))


def folder() -> Path:
    """Where the sealed files lie."""
    return Path(settings.YINKE.home) / "rights"


@transaction.atomic
def make_file(viewer: Viewer, case: RightsCase, address: str | None = None) -> str:
    """Make (or make anew) the file of a case whose person is identified.

    Returns:
        Its password, which is kept nowhere.

    Raises:
        NotAllowed: the role may not.
        YinkeError: the case is not about a copy, or not at that point.
    """
    if not viewer.may("rights.decide"):
        raise NotAllowed(
            "Copies of personal data are given by compliance", remedy="Ask the compliance department"
        )
    case = RightsCase.objects.select_for_update().get(id=case.id)
    if case.kind not in COPIED or case.status not in ("VERIFIED", "DONE"):
        raise YinkeError(
            "No copy can be made for this request", place=f"case {case.id}", code="wrong_state",
            remedy="Check the person's identity first; copies belong to requests to see, copy or move data",
        )  # fmt: skip
    audit(viewer, "rights.read", "rights_case", f"{case.id}", reason="file", address=address)
    with whole_bank():  # the person is due all that is held about them, whatever outlet's it is
        parts = collect(case.customer_id)
    password, now = new_password(), timezone.now()
    content = pack(parts, password, now)
    hours = int(load_thresholds(settings.YINKE.thresholds).at(timezone.localdate())["rights.file_hours"])
    place = folder()
    place.mkdir(parents=True, exist_ok=True)
    name = f"{case.id}-{secrets.token_hex(8)}"
    scratch = place / f".{name}.tmp"
    scratch.touch(mode=0o600)
    scratch.write_bytes(crypto.encrypt_bytes(content))
    scratch.replace(place / name)
    earlier = RightsFile.objects.filter(case=case).first()
    if earlier is not None:
        (place / earlier.name).unlink(missing_ok=True)
    RightsFile.objects.update_or_create(
        case=case,
        defaults={
            "name": name, "sha256": hashlib.sha256(content).hexdigest(), "rows": sum(len(p.rows) for p in parts),
            "made_at": now, "expires_at": now + timedelta(hours=hours), "taken": 0,
        },
    )  # fmt: skip
    return password


def take_file(viewer: Viewer, case: RightsCase, address: str | None = None) -> Iterator[bytes]:
    """The encrypted zip, for handing over; counted and accounted for before a byte leaves.

    Raises:
        NotAllowed: the role may not.
        NotFound: none was made.
        Gone: it has expired, or was taken as often as it may be.
    """
    if not viewer.may("rights.decide"):
        raise NotAllowed(
            "Copies of personal data are given by compliance", remedy="Ask the compliance department"
        )
    file = RightsFile.objects.filter(case=case).first()
    if file is None:
        raise NotFound("No file was made", place=f"case {case.id}", remedy="Make it first")
    limit = int(load_thresholds(settings.YINKE.thresholds).at(timezone.localdate())["rights.file_takes"])
    with transaction.atomic():
        counted = RightsFile.objects.filter(
            id=file.id, taken__lt=limit, expires_at__gt=timezone.now()
        ).update(taken=F("taken") + 1)
        if counted:
            audit(
                viewer,
                "rights.take",
                "rights_case",
                f"{case.id}",
                reason=f"{file.taken + 1}",
                address=address,
            )
    path = folder() / file.name
    if not counted or not path.exists():
        path.unlink(missing_ok=True)
        raise Gone("The file is no longer there", place=f"case {case.id}", remedy="Make it anew")
    return iter([crypto.decrypt_bytes(path.read_bytes())])
