"""任务、权益与积分总账: what earns points and what they buy, both approved; and a ledger in double entry.

An entry of the ledger has two postings that sum to zero: one on the customer's account, one on the bank's. The database itself
sees to it (migration 0009), refuses to change or delete either, and keeps each customer's balance, which is never negative.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from yinke.access.models import User
from yinke.common.history import kept
from yinke.customers.models import Customer


class Stand(models.TextChoices):
    """How a mission or a reward stands. It counts while it runs, within its window."""

    DRAFT = "DRAFT", "草稿"
    REVIEW = "REVIEW", "待审批"
    RUNNING = "RUNNING", "进行中"
    PAUSED = "PAUSED", "已暂停"
    ENDED = "ENDED", "已结束"


class PointsPlan(models.Model):
    """What one person plans and another approves; from its submission on it does not change: the database refuses it."""

    id: int
    name = models.CharField(max_length=60)
    state = models.CharField(max_length=7, choices=Stand.choices, default=Stand.DRAFT)
    plan = models.JSONField()
    """``plan.MissionPlan`` or ``plan.RewardPlan``."""
    most = models.PositiveBigIntegerField(default=0)
    """What the plan allows in all: points of a mission, pieces of a reward. Written with the submission."""
    used = models.PositiveBigIntegerField(default=0)
    """How much of it is gone; what was reversed or cancelled is there again."""
    digest = models.CharField(max_length=64, blank=True)
    """Of all that is approved (``plan.digest``), from the submission on."""
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    made_by_id: int
    made_at = models.DateTimeField()
    decided_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    decided_by_id: int | None
    decided_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=200, blank=True)
    """Why it was refused."""
    ended_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(used__lte=F("most")), name="%(class)s_within_most"),
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("made_by")), name="%(class)s_checker"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("RUNNING", "PAUSED")) | (Q(decided_by__isnull=False) & ~Q(digest="")),
                name="%(class)s_approved",
            ),
        ]


@kept("name", "state", "decided_by", "reason")
class Mission(PointsPlan):
    """任务: for what customers earn points, how many, how often, and what all of them may cost."""


@kept("name", "state", "decided_by", "reason")
class Reward(PointsPlan):
    """权益: what points buy, and how many pieces there are."""


class PointsAccount(models.Model):
    """积分账户: one of each customer, four of the bank. The bank's hold the other side; their sums are asked of the postings."""

    class Kind(models.TextChoices):
        CUSTOMER = "CUSTOMER", "客户"
        ISSUED = "ISSUED", "已发放"
        REDEEMED = "REDEEMED", "已兑换"
        EXPIRED = "EXPIRED", "已过期"
        REVERSED = "REVERSED", "已冲正"

    id: int
    kind = models.CharField(max_length=8, choices=Kind.choices)
    customer = models.OneToOneField(
        Customer, null=True, on_delete=models.PROTECT, related_name="points_account"
    )
    customer_id: int | None
    balance = models.BigIntegerField(default=0)
    """Of a customer: the sum of the postings, which a trigger writes and nobody else may. Of the bank: 0."""

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(balance__gte=0), name="points_never_negative"),
            models.CheckConstraint(
                condition=Q(kind="CUSTOMER", customer__isnull=False)
                | (~Q(kind="CUSTOMER") & Q(customer=None, balance=0)),
                name="points_account_of_one",
            ),
            models.UniqueConstraint(
                fields=["kind"], condition=Q(customer=None), name="points_one_bank_account"
            ),
        ]


class PointsEntry(models.Model):
    """积分流水: what happened to a customer's points. Append-only; its natural key makes twice once."""

    class Kind(models.TextChoices):
        AWARD = "AWARD", "发放"
        SPEND = "SPEND", "兑换"
        EXPIRY = "EXPIRY", "过期"
        REVERSAL = "REVERSAL", "冲正"
        """Of an award: what is left of it is taken back."""
        RETURN = "RETURN", "退回"
        """Of a redemption that was cancelled."""

    id: int
    kind = models.CharField(max_length=8, choices=Kind.choices)
    natural_key = models.CharField(max_length=80, unique=True)
    """Of an award mission, customer and period: how often a mission may be earned, the database keeps."""
    source = models.CharField(max_length=160, blank=True)
    """Of an award for an event: the event's own key, which earns a mission's points once."""
    customer = models.ForeignKey(
        Customer, on_delete=models.PROTECT, related_name="points_entries", db_index=False
    )
    customer_id: int
    points = models.BigIntegerField()
    """As the customer sees it: above 0 earned, below 0 gone."""
    mission = models.ForeignKey(
        Mission, null=True, on_delete=models.PROTECT, related_name="entries", db_index=False
    )
    mission_id: int | None
    reward = models.ForeignKey(
        Reward, null=True, on_delete=models.PROTECT, related_name="entries", db_index=False
    )
    of_entry = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="undone_by")
    """The entry that a reversal or a return undoes; each once."""
    biz_date = models.DateField()
    at = models.DateTimeField()
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    by_id: int | None
    """Who did it; null: the night."""
    why = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["mission", "source"], condition=~Q(source=""), name="points_one_award_of_event"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=("AWARD", "RETURN"), points__gt=0)
                | Q(kind__in=("SPEND", "EXPIRY", "REVERSAL"), points__lt=0),
                name="points_entry_sign",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=("REVERSAL", "RETURN"), of_entry__isnull=False)
                | (~Q(kind__in=("REVERSAL", "RETURN")) & Q(of_entry=None)),
                name="points_entry_undoes",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["customer", "-at", "-id"], name="points_of_customer"),
            models.Index(
                fields=["mission", "biz_date"], condition=Q(mission__isnull=False), name="points_of_mission"
            ),
        ]


class PointsPosting(models.Model):
    """积分分录: one side of an entry. Append-only; both sides are written at once and sum to zero."""

    id: int
    entry = models.ForeignKey(PointsEntry, on_delete=models.PROTECT, related_name="postings", db_index=False)
    account = models.ForeignKey(
        PointsAccount, on_delete=models.PROTECT, related_name="postings", db_index=False
    )
    points = models.BigIntegerField()
    of_bank = models.BooleanField()
    """The bank's side."""

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["entry", "of_bank"], name="points_two_sides"),
        ]
        indexes: ClassVar = [models.Index(fields=["account"], include=["points"], name="points_of_account")]


class PointsLot(models.Model):
    """积分批次: the points of one award while something is left of them; the soonest to expire are spent first."""

    id: int
    entry = models.OneToOneField(PointsEntry, on_delete=models.PROTECT, related_name="lot")
    account = models.ForeignKey(PointsAccount, on_delete=models.PROTECT, related_name="lots", db_index=False)
    points = models.BigIntegerField()
    rest = models.BigIntegerField()
    expires_on = models.DateField()
    """The last business date on which they are good: its night lets them expire."""

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(rest__gte=0, rest__lte=F("points")), name="points_lot_rest")
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["account", "expires_on", "id"], condition=Q(rest__gt=0), name="points_lot_open"
            ),
            models.Index(fields=["expires_on"], condition=Q(rest__gt=0), name="points_lot_due"),
        ]


class PointsUse(models.Model):
    """批次使用: how much of which lot an entry took (above 0) or put back (below 0). Append-only."""

    id: int
    lot = models.ForeignKey(PointsLot, on_delete=models.PROTECT, related_name="uses")
    entry = models.ForeignKey(PointsEntry, on_delete=models.PROTECT, related_name="uses", db_index=False)
    points = models.BigIntegerField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["entry", "lot"], name="points_one_use")]


class Redemption(models.Model):
    """兑换: a reward that a customer got for points, by their word and through a member of staff."""

    class State(models.TextChoices):
        GIVEN = "GIVEN", "已兑换"
        CANCELLED = "CANCELLED", "已取消"

    id: int
    reward = models.ForeignKey(Reward, on_delete=models.PROTECT, related_name="redemptions")
    reward_id: int
    customer = models.ForeignKey(
        Customer, on_delete=models.PROTECT, related_name="redemptions", db_index=False
    )
    customer_id: int
    entry = models.OneToOneField(PointsEntry, on_delete=models.PROTECT, related_name="redemption")
    entry_id: int
    code = models.CharField(max_length=12, unique=True)
    """兑换码: with it the customer gets what was redeemed."""
    state = models.CharField(max_length=9, choices=State.choices, default=State.GIVEN)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    by_id: int
    at = models.DateTimeField()
    request_key = models.CharField(max_length=60, unique=True)
    cancelled_by = models.ForeignKey(
        User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    cancelled_at = models.DateTimeField(null=True)
    why = models.CharField(max_length=200, blank=True)
    """Why it was cancelled."""

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state="GIVEN", cancelled_at=None, cancelled_by=None)
                | Q(state="CANCELLED", cancelled_at__isnull=False, cancelled_by__isnull=False),
                name="redemption_cancelled_by_whom",
            )
        ]
        indexes: ClassVar = [models.Index(fields=["customer", "-at"], name="redemption_of_customer")]
