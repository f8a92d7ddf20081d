"""自定义事件: what an operator has asked for, and the versions of it that another person has decided on."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from yinke.access.models import User
from yinke.segments.models import Segment


class OwnEvent(models.Model):
    """自定义事件: who enters a segment is a reason to contact them. Its words and settings are its versions'."""

    id: int
    code = models.CharField(max_length=4, unique=True)
    """``U001`` and so on: the type of the reasons that it raises."""
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)
    stopped_at = models.DateTimeField(null=True)
    """From then on it raises nothing; what it has raised stands until it expires."""


class OwnEventVersion(models.Model):
    """自定义事件版本: never changed but for its decision; the database refuses it (migration 0005).

    A night takes the newest approved one that is in force on its business date.
    """

    class State(models.TextChoices):
        PENDING = "PENDING", "待审批"
        APPROVED = "APPROVED", "已通过"
        REFUSED = "REFUSED", "已拒绝"
        WITHDRAWN = "WITHDRAWN", "已撤回"

    class Channel(models.TextChoices):
        PHONE = "PHONE", "电话"
        VISIT = "VISIT", "面谈"
        WECOM = "WECOM", "企业微信"
        SMS = "SMS", "短信"

    id: int
    event = models.ForeignKey(OwnEvent, on_delete=models.PROTECT, related_name="versions")
    event_id: int
    number = models.PositiveSmallIntegerField()
    name_zh = models.CharField(max_length=20)
    name_en = models.CharField(max_length=60, blank=True)
    says_zh = models.CharField(max_length=120)
    """事由: the sentence that the manager reads. Where the English one is missing, this one stands."""
    says_en = models.CharField(max_length=240, blank=True)
    script_zh = models.CharField(max_length=500, blank=True)
    """话术: what the manager may say, a line each."""
    script_en = models.CharField(max_length=1000, blank=True)
    segment = models.ForeignKey(Segment, on_delete=models.PROTECT, related_name="+")
    segment_id: int
    """Who enters it; its rule has been approved by two persons of its own."""
    family = models.CharField(max_length=10)
    channel = models.CharField(max_length=5, choices=Channel.choices)
    """Suggested; the manager may take another."""
    priority = models.PositiveSmallIntegerField()
    """1: today, 2: within two days, 3: within seven."""
    expire_days = models.PositiveSmallIntegerField()
    """Calendar days after the night that raised it."""
    quiet_days = models.PositiveSmallIntegerField()
    """For a customer at most once in so many days; 1: each time that they enter."""
    tier_from = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=9, choices=State.choices, default=State.PENDING)
    valid_from = models.DateField(null=True)
    """The first business date whose night takes it; set when it is approved."""
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    made_by_id: int
    made_at = models.DateTimeField()
    decided_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=200, blank=True)
    """Why it was refused."""

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["event", "number"], name="own_event_one_version"),
            models.UniqueConstraint(
                fields=["event"], condition=Q(state="PENDING"), name="own_event_one_pending"
            ),
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("made_by")), name="own_event_checker"
            ),
            models.CheckConstraint(
                condition=~Q(state="APPROVED") | Q(decided_by__isnull=False, valid_from__isnull=False),
                name="own_event_approved_by",
            ),
        ]
