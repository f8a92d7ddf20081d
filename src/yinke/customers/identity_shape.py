"""Shape pairs and persons for the pages: compared in the clear, shown masked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from django.conf import settings

from yinke.access.models import User
from yinke.access.viewer import Viewer
from yinke.common.crypto import decrypt
from yinke.common.identity import Identity, Rules, identity_of
from yinke.common.identity.normal import similarity
from yinke.common.thresholds import load_thresholds
from yinke.customers import queries_identity as asked
from yinke.customers.identity_schemas import (
    IdentityCompared,
    IdentityDecisionOut,
    IdentityPairOut,
    IdentitySide,
    OneNumberOut,
    OnePersonOut,
    PersonSplitOut,
)
from yinke.customers.models import (
    Customer,
    IdentityDecision,
    IdentityPair,
    PersonLead,
    PersonMember,
    PersonSplit,
)
from yinke.customers.queries import Owners, owners
from yinke.customers.schemas import Person
from yinke.customers.shape import person
from yinke.customers.shown import shown_amount, shown_cert, shown_mobile, shown_name

Agrees = Literal["SAME", "ALIKE", "DIFFERENT", "UNKNOWN"]


def pair_outs(viewer: Viewer, pairs: Sequence[IdentityPair], biz_date: date) -> list[IdentityPairOut]:
    """Pairs (with both customers, metrics and orgs joined) side by side."""
    rules = Rules.of(load_thresholds(settings.YINKE.thresholds).at(biz_date))
    ids = {number for pair in pairs for number in (pair.a_id, pair.b_id)}
    managed, persons = owners(ids), asked.together(ids)
    later = IdentityDecision.objects.filter(a__in=ids, ended_at=None, verdict="LATER")
    until = {(d.a_id, d.b_id): d.until for d in later}
    return [
        IdentityPairOut(
            id=pair.id, rule=pair.rule, verdict=pair.verdict, score=pair.score, found_on=pair.found_on,
            until=until.get((pair.a_id, pair.b_id)),
            a=_side(viewer, pair.a, managed, len(persons[pair.a_id])),
            b=_side(viewer, pair.b, managed, len(persons[pair.b_id])),
            compared=compare(pair.a, pair.b, rules),
        )
        for pair in pairs
    ]  # fmt: skip


def _main(managed: Mapping[int, Owners], customer_id: int) -> User | None:
    owner = managed.get(customer_id)
    return owner.main.user if owner and owner.main else None


def _side(viewer: Viewer, customer: Customer, managed: Mapping[int, Owners], numbers: int) -> IdentitySide:
    main = _main(managed, customer.id)
    return IdentitySide(
        customer_id=customer.id, cust_no=customer.cust_no, name=shown_name(viewer, customer),
        cert_type=customer.cert_type, cert_masked=shown_cert(customer), mobile_masked=shown_mobile(customer),
        birth_date=None if viewer.masked else customer.birth_date, gender=customer.gender, org_name=customer.org.name,
        open_date=customer.open_date, status=customer.status, tier=customer.metrics.tier,
        aum=shown_amount(viewer, customer.metrics.aum), manager=person(main) if main else None, numbers=numbers,
    )  # fmt: skip


def plain(customer: Customer, rules: Rules) -> Identity:
    """A customer in the clear, for comparing; nothing of it may leave this process."""
    return identity_of(
        customer.id, decrypt(customer.name_sealed), customer.cert_type, decrypt(customer.cert_sealed),
        decrypt(customer.mobile_sealed), customer.birth_date, rules,
    )  # fmt: skip


def compare(one: Customer, other: Customer, rules: Rules) -> list[IdentityCompared]:
    """What agrees and what does not, told without telling the values."""
    x, y = plain(one, rules), plain(other, rules)
    name: Agrees = _agrees(x.name, y.name)
    if name == "DIFFERENT" and similarity(x.name, y.name) >= rules.alike:
        name = "ALIKE"
    return [
        IdentityCompared(field="name", agrees=name),
        IdentityCompared(field="cert_type", agrees=_agrees(x.cert_type, y.cert_type)),
        IdentityCompared(field="cert", agrees=_agrees(x.cert, y.cert)),
        IdentityCompared(field="mobile", agrees=_agrees(x.mobile, y.mobile)),
        IdentityCompared(field="birth", agrees=_agrees(x.birth, y.birth)),
        IdentityCompared(field="gender", agrees=_agrees(one.gender, other.gender)),
    ]


def _agrees(one: Any, other: Any) -> Agrees:
    if not one or not other:
        return "UNKNOWN"
    return "SAME" if one == other else "DIFFERENT"


def person_outs(viewer: Viewer, one_ids: Sequence[int]) -> list[OnePersonOut]:
    """Persons, in that order, with the numbers that the viewer sees."""
    found = asked.members(viewer, one_ids)
    ids = [row.customer_id for rows in found.values() for row in rows]
    managed = owners(ids)
    splits = set(
        PersonSplit.objects.filter(customer_id__in=ids, status="ASKED").values_list("customer_id", flat=True)
    )
    leads = {
        row.one_id: row.lead
        for row in PersonLead.objects.filter(one_id__in=one_ids, ended_at=None).select_related("lead")
    }
    sizes: dict[int, int] = {}
    for one_id in PersonMember.objects.filter(one_id__in=one_ids).values_list("one_id", flat=True):
        sizes[one_id] = sizes.get(one_id, 0) + 1
    return [
        _person(viewer, one_id, found[one_id], managed, splits, leads.get(one_id), sizes[one_id])
        for one_id in one_ids
        if found[one_id]
    ]


def _person(
    viewer: Viewer,
    one_id: int,
    rows: list[PersonMember],
    managed: Mapping[int, Owners],
    splits: set[int],
    lead: User | None,
    size: int,
) -> OnePersonOut:
    mains: dict[int, Person] = {}
    for row in rows:
        main = _main(managed, row.customer_id)
        if main and row.customer.status != "CLOSED":
            mains[main.id] = person(main)
    total = sum((row.customer.metrics.aum for row in rows), Decimal(0))
    return OnePersonOut(
        one_id=one_id, aum=shown_amount(viewer, total), whole=len(rows) == size or not viewer.may("oneid.review"),
        members=[_member(viewer, row, managed, row.customer_id in splits) for row in rows],
        managers=list(mains.values()) if len(mains) > 1 else [], lead=person(lead) if lead else None,
    )  # fmt: skip


def _member(
    viewer: Viewer, row: PersonMember, managed: Mapping[int, Owners], asked_out: bool
) -> OneNumberOut:
    customer = row.customer
    main = _main(managed, customer.id)
    return OneNumberOut(
        customer_id=customer.id, cust_no=customer.cust_no, name=shown_name(viewer, customer),
        org_name=customer.org.name, open_date=customer.open_date, status=customer.status, tier=customer.metrics.tier,
        aum=shown_amount(viewer, customer.metrics.aum), manager=person(main) if main else None, rule=row.rule,
        since=row.since, split_asked=asked_out,
    )  # fmt: skip


def split_outs(viewer: Viewer, splits: Sequence[PersonSplit]) -> list[PersonSplitOut]:
    """Requests to take a number out of a person, with the numbers that it is to leave."""
    numbers = PersonMember.objects.filter(customer__in=[split.customer_id for split in splits])
    person_of = dict(numbers.values_list("customer_id", "one_id"))
    found = {one.one_id: one.members for one in person_outs(viewer, sorted(set(person_of.values())))}
    return [
        PersonSplitOut(
            id=split.id, customer_id=split.customer_id, cust_no=split.customer.cust_no,
            name=shown_name(viewer, split.customer), org_name=split.customer.org.name, asked_by=split.asked_by.name,
            asked_at=split.asked_at, note=split.note, mine=split.asked_by_id == viewer.user_id,
            others=[
                member for member in found.get(person_of.get(split.customer_id, 0), [])
                if member.customer_id != split.customer_id
            ],
        )
        for split in splits
    ]  # fmt: skip


def decision_out(viewer: Viewer, row: IdentityDecision) -> IdentityDecisionOut:
    """One line of the history."""
    checked = row.split.checked_by if row.split else None
    return IdentityDecisionOut(
        id=row.id, a_id=row.a_id, b_id=row.b_id, a_no=row.a.cust_no, b_no=row.b.cust_no,
        a_name=shown_name(viewer, row.a), b_name=shown_name(viewer, row.b), verdict=row.verdict, by=row.by.name,
        at=row.at, note=row.note, checked_by=checked.name if checked else None, ended_at=row.ended_at,
        ended_by=row.ended_by.name if row.ended_by else None,
    )  # fmt: skip
