"""归并判定: what a data steward decides about who is the same person. It holds at once, and every night after.

Each decision is accounted for. Two stewards who decide at the same time do so one after the other.
"""

from __future__ import annotations

from datetime import date, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from yinke.access.models import User
from yinke.access.services import audit
from yinke.access.viewer import Viewer
from yinke.common.errors import NotAllowed, NotFound, YinkeError
from yinke.common.row_security import whole_bank
from yinke.common.thresholds import load_thresholds
from yinke.customers import queries_identity as asked
from yinke.customers.models import IdentityDecision, PersonLead, PersonMember, PersonSplit
from yinke.customers.queries import business_date, one
from yinke.customers.services.persons import follow_lead, lock, settle

Verdict = IdentityDecision.Verdict
LEAST_NOTE = 4


class DecidedMeanwhile(YinkeError):
    """Somebody else was faster; what they decided stands."""

    code = "decided_meanwhile"
    status = 409


class KeptApart(YinkeError):
    """Another decision keeps the two persons apart; it must be taken back first."""

    code = "kept_apart"
    status = 409


class OwnRequest(NotAllowed):
    """Maker and checker must be two persons (经办复核分离)."""

    code = "own_request"


def _steward(viewer: Viewer) -> date:
    if not viewer.may("oneid.review"):
        raise NotAllowed(
            "Only a data steward may do this", remedy="Ask a security administrator for the role"
        )
    biz_date = business_date()
    if biz_date is None:
        raise NotFound("No night has run yet", place="customers", remedy="Run one: yinke nightly --date ...")
    return biz_date


def _note(text: str, least: int = 0) -> str:
    text = text.strip()
    if len(text) < least:
        raise YinkeError(
            "Say why", place="note", code="note_missing", remedy="Write a sentence for the record"
        )
    return text[:200]


@whole_bank()  # a person is settled whole; the pair is checked below
@transaction.atomic
def decide(viewer: Viewer, pair_id: int, verdict: str, note: str = "") -> IdentityDecision:
    """同一人 / 不是同一人 / 待定, about a pair of the queue. SAME joins the two persons, DIFFERENT holds for good.

    Raises:
        NotAllowed, NotFound: no data steward; the pair is not in scope.
        DecidedMeanwhile: it is decided, or the two have become one person.
        KeptApart: SAME, but somebody decided that two of those who would meet are different.
        YinkeError: no such verdict.
    """
    biz_date = _steward(viewer)
    if verdict not in Verdict.values:
        raise YinkeError(
            "No such verdict", place="verdict", code="no_such_choice", remedy="Choose one of the list"
        )
    lock()
    pair = asked.pair(viewer, pair_id)
    stands = IdentityDecision.objects.filter(a=pair.a_id, b=pair.b_id, ended_at=None).first()
    persons = asked.together([pair.a_id, pair.b_id])
    if (stands and stands.verdict != Verdict.LATER) or pair.b_id in persons[pair.a_id]:
        raise DecidedMeanwhile("This pair has been decided meanwhile", place="pair", remedy="Reload the list")
    if verdict == Verdict.SAME and _kept_apart(persons[pair.a_id], persons[pair.b_id]):
        raise KeptApart(
            "Another decision keeps these two persons apart", place="pair",
            remedy="Take that decision back first: it is in the history",
        )  # fmt: skip
    until = None
    if verdict == Verdict.LATER:
        days = int(load_thresholds(settings.YINKE.thresholds).at(biz_date)["oneid.later_days"])
        until = biz_date + timedelta(days=days)
    if stands:
        _end(viewer, stands)
    made = IdentityDecision.objects.create(
        a_id=pair.a_id, b_id=pair.b_id, verdict=verdict, by_id=viewer.user_id, note=_note(note), until=until
    )
    audit(viewer, "oneid.decide", "pair", f"{pair.a_id}-{pair.b_id}", reason=f"{verdict} {made.note}".strip())
    settle([pair.a_id, pair.b_id], biz_date)
    return made


def _kept_apart(one: frozenset[int], other: frozenset[int]) -> bool:
    sides = Q(a__in=one, b__in=other) | Q(a__in=other, b__in=one)
    return IdentityDecision.objects.filter(sides, ended_at=None, verdict=Verdict.DIFFERENT).exists()


@whole_bank()  # a person is settled whole; the pair is checked below
@transaction.atomic
def revoke(viewer: Viewer, decision_id: int) -> None:
    """撤销判定: take a decision back; the persons are again as if it had never been.

    A decision that is part of a checked un-merge goes back with all of that un-merge. SAME is not taken back here:
    that would be an un-merge, which somebody else has to check (``ask_split``).

    Raises:
        NotAllowed, NotFound: no data steward; no such decision in scope.
        DecidedMeanwhile: it has ended already.
        YinkeError: it says SAME.
    """
    biz_date = _steward(viewer)
    lock()
    found = asked.history(viewer).filter(id=decision_id).first()
    if found is None:
        raise NotFound("No such decision within your scope", place="decision", remedy="Reload the list")
    if found.ended_at is not None:
        raise DecidedMeanwhile("It has been taken back already", place="decision", remedy="Reload the list")
    if found.verdict == Verdict.SAME:
        raise YinkeError(
            "Taking two numbers of a person apart needs a check", place="decision", code="needs_split",
            remedy="Ask for the un-merge on the person instead",
        )  # fmt: skip
    whole = found.split.decisions.filter(ended_at=None) if found.split else [found]
    touched = set()
    for decision in whole:
        _end(viewer, decision)
        touched |= {decision.a_id, decision.b_id}
    audit(viewer, "oneid.revoke", "pair", f"{found.a_id}-{found.b_id}", reason=found.verdict)
    settle(touched, biz_date)


def _end(viewer: Viewer, decision: IdentityDecision) -> None:
    decision.ended_at, decision.ended_by_id = timezone.now(), viewer.user_id
    decision.save(update_fields=["ended_at", "ended_by"])


@transaction.atomic
def ask_split(viewer: Viewer, customer_id: int, note: str) -> PersonSplit:
    """申请拆分: ask that a customer be taken out of its person; nothing changes before a colleague has checked it.

    Raises:
        NotAllowed, NotFound: no data steward; not all numbers of the person are in scope.
        YinkeError: no note, the customer is a person alone, or it was asked already.
    """
    _steward(viewer)
    one(viewer, customer_id)
    lock()
    member = PersonMember.objects.filter(customer_id=customer_id).first()
    if member is None:
        raise YinkeError(
            "This customer has no other number",
            place="customer",
            code="person_alone",
            remedy="Reload the list",
        )
    asked.whole(viewer, member.one_id)
    if PersonSplit.objects.filter(customer_id=customer_id, status=PersonSplit.Status.ASKED).exists():
        raise DecidedMeanwhile("It was asked already", place="customer", remedy="Have a colleague check it")
    made = PersonSplit.objects.create(
        customer_id=customer_id, asked_by_id=viewer.user_id, note=_note(note, LEAST_NOTE)
    )
    audit(viewer, "oneid.split", "customer", str(customer_id), reason=made.note)
    return made


@whole_bank()  # a person is settled whole; the pair is checked below
@transaction.atomic
def check_split(viewer: Viewer, split_id: int, approve: bool, answer: str = "") -> PersonSplit:
    """复核拆分: let it happen or send it back. The others stay together; the customer stands alone from now on.

    Raises:
        NotAllowed, NotFound: no data steward; no such request in scope.
        OwnRequest: the viewer asked for it.
        DecidedMeanwhile: it was checked already.
        YinkeError: it is sent back without a word.
    """
    biz_date = _steward(viewer)
    lock()
    split = PersonSplit.objects.select_for_update().filter(id=split_id).first()
    if split is None:
        raise NotFound("No such request within your scope", place="split", remedy="Reload the list")
    one(viewer, split.customer_id)
    if split.status != PersonSplit.Status.ASKED:
        raise DecidedMeanwhile("It has been checked already", place="split", remedy="Reload the list")
    if split.asked_by_id == viewer.user_id:
        raise OwnRequest("You asked for it yourself", place="split", remedy="Have a colleague check it")
    split.status = PersonSplit.Status.DONE if approve else PersonSplit.Status.REFUSED
    split.checked_by_id, split.checked_at = viewer.user_id, timezone.now()
    split.answer = _note(answer, 0 if approve else LEAST_NOTE)
    split.save()
    audit(
        viewer,
        "oneid.check",
        "customer",
        str(split.customer_id),
        reason=f"{split.status} {split.answer}".strip(),
    )
    member = PersonMember.objects.filter(customer_id=split.customer_id).first()
    if approve and member is not None:
        others = {row.customer_id for row in asked.whole(viewer, member.one_id)} - {split.customer_id}
        _keep_apart(viewer, split, others)
        settle({split.customer_id, *others}, biz_date)
    return split


def _keep_apart(viewer: Viewer, split: PersonSplit, others: set[int]) -> None:
    for other in sorted(others):
        a, b = sorted((split.customer_id, other))
        for stands in IdentityDecision.objects.filter(a_id=a, b_id=b, ended_at=None):
            _end(viewer, stands)
        IdentityDecision.objects.create(
            a_id=a, b_id=b, verdict=Verdict.DIFFERENT, by_id=split.asked_by_id, note=split.note, split=split
        )


@whole_bank()  # a person is settled whole; the pair is checked below
@transaction.atomic
def choose_lead(viewer: Viewer, one_id: int, user_id: int | None, note: str = "") -> PersonLead:
    """管户冲突: say who leads for a person whose numbers have different main managers.

    The lead becomes co-manager of the other numbers, so that one manager sees all; who is main manager of which
    number stays as it is (handing over has its own procedure). None: each goes on with his own.

    Raises:
        NotAllowed, NotFound: no data steward; not all numbers of the person are in scope.
        DecidedMeanwhile: there is no such question any more.
        YinkeError: the chosen one is none of the main managers.
    """
    biz_date = _steward(viewer)
    lock()
    asked.whole(viewer, one_id)
    question = asked.conflicts(viewer).filter(one_id=one_id).first()
    if question is None:
        raise DecidedMeanwhile("This has been decided meanwhile", place="person", remedy="Reload the list")
    managers = question["managers"]
    if user_id is not None and user_id not in managers:
        raise YinkeError(
            "Not one of the main managers",
            place="manager",
            code="no_such_choice",
            remedy="Choose one of the list",
        )
    PersonLead.objects.filter(one_id=one_id, ended_at=None).update(ended_at=timezone.now())
    made = PersonLead.objects.create(
        one_id=one_id, managers=managers, lead_id=user_id, note=_note(note), by_id=viewer.user_id
    )
    if user_id is not None:
        follow_lead(made, biz_date)
    chosen = User.objects.get(id=user_id).emp_no if user_id is not None else "each his own"
    audit(viewer, "oneid.lead", "person", str(one_id), reason=f"{chosen} {made.note}".strip())
    return made
