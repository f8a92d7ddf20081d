"""沙龙: what is planned and approved, and the customers who are asked to it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from yinke.access.models import Org, User
from yinke.common.history import kept
from yinke.customers.models import Customer


@kept("name", "state", "decided_by", "reason")
class Salon(models.Model):
    """沙龙. One person plans it, another approves it; an edit makes it a draft again. From its approval on it does not change."""

    class State(models.TextChoices):
        DRAFT = "DRAFT", "草稿"
        REVIEW = "REVIEW", "待审批"
        OPEN = "OPEN", "已批准"
        CANCELLED = "CANCELLED", "已取消"

    id: int
    name = models.CharField(max_length=60)
    host = models.ForeignKey(Org, on_delete=models.PROTECT, related_name="+")
    """主办: those who work there, above and below see it."""
    host_id: int
    state = models.CharField(max_length=9, choices=State.choices, default=State.DRAFT)
    plan = models.JSONField()
    """``plan.SalonPlan``."""
    starts_at = models.DateTimeField()
    """As in the plan; here for the list and the night."""
    seats = models.PositiveSmallIntegerField()
    """As in the plan; here for ``taken``."""
    taken = models.PositiveSmallIntegerField(default=0)
    """Seats of those who are coming."""
    digest = models.CharField(max_length=64, blank=True)
    """Of all that is approved (``plan.digest``), from the submission on."""
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    made_by_id: int
    made_at = models.DateTimeField()
    decided_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    decided_by_id: int | None
    decided_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=200, blank=True)
    """Why it was refused or cancelled."""
    cancelled_at = models.DateTimeField(null=True)
    spent = models.DecimalField(max_digits=12, decimal_places=2, null=True)
    """What it cost in CNY, noted afterwards."""

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("made_by")), name="salon_checker"
            ),
            models.CheckConstraint(
                condition=~Q(state="OPEN") | (Q(decided_by__isnull=False) & ~Q(digest="")),
                name="salon_approved",
            ),
            models.CheckConstraint(condition=Q(taken__lte=F("seats")), name="salon_seats"),
        ]


class SalonGuest(models.Model):
    """沙龙客户: one customer who is asked to a salon, and what they answered."""

    class State(models.TextChoices):
        INVITED = "INVITED", "已邀约"
        COMING = "COMING", "已报名"
        WAITING = "WAITING", "候补"
        DECLINED = "DECLINED", "不参加"

    id: int
    salon = models.ForeignKey(Salon, on_delete=models.PROTECT, related_name="guests", db_index=False)
    salon_id: int
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    customer_id: int
    state = models.CharField(max_length=8, choices=State.choices, default=State.INVITED)
    seats = models.PositiveSmallIntegerField(default=1)
    """They and whom they bring along."""
    invited_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    invited_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    """When they answered last; who waits is taken in this order."""
    answered_by = models.ForeignKey(
        User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    """Who wrote the answer down; None: the customer gave it on the page."""
    moved_up_at = models.DateTimeField(null=True)
    """递补: when a seat was found for them after they had waited."""
    attended_at = models.DateTimeField(null=True)
    """签到."""
    attended_by = models.ForeignKey(
        User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    aum_before = models.DecimalField(max_digits=18, decimal_places=2, null=True)
    """AUM in CNY at the end of the last business date before the salon, for which ``aum_after`` is looked at."""
    aum_30 = models.DecimalField(max_digits=18, decimal_places=2, null=True)
    aum_60 = models.DecimalField(max_digits=18, decimal_places=2, null=True)
    aum_90 = models.DecimalField(max_digits=18, decimal_places=2, null=True)
    """AUM in CNY 30, 60 and 90 days after the salon."""

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["salon", "customer"], name="salon_one_place"),
            models.CheckConstraint(condition=Q(seats__gte=1), name="salon_party"),
            models.CheckConstraint(
                condition=Q(attended_at=None) | ~Q(state="DECLINED"), name="salon_who_came_did_not_decline"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["salon", "state", "answered_at", "id"], name="salon_guests"),
        ]


AFTER: tuple[tuple[int, str], ...] = ((30, "aum_30"), (60, "aum_60"), (90, "aum_90"))
"""Days after a salon on which its guests' AUM is looked at, and where that is kept."""
