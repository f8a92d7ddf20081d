"""主动关怀: the day's tasks, the reasons (events) behind them, and what came of each contact."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from yinke.access.models import Org, User
from yinke.customers.models import Customer


class Task(models.Model):
    """待办: contact one customer, for all the reasons that stand; at most one new task per customer per day."""

    class Status(models.TextChoices):
        NEW = "NEW", "待处理"
        IN_PROGRESS = "IN_PROGRESS", "跟进中"
        DONE = "DONE", "已完成"
        EXPIRED = "EXPIRED", "已过期"
        CANCELLED = "CANCELLED", "已取消"

    id: int
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="tasks")
    biz_date = models.DateField()
    """营业日期 whose night made it."""
    assignee = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="tasks")
    """None: the pool of ``org``."""
    org = models.ForeignKey(Org, on_delete=models.PROTECT, related_name="+")
    priority = models.PositiveSmallIntegerField()
    score = models.FloatField()
    due_on = models.DateField()
    expire_on = models.DateField()
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.NEW)
    is_overflow = models.BooleanField(default=False)
    """Past the manager's cap of the day: kept, shown apart, and first to move up."""
    next_on = models.DateField(null=True)
    """When the manager means to go on with it."""
    done_at = models.DateTimeField(null=True)
    result = models.CharField(max_length=20, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["customer", "biz_date"], name="one_task_per_customer_per_day")
        ]
        indexes: ClassVar = [
            models.Index(fields=["assignee", "status", "-score"], name="task_of_assignee"),
            models.Index(fields=["org", "status", "-score"], name="task_of_org"),
        ]

    OPEN = (Status.NEW, Status.IN_PROGRESS)


class Reason(models.Model):
    """事由: one event that speaks for the contact; its sentence is made from ``payload`` (reasons.py)."""

    id: int
    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="reasons")
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="reasons")
    type = models.CharField(max_length=4)
    biz_date = models.DateField()
    priority = models.PositiveSmallIntegerField()
    expire_on = models.DateField()
    amount = models.DecimalField(max_digits=18, decimal_places=2, null=True)
    payload = models.JSONField(default=dict)
    dedup_key = models.CharField(max_length=120, unique=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["customer", "-biz_date"], name="reason_of_customer")]


class ContactRecord(models.Model):
    """联络记录: append-only account of one contact and its result."""

    class Channel(models.TextChoices):
        PHONE = "PHONE", "电话"
        WECOM = "WECOM", "企业微信"
        SMS = "SMS", "短信"
        APP = "APP", "手机银行"
        VISIT = "VISIT", "上门"
        BRANCH = "BRANCH", "到店"
        EMAIL = "EMAIL", "邮件"

    class Result(models.TextChoices):
        INTERESTED = "INTERESTED", "有意向"
        CONSIDER = "CONSIDER", "考虑中"
        DEAL = "DEAL", "已成交"
        APPOINT = "APPOINT", "约访"
        REFUSED = "REFUSED", "拒绝"
        DND_REQUEST = "DND_REQUEST", "要求勿扰"
        COMPLAINT_RISK = "COMPLAINT_RISK", "投诉倾向"
        WRONG_PERSON = "WRONG_PERSON", "非本人"
        NO_ANSWER = "NO_ANSWER", "无人接听"
        BUSY = "BUSY", "占线"
        OFF = "OFF", "关机"
        EMPTY_NUMBER = "EMPTY_NUMBER", "空号"
        HANG_UP = "HANG_UP", "挂断"

    NOT_CONNECTED = (Result.NO_ANSWER, Result.BUSY, Result.OFF, Result.EMPTY_NUMBER, Result.HANG_UP)

    id: int
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="contacts")
    task = models.ForeignKey(Task, null=True, on_delete=models.SET_NULL, related_name="contacts")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    channel = models.CharField(max_length=6, choices=Channel.choices)
    result = models.CharField(max_length=15, choices=Result.choices)
    at = models.DateTimeField()
    """UTC; when the contact took place."""
    biz_date = models.DateField()
    next_on = models.DateField(null=True)
    note = models.CharField(max_length=500, blank=True)
    request_key = models.CharField(max_length=40, unique=True)
    """Given by the client: the same click sent twice is recorded once."""

    class Meta:
        indexes: ClassVar = [models.Index(fields=["customer", "-at"], name="contact_of_customer")]


class DoNotDisturb(models.Model):
    """免打扰: the customer asked not to be approached; only the customer may lift it."""

    id: int
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="dnd")
    scope = models.CharField(max_length=20, default="ALL_MARKETING")
    source = models.CharField(max_length=20)
    since = models.DateTimeField(auto_now_add=True)
    until = models.DateField(null=True)
    lifted_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["customer", "scope"], condition=Q(lifted_at=None), name="one_active_dnd"
            )
        ]
