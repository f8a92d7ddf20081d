"""标签、名单、视图、批量操作、数据导出: what staff make of the customer list."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import Q

from yinke.access.models import Org, User
from yinke.common.history import kept
from yinke.customers.models import Customer


class SavedView(models.Model):
    """保存的视图: filters, order and columns of the customer list under a name; one's own, or shared to an org."""

    id: int
    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="saved_views")
    org = models.ForeignKey(Org, null=True, on_delete=models.CASCADE, related_name="+")
    """Shared to this org and all below it; null: the owner's alone."""
    name = models.CharField(max_length=40)
    query = models.JSONField()
    """The fields of ``CustomerQuery`` that are not empty, order included."""
    columns = ArrayField(models.CharField(max_length=20), default=list)
    """Shown columns in their order; empty: the usual ones."""
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["owner", "name"], name="one_view_of_a_name")]


class Tag(models.Model):
    """手工标签: an entry of the catalogue of an org (and all below it), or of the bank."""

    id: int
    org = models.ForeignKey(Org, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=20)
    expire_days = models.PositiveSmallIntegerField(null=True)
    """How long it holds on a customer unless told otherwise; null: until it is taken off."""
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["org", "name"], condition=Q(is_active=True), name="one_tag_of_a_name"
            )
        ]


class CustomerList(models.Model):
    """名单: a list of customers kept by hand; its owner's, or shared to an org."""

    id: int
    owner = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    org = models.ForeignKey(Org, null=True, on_delete=models.PROTECT, related_name="+")
    """Shared to this org and all below it; null: the owner's alone."""
    name = models.CharField(max_length=40)
    made_at = models.DateTimeField(auto_now_add=True)
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["owner", "name"], condition=Q(is_active=True), name="one_list_of_a_name"
            )
        ]


class BulkAction(models.Model):
    """批量操作: one thing done to many customers at once, which may be undone for a while."""

    class Kind(models.TextChoices):
        TAG_ADD = "TAG_ADD", "打标签"
        TAG_REMOVE = "TAG_REMOVE", "去标签"
        LIST_ADD = "LIST_ADD", "加入名单"
        LIST_REMOVE = "LIST_REMOVE", "移出名单"

    id: int
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    tag = models.ForeignKey(Tag, null=True, on_delete=models.PROTECT, related_name="+")
    of_list = models.ForeignKey(CustomerList, null=True, on_delete=models.PROTECT, related_name="+")
    count = models.PositiveIntegerField()
    at = models.DateTimeField(auto_now_add=True)
    undone_at = models.DateTimeField(null=True)


class Kept(models.Model):
    """A customer under a tag or on a list, from when to when; what has ended stays as the history."""

    id: int
    # Written by the hundred thousand, out of the customers there are, each naming the same few rows that nobody deletes: they are not
    # checked one by one, and found by what is asked for only: customer, active tag or list, bulk action.
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+", db_constraint=False)
    by = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    at = models.DateTimeField(auto_now_add=True)
    added_in = models.ForeignKey(
        BulkAction, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    removed_at = models.DateTimeField(null=True)
    removed_by = models.ForeignKey(
        User, null=True, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    removed_in = models.ForeignKey(
        BulkAction, null=True, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )

    class Meta:
        abstract = True
        indexes: ClassVar = [
            BrinIndex(fields=["added_in"], name="%(class)s_added"),
            models.Index(
                fields=["removed_in"], condition=Q(removed_in__isnull=False), name="%(class)s_taken_off"
            ),
        ]


class CustomerTag(Kept):
    """打在客户上的标签."""

    tag = models.ForeignKey(
        Tag, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    expires_on = models.DateField(null=True)
    """Last day that it holds; null: until it is taken off."""

    class Meta(Kept.Meta):
        abstract = False
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["tag", "customer"], condition=Q(removed_at=None), name="one_active_tag"
            )
        ]


class ListEntry(Kept):
    """名单里的客户."""

    of_list = models.ForeignKey(
        CustomerList, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )

    class Meta(Kept.Meta):
        abstract = False
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["of_list", "customer"], condition=Q(removed_at=None), name="one_active_entry"
            )
        ]


@kept("status", "checked_by", "cleared_by")
class ExportRequest(models.Model):
    """数据导出申请 (金规〔2024〕24号): who wants which customers' data for what, who let them, and the file's life."""

    class Status(models.TextChoices):
        SUBMITTED = "SUBMITTED", "待主管审批"
        CHECKED = "CHECKED", "待合规审批"
        APPROVED = "APPROVED", "已批准"
        MADE = "MADE", "可下载"
        REFUSED = "REFUSED", "已拒绝"
        WITHDRAWN = "WITHDRAWN", "已撤回"

    id: int
    requester = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    org = models.ForeignKey(Org, on_delete=models.PROTECT, related_name="+")
    """The requester's when it was asked: its chain of heads approves."""
    purpose = models.CharField(max_length=200)
    recipient = models.CharField(max_length=100)
    fields = ArrayField(models.CharField(max_length=20))
    plain = ArrayField(models.CharField(max_length=20), default=list)
    """Of ``fields``, those of C2 that are wanted unmasked."""
    query = models.JSONField()
    """Without what was typed into the search."""
    q_sealed = models.BinaryField(null=True)
    """What was typed into the search: mostly a name or a number."""
    rows = models.PositiveIntegerField()
    """How many were approved; the file holds exactly so many."""
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.SUBMITTED)
    rows_changed = models.BooleanField(default=False)
    """It is back for approval because the number of customers was another when the file was made."""
    asked_at = models.DateTimeField(auto_now_add=True)
    checked_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    checked_at = models.DateTimeField(null=True)
    cleared_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    """Compliance."""
    cleared_at = models.DateTimeField(null=True)
    note = models.CharField(max_length=200, blank=True)
    """Why it was refused."""
    expires_at = models.DateTimeField(null=True)
    """When approval and file end."""
    file_key = models.UUIDField(null=True)
    password_sealed = models.BinaryField(null=True)
    downloads = models.PositiveSmallIntegerField(default=0)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["status", "org"], name="export_waiting")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(checked_by=None) | ~Q(checked_by=models.F("requester")), name="export_checker"
            ),
            models.CheckConstraint(
                condition=Q(cleared_by=None)
                | (~Q(cleared_by=models.F("requester")) & ~Q(cleared_by=models.F("checked_by"))),
                name="export_clearer",
            ),
        ]
