"""主动关怀: the day's tasks, the reasons (events) behind them, and what came of each contact."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import Q

from yinke.access.models import Org, User
from yinke.common.history import kept, kept_by_hand
from yinke.customers.models import Customer

OPEN = ("NEW", "IN_PROGRESS")
"""States of a task that still waits for its manager."""


@kept_by_hand(
    "customer",
    "org",
    "assignee",
    "assigned_by",
    "status",
    "next_on",
    columns=("assignee_id", "status", "next_on"),
)
class Task(models.Model):
    """待办: contact one customer, for all the reasons that stand.

    A customer has at most one open task; the reasons of later nights join it (services/make_tasks.py).
    Few indexes on purpose: a night writes tens of thousands of rows, and each index makes them dearer.
    """

    class Status(models.TextChoices):
        NEW = "NEW", "待处理"
        IN_PROGRESS = "IN_PROGRESS", "跟进中"
        DONE = "DONE", "已完成"
        EXPIRED = "EXPIRED", "已过期"
        CANCELLED = "CANCELLED", "已取消"

    OPEN: ClassVar = OPEN

    id: int
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="tasks", db_index=False)
    biz_date = models.DateField()
    """营业日期 whose night made it."""
    assignee = models.ForeignKey(
        User, null=True, on_delete=models.PROTECT, related_name="tasks", db_index=False
    )
    """None: the pool of ``org``."""
    assigned_by = models.ForeignKey(
        User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    """Who gave it to the assignee by hand; None: the night gave it to the main manager."""
    by_hand = models.BooleanField(default=False, db_default=False)
    """Somebody made it, not a night: that night's own task may stand beside it once it is closed."""
    org = models.ForeignKey(Org, on_delete=models.PROTECT, related_name="+", db_index=False)
    """The customer's managing outlet; for the pool, the sub-branch above it."""
    priority = models.PositiveSmallIntegerField()
    score = models.FloatField()
    """Orders the list; only differences mean something."""
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
            models.UniqueConstraint(
                fields=["customer", "biz_date"],
                condition=Q(by_hand=False),
                name="one_task_per_customer_per_day",
            ),
            models.UniqueConstraint(
                fields=["customer"], condition=Q(status__in=OPEN), name="one_open_task_per_customer"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["assignee", "-score"], condition=Q(status__in=OPEN), name="open_task_by_score"),
            models.Index(
                fields=["org", "assignee"], include=["due_on", "next_on", "is_overflow", "status", "customer"],
                condition=Q(status__in=OPEN), name="open_task_of_org",
            ),  # boards are counted out of it alone: it has what row security asks for, too
            models.Index(fields=["assignee", "done_at"], condition=Q(status="DONE"), name="done_task_of_assignee"),
        ]  # fmt: skip


class Reason(models.Model):
    """事由: what speaks for the contact; its sentence is made from ``payload`` (reasons.py).

    Mostly an event of the night. ``H..`` somebody asked for by hand (services/by_hand.py), ``X01`` an experiment on a segment,
    ``S01`` a salon, ``U..`` an own event of the bank (own_events/).
    """

    id: int
    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="reasons")
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="reasons", db_index=False)
    type = models.CharField(max_length=4)
    biz_date = models.DateField()
    priority = models.PositiveSmallIntegerField()
    expire_on = models.DateField()
    amount = models.DecimalField(max_digits=18, decimal_places=2, null=True)
    payload = models.JSONField(default=dict)
    dedup_key = models.CharField(max_length=120, unique=True)
    made_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    made_by_id: int | None
    """Who asked for it by hand; None: a night, or a live event."""
    made_at = models.DateTimeField(null=True)
    """When somebody asked for it, or a live event raised it; None: a night."""
    due_on = models.DateField(null=True)
    """By when, if somebody has said so; None: as its priority says."""

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["customer", "-biz_date"], name="reason_of_customer"),
            models.Index(fields=["expire_on"], name="reason_by_expiry"),
            BrinIndex(fields=["biz_date"], name="reason_by_night"),
        ]


class ContactRecord(models.Model):
    """联络记录: append-only account of one contact and its result.

    Only ``withdrawn_at`` is ever written later; the database refuses any other change (migration 0002).
    """

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
    NOT_REACHED = (*NOT_CONNECTED, Result.WRONG_PERSON)
    """Anything else is an effective contact (有效触达): the customer himself was spoken with."""

    id: int
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="contacts", db_index=False)
    task = models.ForeignKey(Task, null=True, on_delete=models.PROTECT, related_name="contacts")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    channel = models.CharField(max_length=6, choices=Channel.choices)
    result = models.CharField(max_length=15, choices=Result.choices)
    at = models.DateTimeField()
    """UTC; when it was recorded."""
    biz_date = models.DateField()
    """The work day it belongs to (see queries/day.py)."""
    next_on = models.DateField(null=True)
    note = models.CharField(max_length=500, blank=True)
    topic = models.CharField(max_length=10, blank=True)
    """What the note is about, as the model of texts read it then; empty: there was none, or no note."""
    tone = models.CharField(max_length=8, blank=True)
    request_key = models.CharField(max_length=40, unique=True)
    """Given by the client: the same click sent twice is recorded once."""
    undo = models.JSONField(default=dict)
    """What it changed, so that a withdrawal can put it back."""
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["customer", "-at"], name="contact_of_customer"),
            models.Index(fields=["biz_date", "customer"], name="contact_by_day"),
        ]


@kept()
class DoNotDisturb(models.Model):
    """免打扰: nobody approaches the customer, save for service notices.

    Scope ALL_MARKETING: the customer asked; only the customer may lift it. Scope CALLS: he could not be
    reached on several days; it ends by itself (``until``, the last day that it holds). Scope SMS: no text messages but
    service notices (``outreach``); managers may call.
    """

    QUIET: ClassVar = ("ALL_MARKETING", "CALLS")
    """Scopes for whose sake no task is made."""

    id: int
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="dnd")
    scope = models.CharField(max_length=20, default="ALL_MARKETING")
    source = models.CharField(max_length=20)  # RM, UNREACHABLE, REPLY (to a text message)
    since = models.DateTimeField(auto_now_add=True)
    until = models.DateField(null=True)
    lifted_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["customer", "scope"], condition=Q(lifted_at=None), name="one_active_dnd"
            )
        ]


class BadNumber(models.Model):
    """空号: a mobile number found out of use. It speaks of that very number: a new one is good again."""

    id: int
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="bad_numbers")
    mobile_index = models.BinaryField()
    """Blind index of the number, as in the customer's row."""
    found_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["customer", "mobile_index"], name="one_mark_per_number")
        ]


class IdleWarning(models.Model):
    """闲置预警: listed but not served; on ``returns_on`` the customer returns to the pool unless contacted."""

    customer = models.OneToOneField(Customer, primary_key=True, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    warned_on = models.DateField()
    returns_on = models.DateField()


class Standing(models.Model):
    """How the customers of one outlet and one manager stand at the last day's end; made anew each night.

    An org's or a manager's figures are sums of these rows: a few thousand for a bank of a million.
    """

    id: int
    org = models.ForeignKey(Org, on_delete=models.CASCADE, related_name="+")
    manager = models.ForeignKey(User, null=True, on_delete=models.CASCADE, related_name="+")
    """None: nobody's customers (公海)."""
    tier = models.PositiveSmallIntegerField()
    customers = models.IntegerField()
    aum = models.DecimalField(max_digits=20, decimal_places=2)
    net_month = models.DecimalField(max_digits=20, decimal_places=2)
    """AUM against last month's end, of the customers for whom that is known."""

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["org", "manager", "tier"], name="one_standing", nulls_distinct=False
            )
        ]


class LiveEvent(models.Model):
    """实时事件: what a system of the bank told as it happened; written with what it causes, never changed.

    ``REFUSED`` are messages of a queue that could not be read: nobody waits for their answer, so it is kept here.
    """

    class Outcome(models.TextChoices):
        TAKEN = "TAKEN", "已受理"
        REFUSED = "REFUSED", "已拒绝"

    id: int
    source = models.CharField(max_length=20)
    event_id = models.CharField(max_length=64)
    """Unique within its source: what is sent twice is taken once."""
    kind = models.CharField(max_length=12)  # TRANSACTION, ARRIVAL
    customer = models.ForeignKey(
        Customer, null=True, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    at = models.DateTimeField()
    """UTC; when it happened, as its source says."""
    received_at = models.DateTimeField()
    day = models.DateField()
    """The day in Shanghai on which it happened: sums are counted by it."""
    amount = models.DecimalField(max_digits=18, decimal_places=2, null=True)
    facts = models.JSONField(default=dict)
    """As live/shape.py has them; no name, no account."""
    outcome = models.CharField(max_length=8, choices=Outcome.choices)
    why = models.CharField(max_length=200, blank=True)
    """Of a refused one: the code, and where."""

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["source", "event_id"], name="one_live_event"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["customer", "day"], name="live_event_of_day"),
            BrinIndex(fields=["received_at"], name="live_event_by_time"),
        ]


from yinke.care.own_events.models import OwnEvent, OwnEventVersion  # noqa: E402, the context's models are found here

__all__ = [
    "BadNumber", "ContactRecord", "DoNotDisturb", "IdleWarning", "LiveEvent", "OwnEvent", "OwnEventVersion", "Reason", "Standing",
    "Task",
]  # fmt: skip
