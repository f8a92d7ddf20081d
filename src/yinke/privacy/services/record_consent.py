"""记录授权: write a customer's yes or no into the ledger, with its proof."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection, transaction
from django.utils import timezone

from yinke.access.services import audit
from yinke.access.viewer import Viewer
from yinke.common.errors import NotAllowed, NotFound, YinkeError
from yinke.common.personal import find_personal
from yinke.customers.hooks import marked
from yinke.customers.queries import one
from yinke.privacy.consents import NO_CONSENT
from yinke.privacy.models import Consent, Policy, Purpose, Restriction

Answer = Consent.Answer
SHORTEST = 4


@dataclass(frozen=True)
class Said:
    """What a customer said. ``policy_id``: the text that was shown; only a yes needs it, and ``evidence``."""

    purpose: str
    answer: str
    channel: str
    request_key: str
    policy_id: int | None = None
    evidence: str = ""


class PolicyChanged(YinkeError):
    """The text that the customer was shown is not the newest one."""

    code = "policy_changed"
    status = 409


@transaction.atomic
def record_consent(viewer: Viewer, customer_id: int, said: Said, address: str | None = None) -> Consent:
    """Write an entry; it holds at once. The same request twice is recorded once.

    A yes needs the newest text and a proof (PIPL art. 14: informed, explicit); a no needs neither: withdrawing
    must be at least as easy as granting (art. 15).

    Raises:
        NotAllowed: the role may not.
        NotFound: the customer is not in scope.
        PolicyChanged: a newer text was published meanwhile.
        YinkeError: unknown purpose, answer or channel; the proof is missing or holds personal data; or the
            purpose rests on the contract.
    """
    if not viewer.may("consent.record"):
        raise NotAllowed("Your role may not record consents", remedy="Ask the customer's manager")
    customer = one(viewer, customer_id)
    _check(said)
    with connection.cursor() as cursor:  # answers of one customer are ordered
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"consent {customer_id}"])
    known = Consent.objects.filter(request_key=said.request_key).first()
    if known is not None:
        if known.customer_id != customer_id:
            raise NotFound("No such request", place="request_key", remedy="Reload the page")
        return known
    policy = _policy(said)
    if said.answer == Answer.GRANTED and Restriction.objects.filter(customer_id=customer_id).exists():
        raise YinkeError(
            "This customer's data is restricted", place="consent", code="restricted",
            remedy="Compliance lifts the restriction when the customer asks for it",
        )  # fmt: skip
    entry = write_consent(customer.id, said, policy, viewer.user_id)
    audit(
        viewer, "consent.record", "customer", f"{customer_id}.{said.purpose}",
        reason=f"{said.answer} {said.channel}", address=address,
    )  # fmt: skip
    return entry


def write_consent(customer_id: int, said: Said, policy: Policy, user_id: int | None) -> Consent:
    """The entry itself, for callers that have checked all this."""
    entry = Consent.objects.create(
        customer_id=customer_id, purpose=said.purpose, answer=said.answer, policy=policy,
        text_hash=policy.text_hash, channel=said.channel, evidence=said.evidence.strip(), at=timezone.now(),
        by_id=user_id, request_key=said.request_key,
    )  # fmt: skip
    marked("consent", [customer_id])
    return entry


def newest_policy(purpose: str) -> Policy:
    """The text in force.

    Raises:
        YinkeError: no such purpose.
    """
    policy = Policy.objects.filter(purpose=purpose).order_by("-version").first()
    if policy is None:
        raise YinkeError(
            "No such purpose", place="purpose", code="no_such_choice", remedy="Take a listed one"
        )
    return policy


def _policy(said: Said) -> Policy:
    newest = newest_policy(said.purpose)
    if said.answer == Answer.GRANTED and said.policy_id != newest.id:
        raise PolicyChanged(
            "The text has changed meanwhile", place=said.purpose,
            remedy="Show the customer the new text and ask again",
        )  # fmt: skip
    return newest


def _check(said: Said) -> None:
    if (
        said.purpose not in Purpose.values
        or said.answer not in Answer.values
        or said.channel not in Consent.Channel.values
    ):
        raise YinkeError(
            "No such purpose, answer or channel", place="consent", code="no_such_choice",
            remedy="Take one that the page lists",
        )  # fmt: skip
    if said.purpose in NO_CONSENT:
        raise YinkeError(
            "This purpose rests on the contract, not on consent", place=said.purpose, code="no_consent_needed",
            remedy="Leave it: service notices need no consent",
        )  # fmt: skip
    evidence = said.evidence.strip()
    if said.answer == Answer.GRANTED and len(evidence) < SHORTEST:
        raise YinkeError(
            "A consent needs its proof", place="evidence", code="evidence_missing",
            remedy="Write the number of the form, recording or message",
        )  # fmt: skip
    what = find_personal(evidence)
    if what:
        raise YinkeError(
            f"The proof holds {what}", place="evidence", code="evidence_personal",
            remedy="Write only where the proof lies: a form or recording number",
        )  # fmt: skip
