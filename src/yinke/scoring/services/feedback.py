"""不属实反馈: a manager says why a score is not true. Kept with its history; training reads what explains a fall."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from yinke.access.services import audit
from yinke.access.viewer import Viewer
from yinke.common.errors import NotAllowed, NotFound, YinkeError
from yinke.common.personal import find_personal
from yinke.customers.models import Customer
from yinke.scoring.models import ChurnAlert, ScoreFeedback

NOTE_LENGTH = 200


@dataclass(frozen=True)
class Told:
    """One customer's score of a night, as it was shown."""

    biz_date: date
    model: int
    band: str
    probability: float


@transaction.atomic
def tell(viewer: Viewer, customer: Customer, score: Told, reason: str, note: str) -> ScoreFeedback:
    """Write down why a score is not true; of one night's score the last word counts.

    Args:
        customer: one whom the viewer sees.

    Raises:
        NotAllowed: the role works on no customers.
        YinkeError: no such reason; the note is missing for OTHER, too long, or holds personal data.
    """
    if not viewer.may("task.work"):
        raise NotAllowed("Your role works on no customers", remedy="Ask the customer's manager")
    note = note.strip()
    if reason not in ScoreFeedback.Reason.values:
        raise YinkeError(
            "No such reason", place="reason", code="no_such_choice", remedy="Choose one of the list"
        )
    if reason == ScoreFeedback.Reason.OTHER and not note:
        raise YinkeError(
            "Say why", place="note", code="note_missing", remedy="Write a sentence for the record"
        )
    if len(note) > NOTE_LENGTH:
        raise YinkeError(
            f"The note has {len(note)} characters", code="note_too_long", place="note",
            remedy=f"Shorten it to {NOTE_LENGTH}",
        )  # fmt: skip
    if what := find_personal(note):
        raise YinkeError(
            f"The note holds {what}", code="note_personal", place="note",
            remedy="Leave it out: the customer's page has it, protected",
        )  # fmt: skip
    found, _ = ScoreFeedback.objects.update_or_create(
        customer=customer, biz_date=score.biz_date,
        defaults={
            "model": score.model, "band": score.band, "probability": score.probability, "reason": reason,
            "note": note, "by_id": viewer.user_id, "withdrawn_at": None,
        },
    )  # fmt: skip
    ChurnAlert.objects.filter(customer=customer, ended_on=None, acted_at=None).update(acted_at=timezone.now())
    audit(viewer, "score.feedback", "customer", str(customer.id), reason=f"{score.biz_date} {reason}")
    return found


@transaction.atomic
def take_back(viewer: Viewer, customer: Customer, feedback_id: int) -> None:
    """Withdraw one's own feedback; it stays on record. Twice is once.

    Raises:
        NotFound: the viewer gave no such feedback on this customer.
    """
    found = ScoreFeedback.objects.filter(id=feedback_id, customer=customer, by_id=viewer.user_id).first()
    if found is None:
        raise NotFound(
            "You have given no such feedback", place="feedback", remedy="Only its author takes it back"
        )
    if found.withdrawn_at is None:
        found.withdrawn_at = timezone.now()
        found.save(update_fields=["withdrawn_at", "at"])
        audit(viewer, "score.feedback", "customer", str(customer.id), reason=f"{found.biz_date} withdrawn")


def explained(values: Mapping[str, Any]) -> list[tuple[int, date]]:
    """Customers, and the nights, of whom somebody gave a reason that explains a fall (``churn.feedback_explains``)."""
    told = ScoreFeedback.objects.filter(reason__in=values["churn.feedback_explains"], withdrawn_at=None)
    return list(told.order_by("customer_id", "biz_date").values_list("customer_id", "biz_date"))
