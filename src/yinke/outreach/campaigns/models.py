"""营销活动: what is planned and approved, and who takes part in it."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from yinke.access.models import User
from yinke.common.history import kept
from yinke.customers.models import Customer
from yinke.effect.models import Experiment


@kept("name", "state", "decided_by", "reason", "halted")
class Campaign(models.Model):
    """营销活动. One person plans it, another approves it; from its submission on its plan does not change: the database refuses
    it. An edit makes it a draft again, without approval."""

    class State(models.TextChoices):
        DRAFT = "DRAFT", "草稿"
        REVIEW = "REVIEW", "待审批"
        APPROVED = "APPROVED", "已批准"
        RUNNING = "RUNNING", "进行中"
        PAUSED = "PAUSED", "已暂停"
        ENDED = "ENDED", "已结束"

    id: int
    name = models.CharField(max_length=60)
    state = models.CharField(max_length=8, choices=State.choices, default=State.DRAFT)
    plan = models.JSONField()
    """``plan.CampaignPlan``."""
    text = models.ForeignKey("TemplateVersion", null=True, on_delete=models.PROTECT, related_name="+")
    """The very text that was submitted."""
    text_id: int | None
    variants = ArrayField(models.BigIntegerField(), default=list)
    """The very versions of its other first texts, in the plan's order."""
    otherwise = ArrayField(models.BigIntegerField(), default=list)
    """The very versions of the texts of other channels that stand in for what reached nobody, in their order."""
    digest = models.CharField(max_length=64, blank=True)
    """Of all that is approved (``plan.digest``), from the submission on."""
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    made_by_id: int
    made_at = models.DateTimeField()
    """When it was last edited or submitted, by ``made_by``."""
    decided_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    decided_by_id: int | None
    decided_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=200, blank=True)
    """Why it was refused."""
    start_asked = models.BooleanField(default=False)
    """Somebody wants it to start with the next minute."""
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    halted = models.CharField(max_length=8, blank=True)
    """Why it does not go on (``engine.HALTS``)."""
    experiment = models.OneToOneField(Experiment, null=True, on_delete=models.PROTECT, related_name="+")
    """Its hold-out, drawn at the start."""
    experiment_id: int | None
    frozen = models.JSONField(null=True)
    """What the start found (``engine.Frozen``)."""

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("made_by")), name="campaign_checker"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("APPROVED", "RUNNING", "PAUSED"))
                | (Q(decided_by__isnull=False) & ~Q(digest="")),
                name="campaign_approved",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("RUNNING", "PAUSED")) | Q(experiment__isnull=False),
                name="campaign_held_out",
            ),
        ]


class CampaignMember(models.Model):
    """活动客户: one customer of the audience as it was frozen at the start, and what was done with them."""

    id: int
    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="members", db_index=False)
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    customer_id: int
    place = models.PositiveIntegerField()
    """In the order in which they are touched: the highest AUM first."""
    held_out = models.BooleanField()
    """Left alone: neither written to nor handed to a manager."""
    aum_before = models.DecimalField(max_digits=18, decimal_places=2)
    """AUM in CNY at the end of the business date before the start."""
    frozen_on = models.DateField()
    """The day on which the campaign started."""
    variant = models.PositiveSmallIntegerField(null=True)
    """Which of the first texts is theirs, from 0, as it was drawn at the start; null: there is but one, or they are held out."""
    asked_at = models.DateTimeField(null=True)
    """When a message was asked for."""
    offered_on = models.DateField(null=True)
    """The work day for which the night wanted to hand them to a manager; they are not offered twice."""
    lead_on = models.DateField(null=True)
    """The work day on whose list they stood as a lead first."""
    reached_on = models.DateField(null=True)
    """The first business date at whose end the goal was reached."""

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["campaign", "customer"], name="campaign_one_place"),
            models.CheckConstraint(
                condition=Q(held_out=False)
                | Q(asked_at__isnull=True, offered_on__isnull=True, lead_on__isnull=True),
                name="campaign_held_out_untouched",
            ),
            models.CheckConstraint(
                condition=Q(variant=None) | Q(held_out=False, variant__lt=4), name="campaign_variant_drawn"
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["campaign", "place"],
                condition=Q(held_out=False, asked_at=None),
                name="campaign_to_ask",
            ),
            models.Index(
                fields=["campaign", "lead_on"], condition=Q(lead_on__isnull=False), name="campaign_leads"
            ),
            models.Index(
                fields=["campaign", "held_out"],
                condition=Q(reached_on__isnull=False),
                name="campaign_reached",
            ),
        ]
