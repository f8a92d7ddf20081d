"""客户: who the customer is, who looks after them, and how they stand at the last day's end."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from yinke.access.models import Org, User


class Customer(models.Model):
    """客户档案. ``id`` is the lake's ``cust_id``. Name, mobile and certificate are encrypted (C2)."""

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


from yinke.customers import list_models  # noqa: E402, F401  (Django finds models by this module)
