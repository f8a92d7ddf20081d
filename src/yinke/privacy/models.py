"""个人信息保护: data keys, consents, the requests of persons about their data, and what was deleted when."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from yinke.access.models import User
from yinke.customers.models import Customer


class DataKey(models.Model):
    """数据密钥: one numbered data key, wrapped by the master key, which is not in the database.

    COMING: every process learns of it. ACTIVE: new values are sealed with it. LEAVING: what it sealed is being
    sealed anew; look-ups still try it. RETIRED: nothing is left under it; kept for old files and backups.
    """

    class State(models.TextChoices):
        COMING = "COMING", "待启用"
        ACTIVE = "ACTIVE", "使用中"
        LEAVING = "LEAVING", "轮换中"
        RETIRED = "RETIRED", "已停用"

    version = models.PositiveSmallIntegerField(primary_key=True)
    algorithm = models.CharField(max_length=3)  # aes, sm4
    wrapped = models.BinaryField()
    state = models.CharField(max_length=8, choices=State.choices)
    created_at = models.DateTimeField(auto_now_add=True)
    activated_at = models.DateTimeField(null=True)
    retired_at = models.DateTimeField(null=True)
    done = models.JSONField(default=dict)
    """Of the exchange that this key began: table → highest key of a row that is sealed anew, and rows so far."""

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["state"], condition=Q(state="ACTIVE"), name="one_active_key"),
            models.UniqueConstraint(fields=["state"], condition=Q(state="COMING"), name="one_coming_key"),
        ]


class Purpose(models.TextChoices):
    """目的: what personal data is used for; each is consented to by itself (PIPL art. 14, 23, 29)."""

    SERVICE = "SERVICE", "服务通知"
    MARKETING_SMS = "MARKETING_SMS", "短信营销"
    MARKETING_CALL = "MARKETING_CALL", "电话营销"
    MARKETING_APP = "MARKETING_APP", "手机银行推送"
    MARKETING_WECOM = "MARKETING_WECOM", "企业微信营销"
    MARKETING_EMAIL = "MARKETING_EMAIL", "邮件营销"
    PROFILING = "PROFILING", "个性化推荐"
    SHARE_GROUP = "SHARE_GROUP", "集团内共享"
    SENSITIVE = "SENSITIVE", "敏感个人信息"
    RECORDING = "RECORDING", "录音录像"


class Policy(models.Model):
    """授权文本: one version of the text that a customer consents to, for one purpose. Never changed.

    ``changes_purpose``: the use is another than before, so consents to earlier versions hold no longer
    (PIPL art. 14: a change of purpose, method or kind of data needs consent anew).
    """

    id: int
    purpose = models.CharField(max_length=16, choices=Purpose.choices)
    version = models.PositiveSmallIntegerField()
    text_zh = models.TextField()
    text_en = models.TextField()
    text_hash = models.CharField(max_length=64)
    changes_purpose = models.BooleanField()
    published_at = models.DateTimeField()
    published_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    """None: came with Yinke."""

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["purpose", "version"], name="one_text_per_version")
        ]


class Consent(models.Model):
    """授权台账: append-only; a customer's yes or no to one purpose, with the proof of it.

    The newest entry of a customer and a purpose decides. The database refuses every change and deletion.
    """

    class Answer(models.TextChoices):
        GRANTED = "GRANTED", "同意"
        WITHDRAWN = "WITHDRAWN", "撤回"
        REFUSED = "REFUSED", "拒绝"

    class Channel(models.TextChoices):
        COUNTER = "COUNTER", "柜面"
        APP = "APP", "手机银行"
        PHONE = "PHONE", "电话"
        WECOM = "WECOM", "企业微信"
        SMS = "SMS", "短信"
        EMAIL = "EMAIL", "邮件"
        PAPER = "PAPER", "书面"

    id: int
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="consents", db_index=False)
    purpose = models.CharField(max_length=16, choices=Purpose.choices)
    answer = models.CharField(max_length=9, choices=Answer.choices)
    policy = models.ForeignKey(Policy, on_delete=models.PROTECT, related_name="+", db_index=False)
    text_hash = models.CharField(max_length=64)
    """Of the very text that was shown."""
    channel = models.CharField(max_length=8, choices=Channel.choices)
    evidence = models.CharField(max_length=100, blank=True)
    """Where the proof lies: number of the form, recording or message; no personal data."""
    at = models.DateTimeField()
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    """Who recorded it; None: the customer himself."""
    request_key = models.CharField(max_length=40, unique=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["customer", "purpose", "-at", "-id"], name="consent_of_customer"),
            models.Index(
                fields=["purpose", "customer", "-id"],
                include=["answer", "policy", "at"],
                name="consent_to_purpose",
            ),
        ]


class RightsCase(models.Model):
    """权利请求: what a person asks about their data (PIPL art. 44-50), with its legal deadline."""

    class Kind(models.TextChoices):
        ACCESS = "ACCESS", "查阅"
        COPY = "COPY", "复制"
        PORT = "PORT", "转移"
        CORRECT = "CORRECT", "更正补充"
        DELETE = "DELETE", "删除"
        EXPLAIN = "EXPLAIN", "解释说明"
        OBJECT = "OBJECT", "拒绝自动化决策"

    class Status(models.TextChoices):
        RECEIVED = "RECEIVED", "已受理"
        VERIFIED = "VERIFIED", "身份已核实"
        DONE = "DONE", "已办结"
        RESTRICTED = "RESTRICTED", "已限制处理"
        REFUSED = "REFUSED", "已拒绝"
        WITHDRAWN = "WITHDRAWN", "客户撤回"

    OPEN: ClassVar = ("RECEIVED", "VERIFIED")

    id: int
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="rights_cases")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.RECEIVED)
    channel = models.CharField(max_length=8, choices=Consent.Channel.choices)
    asked_sealed = models.BinaryField(null=True)
    """What the person asks, in their words; encrypted."""
    received_on = models.DateField()
    due_on = models.DateField()
    opened_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    identity_check = models.CharField(max_length=20, blank=True)
    """How the identity was checked: ID_CARD, FACE_TO_FACE, CALL_BACK, APP_LOGIN, PROXY_LETTER."""
    verified_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    answer_sealed = models.BinaryField(null=True)
    """What the person was told; for a refusal its reason; encrypted."""
    ground = models.CharField(max_length=20, blank=True)
    """Why it was refused or only restricted: a code of ``services/rights.GROUNDS``."""

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["due_on"], condition=Q(status__in=("RECEIVED", "VERIFIED")), name="open_case_by_due")
        ]  # fmt: skip


class RightsFile(models.Model):
    """个人信息副本: the file made for a case; encrypted outside the database, gone after some days."""

    id: int
    case = models.OneToOneField(RightsCase, on_delete=models.PROTECT, related_name="file")
    name = models.CharField(max_length=60)
    sha256 = models.CharField(max_length=64)
    rows = models.IntegerField()
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    taken = models.PositiveSmallIntegerField(default=0)


class Restriction(models.Model):
    """限制处理: the customer's data may only be stored and protected, and used for what the law demands.

    PIPL art. 47: where a legal retention period has not ended, processing other than storage stops.
    """

    id: int
    customer = models.OneToOneField(Customer, on_delete=models.CASCADE, related_name="restriction")
    case = models.ForeignKey(RightsCase, on_delete=models.PROTECT, related_name="+")
    since = models.DateTimeField()
    ground = models.CharField(max_length=20)


class Suppression(models.Model):
    """已删除客户: all that is left of somebody who was deleted, so that a later file does not bring them back."""

    id: int
    customer_id = models.IntegerField(unique=True)
    """The lake's number, which names nobody."""
    number_hash = models.BinaryField(unique=True)
    """Keyed hash of the customer number."""
    since = models.DateTimeField()
    out_of_lake_at = models.DateTimeField(null=True)
    """When the lake's files were written anew without them; None: the next run of the retention job does it."""


class Expiry(models.Model):
    """到期清理: what one run of the retention job deleted from one table."""

    id: int
    table = models.CharField(max_length=60)
    rule = models.CharField(max_length=40)
    before = models.DateField()
    """What is older went."""
    rows = models.IntegerField()
    at = models.DateTimeField(auto_now_add=True)
