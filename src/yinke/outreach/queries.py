"""What can be asked about texts and messages. Messages pass the visibility scope; texts are everybody's."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any, cast

from django.db.models import Count, Min, Q, QuerySet
from django.utils import timezone

from yinke.access.masking import mask_name
from yinke.access.viewer import Viewer
from yinke.care.events.registry import EVENT_TYPES
from yinke.care.reasons import event_name
from yinke.common.crypto import decrypt
from yinke.common.errors import YinkeError
from yinke.customers.queries import one, visible
from yinke.outreach.channels.settings import configured
from yinke.outreach.health import provider_health
from yinke.outreach.models import CarePlan, Message, Reply, Template, TemplateVersion
from yinke.outreach.schemas import (
    CarePlanEventOut,
    CarePlanOut,
    ChannelCode,
    KindCode,
    MessageOut,
    MessagesOut,
    MessageState,
    OutreachOut,
    SendableOut,
    TemplateOut,
    TextVersionOut,
    VersionState,
    WhyCount,
)
from yinke.outreach.services.plans import DUE
from yinke.outreach.services.send import templates_in_use
from yinke.outreach.services.templates import in_force
from yinke.outreach.texts import composed, headed, parts, words_of

PAGE = 50
MOST_TEMPLATES = 500
State = Message.State


def templates(viewer: Viewer) -> list[TemplateOut]:
    """Every template, those in use first, by name."""
    since = timezone.now() - timedelta(days=30)
    rows = Template.objects.select_related("made_by").prefetch_related(
        "versions__made_by", "versions__decided_by"
    )
    counted = dict[int, Counter[str]]()
    seen = _seen(viewer).filter(made_at__gt=since).values("version__template").annotate(
        gone=Count("id", filter=Q(state__in=Message.GONE)), refused=Count("id", filter=Q(state=State.REFUSED))
    )  # fmt: skip
    for row in seen:
        counted[row["version__template"]] = Counter(sent=row["gone"], refused=row["refused"])
    ordered = rows.order_by("-retired_at", "name")[:MOST_TEMPLATES]  # null first: those in use
    return [template_out(viewer, row, counted.get(row.id, Counter())) for row in ordered]


def sendable() -> list[SendableOut]:
    """Texts that may be sent now, by name."""
    rows = [version.template for version in templates_in_use()]
    return [
        SendableOut(
            id=row.id, name=row.name, channel=cast(ChannelCode, row.channel), kind=cast(KindCode, row.kind)
        )
        for row in rows
    ]


def template_out(viewer: Viewer, row: Template, counted: Counter[str] | None = None) -> TemplateOut:
    """One template with its versions."""
    seen = counted or Counter[str]()
    versions = sorted(row.versions.all(), key=lambda version: -version.number)
    return TemplateOut(
        id=row.id, name=row.name, channel=cast(ChannelCode, row.channel), kind=cast(KindCode, row.kind), risk=row.risk, retired_at=row.retired_at,
        made_by=row.made_by.name, made_at=row.made_at, versions=[_version(viewer, row, v) for v in versions],
        sent=seen["sent"], refused=seen["refused"],
        may_edit=viewer.may("template.write") and row.retired_at is None,
    )  # fmt: skip


def _version(viewer: Viewer, template: Template, row: TemplateVersion) -> TextVersionOut:
    waits, own = row.state == TemplateVersion.State.PENDING, row.made_by_id == viewer.user_id
    words, values = words_of(row), in_force()
    whole = composed(words, values)
    return TextVersionOut(
        id=row.id, number=row.number, text=row.text, subject=row.subject, head=headed(words, values), whole=whole,
        parts=parts(template.channel, whole), state=cast(VersionState, row.state),
        made_by=row.made_by.name, made_at=row.made_at, decided_by=row.decided_by.name if row.decided_by else None,
        decided_at=row.decided_at, reason=row.reason,
        may_decide=waits and not own and viewer.may("template.approve"),
        may_withdraw=waits and own and viewer.may("template.write"),
    )  # fmt: skip


def _seen(viewer: Viewer) -> QuerySet[Message]:
    return Message.objects.filter(customer__in=visible(viewer))


def messages_of(viewer: Viewer, customer_id: int) -> list[MessageOut]:
    """The newest messages to one customer.

    Raises:
        NotFound: there is none of that id in the viewer's scope.
    """
    customer = one(viewer, customer_id)
    return _shaped(viewer, _joined(Message.objects.filter(customer=customer))[:PAGE])


def message_out(viewer: Viewer, message: Message) -> MessageOut:
    """One message that the viewer asked for."""
    return _shaped(viewer, _joined(Message.objects.filter(id=message.id)))[0]


def messages(
    viewer: Viewer, state: str = "", why: str = "", template: int | None = None, cursor: str = ""
) -> MessagesOut:
    """Messages within the viewer's scope, the newest first.

    Raises:
        YinkeError: the cursor is not one of ours.
    """
    rows = _seen(viewer)
    if state:
        rows = rows.filter(state=state[:9].replace("\0", ""))
    if why:
        rows = rows.filter(why=why[:20].replace("\0", ""))
    if template is not None:
        rows = rows.filter(version__template=template)
    if cursor:
        rows = rows.filter(id__lt=_place(cursor))
    found = list(_joined(rows)[: PAGE + 1])
    more = len(found) > PAGE
    return MessagesOut(rows=_shaped(viewer, found[:PAGE]), next=f"{found[PAGE - 1].id}" if more else None)


def _place(cursor: str) -> int:
    if not (cursor.isascii() and cursor.isdigit() and len(cursor) <= 18):
        raise YinkeError(
            "This page of messages is not known", place="cursor", code="old_page", remedy="Reload the page"
        )
    return int(cursor)


def _joined(rows: QuerySet[Message]) -> QuerySet[Message]:
    return rows.select_related("customer", "version__template", "by", "fallback_of").order_by("-id")


def _shaped(viewer: Viewer, rows: Iterable[Message]) -> list[MessageOut]:
    found = []
    for row in rows:
        name = decrypt(row.customer.name_sealed)
        waits = row.state == State.QUEUED
        found.append(MessageOut(
            id=row.id, customer_id=row.customer_id, customer=mask_name(name) if viewer.masked else name,
            template=row.version.template.name, channel=cast(ChannelCode, row.channel), kind=cast(KindCode, row.kind), state=cast(MessageState, row.state),
            why=row.why, text=decrypt(row.text_sealed) if row.text_sealed and not viewer.masked else "",
            by=row.by.name if row.by else None, made_at=row.made_at, next_at=row.next_at if waits else None,
            gone_at=row.gone_at, receipt_at=row.receipt_at, provider=row.provider,
            instead_of=cast(ChannelCode, row.fallback_of.channel) if row.fallback_of else None,
            may_cancel=waits and row.by_id == viewer.user_id,
        ))  # fmt: skip
    return found


def outreach(viewer: Viewer, days: int = 7) -> OutreachOut:
    """What went and what did not in the newest days, within the viewer's scope; the channels of the last 24 hours."""
    now = timezone.now()
    rows = _seen(viewer).filter(made_at__gt=now - timedelta(days=days))
    states = Counter(dict(rows.values_list("state").annotate(Count("id"))))
    whys = rows.filter(state__in=(State.REFUSED, State.FAILED)).values_list("why").annotate(many=Count("id"))
    due = _seen(viewer).filter(state=State.QUEUED, next_at__lt=now).aggregate(oldest=Min("next_at"))["oldest"]
    out = Reply.objects.filter(
        customer__in=visible(viewer), meaning=Reply.Meaning.OPT_OUT, at__gt=now - timedelta(days=days)
    )
    return OutreachOut(
        days=days, sent=sum(states[state] for state in Message.GONE), delivered=states["DELIVERED"],
        failed=states["FAILED"], refused=states["REFUSED"], waiting=states["QUEUED"],
        opted_out=out.values("customer").distinct().count(),
        whys=[WhyCount(why=why, messages=many) for why, many in whys.order_by("-many", "why")],
        providers=[
            provider_health(_seen(viewer), name, channel, now) for channel, name in configured().names()
        ],
        oldest_waiting=due,
    )  # fmt: skip


def care_plans(viewer: Viewer) -> list[CarePlanOut]:
    """Every plan of care: those that wait, those that run, the others; the newest first."""
    since = timezone.now() - timedelta(days=30)
    counted = {
        row["plan"]: row
        for row in _seen(viewer).filter(plan__isnull=False, made_at__gt=since).values("plan").annotate(
            sent=Count("id", filter=Q(state__in=Message.GONE)), refused=Count("id", filter=Q(state=State.REFUSED)),
            waiting=Count("id", filter=Q(state=State.QUEUED)),
        )
    }  # fmt: skip
    rows = CarePlan.objects.select_related("template", "otherwise", "made_by", "decided_by").order_by("-id")[
        :MOST_TEMPLATES
    ]
    order = {"PENDING": 0, "RUNNING": 1}
    found = [plan_out(viewer, row, counted.get(row.id)) for row in rows]
    return sorted(found, key=lambda plan: order.get(plan.state, 2))


def plan_out(viewer: Viewer, row: CarePlan, counted: Mapping[str, Any] | None = None) -> CarePlanOut:
    """One plan of care."""
    own = row.made_by_id == viewer.user_id
    pending, running = row.state == CarePlan.State.PENDING, row.state == CarePlan.State.RUNNING
    seen = counted or {}
    return CarePlanOut(
        id=row.id, name=row.name, event=row.event, event_name=event_name(row.event, viewer.language), tier_from=row.tier_from,
        tier_to=row.tier_to, template=row.template.name, channel=cast(ChannelCode, row.template.channel), kind=cast(KindCode, row.template.kind), on_due=row.on_due,
        otherwise=row.otherwise.name if row.otherwise else None, otherwise_channel=cast(ChannelCode, row.otherwise.channel) if row.otherwise else None,
        instead=row.instead, state=cast(Any, row.state), made_by=row.made_by.name, made_at=row.made_at,
        decided_by=row.decided_by.name if row.decided_by else None, decided_at=row.decided_at, stopped_at=row.stopped_at,
        reason=row.reason, sent=seen.get("sent", 0), refused=seen.get("refused", 0), waiting=seen.get("waiting", 0),
        template_retired=row.template.retired_at is not None,
        may_decide=pending and not own and viewer.may("template.approve"),
        may_end=viewer.org_ids is None and viewer.may("template.write") and (running or (pending and own)),
    )  # fmt: skip


def plan_events(viewer: Viewer) -> list[CarePlanEventOut]:
    """Events that a plan may answer, by their number."""
    return [
        CarePlanEventOut(code=code, name=event_name(code, viewer.language), has_day=code in DUE)
        for code in sorted(EVENT_TYPES)
    ]
