"""触达: approved texts, the messages made of them, and what customers answered."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import Q

from yinke.access.models import User
from yinke.care.models import Task
from yinke.customers.models import Customer


class Kind(models.TextChoices):
    """性质: what a message is for; it decides which rules of the gate hold."""

    MARKETING = "MARKETING", "营销"
    GREETING = "GREETING", "问候关怀"
    SERVICE = "SERVICE", "服务通知"


class Channel(models.TextChoices):
    """渠道. The gate and the services know no other difference between channels than this code."""

    SMS = "SMS", "短信"
    EMAIL = "EMAIL", "邮件"
    WECOM = "WECOM", "企业微信"
    APP = "APP", "手机银行"


class Template(models.Model):
    """内容模板: a text for one channel. What is sent is its newest approved version."""

    id: int
    name = models.CharField(max_length=60, unique=True)
    channel = models.CharField(max_length=6, choices=Channel.choices)
    kind = models.CharField(max_length=9, choices=Kind.choices)
    risk = models.PositiveSmallIntegerField(null=True)
    """Risk level (1 to 5) of the product that it speaks of; None: of no product with risk."""
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)
    retired_at = models.DateTimeField(null=True)
    ready = models.CharField(max_length=30, blank=True, default="", db_default="")
    """The ready text (``ready/ready.yaml``) that it was taken from; empty: the bank's own."""

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["ready"],
                condition=~Q(ready="") & Q(retired_at=None),
                name="outreach_one_of_a_ready_text",
            )
        ]


class TemplateVersion(models.Model):
    """模板版本: never changed but for its decision; the database refuses it. An edit is a new version, with no approval."""

    class State(models.TextChoices):
        PENDING = "PENDING", "待审批"
        APPROVED = "APPROVED", "已通过"
        REFUSED = "REFUSED", "已拒绝"
        WITHDRAWN = "WITHDRAWN", "已撤回"

    id: int
    template = models.ForeignKey(Template, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    subject = models.CharField(max_length=60, blank=True)
    """Of e-mail; empty of text messages."""
    text = models.CharField(max_length=5_000)
    digest = models.CharField(max_length=64)
    """Of everything that was approved: subject, text, kind, risk, signature and the words on opting out."""
    state = models.CharField(max_length=9, choices=State.choices, default=State.PENDING)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)
    decided_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=200, blank=True)
    """Why it was refused."""

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["template", "number"], name="outreach_one_version"),
            models.UniqueConstraint(
                fields=["template"], condition=Q(state="PENDING"), name="outreach_one_pending"
            ),
        ]


class DeadMailbox(models.Model):
    """失效邮箱: an address of e-mail that takes nothing any more. It speaks of that very address: a new one is good again."""

    id: int
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    email_index = models.BinaryField()
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["customer", "email_index"], name="outreach_one_dead_mailbox")
        ]


class WecomContact(models.Model):
    """企业微信好友: a customer whom a member of staff has among their contacts in WeCom; only they can write to them there.

    WeCom tells of it (``wecom_door.py``), or the bank brings a list. Until it is known which customer it is, nobody is written to.
    """

    id: int
    customer = models.ForeignKey(Customer, null=True, on_delete=models.CASCADE, related_name="+")
    userid = models.CharField(max_length=64)
    """The member's account in WeCom: the staff number, in any case of letters."""
    external_sealed = models.BinaryField()
    """The customer's number in the bank's WeCom (external_userid)."""
    external_index = models.BinaryField()
    since = models.DateTimeField()
    told_at = models.DateTimeField()
    """Of the newest event about them: an older one that comes late changes nothing."""
    gone_at = models.DateTimeField(null=True)
    """One of them has deleted the other: they cannot be written to any more."""
    ask_at = models.DateTimeField(null=True)
    """When WeCom is asked next which customer it is; None: that is known, or was asked in vain for long enough."""

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["external_index", "userid"], name="outreach_one_wecom_contact")
        ]
        indexes: ClassVar = [
            models.Index(fields=["ask_at"], condition=Q(ask_at__isnull=False), name="wecom_contact_to_ask"),
        ]


class CarePlan(models.Model):
    """关怀计划: an event of the night becomes a message by itself, for the customers of some tiers.

    Asked for by one person, approved by another; a change is a new plan.
    """

    class State(models.TextChoices):
        PENDING = "PENDING", "待审批"
        RUNNING = "RUNNING", "运行中"
        REFUSED = "REFUSED", "已拒绝"
        WITHDRAWN = "WITHDRAWN", "已撤回"
        STOPPED = "STOPPED", "已停止"

    id: int
    name = models.CharField(max_length=60)
    event = models.CharField(max_length=4)
    """Code of the event (``care/events/registry.py``)."""
    tier_from = models.PositiveSmallIntegerField()
    tier_to = models.PositiveSmallIntegerField()
    template = models.ForeignKey(Template, on_delete=models.PROTECT, related_name="plans")
    otherwise = models.ForeignKey(
        Template, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    """否则用: the text of another channel that is asked for when the first reaches nobody (``services/next_channel.py``)."""
    on_due = models.BooleanField()
    """Sent on the day that the event is about (a birthday, a maturity); else on the day after the night."""
    instead = models.BooleanField()
    """The message takes the place of the manager's task; else it goes beside it."""
    state = models.CharField(max_length=9, choices=State.choices, default=State.PENDING)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)
    decided_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    stopped_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=200, blank=True)
    """Why it was refused."""
    ready = models.CharField(max_length=30, blank=True, default="", db_default="")
    """The ready plan (``ready/ready.yaml``) that it was taken from; empty: the bank's own."""

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["ready"],
                condition=~Q(ready="") & Q(state__in=("PENDING", "RUNNING")),
                name="outreach_one_of_a_ready_plan",
            )
        ]


class Message(models.Model):
    """消息: one text to one customer, from being asked for to its receipt, with the reason if it was not sent."""

    class State(models.TextChoices):
        QUEUED = "QUEUED", "待发送"
        SENDING = "SENDING", "发送中"
        SENT = "SENT", "已发送"
        DELIVERED = "DELIVERED", "已送达"
        FAILED = "FAILED", "发送失败"
        REFUSED = "REFUSED", "未放行"
        CANCELLED = "CANCELLED", "已取消"

    GONE: ClassVar = ("SENDING", "SENT", "DELIVERED", "FAILED")
    """States of a message that the gate has let through: it counts against the caps."""

    id: int
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="messages", db_index=False)
    version = models.ForeignKey(
        TemplateVersion,
        on_delete=models.PROTECT,
        related_name="messages",
        db_index=False,
        db_constraint=False,
    )
    """Not looked up for each of a million messages, as neither plan, journey, campaign and user are: none of them is ever deleted."""
    channel = models.CharField(max_length=6, choices=Channel.choices)
    kind = models.CharField(max_length=9, choices=Kind.choices)
    task = models.ForeignKey(
        Task, null=True, on_delete=models.PROTECT, related_name="messages", db_index=False
    )
    plan = models.ForeignKey(
        "CarePlan",
        null=True,
        on_delete=models.PROTECT,
        related_name="messages",
        db_index=False,
        db_constraint=False,
    )
    """The plan of care that asked for it."""
    journey = models.ForeignKey(
        "JourneyVersion",
        null=True,
        on_delete=models.PROTECT,
        related_name="messages",
        db_index=False,
        db_constraint=False,
    )
    journey_step = models.CharField(max_length=12, blank=True, default="", db_default="")
    """The step of the journey that asked for it."""
    campaign = models.ForeignKey(
        "Campaign",
        null=True,
        on_delete=models.PROTECT,
        related_name="messages",
        db_index=False,
        db_constraint=False,
    )
    """The campaign that asked for it."""
    salon_guest = models.ForeignKey(
        "SalonGuest", null=True, on_delete=models.SET_NULL, related_name="messages", db_index=False
    )
    """Whom it asks to a salon."""
    by = models.ForeignKey(
        User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    """Who asked for it; None: a job."""
    fallback_of = models.ForeignKey(
        "self", null=True, on_delete=models.SET_NULL, related_name="next_channel", db_index=False
    )
    """改用: the message of another channel that reached nobody, and in whose place this one is."""
    gives_way = models.BooleanField(default=False, db_default=False)
    """让位: it reached nobody, and its campaign has still to ask for its next text, as its budget bears."""
    doubtful = models.BooleanField(default=False, db_default=False)
    """A provider may have carried it without saying so: nothing goes in its place."""
    request_key = models.CharField(max_length=80)
    """Natural key: the same wish twice is one message."""
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    """What has not gone by then does not go any more."""
    next_at = models.DateTimeField()
    """When the gate is asked next."""
    state = models.CharField(max_length=9, choices=State.choices, default=State.QUEUED)
    why = models.CharField(max_length=20, blank=True)
    """Why it was not sent (``gate.WHYS``), waits, or failed (as the provider said)."""
    attempts = models.PositiveSmallIntegerField(default=0)
    gone_at = models.DateTimeField(null=True)
    """When the gate let it through; it counts against the caps from then on."""
    text_sealed = models.BinaryField(null=True)
    """What was sent, word for word, of e-mail below its subject; encrypted."""
    provider = models.CharField(max_length=20, blank=True)
    provider_ref = models.CharField(max_length=100, blank=True)
    receipt_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["next_at", "id"], condition=Q(state="QUEUED"), name="message_queued"),
            models.Index(fields=["gone_at"], condition=Q(state="SENDING"), name="message_sending"),
            models.Index(fields=["customer", "-made_at"], name="message_of_customer"),
            BrinIndex(fields=["made_at"], name="message_by_time"),
            BrinIndex(fields=["version"], opclasses=["int8_minmax_multi_ops"], name="message_of_text"),
            models.Index(
                fields=["journey", "journey_step", "state"],
                condition=Q(journey__isnull=False),
                name="message_of_journey",
            ),
            models.Index(
                fields=["campaign", "state"], condition=Q(campaign__isnull=False), name="message_of_campaign"
            ),
            models.Index(
                fields=["next_at"], condition=Q(channel="WECOM", state="SENT"), name="message_in_wecom"
            ),  # whose result WeCom is asked for
            models.Index(fields=["campaign"], condition=Q(gives_way=True), name="message_gives_way"),
            # the rest only of the few that they are about: each change of a message writes all the indexes that it stands in
            models.Index(fields=["task"], condition=Q(task__isnull=False), name="message_of_task"),
            models.Index(
                fields=["salon_guest"], condition=Q(salon_guest__isnull=False), name="message_of_salon_guest"
            ),
            models.Index(
                fields=["provider_ref"],
                condition=Q(provider_ref__startswith="smpp:"),
                name="message_at_a_centre",
            ),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["request_key"], name="outreach_one_wish"),
            models.UniqueConstraint(
                fields=["fallback_of"],
                condition=Q(fallback_of__isnull=False),
                name="outreach_one_in_its_place",
            ),
        ]


class Reply(models.Model):
    """回复: what a customer sent back; append-only."""

    class Meaning(models.TextChoices):
        OPT_OUT = "OPT_OUT", "退订"
        OTHER = "OTHER", "其他"

    id: int
    provider = models.CharField(max_length=20)
    provider_ref = models.CharField(max_length=64)
    """The provider's number of the reply: told twice, it is one."""
    customer = models.ForeignKey(Customer, null=True, on_delete=models.CASCADE, related_name="replies")
    """None: nobody has that number."""
    channel = models.CharField(max_length=6, choices=Channel.choices, default=Channel.SMS)
    at = models.DateTimeField()
    meaning = models.CharField(max_length=7, choices=Meaning.choices)
    text_sealed = models.BinaryField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["provider", "provider_ref"], name="outreach_one_reply")
        ]


from yinke.outreach.campaigns.models import Campaign, CampaignMember  # noqa: E402, the context's models are found here
from yinke.outreach.journeys.models import (  # noqa: E402
    Journey,
    JourneyComing,
    JourneyTask,
    JourneyVersion,
    Traveller,
)
from yinke.outreach.points.models import (  # noqa: E402
    Mission,
    PointsAccount,
    PointsEntry,
    PointsLot,
    PointsPosting,
    PointsUse,
    Redemption,
    Reward,
)
from yinke.outreach.salons.models import Salon, SalonGuest  # noqa: E402

__all__ = [
    "Campaign", "CampaignMember", "CarePlan", "Channel", "DeadMailbox", "Journey", "JourneyComing", "JourneyTask", "JourneyVersion", "Kind",
    "Message", "Mission", "PointsAccount", "PointsEntry", "PointsLot", "PointsPosting", "PointsUse", "Redemption", "Reply", "Reward", "Salon",
    "SalonGuest", "Template", "TemplateVersion", "Traveller", "WecomContact",
]  # fmt: skip
