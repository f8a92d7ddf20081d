"""日终: what each night did, step by step, and which dates wait for a person."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from yinke.access.models import User


class Run(models.Model):
    """One attempt at one business date."""

    class Status(models.TextChoices):
        RUNNING = "RUNNING", "进行中"
        SUCCEEDED = "SUCCEEDED", "成功"
        HELD = "HELD", "挂起"
        FAILED = "FAILED", "失败"

    id: int
    biz_date = models.DateField(db_index=True)
    status = models.CharField(max_length=10, choices=Status.choices)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    trigger = models.CharField(max_length=10)  # COMMAND, SCHEDULE, PAGE
    by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    lake_version = models.CharField(max_length=20, blank=True)
    rows = models.BigIntegerField(default=0)
    quarantined = models.BigIntegerField(default=0)
    events = models.JSONField(default=dict)
    tasks = models.IntegerField(default=0)
    reason = models.CharField(max_length=30, blank=True)
    feed = models.CharField(max_length=40, blank=True)
    message = models.CharField(max_length=500, blank=True)
    remedy = models.CharField(max_length=300, blank=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["-biz_date", "-started_at"], name="run_newest")]


class Step(models.Model):
    """One step of a run."""

    id: int
    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="steps")
    name = models.CharField(max_length=20)  # see lake_night.STEPS
    position = models.PositiveSmallIntegerField()
    status = models.CharField(max_length=10, choices=Run.Status.choices)
    seconds = models.FloatField(default=0)
    detail = models.JSONField(default=dict)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["run", "name"], name="one_step_per_run")]
        ordering: ClassVar = ["position"]


class Release(models.Model):
    """放行: an operator's decision that a held reason may pass for one date."""

    id: int
    biz_date = models.DateField()
    feed = models.CharField(max_length=40)
    reason = models.CharField(max_length=30)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    note = models.CharField(max_length=200)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["biz_date", "feed", "reason"], name="one_release_per_reason")
        ]
