"""客群: what a segment is called and means, whose it is, and the versions of its rule."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from yinke.access.models import Org, User
from yinke.common.history import kept
from yinke.customers.models import Customer
from yinke.segments import schedule

CODE = r"[a-z0-9_]{1,40}"


@kept("name_zh", "kind", "scope", "org", "owner", "status", "outreach", "schedule")
class Segment(models.Model):
    """客群: customers under a name, by a rule or as a list; its members lie in the lake (``members/``)."""

    class Kind(models.TextChoices):
        DYNAMIC = "DYNAMIC", "动态"
        """Whoever the rule holds of, found anew by the nights of its schedule."""
        STATIC = "STATIC", "静态"
        """Whom the rule held of when it was approved, or last refreshed by hand."""
        LIST = "LIST", "名单"
        """Whoever stood in a file."""

    class Schedule(models.TextChoices):
        NIGHTLY = schedule.NIGHTLY, "每晚"
        WEEKLY = schedule.WEEKLY, "每周"
        """In the night of Sunday's business date."""
        MONTHLY = schedule.MONTHLY, "每月"
        """In the night of a month's last date."""
        BY_HAND = schedule.BY_HAND, "手动"

    class Scope(models.TextChoices):
        BANK = "BANK", "全行"
        ORG = "ORG", "机构"
        MINE = "MINE", "我的"

    class Status(models.TextChoices):
        DRAFT = "DRAFT", "草稿"
        IN_USE = "IN_USE", "使用中"
        CLOSED = "CLOSED", "已关闭"

    id: int
    code = models.CharField(max_length=40, unique=True, validators=[RegexValidator(f"^{CODE}$")])
    name_zh = models.CharField(max_length=60)
    name_en = models.CharField(max_length=120, blank=True)
    about_zh = models.CharField(max_length=500, blank=True)
    about_en = models.CharField(max_length=500, blank=True)
    reason_zh = models.CharField(max_length=500, blank=True)
    """Why it matters."""
    reason_en = models.CharField(max_length=500, blank=True)
    care_zh = models.CharField(max_length=500, blank=True)
    """关怀建议: what to do for its members."""
    care_en = models.CharField(max_length=500, blank=True)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    schedule = models.CharField(max_length=7, choices=Schedule.choices, default=Schedule.NIGHTLY)
    """Of a dynamic one: when its members are found anew. Rules that refer to it ask its rule, whatever the schedule."""
    scope = models.CharField(max_length=6, choices=Scope.choices)
    org = models.ForeignKey(Org, null=True, on_delete=models.PROTECT, related_name="+")
    """Members are customers of this org and those below it; null: of the whole bank."""
    owner = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    """Null: it came with Yinke."""
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.DRAFT)
    outreach = models.BooleanField(default=False)
    """可用于触达: somebody else has approved that its members are approached."""
    delivered = models.BooleanField(default=False)
    """It came with Yinke and is as it came: a newer Yinke may renew it."""
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["status", "scope", "org"], name="segment_shown")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(scope="MINE") | (Q(outreach=False) & Q(owner__isnull=False)),
                name="own_no_outreach",
            ),
            models.CheckConstraint(condition=~Q(scope="ORG") | Q(org__isnull=False), name="org_of_segment"),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def key(self) -> str:
        """What its members are kept under."""
        return f"segment:{self.code}"


@kept("segment", "number", "status", "decided_by", "reason")
class SegmentVersion(models.Model):
    """版本: a rule, or a list, as somebody saved it; never changed, only decided. The newest approved one holds."""

    class Status(models.TextChoices):
        PENDING = "PENDING", "待审批"
        APPROVED = "APPROVED", "已批准"
        REFUSED = "REFUSED", "已拒绝"
        WITHDRAWN = "WITHDRAWN", "已撤回"

    id: int
    segment = models.ForeignKey(Segment, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    rule = models.JSONField(null=True)
    """Null: a list, whose customers are ``ListedCustomer``."""
    note = models.CharField(max_length=200, blank=True)
    made_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    """Null: it came with Yinke."""
    made_at = models.DateTimeField(auto_now_add=True)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.PENDING)
    decided_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=200, blank=True)
    """Why it was refused."""
    report = models.JSONField(null=True)
    """导入结果 of a list: counts, and for each row that was not taken its number and why; none of its contents."""

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["segment", "number"], name="one_version_of_a_number"),
            models.CheckConstraint(
                condition=Q(decided_by=None) | Q(made_by=None) | ~Q(decided_by=F("made_by")),
                name="version_checker",
            ),
        ]


class ListedCustomer(models.Model):
    """名单客户: a customer whom the file of a version named."""

    id: int
    version = models.ForeignKey(SegmentVersion, on_delete=models.CASCADE, related_name="listed")
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["version", "customer"], name="one_listed_customer")
        ]


class SegmentMove(models.Model):
    """客群变动: a customer who entered or left between two nights, because somebody changed a tag, a consent or a wish.

    What the nights find is in the lake; both are read together (``moves.py``). Never changed; deleted with the customer.
    """

    id: int
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=50)
    """``segment:<code>`` or ``tag:<code>``."""
    entered = models.BooleanField()
    """False: left."""
    biz_date = models.DateField()
    """The night's date whose members it changes; a later night's take it in."""
    cause = models.CharField(max_length=20)
    """What was changed: ``tag``, ``consent``, ``do_not_disturb``, ``contact``, ``churn``, ``custom`` (a field of the bank's own)."""
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["key", "biz_date", "customer"], name="moves_of_key")]


class SegmentFinding(models.Model):
    """当日重新查找: who entered and left a segment when it was found anew between two nights (approved, refreshed by hand).

    The members themselves are in the lake; this tells who reads of changes (``moves.py``) what changed with it.
    """

    id: int
    key = models.CharField(max_length=50)
    biz_date = models.DateField()
    """Of the night whose members were found anew."""
    version = models.PositiveIntegerField()
    entered = ArrayField(models.IntegerField())
    """Customers' ids; those who are deleted are taken out."""
    left = ArrayField(models.IntegerField())
    at = models.DateTimeField(auto_now_add=True)


class MarkChange(models.Model):
    """标记变更: of whom a tag, a consent, a wish, a contact or a field of the bank's own has changed, and in which transaction.

    Written by the database itself (``following.py``). Whoever has read such facts asks from then on only of these.
    """

    id: int
    table = models.CharField(max_length=63)
    """Whose rows changed."""
    customer_ids = ArrayField(models.IntegerField(), null=True)
    """Null: perhaps everybody."""
    xid = models.BigIntegerField(db_index=True)
    """``pg_current_xact_id()`` of the change: times would not tell what others saw when, for they commit in any order."""
    at = models.DateTimeField(db_default=Now())


class StandardChange(models.Model):
    """口径变更: other values of how tiers and stages are told apart, from a date on; another person approves it."""

    class Status(models.TextChoices):
        PENDING = "PENDING", "待审批"
        APPROVED = "APPROVED", "已批准"
        REFUSED = "REFUSED", "已拒绝"
        WITHDRAWN = "WITHDRAWN", "已撤回"

    id: int
    values = models.JSONField()
    """By threshold's code: the value, in the threshold's own unit."""
    before = models.JSONField()
    """What stood there when the change was asked for."""
    valid_from = models.DateField()
    note = models.CharField(max_length=200)
    """Why."""
    effect = models.JSONField()
    """试算: how many would have moved on the day on which it was asked for (``standards.Effect``)."""
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.PENDING)
    decided_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=200, blank=True)
    """Why it was refused."""

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["status"], condition=Q(status="PENDING"), name="one_standard_change_waits"
            ),
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("made_by")), name="standard_checker"
            ),
        ]
