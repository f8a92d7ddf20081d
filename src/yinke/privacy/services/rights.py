"""权利请求: take a person's request in, check who asks, answer in time (PIPL art. 44-50)."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from yinke.access.services import audit
from yinke.access.viewer import Viewer
from yinke.common.crypto import encrypt
from yinke.common.errors import NotAllowed, NotFound, YinkeError
from yinke.common.row_security import whole_bank
from yinke.common.thresholds import load_thresholds
from yinke.common.workdays import add_workdays
from yinke.customers.models import Customer
from yinke.customers.queries import one
from yinke.privacy.models import Consent, Purpose, RightsCase, RightsFile, Suppression
from yinke.privacy.services.copy import COPIED
from yinke.privacy.services.erase import erase, holds, number_hash, restrict
from yinke.privacy.services.record_consent import Said, newest_policy, write_consent

Kind, Status = RightsCase.Kind, RightsCase.Status
GROUNDS = ("NOT_IDENTIFIED", "NOT_HELD", "LEGAL_DUTY", "OTHERS_RIGHTS", "EXCESSIVE")
"""Why a request may be refused: the person is not who they say; the bank has no such data; the law forbids it
(art. 18, 35, 45.1); it would harm others; it is repeated without sense."""
CHECKS = ("ID_CARD", "FACE_TO_FACE", "CALL_BACK", "APP_LOGIN", "PROXY_LETTER")
SHORTEST = 4


@dataclass(frozen=True)
class Asked:
    """A request as it comes in."""

    kind: str
    channel: str
    text: str = ""


def deadline(received: date, workdays: int, days: int) -> date:
    """The last day on which a request is answered in time: working days, but never more than ``days`` in all.

    >>> deadline(date(2025, 9, 30), 15, 30), deadline(date(2025, 3, 3), 15, 30)
    (datetime.date(2025, 10, 28), datetime.date(2025, 3, 24))
    """
    return min(add_workdays(received, workdays), received + timedelta(days=days))


@whole_bank()  # the service desk handles requests of customers whom it does not see; within its orgs, see below
@transaction.atomic
def open_case(
    viewer: Viewer,
    asked: Asked,
    *,
    customer_id: int | None = None,
    cust_no: str = "",
    address: str | None = None,
) -> RightsCase:
    """Take a request in. An objection to automated decisions holds from this moment (art. 24).

    Args:
        customer_id: a customer in the viewer's scope.
        cust_no: for agents, who see no lists: the exact number that the person gives, within the agent's orgs.

    Raises:
        NotAllowed: the role may not.
        NotFound: no such customer.
        YinkeError: unknown kind or channel; the same request is open already; the customer was deleted before.
    """
    if not viewer.may("rights.open"):
        raise NotAllowed("Your role may not take requests in", remedy="Send the customer to the service desk")
    if asked.kind not in Kind.values or asked.channel not in Consent.Channel.values:
        raise YinkeError(
            "No such kind or channel", place="kind", code="no_such_choice", remedy="Take a listed one"
        )
    customer = _customer(viewer, customer_id, cust_no.strip().upper())
    Customer.objects.select_for_update().get(id=customer.id)  # two clicks make one case
    if RightsCase.objects.filter(customer=customer, kind=asked.kind, status__in=RightsCase.OPEN).exists():
        raise YinkeError(
            "Such a request of this customer is open already", place="kind", code="case_open",
            remedy="Go on with that one",
        )  # fmt: skip
    today = timezone.localdate()
    values = load_thresholds(settings.YINKE.thresholds).at(today)
    case = RightsCase.objects.create(
        customer=customer, kind=asked.kind, channel=asked.channel, asked_sealed=encrypt(asked.text.strip()),
        received_on=today, opened_by_id=viewer.user_id,
        due_on=deadline(today, int(values["rights.workdays"]), int(values["rights.max_days"])),
    )  # fmt: skip
    audit(
        viewer,
        "rights.open",
        "customer",
        f"{customer.id}.{asked.kind}",
        reason=f"case {case.id}",
        address=address,
    )
    if asked.kind == Kind.OBJECT:
        said = Said(
            Purpose.PROFILING,
            Consent.Answer.REFUSED,
            asked.channel,
            f"case-{case.id}",
            evidence=f"case {case.id}",
        )
        write_consent(customer.id, said, newest_policy(Purpose.PROFILING), viewer.user_id)
    return case


def _customer(viewer: Viewer, customer_id: int | None, cust_no: str) -> Customer:
    if customer_id is not None:
        return one(viewer, customer_id)
    missing = NotFound(
        "No customer has this number", place="cust_no", remedy="Ask for the number on the card's contract"
    )
    if not cust_no or not viewer.may("rights.work"):
        raise missing
    if Suppression.objects.filter(number_hash=number_hash(cust_no)).exists():
        raise YinkeError(
            "This customer's data was deleted", place="cust_no", code="erased",
            remedy="Tell the person that the bank holds no data about them any more",
        )  # fmt: skip
    found = Customer.objects.filter(cust_no=cust_no, org__path__startswith=viewer.org_path).first()
    if found is None:
        raise missing
    return found


def _lock(viewer: Viewer, case_id: int) -> RightsCase:
    """The case, for one to change at a time; only within the viewer's orgs."""
    if not viewer.may("rights.work"):
        raise NotAllowed("Requests are handled by the service desk and compliance", remedy="Ask one of them")
    case = (
        RightsCase.objects.select_for_update(of=("self",))
        .select_related("customer")
        .filter(id=case_id, customer__org__path__startswith=viewer.org_path)
        .first()
    )
    if case is None:
        raise NotFound("No such request", place=f"case {case_id}", remedy="Go back to the list")
    return case


def _wrong_state(case: RightsCase, remedy: str) -> YinkeError:
    return YinkeError(
        f"The request is {case.status}", place=f"case {case.id}", code="wrong_state", remedy=remedy
    )


@whole_bank()  # the service desk handles requests of customers whom it does not see; within its orgs, see below
@transaction.atomic
def verify(viewer: Viewer, case_id: int, how: str, address: str | None = None) -> RightsCase:
    """Note that the person was identified, and how.

    Raises:
        NotAllowed: the role may not.
        NotFound: no such case in the viewer's orgs.
        YinkeError: not a way to check, or the case is past this.
    """
    case = _lock(viewer, case_id)
    if how not in CHECKS:
        raise YinkeError("No such check", place="how", code="no_such_choice", remedy="Take a listed one")
    if case.status != Status.RECEIVED:
        raise _wrong_state(case, "Reload the page to see how it stands")
    case.status, case.identity_check, case.verified_by_id = Status.VERIFIED, how, viewer.user_id
    case.save(update_fields=["status", "identity_check", "verified_by"])
    audit(viewer, "rights.verify", "rights_case", f"{case.id}", reason=how, address=address)
    return case


@whole_bank()  # the service desk handles requests of customers whom it does not see; within its orgs, see below
@transaction.atomic
def close_case(
    viewer: Viewer, case_id: int, outcome: str, answer: str, ground: str = "", address: str | None = None
) -> RightsCase:
    """End a request: done, refused, or withdrawn by the person.

    A request for deletion that is done deletes, or, where law or contract hold the data, restricts it; it takes
    a second person (the decider is not the one who took it in). A refusal needs its ground and its words.

    Raises:
        NotAllowed: the role may not decide this, or the decider is the opener.
        NotFound: no such case in the viewer's orgs.
        YinkeError: the case is closed or not identified yet, the answer or ground is missing, or the file is not made.
    """
    case = _lock(viewer, case_id)
    if case.status not in RightsCase.OPEN:
        raise _wrong_state(case, "It is closed; take a new request in")
    decides = outcome == "REFUSED" or (outcome == "DONE" and case.kind in (Kind.DELETE, *COPIED))
    if decides and not viewer.may("rights.decide"):
        raise NotAllowed(
            "This is decided by compliance", place="rights.decide", remedy="Hand it to compliance"
        )
    if outcome == "DONE":
        _may_be_done(viewer, case, answer)
    elif outcome == "REFUSED":
        if ground not in GROUNDS or len(answer.strip()) < SHORTEST:
            raise YinkeError(
                "A refusal needs its ground and its words", place="ground", code="ground_missing",
                remedy="Take a listed ground and write what the person is told",
            )  # fmt: skip
    elif outcome != "WITHDRAWN":
        raise YinkeError(
            "No such outcome", place="outcome", code="no_such_choice", remedy="Take a listed one"
        )
    status, why = Status(outcome), ground if outcome == "REFUSED" else ""
    if outcome == "DONE" and case.kind == Kind.DELETE:
        held = holds(case.customer, timezone.localdate())
        if held:
            restrict(case, held[0])
            status, why = Status.RESTRICTED, held[0]
            _withdraw_all(case, viewer)
        else:
            erase(case.customer)
    case.status, case.ground, case.answer_sealed = status, why, encrypt(answer.strip())
    case.closed_at, case.closed_by_id = timezone.now(), viewer.user_id
    if status == Status.DONE and case.kind == Kind.DELETE:
        case.asked_sealed = case.answer_sealed = None
    case.save()
    audit(
        viewer,
        "rights.close",
        "rights_case",
        f"{case.id}",
        reason=f"{case.kind} {status} {why}".strip(),
        address=address,
    )
    return case


def _may_be_done(viewer: Viewer, case: RightsCase, answer: str) -> None:
    if case.status != Status.VERIFIED:
        raise YinkeError(
            "The person's identity was not checked", place=f"case {case.id}", code="not_verified",
            remedy="Note how it was checked, then close the request",
        )  # fmt: skip
    if case.kind == Kind.DELETE and case.opened_by_id == viewer.user_id:
        raise NotAllowed("Whoever took the request in may not decide it", place=f"case {case.id}", code="same_person",
                         remedy="Ask a colleague in compliance")  # fmt: skip
    if case.kind in (Kind.CORRECT, Kind.EXPLAIN) and len(answer.strip()) < SHORTEST:
        raise YinkeError(
            "Write what the person was told", place="answer", code="answer_missing",
            remedy="Say what was corrected, or how the decision came about",
        )  # fmt: skip
    if case.kind in (Kind.COPY, Kind.PORT) and not RightsFile.objects.filter(case=case).exists():
        raise YinkeError(
            "The file was not made yet", place=f"case {case.id}", code="file_missing",
            remedy="Make it and hand it over, then close the request",
        )  # fmt: skip


def _withdraw_all(case: RightsCase, viewer: Viewer) -> None:
    """Whoever wants their data deleted consents to nothing any more."""
    granted = (
        Consent.objects.filter(customer_id=case.customer_id)
        .order_by("purpose", "-id")
        .distinct("purpose")
        .values_list("purpose", "answer")
    )
    for purpose, answer in list(granted):
        if answer == Consent.Answer.GRANTED:
            said = Said(
                purpose, Consent.Answer.WITHDRAWN, case.channel, uuid.uuid4().hex, evidence=f"case {case.id}"
            )
            write_consent(case.customer_id, said, newest_policy(purpose), viewer.user_id)
