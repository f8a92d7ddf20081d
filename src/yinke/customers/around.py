"""The people around a customer (关系), and what changed about the customer himself (变更)."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from yinke.access.models import User


class ProfileChange(models.Model):
    """资料变更: one field of one customer became another on a day, as the night saw it.

    No plain C2: ``before`` and ``after`` of a name, number or address are masked before they are stored; the
    value itself is in the customer's row, encrypted. ``field`` may be ``stage``, the lifecycle stage.
    """

    id: int
    customer = models.ForeignKey(
        "customers.Customer", on_delete=models.CASCADE, related_name="profile_changes", db_index=False
    )
    on_date = models.DateField()
    field = models.CharField(max_length=20)
    before = models.CharField(max_length=60, blank=True)
    after = models.CharField(max_length=60, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["customer", "on_date", "field"], name="one_change_a_day")
        ]


class Relationship(models.Model):
    """关系: a customer and another customer, or a party that is no customer (an employer, a company).

    Read in both directions: ``customer`` guarantees, referred, owns or pays ``other``. A household has no
    direction; the smaller id stands first.
    """

    class Kind(models.TextChoices):
        HOUSEHOLD = "HOUSEHOLD", "同一家庭"
        EMPLOYER = "EMPLOYER", "代发单位"
        GUARANTOR = "GUARANTOR", "担保"
        REFERRER = "REFERRER", "转介"
        COMPANY_OWNER = "COMPANY_OWNER", "企业主"
        TRANSFERS = "TRANSFERS", "资金往来"

    class Source(models.TextChoices):
        FEED = "FEED", "核心数据"
        HAND = "HAND", "人工登记"

    id: int
    kind = models.CharField(max_length=14, choices=Kind.choices)
    customer = models.ForeignKey(
        "customers.Customer", on_delete=models.CASCADE, related_name="relationships", db_index=False
    )
    other = models.ForeignKey(
        "customers.Customer", null=True, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    party = models.CharField(max_length=60, blank=True)
    """Who is no customer: a payroll unit's number, a company's name."""
    source = models.CharField(max_length=4, choices=Source.choices)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    """The first day on which it no longer holds; None: it holds."""
    confidence = models.PositiveSmallIntegerField(default=100)
    """0 to 100: how sure the source is; of a person's own word 100."""
    evidence = models.CharField(max_length=200, blank=True)
    """What speaks for it, in words (by hand) or figures (``months=4,txns=9,amount=23000.00`` by the night)."""
    made_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    made_at = models.DateTimeField(auto_now_add=True)
    ended_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    ended_at = models.DateTimeField(null=True)
    end_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["customer", "other", "party", "kind", "source"],
                condition=Q(valid_to=None),
                name="one_standing_relationship",
                nulls_distinct=False,
            ),
            models.CheckConstraint(condition=~Q(customer=F("other")), name="nobody_relates_to_himself"),
            models.CheckConstraint(
                condition=Q(other__isnull=False) | ~Q(party=""), name="a_relationship_has_another_end"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["other", "kind"], condition=Q(other__isnull=False), name="relationship_of_other"),
            models.Index(fields=["party", "customer"], condition=Q(other=None), name="relationship_of_party"),
            models.Index(fields=["customer"], name="relationship_of_customer"),
        ]  # fmt: skip
