"""机构与权限: the org tree, the people who work in it, and the record of who looked at what."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models


class Org(models.Model):
    """机构: one node of the tree 总行 → 分行 → 支行 → 网点.

    ``path`` is '/1/11/1103/' in the orgs' own ids, so that a subtree is a prefix of whole segments.
    """

    id: int
    org_no = models.CharField(max_length=20, unique=True)
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="children")
    name = models.CharField(max_length=100)
    level = models.PositiveSmallIntegerField()
    path = models.CharField(max_length=200, db_index=True)
    is_open = models.BooleanField(default=True)
    successor = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        indexes: ClassVar = [models.Index(fields=["path"], name="org_prefix", opclasses=["text_pattern_ops"])]

    def __str__(self) -> str:
        return f"{self.org_no} {self.name}"


class Role(models.TextChoices):
    """岗位角色: what a person is in the bank; the rights of each are in ``rights.py``."""

    RM = "RM", "客户经理"
    WM = "WM", "理财经理"
    PB_ADV = "PB_ADV", "财富顾问"
    LOBBY = "LOBBY", "大堂经理"
    REMOTE_RM = "REMOTE_RM", "远程客户经理"
    BR_MGR = "BR_MGR", "支行长"
    RETAIL_MGR = "RETAIL_MGR", "分行零售部"
    HQ_OPS = "HQ_OPS", "总行零售运营"
    CC_AGENT = "CC_AGENT", "客服专员"
    COMPLIANCE = "COMPLIANCE", "合规"
    AUDITOR = "AUDITOR", "审计"
    SYS_ADMIN = "SYS_ADMIN", "系统管理员"
    SEC_ADMIN = "SEC_ADMIN", "安全管理员"
    MODEL_DEV = "MODEL_DEV", "模型开发"
    TELLER = "TELLER", "柜员"


class UserManager(BaseUserManager["User"]):
    """Finds people by staff number."""

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(emp_no=username)


class User(AbstractBaseUser):
    """员工: a member of staff who may sign in; made and closed by the nightly staff file."""

    id: int
    emp_no = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=60)
    role = models.CharField(max_length=12, choices=Role.choices)
    org = models.ForeignKey(Org, on_delete=models.PROTECT, related_name="staff")
    licences = models.CharField(max_length=200, blank=True, default="")
    is_active = models.BooleanField(default=True)
    language = models.CharField(max_length=8, default="zh-hans")

    objects = UserManager()
    USERNAME_FIELD = "emp_no"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    def __str__(self) -> str:
        return f"{self.emp_no} {self.name}"


class SignInFailure(models.Model):
    """A wrong password: five from one address within a quarter of an hour lock that pair for a while."""

    id: int
    emp_no = models.CharField(max_length=20)
    address = models.GenericIPAddressField()
    at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["emp_no", "address", "at"], name="failure_of_person")]


class AuditEntry(models.Model):
    """审计: one look at, or change of, something that must be accounted for.

    Append-only and chained: a trigger of the database numbers each entry, writes the digest of the entry before
    it into ``previous`` and its own into ``digest``, and refuses every change (see ``services/audit_chain.py``).
    """

    id: int
    at = models.DateTimeField(auto_now_add=True, db_index=True)
    user = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    """Who; none for a sign-in that was refused."""
    action = models.CharField(max_length=40)  # e.g. customer.reveal, nightly.release
    object_type = models.CharField(max_length=40)
    object_id = models.CharField(max_length=64)
    reason = models.CharField(max_length=200, blank=True)
    address = models.GenericIPAddressField(null=True)
    previous = models.BinaryField(max_length=32, default=b"")
    digest = models.BinaryField(max_length=32, default=b"")

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["object_type", "object_id"], name="audit_object"),
            models.Index(fields=["user", "-id"], name="audit_user"),
        ]


class Alert(models.Model):
    """异常提醒: one person's looks at customers that are out of the ordinary, found in the audit trail."""

    class Kind(models.TextChoices):
        MANY_REVEALS = "MANY_REVEALS", "短时大量明文查看"
        OFF_HOURS = "OFF_HOURS", "非办公时间明文查看"
        MANY_NUMBERS = "MANY_NUMBERS", "短时大量号码查询"
        IDS_IN_A_ROW = "IDS_IN_A_ROW", "按编号逐个查看"

    id: int
    kind = models.CharField(max_length=16, choices=Kind.choices)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    day = models.DateField()
    """Asia/Shanghai."""
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    count = models.PositiveIntegerField()
    """How many looks in the busiest hour, or off hours in the day."""
    last_entry = models.BigIntegerField()
    """The newest audit entry that it counts; later ones make an acknowledged alert open again."""
    acknowledged_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    acknowledged_at = models.DateTimeField(null=True)
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["kind", "user", "day"], name="one_alert_a_day")
        ]
