"""模型登记: each trained model, who trained, approved and released it, and which one the nights use."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from yinke.access.models import User


class ScoringModel(models.Model):
    """A model of the lake's ``models/<kind>/<number>/``. Nobody approves or releases what they have trained."""

    class Status(models.TextChoices):
        CANDIDATE = "CANDIDATE", "候选"
        APPROVED = "APPROVED", "已审批"
        RELEASED = "RELEASED", "使用中"
        RETIRED = "RETIRED", "已退役"

    id: int
    kind = models.CharField(max_length=20)
    number = models.PositiveIntegerField()
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.CANDIDATE)
    metrics = models.JSONField()
    window = models.JSONField()
    features = models.JSONField()
    code_version = models.CharField(max_length=60)
    digest = models.CharField(max_length=64)
    """SHA-256 of the model's card, which names those of its files."""
    note = models.CharField(max_length=200, blank=True)
    trained_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    trained_by_id: int
    trained_at = models.DateTimeField(auto_now_add=True)
    approved_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    approved_by_id: int | None
    approved_at = models.DateTimeField(null=True)
    released_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    released_by_id: int | None
    released_at = models.DateTimeField(null=True)
    retired_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=200, blank=True)
    """Why it was rolled back."""

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "number"], name="scoring_model_number"),
            models.UniqueConstraint(fields=["kind"], condition=Q(status="RELEASED"), name="scoring_one_released"),
            models.CheckConstraint(
                condition=(Q(approved_by=None) | ~Q(approved_by=F("trained_by")))
                & (Q(released_by=None) | ~Q(released_by=F("trained_by"))),
                name="scoring_trainer_releases_nothing",
            ),
        ]  # fmt: skip
