"""客户旅程: what was drawn and approved, and where each customer stands in it."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import F, Q

from yinke.access.models import User
from yinke.common.history import kept
from yinke.customers.models import Customer


@kept("name", "state", "in_force")
class Journey(models.Model):
    """旅程. Who is inside goes on by the version by which he entered; who enters takes the one in force."""

    class State(models.TextChoices):
        DRAFT = "DRAFT", "草稿"
        RUNNING = "RUNNING", "运行中"
        PAUSED = "PAUSED", "已暂停"
        """Nobody enters, moves or is written to; who would have entered does once it goes on."""
        STOPPED = "STOPPED", "已停止"

    id: int
    name = models.CharField(max_length=60)
    state = models.CharField(max_length=7, choices=State.choices, default=State.DRAFT)
    in_force = models.ForeignKey("JourneyVersion", null=True, on_delete=models.PROTECT, related_name="+")
    in_force_id: int | None
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)
    cursor = models.JSONField(null=True)
    """How far the moves of its segments were read: ``segments.moves.Cursor``; null: before it first ran."""
    entering = models.BooleanField(default=False)
    """The members of its trigger's segment enter at the next tick."""
    date_done = models.BooleanField(default=False)
    """The date of its trigger has come and been seen to."""
    ticked_at = models.DateTimeField(null=True)
    ready = models.CharField(max_length=30, blank=True, default="", db_default="")
    """The ready journey (``outreach/ready/ready.yaml``) that it was taken from; empty: the bank's own."""

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["ready"],
                condition=~Q(ready="") & ~Q(state="STOPPED"),
                name="outreach_one_of_a_ready_journey",
            )
        ]


@kept("journey", "number", "state", "decided_by", "reason")
class JourneyVersion(models.Model):
    """旅程版本: a draft changes; from its submission on it does not, but for its decision: the database refuses it."""

    class State(models.TextChoices):
        DRAFT = "DRAFT", "草稿"
        PENDING = "PENDING", "待审批"
        APPROVED = "APPROVED", "已通过"
        REFUSED = "REFUSED", "已拒绝"
        WITHDRAWN = "WITHDRAWN", "已撤回"

    id: int
    journey = models.ForeignKey(Journey, on_delete=models.PROTECT, related_name="versions")
    journey_id: int
    number = models.PositiveSmallIntegerField()
    definition = models.JSONField()
    """``definition.Definition``."""
    state = models.CharField(max_length=9, choices=State.choices, default=State.DRAFT)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    made_by_id: int
    made_at = models.DateTimeField()
    decided_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=200, blank=True)
    """Why it was refused."""

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["journey", "number"], name="journey_one_version"),
            models.UniqueConstraint(
                fields=["journey"],
                condition=Q(state__in=("DRAFT", "PENDING")),
                name="journey_one_open_version",
            ),
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("made_by")), name="journey_checker"
            ),
        ]


class Traveller(models.Model):
    """旅程中的客户: one customer's way through one journey, from entering to its end."""

    class State(models.TextChoices):
        INSIDE = "INSIDE", "进行中"
        DONE = "DONE", "已走完"
        GOAL = "GOAL", "已达成目标"
        HELD_OUT = "HELD_OUT", "保留对照"
        STOPPED = "STOPPED", "已停止"

    id: int
    # A tick writes a million of them out of the tables that they point at: to check each again would take as long as to write it.
    journey = models.ForeignKey(
        Journey, on_delete=models.PROTECT, related_name="travellers", db_index=False, db_constraint=False
    )
    version = models.ForeignKey(
        JourneyVersion,
        on_delete=models.PROTECT,
        related_name="travellers",
        db_index=False,
        db_constraint=False,
    )
    customer = models.ForeignKey(
        Customer, on_delete=models.CASCADE, related_name="+", db_index=False, db_constraint=False
    )
    customer_id: int
    entry = models.PositiveSmallIntegerField()
    """His how manieth way through it."""
    state = models.CharField(max_length=8, choices=State.choices, default=State.INSIDE)
    step = models.CharField(max_length=12, blank=True)
    """At which he stands; empty: it has ended."""
    since = models.DateTimeField()
    """When he came to stand there."""
    due_at = models.DateTimeField(null=True)
    """When he goes on; null: it has ended."""
    heard = models.BooleanField(default=False)
    """What the step awaits has come."""
    path = ArrayField(models.CharField(max_length=24), default=list)
    """Steps passed, each with the way out: ``n1:next``."""
    held_out = models.BooleanField(null=True)
    """What a hold-out drew; null: he came to none."""
    entered_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    reached_at = models.DateTimeField(null=True)
    """When he reached the goal, in time, wherever he stood."""

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["customer", "journey", "entry"], name="journey_one_entry"),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["version", "step", "due_at"], condition=Q(state="INSIDE"), name="traveller_due"
            ),
            BrinIndex(fields=["journey"], name="traveller_of_journey"),
        ]


class JourneyComing(models.Model):
    """待进入: customers who enter a journey at its next tick, some of one lane."""

    id: int
    journey = models.ForeignKey(Journey, on_delete=models.CASCADE, related_name="+")
    lane = models.PositiveSmallIntegerField()
    customers = models.BinaryField()
    """As many as one transaction takes: a roaring bitmap, written down a hundred times as fast as an array."""


class JourneyTask(models.Model):
    """旅程待办: a reason to contact a customer that a journey gave; the next night takes it to the manager."""

    id: int
    version = models.ForeignKey(JourneyVersion, on_delete=models.PROTECT, related_name="+")
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    step = models.CharField(max_length=12)
    priority = models.PositiveSmallIntegerField()
    facts = models.JSONField()
    """What its sentence needs: the journey's name, ``title``, ``script``."""
    asked_on = models.DateField(db_index=True)
    """The day in Asia/Shanghai."""
    expire_on = models.DateField()
    request_key = models.CharField(max_length=80, unique=True)
    """Natural key, as of messages."""
