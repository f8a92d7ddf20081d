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
    password_set_at = models.DateTimeField(null=True)
    """None: not set by a person since passwords have an age."""
    password_is_given = models.BooleanField(default=False)
    """Set by an administrator, who therefore knows it: must be changed at the next sign-in."""

    objects = UserManager()
    USERNAME_FIELD = "emp_no"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    def __str__(self) -> str:
        return f"{self.emp_no} {self.name}"


class SignInFailure(models.Model):
    """A wrong password: five from one address within a quarter of an hour lock that pair for a while.

    Wrong codes of the second step are counted too, from all addresses together: whoever gets there knows the password.
    """

    id: int
    emp_no = models.CharField(max_length=20)
    address = models.GenericIPAddressField()
    at = models.DateTimeField()
    second_step = models.BooleanField(default=False)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["emp_no", "address", "at"], name="failure_of_person"),
            models.Index(fields=["address", "at"], name="failure_of_address"),
        ]


class PastPassword(models.Model):
    """A password that a person had, as a hash: the newest few may not come back."""

    id: int
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="past_passwords")
    password = models.CharField(max_length=128)
    until = models.DateTimeField(auto_now_add=True)


class StaffSession(models.Model):
    """会话: one sign-in from one browser, from its beginning to its end. Django's session carries its number.

    The row outlives the session, so that a browser whose session was ended from elsewhere can be told why.
    """

    id: int
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="sessions")
    started_at = models.DateTimeField()
    active_at = models.DateTimeField()
    """Last input of the person, as far as the server knows."""
    address = models.GenericIPAddressField()
    agent = models.CharField(max_length=300, blank=True)
    way = models.CharField(max_length=20, default="password")
    """How the person came in: password, directory, or the identity provider's id."""
    second_factor = models.CharField(max_length=20, blank=True)
    must = models.CharField(max_length=20, blank=True)
    """What must be done before anything else: ``password`` or ``second_factor``."""
    ended_at = models.DateTimeField(null=True)
    why_ended = models.CharField(max_length=20, blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["user", "active_at"], condition=models.Q(ended_at=None), name="open_session_of_user"
            ),
            models.Index(fields=["active_at"], condition=models.Q(ended_at=None), name="open_session"),
        ]


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
