"""客户: who the customer is, who looks after them, and how they stand at the last day's end."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from yinke.access.models import Org, User
from yinke.common.history import kept
from yinke.customers.around import ProfileChange, Relationship
from yinke.customers.identity_models import (
    IdentityDecision,
    IdentityPair,
    PersonLead,
    PersonMember,
    PersonSplit,
)

__all__ = [
    "Assignment", "Claim", "Customer", "Frontier", "Handover", "HandoverApproval", "HandoverItem", "IdentityDecision",
    "IdentityPair", "Metrics", "OwnerDecision", "PersonLead", "PersonMember", "PersonSplit", "ProfileChange",
    "Relationship", "TierChange",
]  # fmt: skip

ERASED = "ERASED"
"""Status of a customer who was deleted on request: the row is empty, and no file fills it again."""


class Customer(models.Model):
    """客户档案. ``id`` is the lake's ``cust_id``. Name, mobile, e-mail and certificate are encrypted (C2)."""

    id = models.IntegerField(primary_key=True)
    cust_no = models.CharField(max_length=32, unique=True, db_collation="C")
    name_sealed = models.BinaryField()
    name_index = models.BinaryField(db_index=True)
    pinyin = models.CharField(max_length=24, db_collation="C")
    """Initials of the name's pinyin in lower case, e.g. zsf; sorted and searched by their start."""
    name_1 = models.IntegerField(null=True, db_index=True)
    """Blind index of the name's first character; 2 and 3 alike. See ``customers/search.py``."""
    name_2 = models.IntegerField(null=True, db_index=True)
    name_3 = models.IntegerField(null=True, db_index=True)
    reading_1 = models.IntegerField(null=True, db_index=True)
    """Blind index of the name's first syllable; 2 and 3 alike."""
    reading_2 = models.IntegerField(null=True, db_index=True)
    reading_3 = models.IntegerField(null=True, db_index=True)
    mobile_tail = models.IntegerField(null=True, db_index=True)
    """Blind index of the last four digits."""
    cert_tail = models.IntegerField(null=True, db_index=True)
    mobile_sealed = models.BinaryField(null=True)
    mobile_index = models.BinaryField(null=True, db_index=True)
    email_sealed = models.BinaryField(null=True)
    email_index = models.BinaryField(null=True, db_index=True)
    cert_sealed = models.BinaryField(null=True)
    cert_index = models.BinaryField(null=True, db_index=True)
    cert_type = models.CharField(max_length=10, blank=True)
    gender = models.CharField(max_length=1, blank=True)
    birth_date = models.DateField(null=True)
    occupation = models.CharField(max_length=60, blank=True)
    education = models.CharField(max_length=40, blank=True)
    org = models.ForeignKey(Org, on_delete=models.PROTECT, related_name="+", db_index=False)
    """管户机构: the managing outlet."""
    open_date = models.DateField()
    status = models.CharField(max_length=10)
    risk_level = models.CharField(max_length=2, blank=True)
    risk_expiry = models.DateField(null=True)
    is_staff = models.BooleanField(default=False)
    digest = models.BinaryField()
    """Hash of the source row: what has not changed is not written again."""

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["org", "id"], name="customer_org"),
            models.Index(fields=["pinyin", "id"], name="customer_pinyin"),
            models.Index(fields=["id"], condition=Q(status=ERASED), name="customer_erased"),
        ]


class Metrics(models.Model):
    """指标: the customer at a day's end, one row each, rewritten only when something changed.

    ``aum`` holds until the row is written again, so the averages of any later business date follow from
    the sums: see ``queries.averages``.
    """

    customer = models.OneToOneField(
        Customer, primary_key=True, on_delete=models.CASCADE, related_name="metrics"
    )
    as_of = models.DateField()
    """Business date of the last change; the sums run up to and including it."""
    aum = models.DecimalField(max_digits=18, decimal_places=2)
    lum = models.DecimalField(max_digits=18, decimal_places=2)
    sum_m = models.DecimalField(max_digits=20, decimal_places=2)
    sum_q = models.DecimalField(max_digits=20, decimal_places=2)
    sum_y = models.DecimalField(max_digits=20, decimal_places=2)
    aum_month_start = models.DecimalField(max_digits=18, decimal_places=2, null=True)
    aum_year_start = models.DecimalField(max_digits=18, decimal_places=2, null=True)
    months = ArrayField(models.DecimalField(max_digits=18, decimal_places=2, null=True), size=12)
    """Monthly daily averages of the 12 months before ``as_of``'s month, newest first; null before the lake began."""
    mix = ArrayField(models.DecimalField(max_digits=18, decimal_places=2), size=8)
    """AUM by kind: demand, time, wealth, fund, insurance, metal, bond, securities."""
    tier = models.PositiveSmallIntegerField()
    tier_asset = models.PositiveSmallIntegerField()
    tier_changed = models.DateField(null=True)
    stage = models.CharField(max_length=12)
    stage_since = models.DateField(null=True)
    categories = models.PositiveSmallIntegerField()
    rfm = models.CharField(max_length=3, blank=True)
    last_txn = models.DateField(null=True)
    last_login = models.DateField(null=True)
    is_payroll = models.BooleanField(default=False)
    is_effective = models.BooleanField(default=False)

    class Meta:
        # one only, for lists over many orgs: an index on a nightly changing column makes every write dearer
        indexes: ClassVar = [models.Index(fields=["tier", "-aum", "-customer"], name="metrics_tier_aum")]


class Assignment(models.Model):
    """管户: who looks after a customer. At most one active MAIN; none means the org's pool (公海)."""

    class Rel(models.TextChoices):
        MAIN = "MAIN", "主管户"
        CO = "CO", "协管户"
        REFER = "REFER", "转介人"
        LOCK = "LOCK", "锁定"

    id: int
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="assignments")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="assignments", db_index=False)
    rel_type = models.CharField(max_length=5, choices=Rel.choices)
    share_pct = models.PositiveSmallIntegerField(default=100)
    start_date = models.DateField()
    end_date = models.DateField(null=True)
    reason = models.CharField(max_length=100, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["customer"], condition=Q(rel_type="MAIN", end_date=None), name="one_main_manager"
            ),
            models.UniqueConstraint(
                fields=["customer", "user"], condition=Q(end_date=None), name="one_active_assignment"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["user", "customer"], condition=Q(end_date=None), name="assignment_of_user")
        ]


class TierChange(models.Model):
    """升降级: a tier change that took effect, for the timeline."""

    id: int
    customer = models.ForeignKey(
        Customer, on_delete=models.CASCADE, related_name="tier_changes", db_index=False
    )
    on_date = models.DateField()
    tier_from = models.PositiveSmallIntegerField()
    tier_to = models.PositiveSmallIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["customer", "on_date"], name="one_tier_change_a_day")
        ]


class Frontier(models.Model):
    """How far PostgreSQL has followed the lake: the last business date written back, and its version.

    One row. The night writes it in the same transaction as the customers and the tasks.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    biz_date = models.DateField()
    lake_version = models.CharField(max_length=20)
    task_versions = models.JSONField(default=dict)
    """Of the last dates: the version whose events became tasks, by date."""
    written_at = models.DateTimeField()


class OwnerDecision(models.Model):
    """管户决定: Yinke, not the core bank's file, says who looks after this customer (or that nobody does).

    It holds until the file names another manager than ``core_no``, the one it named when Yinke decided.
    """

    customer = models.OneToOneField(Customer, primary_key=True, on_delete=models.CASCADE, related_name="+")
    core_no = models.CharField(max_length=20, blank=True)
    """Staff number that the file named; empty: nobody."""
    org = models.ForeignKey(Org, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    """管户机构 that the customer was moved to; None: the core bank's."""
    decided_at = models.DateTimeField(auto_now=True)


@kept()
class Handover(models.Model):
    """客户移交: customers go from one manager to another, agreed by the receiver and approved by the heads."""

    class Status(models.TextChoices):
        DRAFT = "DRAFT", "草稿"
        SUBMITTED = "SUBMITTED", "待接收"
        ACCEPTED = "ACCEPTED", "待审批"
        APPROVED = "APPROVED", "待生效"
        EFFECTIVE = "EFFECTIVE", "已生效"
        REJECTED = "REJECTED", "已拒绝"
        WITHDRAWN = "WITHDRAWN", "已撤回"

    class Reason(models.TextChoices):
        LEAVE = "LEAVE", "离职"
        TRANSFER = "TRANSFER", "调岗"
        TIER_UP = "TIER_UP", "客户升级"
        CUSTOMER = "CUSTOMER", "客户要求"
        CAPACITY = "CAPACITY", "管户过多"
        COMPLAINT = "COMPLAINT", "投诉或冲突"

    id: int
    giver = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    receiver = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    giver_org = models.ForeignKey(Org, on_delete=models.PROTECT, related_name="+", db_index=False)
    receiver_org = models.ForeignKey(Org, on_delete=models.PROTECT, related_name="+", db_index=False)
    """Where the two worked when it was made: whose heads must approve."""
    sides = ArrayField(models.CharField(max_length=9), size=3)
    """Whose approval is needed; see ``HandoverApproval.Side``."""
    reason = models.CharField(max_length=9, choices=Reason.choices)
    note = models.CharField(max_length=200, blank=True, default="")
    status = models.CharField(max_length=9, choices=Status.choices, default=Status.DRAFT)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)
    accepted_at = models.DateTimeField(null=True)
    effective_on = models.DateField(null=True)
    """Takes effect at 00:00 of this day (Asia/Shanghai), the first working day after the approval."""
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    """Who rejected or withdrew it; none if it took effect."""
    closed_note = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["effective_on"], condition=Q(status="APPROVED"), name="handover_due"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(giver=models.F("receiver")), name="handover_between_two")
        ]


class HandoverApproval(models.Model):
    """移交审批: one side's yes. Which sides are needed follows from how far apart the two orgs are."""

    class Side(models.TextChoices):
        GIVING = "GIVING", "移出方"
        RECEIVING = "RECEIVING", "接收方"
        BRANCH = "BRANCH", "分行"

    id: int
    handover = models.ForeignKey(Handover, on_delete=models.CASCADE, related_name="approvals")
    side = models.CharField(max_length=9, choices=Side.choices)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["handover", "side"], name="one_approval_a_side"),
            models.UniqueConstraint(fields=["handover", "user"], name="one_approval_a_person"),
        ]


class HandoverItem(models.Model):
    """移交客户: one customer of a handover, what became of it, and the AUM that KPIs count from."""

    class Status(models.TextChoices):
        WAITING = "WAITING", "待移交"
        MOVED = "MOVED", "已移交"
        CONFLICT = "CONFLICT", "未移交"

    class Conflict(models.TextChoices):
        MOVED_MEANWHILE = "MOVED_MEANWHILE", "已换主管户"
        IN_ANOTHER = "IN_ANOTHER", "在另一单移交中"
        PROTECTED = "PROTECTED", "在领取保护期内"
        CLOSED = "CLOSED", "已销户"

    id: int
    handover = models.ForeignKey(Handover, on_delete=models.CASCADE, related_name="items")
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+", db_index=False)
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.WAITING)
    conflict = models.CharField(max_length=15, choices=Conflict.choices, blank=True, default="")
    is_held = models.BooleanField(default=False)
    """Under way: no other handover may take the customer until this one has ended."""
    aum = models.DecimalField(max_digits=18, decimal_places=2, null=True)
    mda = models.DecimalField(max_digits=18, decimal_places=2, null=True)
    baseline_on = models.DateField(null=True)
    """业绩基数: AUM and monthly daily average at this business date's end, frozen when it took effect."""

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["handover", "customer"], name="one_item_a_customer"),
            models.UniqueConstraint(
                fields=["customer"], condition=Q(is_held=True), name="in_one_handover_at_a_time"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["customer"], name="handover_of_customer")]


class Claim(models.Model):
    """领取: a manager took a customer out of the pool and must contact them soon."""

    class End(models.TextChoices):
        SERVED = "SERVED", "已联系"
        RETURNED = "RETURNED", "主动退回"
        UNSERVED = "UNSERVED", "逾期未联系"
        MOVED = "MOVED", "已换主管户"

    id: int
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    on_date = models.DateField()
    at = models.DateTimeField(auto_now_add=True)
    contact_by = models.DateField()
    protected_until = models.DateField()
    """保护期: up to this day nobody takes the customer away again."""
    ended_at = models.DateTimeField(null=True)
    end = models.CharField(max_length=8, choices=End.choices, blank=True, default="")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["customer"], condition=Q(ended_at=None), name="one_open_claim")
        ]
        indexes: ClassVar = [
            models.Index(fields=["user", "on_date"], name="claim_of_user"),
            models.Index(fields=["contact_by"], condition=Q(ended_at=None), name="claim_due"),
        ]


from yinke.customers import custom_models, list_models  # noqa: E402, F401  (Django finds models by this module)
