"""口径: how tiers and stages are told apart, changed by two: one asks after a simulation, another approves.

What is approved holds from its date on, as further rows of the thresholds, which both halves of the night read from
a file; the database is the record from which the file is written.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from yinke.access.maker_checker import another_persons, said_why
from yinke.access.services import audit
from yinke.access.viewer import Viewer
from yinke.common.errors import NotAllowed, NotFound, YinkeError
from yinke.common.thresholds import Threshold, load_thresholds
from yinke.customers.queries import business_date
from yinke.segments.models import StandardChange

Status = StandardChange.Status
CODES = (
    "tier.floors", "tier.protection_months", "lost.base_floor", "lost.share", "lost.silent_aum", "lost.silent_days",
    "win_back.share", "win_back.amount", "win_back.days", "win_back.months", "win_back.keep_days", "alert.fall",
    "alert.amount", "alert.tier_share", "new.days", "growing.rise", "mature.months", "mature.band",
    "mature.categories", "dormant.aum", "dormant.days",
)  # fmt: skip
"""The thresholds of tiers and stages: those that ``tiers`` and ``lifecycle`` ask for."""
LARGEST, LONGEST = 10**12, 3_660
"""CNY; days."""


class StandardWrong(YinkeError):
    """A value that can't be."""

    code = "standard_wrong"


class StandardWaits(YinkeError):
    """Another change waits for approval, or this one does not wait any more."""

    code = "standard_waits"
    status = 409


@dataclass(frozen=True)
class Standard:
    """One threshold as it stands, and what comes next."""

    row: Threshold
    coming: Threshold | None


def standards(on: date) -> list[Standard]:
    """The thresholds that tell tiers and stages apart, as they hold on a date, in the order of their file."""
    standing = load_thresholds(settings.YINKE.thresholds).standing(on)
    return [Standard(*pair) for code, pair in standing.items() if code in CODES]


def checked(values: Mapping[str, Any], on: date) -> dict[str, Any]:
    """The values that differ from those in force, each in its threshold's own kind.

    Raises:
        StandardWrong: names the threshold and what may stand there; also if nothing differs.
    """
    known = {one.row.code: one.row for one in standards(on)}
    found: dict[str, Any] = {}
    for code, value in values.items():
        if code not in known:
            raise StandardWrong("There is no such standard", place=code, remedy="Reload the page")
        right = _right(known[code], value)
        if right != known[code].value:
            found[code] = right
    if not found:
        raise StandardWrong("Nothing differs from what holds now", place="values", remedy="Change a value")
    return found


def _right(row: Threshold, value: Any) -> Any:
    if isinstance(row.value, list):
        return _floors(row, value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise StandardWrong("This must be a number", place=row.code, remedy="Write a number")
    if row.unit.startswith("share"):
        if not 0 < value <= 1:
            raise StandardWrong(
                "A share lies between 0 and 1", place=row.code, remedy="Write 0.3 for 30 percent"
            )
        return round(float(value), 4)
    largest = LARGEST if row.unit.startswith("CNY") else LONGEST
    if not 0 <= value <= largest or (not row.unit.startswith("CNY") and value < 1) or value != int(value):
        raise StandardWrong(
            f"A whole number from 1 to {largest} is wanted", place=row.code, remedy="Write one"
        )
    return int(value)


def _floors(row: Threshold, value: Any) -> list[int]:
    right = (
        isinstance(value, list)
        and len(value) == len(row.value)
        and all(isinstance(one, int) and not isinstance(one, bool) and 0 <= one <= LARGEST for one in value)
        and value[0] == 0
        and sorted(set(value)) == value
    )
    if not right:
        raise StandardWrong(
            "Floors rise from 0, one for each tier",
            place=row.code,
            remedy="Let each floor lie above the one before",
        )
    return list(value)


@transaction.atomic
def propose(
    viewer: Viewer, values: Mapping[str, Any], valid_from: date, note: str, effect: Mapping[str, Any]
) -> StandardChange:
    """Ask for other values from a date on.

    Args:
        effect: what the simulation has told about these very values.

    Raises:
        StandardWrong: a value, or a date that has begun, or no reason.
        StandardWaits: another change waits.
        NotAllowed: the viewer oversees a part of the bank only.
    """
    _whole_bank(viewer)
    today = business_date()
    if today is None:
        raise NotFound("No night has run yet", place="standards", remedy="Run one: yinke nightly --date ...")
    new = checked(values, today)
    if valid_from <= today:
        raise StandardWrong(
            f"It can hold from the day after {today} at the earliest",
            place="valid_from",
            remedy="Choose a later date",
        )
    note = said_why(note, "note")
    if StandardChange.objects.filter(status=Status.PENDING).exists():
        raise StandardWaits(
            "Another change waits for approval",
            place="standards",
            remedy="Have it decided or withdrawn first",
        )
    stands = {one.row.code: one for one in standards(today)}
    for (
        code
    ) in new:  # else the later of two changes of the floors would take back what the earlier one raised
        if (coming := stands[code].coming) is not None:
            raise StandardWrong(
                f"Another value comes on {coming.valid_from}", place=code, remedy="Ask once it holds"
            )
    change = StandardChange.objects.create(
        values=new, before={code: stands[code].row.value for code in new}, valid_from=valid_from, note=note, effect=dict(effect),
        made_by_id=viewer.user_id,
    )  # fmt: skip
    audit(viewer, "standard.propose", "standard", f"{change.id}", reason=note)
    return change


@transaction.atomic
def approve(viewer: Viewer, number: int) -> StandardChange:
    """Let a change hold from its date on.

    Raises:
        NotFound: there is no such change.
        NotAllowed: the viewer asked for it.
        StandardWaits: it does not wait any more.
        StandardWrong: its date has begun meanwhile.
    """
    change = _waiting(viewer, number)
    today = business_date()
    if today is not None and change.valid_from <= today:
        raise StandardWrong(
            f"Its date {change.valid_from} has begun",
            place="valid_from",
            remedy="Refuse it, and ask for a later date",
        )
    _decided(change, viewer, Status.APPROVED)
    audit(viewer, "standard.approve", "standard", f"{number}")
    transaction.on_commit(lay_down)
    return change


@transaction.atomic
def refuse(viewer: Viewer, number: int, reason: str) -> StandardChange:
    """Refuse a change.

    Raises:
        YinkeError: no reason is given. Else as ``approve``.
    """
    change = _waiting(viewer, number)
    change.reason = said_why(reason)
    _decided(change, viewer, Status.REFUSED)
    audit(viewer, "standard.refuse", "standard", f"{number}", reason=change.reason)
    return change


@transaction.atomic
def withdraw(viewer: Viewer, number: int) -> StandardChange:
    """Take one's own change back.

    Raises:
        NotFound: the viewer asked for no such change.
        StandardWaits: it does not wait any more.
    """
    change = StandardChange.objects.select_for_update().filter(id=number, made_by_id=viewer.user_id).first()
    if change is None:
        raise NotFound("You asked for no such change", place=f"{number}", remedy="Reload the page")
    _check_waits(change)
    change.status, change.decided_at = Status.WITHDRAWN, timezone.now()
    change.save(update_fields=["status", "decided_at"])
    audit(viewer, "standard.withdraw", "standard", f"{number}")
    return change


def _waiting(viewer: Viewer, number: int) -> StandardChange:
    _whole_bank(viewer)
    change = StandardChange.objects.select_for_update().filter(id=number).first()
    if change is None:
        raise NotFound("There is no such change", place=f"{number}", remedy="Reload the page")
    another_persons(viewer, change.made_by_id, f"{number}")
    _check_waits(change)
    return change


def _check_waits(change: StandardChange) -> None:
    if change.status != Status.PENDING:
        raise StandardWaits("It does not wait any more", place=f"{change.id}", remedy="Reload the page")


def _decided(change: StandardChange, viewer: Viewer, status: StandardChange.Status) -> None:
    change.status, change.decided_by_id, change.decided_at = status, viewer.user_id, timezone.now()
    change.save(update_fields=["status", "reason", "decided_by", "decided_at"])


def _whole_bank(viewer: Viewer) -> None:
    if viewer.org_ids is not None:
        raise NotAllowed("These hold for the whole bank", place="standards", remedy="Ask the head office")


def approved_file() -> Path:
    """Where approved changes lie for whoever reads thresholds."""
    return settings.YINKE.home / "standards.yaml"


def lay_down() -> None:
    """Write the approved changes for whoever reads thresholds, at once or not at all."""
    rows = [
        {
            "code": code, "value": value, "owner": change.made_by.emp_no, "source": change.note,
            "valid_from": change.valid_from,
        }
        for change in StandardChange.objects.filter(status=Status.APPROVED).select_related("made_by").order_by("decided_at")
        for code, value in change.values.items()
    ]  # fmt: skip
    path = approved_file()
    if not rows and not path.exists():
        return
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    aside.write_text(yaml.safe_dump(rows, allow_unicode=True, sort_keys=False), "utf-8")
    aside.replace(path)
