"""企业微信好友: who of the staff has which customer as a contact, as WeCom tells, or as the bank's own list says.

A core system does not know it. WeCom tells that a contact was made, but not of which customer: that follows from the mobile number
that the manager has noted beside the contact's name (备注手机号), if one customer alone has it; or the bank brings a list.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

from django.db import transaction

from yinke.access.services import audit_job
from yinke.common.crypto import blind_index, blind_indexes, decrypt, encrypt
from yinke.common.errors import YinkeError
from yinke.common.identity.normal import plain_mobile
from yinke.customers.models import ERASED, Customer
from yinke.customers.queries import owners
from yinke.customers.queries_identity import together
from yinke.outreach.channels.wecom import Wecom, WecomFailed
from yinke.outreach.models import WecomContact

Change = Literal["MADE", "EDITED", "ENDED"]
AGAIN, GIVEN_UP = timedelta(days=1), timedelta(days=30)
"""So often it is asked whose contact it is, and for so long after it was made; then the row is deleted."""
MOST = 200
"""Contacts asked about in one run."""


@transaction.atomic
def note_contact(userid: str, external: str, change: Change, at: datetime) -> bool:
    """Write down what WeCom tells of a contact; in whatever order it comes, the newest holds.

    Args:
        userid: the member's account. external: the customer's number in WeCom. at: when it happened.

    Returns:
        Whether something changed.
    """
    known = _known(userid, external)
    if known is None:
        gone = at if change == "ENDED" else None  # kept: an older "made" may still come
        _, fresh = WecomContact.objects.get_or_create(
            external_index=blind_index(external), userid=userid,
            defaults={
                "external_sealed": encrypt(external), "since": at, "told_at": at, "gone_at": gone,
                "ask_at": None if gone else at,
            },
        )  # fmt: skip
        return fresh
    if at < known.told_at:
        return False
    known.told_at = at
    if change == "ENDED":
        known.gone_at, known.ask_at = known.gone_at or at, None
    else:
        if known.gone_at is not None:
            known.since = at
        known.gone_at = None
        known.ask_at = at if known.customer_id is None else None
    known.save(update_fields=["told_at", "gone_at", "since", "ask_at"])
    return True


def _known(userid: str, external: str) -> WecomContact | None:
    rows = WecomContact.objects.select_for_update()
    return rows.filter(external_index__in=blind_indexes(external), userid=userid).first()


@transaction.atomic
def end_contacts(ended: Sequence[tuple[int, str]], at: datetime) -> None:
    """These customers are no contacts of these members any more, as WeCom found when a message was sent.

    Args:
        ended: customer and account.
    """
    for customer, userid in ended:
        WecomContact.objects.filter(
            customer_id=customer, userid=userid, gone_at=None, told_at__lte=at
        ).update(gone_at=at, told_at=at)


def find_customers(wecom: Wecom, now: datetime) -> int:
    """Ask WeCom whose contacts the unknown ones are.

    Returns:
        How many are known now.
    """
    WecomContact.objects.filter(customer=None, told_at__lt=now - GIVEN_UP).delete()
    found = 0
    for contact in WecomContact.objects.filter(ask_at__lte=now).order_by("ask_at")[:MOST]:
        try:
            mobiles = _noted_mobiles(wecom, contact)
        except WecomFailed:
            break  # WeCom is not there: the others would fail as well
        customer = _only_one(mobiles, contact.userid)
        WecomContact.objects.filter(id=contact.id, told_at=contact.told_at).update(
            customer=customer, ask_at=None if customer else now + AGAIN
        )
        found += customer is not None
    return found


def _noted_mobiles(wecom: Wecom, contact: WecomContact) -> list[str]:
    """The mobile numbers that the member has noted for the contact."""
    said = wecom.call("externalcontact/get", query={"external_userid": decrypt(contact.external_sealed)})
    people = said.get("follow_user")
    for one in people if isinstance(people, list) else ():
        if isinstance(one, dict) and str(one.get("userid", "")).lower() == contact.userid.lower():
            noted = one.get("remark_mobiles")
            return [plain_mobile(str(mobile)) for mobile in noted] if isinstance(noted, list) else []
    return []


def _only_one(mobiles: Sequence[str], userid: str) -> Customer | None:
    """The customer who alone has one of these numbers; of one person's several, the one whom the member looks after."""
    indexes = [index for mobile in mobiles if mobile for index in blind_indexes(mobile)]
    customers = list(Customer.objects.filter(mobile_index__in=indexes).exclude(status=ERASED).order_by("id"))
    persons = together({customer.id for customer in customers})
    if len(set(persons.values())) != 1:  # nobody, or a family's telephone
        return None
    main = owners([customer.id for customer in customers])
    mine = [
        customer
        for customer in customers
        if (owner := main.get(customer.id))
        and owner.main
        and owner.main.user.emp_no.lower() == userid.lower()
    ]
    return (mine or customers)[0]


@dataclass(frozen=True)
class Brought:
    """What became of a list: contacts written down, and the numbers of the lines that no customer stands behind."""

    taken: int
    unknown: list[int]


@transaction.atomic
def bring_contacts(path: Path, now: datetime) -> Brought:
    """Take the bank's own list of contacts: a CSV file (UTF-8) with the columns cust_no, userid and external_userid.

    Raises:
        YinkeError: it cannot be read, or lacks a column.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file, strict=True))
    except (OSError, UnicodeDecodeError, csv.Error) as wrong:
        raise YinkeError(
            f"The list cannot be read: {wrong}", place=str(path), remedy="Give a CSV file in UTF-8"
        ) from None
    wanted = ("cust_no", "userid", "external_userid")
    if rows and (missing := [name for name in wanted if name not in rows[0]]):
        raise YinkeError(
            f"The column {missing[0]} is missing",
            place=str(path),
            remedy=f"The first line names {', '.join(wanted)}",
        )
    told = [tuple((row[name] or "").strip() for name in wanted) for row in rows]
    customers = dict(
        Customer.objects.filter(cust_no__in={cust_no for cust_no, _, _ in told}).values_list("cust_no", "id")
    )
    taken, unknown = 0, list[int]()
    for line, (cust_no, userid, external) in enumerate(told, 2):
        if cust_no not in customers or not 1 <= len(userid) <= 64 or not 1 <= len(external) <= 64:
            unknown.append(line)
            continue
        note_contact(userid, external, "MADE", now)
        WecomContact.objects.filter(external_index__in=blind_indexes(external), userid=userid).update(
            customer_id=customers[cust_no], ask_at=None
        )
        taken += 1
    audit_job(
        "wecom.bring", "wecom", path.name[:60], reason=f"{taken} contacts, {len(unknown)} lines unknown"
    )
    return Brought(taken, unknown)
