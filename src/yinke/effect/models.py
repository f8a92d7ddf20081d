"""对照实验: what care is put to the proof, who was drawn into which arm, what was withheld, and what each look said."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from yinke.access.models import User
from yinke.common.history import kept
from yinke.customers.models import Customer
from yinke.segments.models import Segment

RUNNING = "RUNNING"
OF_SEGMENT = "X01"
"""Type of the reason that an experiment on a segment gives; it is no event of a night."""


@kept(
    "name", "events", "segment", "share", "measure", "horizon_days", "enrol_days", "planned", "status", "decided_by", "starts_on",
    "ended_on", "reason",
)  # fmt: skip
class Experiment(models.Model):
    """对照实验: of the customers to whom an event happens, a random share gets no task for it, for a time; or of a segment's
    members on one date a random share is left alone, and the others get a task.

    Nobody approves what they have asked for. Once it runs, nothing of its plan changes.
    """

    class Status(models.TextChoices):
        PENDING = "PENDING", "待审批"
        APPROVED = "APPROVED", "已批准"
        RUNNING = "RUNNING", "进行中"
        ENDED = "ENDED", "已结束"
        STOPPED = "STOPPED", "已提前停止"
        REFUSED = "REFUSED", "已拒绝"
        WITHDRAWN = "WITHDRAWN", "已撤回"

    class Measure(models.TextChoices):
        KEPT = "KEPT", "资金留存率"
        """Whether so much of the AUM is still there (``effect.kept_share``)."""
        AUM = "AUM", "AUM增量"

    id: int
    name = models.CharField(max_length=60)
    note = models.CharField(max_length=500)
    """What it is to find out."""
    events = models.JSONField()
    """Codes of event types; ``OF_SEGMENT`` alone, if it is on a segment."""
    segment = models.ForeignKey(Segment, null=True, on_delete=models.PROTECT, related_name="+")
    """Whose members on ``starts_on`` are drawn; null: it is on events."""
    share = models.PositiveSmallIntegerField()
    """Control share in percent."""
    measure = models.CharField(max_length=4, choices=Measure.choices)
    """The one outcome by which it is judged."""
    horizon_days = models.PositiveSmallIntegerField()
    """For so many days after the assignment a customer is held out; at their end the outcome is measured."""
    enrol_days = models.PositiveSmallIntegerField()
    """For so many business dates customers are taken in; 1, if it is on a segment."""
    planned = models.PositiveIntegerField()
    """Customers at which no more are taken in."""
    seed_sealed = models.BinaryField()
    seed_digest = models.CharField(max_length=64)
    """SHA-256 of the seed, shown from the beginning: the seed shown at the end was not chosen afterwards."""
    status = models.CharField(max_length=9, choices=Status.choices, default=Status.PENDING)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    made_by_id: int
    made_at = models.DateTimeField(auto_now_add=True)
    decided_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    decided_by_id: int | None
    decided_at = models.DateTimeField(null=True)
    starts_on = models.DateField(null=True)
    """First business date whose night takes customers in."""
    ended_on = models.DateField(null=True)
    """Business date of the last look, or on which it was stopped."""
    reason = models.CharField(max_length=200, blank=True)
    """Why it was refused or stopped."""

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("made_by")), name="effect_checker"
            ),
            models.CheckConstraint(
                condition=~Q(status=RUNNING) | Q(starts_on__isnull=False), name="effect_running_since"
            ),
            models.CheckConstraint(condition=Q(segment=None) | Q(enrol_days=1), name="effect_segment_once"),
        ]


class Member(models.Model):
    """分组记录: a customer drawn into an arm, written before anybody could contact them; the arm never changes."""

    id: int
    experiment = models.ForeignKey(Experiment, on_delete=models.CASCADE, related_name="members")
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    event = models.CharField(max_length=4)
    """The event that brought them."""
    stratum = models.CharField(max_length=12)
    number = models.PositiveIntegerField()
    """Their place in the stratum, from 0: with the seed, it gives the arm."""
    held_out = models.BooleanField()
    assigned_on = models.DateField()
    due_on = models.DateField()
    """At whose day's end the outcome is measured; up to the night before it they are held out."""
    tier = models.PositiveSmallIntegerField()
    aum_before = models.DecimalField(max_digits=18, decimal_places=2)
    """AUM in CNY at the end of ``assigned_on``."""
    aum_after = models.DecimalField(max_digits=18, decimal_places=2, null=True)
    kept = models.BooleanField(null=True)
    measured_on = models.DateField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["experiment", "customer"], name="effect_one_arm"),
            models.UniqueConstraint(fields=["experiment", "stratum", "number"], name="effect_one_place"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["experiment", "due_on"], name="effect_member_due"),
        ]


class Withheld(models.Model):
    """未触达记录: an event for which a customer of the control arm got no task, and why: the experiment."""

    id: int
    experiment = models.ForeignKey(Experiment, on_delete=models.CASCADE, related_name="withheld")
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    event = models.CharField(max_length=4)
    dedup_key = models.CharField(max_length=120)
    biz_date = models.DateField()
    """The first night that withheld it."""

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["experiment", "dedup_key"], name="effect_withheld_once")
        ]


class Look(models.Model):
    """查看: what the report said at a business date's end. All looks are kept: their number is part of the proof."""

    id: int
    experiment = models.ForeignKey(Experiment, on_delete=models.CASCADE, related_name="looks")
    biz_date = models.DateField()
    result = models.JSONField()
    """``report.Report`` as a dictionary."""

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["experiment", "biz_date"], name="effect_one_look_a_day")
        ]


class Uplift(models.Model):
    """增量模型: what was learned from ended experiments, kept with the one that it was learned for."""

    experiment = models.OneToOneField(
        Experiment, primary_key=True, on_delete=models.CASCADE, related_name="uplift"
    )
    learned_on = models.DateField()
    """Business date up to whose end outcomes were known."""
    result = models.JSONField()
    """``scoring.effect.uplift.Uplift`` of each learner, as a list of dictionaries; figures of whole arms."""
