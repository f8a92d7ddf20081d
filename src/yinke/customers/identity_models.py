"""客户归并 in PostgreSQL: who is one person, which pairs wait for a look, and what people decided.

The lake judges pairs of customers each night; people decide about them in the pages. Both together make the
persons (``services/persons.py``), by the rules of ``common/identity``. A customer's own number never changes.
"""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q


class PersonMember(models.Model):
    """同一人: one customer number of a person who has several. Who is not here is a person alone."""

    customer = models.OneToOneField(
        "customers.Customer", primary_key=True, on_delete=models.CASCADE, related_name="person"
    )
    one_id = models.IntegerField(db_index=True)
    """The person: the least of its members' ids."""
    rule = models.CharField(max_length=4)
    """The strongest that ties it to another member: SAME (a person's word), K1, K1H, K2."""
    score = models.FloatField()
    since = models.DateField()
    """Business date from which it has been of this person."""


class IdentityPair(models.Model):
    """候选: two customers whom the night found to share something, as the lake judged them."""

    id: int
    a = models.ForeignKey("customers.Customer", on_delete=models.CASCADE, related_name="+", db_index=False)
    b = models.ForeignKey("customers.Customer", on_delete=models.CASCADE, related_name="+")
    rule = models.CharField(max_length=4)
    verdict = models.CharField(max_length=6)
    """MERGE, REVIEW or LINK (see ``common/identity/judge.py``)."""
    score = models.FloatField()
    found_on = models.DateField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["a", "b"], name="one_identity_pair"),
            models.CheckConstraint(condition=Q(a__lt=F("b")), name="identity_pair_in_order"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["-score", "id"], condition=Q(verdict="REVIEW"), name="identity_review")
        ]


class IdentityDecision(models.Model):
    """人工判定: what a person decided about two customers. Never deleted: an ended one is history."""

    class Verdict(models.TextChoices):
        SAME = "SAME", "同一人"
        DIFFERENT = "DIFFERENT", "不是同一人"
        LATER = "LATER", "待定"

    id: int
    a = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="+", db_index=False)
    b = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="+")
    verdict = models.CharField(max_length=9, choices=Verdict.choices)
    by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    note = models.CharField(max_length=200, blank=True)
    until = models.DateField(null=True)
    """LATER: the last business date on which it stays out of sight."""
    split = models.ForeignKey(
        "customers.PersonSplit", null=True, on_delete=models.PROTECT, related_name="decisions"
    )
    """The un-merge that it is part of."""
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey("access.User", null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["a", "b"], condition=Q(ended_at=None), name="one_identity_decision"
            ),
            models.CheckConstraint(condition=Q(a__lt=F("b")), name="identity_decision_in_order"),
        ]


class PersonSplit(models.Model):
    """拆分申请: take one customer out of a person; one asks (经办), another checks (复核)."""

    class Status(models.TextChoices):
        ASKED = "ASKED", "待复核"
        DONE = "DONE", "已拆分"
        REFUSED = "REFUSED", "已退回"

    id: int
    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="splits")
    asked_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(auto_now_add=True)
    note = models.CharField(max_length=200)
    status = models.CharField(max_length=7, choices=Status.choices, default=Status.ASKED)
    checked_by = models.ForeignKey("access.User", null=True, on_delete=models.PROTECT, related_name="+")
    checked_at = models.DateTimeField(null=True)
    answer = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["customer"], condition=Q(status="ASKED"), name="one_open_split"),
            models.CheckConstraint(condition=~Q(checked_by=F("asked_by")), name="split_maker_is_no_checker"),
        ]


class PersonLead(models.Model):
    """管户冲突的决定: who leads for a person whose numbers have different main managers."""

    id: int
    one_id = models.IntegerField(db_index=True)
    managers = ArrayField(models.IntegerField())
    """The main managers among whom it was decided; another one makes it a question again."""
    lead = models.ForeignKey("access.User", null=True, on_delete=models.PROTECT, related_name="+")
    """Becomes co-manager of the other numbers. None: each goes on with his own."""
    note = models.CharField(max_length=200, blank=True)
    by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["one_id"], condition=Q(ended_at=None), name="one_lead_of_person")
        ]
