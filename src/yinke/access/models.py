"""机构与权限: the org tree, the people who work in it, and the record of who looked at what."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models

from yinke.common.history import kept


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


@kept("name", "role", "org", "licences", "is_active", "is_disabled")
class User(AbstractBaseUser):
    """员工: a member of staff who may sign in; made and closed by the nightly staff file."""

    id: int
    emp_no = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=60)
    role = models.CharField(max_length=12, choices=Role.choices)
    """What they are in Yinke: a role granted here, else the post."""
    post = models.CharField(max_length=12, choices=Role.choices, blank=True, default="")
    """岗位: what the staff file says."""
    org = models.ForeignKey(Org, on_delete=models.PROTECT, related_name="staff")
    licences = models.CharField(max_length=200, blank=True, default="")
    is_active = models.BooleanField(default=True)
    is_disabled = models.BooleanField(default=False)
    """停用: closed by hand; the staff file does not open it again."""
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


@kept()
class RoleGrant(models.Model):
    """角色授予: a role that Yinke's administrators gave a person; it stands over the post until revoked."""

    id: int
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="grants")
    role = models.CharField(max_length=12, choices=Role.choices)
    since = models.DateTimeField(auto_now_add=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["user"], condition=models.Q(revoked_at=None), name="one_active_grant"
            )
        ]


@kept()
class RoleRight(models.Model):
    """角色权限: where the bank departs from ``viewer.RIGHTS``: a right given to a role, or taken from it."""

    id: int
    role = models.CharField(max_length=12, choices=Role.choices)
    right = models.CharField(max_length=40)
    held = models.BooleanField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["role", "right"], name="one_word_on_a_right")
        ]


class RoleRequest(models.Model):
    """授权申请: a change of roles or rights that one person asks for and another decides (经办/复核)."""

    class Kind(models.TextChoices):
        GRANT = "GRANT", "授予角色"
        REVOKE = "REVOKE", "收回角色"
        RIGHT_ON = "RIGHT_ON", "增加权限"
        RIGHT_OFF = "RIGHT_OFF", "取消权限"

    class Status(models.TextChoices):
        WAITING = "WAITING", "待复核"
        APPROVED = "APPROVED", "已生效"
        REFUSED = "REFUSED", "已拒绝"

    id: int
    kind = models.CharField(max_length=9, choices=Kind.choices)
    user = models.ForeignKey(User, null=True, on_delete=models.CASCADE, related_name="+")
    """Whose role; none for a change of a role's rights."""
    role = models.CharField(max_length=12, choices=Role.choices)
    right = models.CharField(max_length=40, blank=True, default="")
    reason = models.CharField(max_length=200)
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.WAITING)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)
    decided_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    note = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["user", "role", "right"], condition=models.Q(status="WAITING"), nulls_distinct=False,
                name="one_waiting_request",
            ),
            models.CheckConstraint(
                condition=models.Q(decided_by=None) | ~models.Q(decided_by=models.F("made_by")),
                name="maker_is_not_checker_of_a_role",
            ),
        ]  # fmt: skip


@kept()
class Substitution(models.Model):
    """代管: one member of staff stands in for an absent one, from a day to a day; it ends by itself."""

    id: int
    absent = models.ForeignKey(User, on_delete=models.PROTECT, related_name="absences")
    substitute = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    since = models.DateField()
    until = models.DateField()
    """The last day; both are days of Asia/Shanghai."""
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    made_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True)
    """Called off before its last day."""

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["substitute", "until"], condition=models.Q(ended_at=None), name="substitution_of_whom"
            )
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(until__gte=models.F("since")), name="substitution_has_days"
            ),
            models.CheckConstraint(
                condition=~models.Q(absent=models.F("substitute")), name="nobody_stands_in_for_himself"
            ),
        ]


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
