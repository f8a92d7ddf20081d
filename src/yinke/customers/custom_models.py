"""自定义字段: what the bank itself wants to know of a customer, beside what its files bring."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from yinke.access.models import User
from yinke.common.history import kept
from yinke.customers.models import Customer


@kept()
class CustomField(models.Model):
    """本行字段: one thing to be known, of level C1. Code and kind never change; once made it is retired, never deleted."""

    class Kind(models.TextChoices):
        TEXT = "TEXT", "文字"
        NUMBER = "NUMBER", "数字"
        DATE = "DATE", "日期"
        YES_NO = "YES_NO", "是否"
        CHOICE = "CHOICE", "单选"
        CHOICES = "CHOICES", "多选"

    id: int
    code = models.CharField(max_length=30, unique=True)
    """As rules name it: ``custom.<code>``."""
    name_zh = models.CharField(max_length=20)
    name_en = models.CharField(max_length=40, blank=True)
    about_zh = models.CharField(max_length=100, blank=True)
    about_en = models.CharField(max_length=200, blank=True)
    kind = models.CharField(max_length=7, choices=Kind.choices)
    unit = models.CharField(max_length=10, blank=True)
    """Of a number, as people write it: 万元, 岁."""
    options: Any = models.JSONField(default=list)
    """Of a choice: ``{"code", "zh", "en", "active"}`` in their order. Codes never change; one out of use is not chosen anew."""
    on_page = models.BooleanField(default=True)
    """Whether the customer's page shows it; rules may ask for it in any case."""
    place = models.PositiveSmallIntegerField(default=0)
    """Its place among the others, the lowest first."""
    owner = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    """Who made it, and answers for it."""
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["name_zh"], condition=Q(is_active=True), name="one_custom_field_of_a_name"
            )
        ]


class CustomValue(models.Model):
    """字段取值: what is known of one customer, from when to when; what has ended stays as the history."""

    id: int
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    field = models.ForeignKey(CustomField, on_delete=models.PROTECT, related_name="+")
    text = models.CharField(max_length=200, blank=True)
    """A text, or the code of the one choice."""
    number = models.DecimalField(max_digits=18, decimal_places=6, null=True)
    day = models.DateField(null=True)
    holds = models.BooleanField(null=True)
    choices = ArrayField(models.CharField(max_length=30), null=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    COLUMNS: ClassVar = {
        "TEXT": "text", "CHOICE": "text", "NUMBER": "number", "DATE": "day", "YES_NO": "holds", "CHOICES": "choices",
    }  # fmt: skip
    """Where the values of a kind stand; the other columns are empty."""

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["field", "customer"], condition=Q(ended_at=None), name="one_active_custom_value"
            ),
            models.CheckConstraint(
                condition=~Q(text="") | Q(number__isnull=False) | Q(day__isnull=False)
                | Q(holds__isnull=False) | Q(choices__len__gt=0),
                name="custom_value_is_known",
            ),
        ]  # fmt: skip

    @property
    def value(self) -> Any:
        """The value as JSON has it: a number without idle zeros, a date as text."""
        if self.number is not None:
            whole = self.number == self.number.to_integral_value()
            return int(self.number) if whole else float(self.number)
        if self.day is not None:
            return self.day.isoformat()
        return self.text or (self.choices if self.holds is None else self.holds)
