"""What can be asked about campaigns. Customers and their numbers are those within the viewer's scope; cost, and the arms of the
effect, are the whole campaign's: they tell of no customer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, cast

from django.db import connection
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from yinke.access.viewer import Viewer
from yinke.common.errors import NotFound
from yinke.common.row_security import whole_bank
from yinke.customers.queries import visible
from yinke.customers.shown import shown_name
from yinke.outreach.campaigns.effect import effect_of, variants_of
from yinke.outreach.campaigns.engine import OF_CAMPAIGN, plan_of, texts_of
from yinke.outreach.campaigns.models import Campaign, CampaignMember
from yinke.outreach.campaigns.plan import CENT, CampaignPlan
from yinke.outreach.campaigns.schemas import (
    CampaignChoices,
    CampaignCost,
    CampaignCustomer,
    CampaignCustomers,
    CampaignDetail,
    CampaignOut,
    CampaignState,
    CampaignText,
    FunnelStep,
    Halt,
    Loss,
    Part,
)
from yinke.outreach.campaigns.services import OPEN, check
from yinke.outreach.journeys.schemas import Choice, TextChoice
from yinke.outreach.models import Message, TemplateVersion
from yinke.outreach.schemas import ChannelCode, KindCode, MessageState
from yinke.outreach.services.send import templates_in_use
from yinke.outreach.services.templates import in_force
from yinke.outreach.texts import composed, headed, words_of
from yinke.segments.definitions import in_use, names_of, visible_segments
from yinke.segments.kept import members_of, scope_of, within
from yinke.segments.models import Segment
from yinke.segments.store_schemas import SegmentUse

PAGE = 50
MOST = 300
FUNNEL = (
    "ELIGIBLE",
    "ASKED",
    "SENT",
    "DELIVERED",
    "HANDED",
    "CONTACTED",
    "INTERESTED",
    "DEAL",
    "REACHED",
)
"""The steps that are told: who takes part and is not held out; to whom a message was asked for, went, arrived; who was handed to
a manager, was spoken with, showed interest, bought; who reached the goal."""
GONE = ("SENT", "DELIVERED", "SENDING", "FAILED")
State = Campaign.State


@dataclass
class _Count:
    """Of one campaign, within a scope."""

    messages: dict[str, int] = field(default_factory=dict)
    handed: int = 0
    reached: int = 0

    @property
    def gone(self) -> int:
        return sum(self.messages.get(state, 0) for state in GONE)


def _scoped(viewer: Viewer, rows: QuerySet[Any]) -> QuerySet[Any]:
    whole = viewer.org_ids is None and viewer.may("customer.read")
    return rows if whole else rows.filter(customer__in=visible(viewer))


def _counted(
    messages: QuerySet[Message], members: QuerySet[CampaignMember], of: Iterable[int]
) -> dict[int, _Count]:
    found = {campaign: _Count() for campaign in of}
    some = {"campaign__in": list(found)}
    for campaign, state, many in (
        messages.filter(**some).values_list("campaign", "state").annotate(many=Count("id")).order_by()
    ):
        found[campaign].messages[state] = many
    handed = members.filter(**some, lead_on__isnull=False).values_list("campaign")
    for campaign, many in handed.annotate(many=Count("id")).order_by():
        found[campaign].handed = many
    reached = members.filter(**some, held_out=False, reached_on__isnull=False).values_list("campaign")
    for campaign, many in reached.annotate(many=Count("id")).order_by():
        found[campaign].reached = many
    return found


def _seen(viewer: Viewer, of: Iterable[int]) -> dict[int, _Count]:
    return _counted(_scoped(viewer, Message.objects.all()), _scoped(viewer, CampaignMember.objects.all()), of)


def _whole(of: Iterable[int]) -> dict[int, _Count]:
    with whole_bank():  # sums of cost, which name nobody
        return _counted(Message.objects.all(), CampaignMember.objects.all(), of)


def campaigns(viewer: Viewer) -> list[CampaignOut]:
    """All campaigns: what waits for the viewer first, then what runs, the newest first."""
    rows = list(_joined().order_by("-id")[:MOST])
    seen, whole = _seen(viewer, (row.id for row in rows)), _whole(row.id for row in rows)
    names, texts = names_of(Segment.objects.all(), viewer.language), _texts()
    found = [CampaignOut(**_row(viewer, row, names, texts, seen[row.id], whole[row.id])) for row in rows]
    order = {"RUNNING": 1, "PAUSED": 1, "APPROVED": 2, "REVIEW": 2, "DRAFT": 3}
    return sorted(found, key=lambda one: 0 if one.may_decide else order.get(one.state, 4))


def _joined() -> QuerySet[Campaign]:
    return Campaign.objects.select_related("made_by", "decided_by", "text__template")


def _texts() -> dict[int, TemplateVersion]:
    """The text that each template sends now."""
    return {version.template_id: version for version in templates_in_use()}


def _row(
    viewer: Viewer, row: Campaign, names: Mapping[str, str], texts: Mapping[int, TemplateVersion], seen: _Count, whole: _Count
) -> dict[str, Any]:  # fmt: skip
    plan = plan_of(row)
    first = row.text or texts.get(plan.template or 0)
    ways = [one for one in (first, *(texts.get(way) for way in plan.otherwise)) if one]
    return {
        "id": row.id, "name": row.name, "state": cast(CampaignState, row.state), "halted": cast(Halt, row.halted),
        "objective": plan.objective, "segment": names.get(plan.segment, plan.segment), "starts_on": plan.starts_on,
        "ends_on": plan.ends_on, "channels": [cast(ChannelCode, one.template.channel) for one in ways], "leads": plan.leads is not None,
        "made_by": row.made_by.name, "made_at": row.made_at, "sent": seen.gone, "handed": seen.handed, "reached": seen.reached,
        "spent": _cost(plan, whole).spent, "budget": plan.budget,
        "may_decide": row.state == State.REVIEW and row.made_by_id != viewer.user_id and viewer.may("template.approve"),
        "may_write": viewer.org_ids is None and viewer.may("template.write") and row.state in OPEN,
    }  # fmt: skip


def _cost(plan: CampaignPlan, whole: _Count) -> CampaignCost:
    messages = (whole.gone * plan.message_cost).quantize(CENT)
    leads = (whole.handed * plan.lead_cost).quantize(CENT)
    spent = messages + leads
    return CampaignCost(
        spent=spent, reserved=(whole.messages.get("QUEUED", 0) * plan.message_cost).quantize(CENT), budget=plan.budget,
        messages=messages, leads=leads, per_reached=(spent / whole.reached).quantize(CENT) if whole.reached else None,
    )  # fmt: skip


def campaign(viewer: Viewer, campaign_id: int) -> CampaignDetail:
    """One campaign with its funnel, cost and effect.

    Raises:
        NotFound: there is none.
    """
    row = _joined().filter(id=campaign_id).first()
    if row is None:
        raise NotFound(
            "There is no such campaign", place=f"{campaign_id}", remedy="See the list of campaigns"
        )
    plan, names = plan_of(row), names_of(Segment.objects.all(), viewer.language)
    seen, whole = _seen(viewer, [row.id])[row.id], _whole([row.id])[row.id]
    texts = _texts()
    head = _row(viewer, row, names, texts, seen, whole)
    frozen: dict[str, Any] = row.frozen or {}
    all_seen = viewer.org_ids is None
    writes = all_seen and viewer.may("template.write")
    today = timezone.localdate()
    return CampaignDetail(
        **head, plan=plan, texts=_texts_of(row, plan, texts), exclude=[names.get(code, code) for code in plan.exclude],
        goal_segment=names.get(plan.goal.segment, plan.goal.segment),
        faults=check(row.name, plan) if row.state in (State.DRAFT, State.REVIEW) else [], digest=row.digest,
        decided_by=row.decided_by.name if row.decided_by else None, decided_at=row.decided_at, reason=row.reason,
        started_at=row.started_at, ended_at=row.ended_at, start_asked=row.start_asked,
        as_of=date.fromisoformat(frozen["as_of"]) if frozen else None, frozen_digest=frozen.get("digest", ""),
        targeted=frozen["targeted"] if frozen and all_seen else None,
        lost=[Loss(why=why, customers=many) for why, many in frozen.get("lost", {}).items()] if all_seen else [],
        funnel=_funnel(viewer, row, seen) if frozen else [], unsent=_unsent(viewer, row), cost=_cost(plan, whole),
        effect=effect_of(row, plan) if row.experiment_id else None, variants=variants_of(row, plan),
        may_withdraw=row.state == State.REVIEW and row.made_by_id == viewer.user_id and viewer.may("template.write"),
        may_start=writes and row.state == State.APPROVED and plan.starts_on <= today <= plan.ends_on and not row.start_asked
        and bool(plan.by_hand or row.halted),
        may_pause=writes and row.state == State.RUNNING, may_resume=writes and row.state == State.PAUSED,
        may_end=writes and row.state != State.ENDED,
    )  # fmt: skip


def _texts_of(row: Campaign, plan: CampaignPlan, texts: Mapping[int, TemplateVersion]) -> list[CampaignText]:
    """As they were submitted, or as they would be sent now; those that are not approved are left out."""
    if plan.template is None:
        return []
    firsts = [(plan.template, plan.template_share), *((one.template, one.share) for one in plan.variants)]
    placed = [(one, 0, share if plan.variants else None) for one, share in firsts]
    placed += [(one, place, None) for place, one in enumerate(plan.otherwise, 1)]
    versions = texts_of(row) if row.text else [texts.get(one) for one, *_ in placed]
    return [
        _text(version, place, share)
        for version, (_, place, share) in zip(versions, placed, strict=True)
        if version
    ]


def _text(version: TemplateVersion, place: int, share: int | None) -> CampaignText:
    words, values, template = words_of(version), in_force(), version.template
    return CampaignText(
        id=template.id, place=place, share=share, name=template.name, channel=cast(ChannelCode, template.channel), head=headed(words, values),
        whole=composed(words, values),
    )  # fmt: skip


_CONTACTS = """
SELECT count(DISTINCT c.customer_id), count(DISTINCT c.customer_id) FILTER (WHERE c.result IN ('INTERESTED', 'CONSIDER', 'APPOINT', 'DEAL')),
    count(DISTINCT c.customer_id) FILTER (WHERE c.result = 'DEAL')
FROM outreach_campaignmember m
JOIN care_reason r ON r.dedup_key = %(type)s || '|' || m.campaign_id || '|' || m.customer_id
JOIN care_contactrecord c ON c.task_id = r.task_id AND c.withdrawn_at IS NULL AND c.biz_date >= m.lead_on
WHERE m.campaign_id = %(campaign)s AND m.lead_on IS NOT NULL
  AND c.result NOT IN ('NO_ANSWER', 'BUSY', 'OFF', 'EMPTY_NUMBER', 'HANG_UP', 'WRONG_PERSON')
  AND (%(all)s OR m.customer_id = ANY(%(scope)s))
"""


def _funnel(viewer: Viewer, row: Campaign, seen: _Count) -> list[FunnelStep]:
    members = _scoped(viewer, row.members.all())
    taking_part = members.filter(held_out=False).count()
    scope = scope_of(viewer)
    with connection.cursor() as cursor:
        cursor.execute(
            _CONTACTS,
            {"type": OF_CAMPAIGN, "campaign": row.id, "all": scope is None, "scope": list(scope or [])},
        )
        contacted, interested, deal = cursor.fetchone()
    asked, sent, delivered = _written_to(viewer, row, seen)
    counted = {
        "ELIGIBLE": taking_part, "ASKED": asked, "SENT": sent, "DELIVERED": delivered, "HANDED": seen.handed, "CONTACTED": contacted,
        "INTERESTED": interested, "DEAL": deal, "REACHED": seen.reached,
    }  # fmt: skip
    plan = plan_of(row)
    out = set() if plan.template is not None else {"ASKED", "SENT", "DELIVERED"}
    out |= set() if plan.leads is not None else {"HANDED", "CONTACTED", "INTERESTED", "DEAL"}
    return [FunnelStep(code=code, customers=counted[code]) for code in FUNNEL if code not in out]


def _written_to(viewer: Viewer, row: Campaign, seen: _Count) -> tuple[int, int, int]:
    """Customers to whom a message was asked for, went, arrived: each once, however many stood in for one another."""
    if not row.otherwise:  # each has one message
        return sum(seen.messages.values()), seen.gone, seen.messages.get("DELIVERED", 0)
    found = _scoped(viewer, Message.objects.filter(campaign=row)).aggregate(
        asked=Count("customer", distinct=True), sent=Count("customer", distinct=True, filter=Q(state__in=GONE)),
        delivered=Count("customer", distinct=True, filter=Q(state="DELIVERED")),
    )  # fmt: skip
    return found["asked"], found["sent"], found["delivered"]


def _unsent(viewer: Viewer, row: Campaign) -> list[Loss]:
    lost = _scoped(viewer, Message.objects.filter(campaign=row, state__in=("REFUSED", "FAILED", "CANCELLED")))
    if row.otherwise:  # of each customer the last one tells
        lost = lost.filter(next_channel__isnull=True)
    rows = lost.values_list("state", "why").annotate(many=Count("id")).order_by("-many")
    return [Loss(why=why or state, customers=many) for state, why, many in rows]


def customers(viewer: Viewer, campaign_id: int, part: str, page: int) -> CampaignCustomers:
    """Customers of a campaign, in the order in which they are touched.

    Raises:
        NotFound: there is no such campaign.
    """
    if not Campaign.objects.filter(id=campaign_id).exists():
        raise NotFound(
            "There is no such campaign", place=f"{campaign_id}", remedy="See the list of campaigns"
        )
    touched = Q(asked_at__isnull=False) | Q(lead_on__isnull=False)
    kept = {
        "HELD_OUT": Q(held_out=True), "REACHED": Q(held_out=False, reached_on__isnull=False),
        "TOUCHED": Q(touched, held_out=False, reached_on=None), "WAITING": ~touched & Q(held_out=False, reached_on=None),
    }  # fmt: skip
    rows = CampaignMember.objects.filter(campaign_id=campaign_id, customer__in=visible(viewer))
    rows = rows.filter(kept.get(part, Q()))
    sent = Message.objects.filter(campaign_id=campaign_id, customer=OuterRef("customer")).order_by("-id")
    said = rows.annotate(
        message=Subquery(sent.values("state")[:1]), why=Subquery(sent.values("why")[:1]),
        channel=Subquery(sent.values("channel")[:1]), instead_of=Subquery(sent.values("fallback_of__channel")[:1]),
    )  # fmt: skip
    first = (page - 1) * PAGE
    return CampaignCustomers(
        total=rows.count(),
        rows=[
            CampaignCustomer(
                customer_id=row.customer_id, name=shown_name(viewer, row.customer), part=_part(row), place=row.place,
                asked_at=row.asked_at, variant=row.variant, message=cast(MessageState | None, row.message),
                channel=cast(ChannelCode | None, row.channel), instead_of=cast(ChannelCode | None, row.instead_of),
                why=row.why or "", lead_on=row.lead_on, reached_on=row.reached_on,
            )
            for row in said.select_related("customer").order_by("place")[first : first + PAGE]
        ],
    )  # fmt: skip


def _part(row: CampaignMember) -> Part:
    if row.held_out:
        return "HELD_OUT"
    if row.reached_on:
        return "REACHED"
    return "TOUCHED" if row.asked_at or row.lead_on else "WAITING"


def choices(viewer: Viewer) -> CampaignChoices:
    """What a plan may name, by name."""
    scope = scope_of(viewer)
    seen = visible_segments(viewer).filter(id__in=in_use()).exclude(scope=Segment.Scope.MINE)
    names = names_of(seen, viewer.language)
    approachable = set(seen.filter(outreach=True).values_list("code", flat=True))
    segments = [
        Choice(code=code, name=name, size=len(within(members_of(code), scope)))
        for code, name in sorted(names.items(), key=lambda one: one[1])
    ]
    return CampaignChoices(
        segments=[one for one in segments if one.code in approachable], others=segments,
        templates=[
            TextChoice(
                id=version.template_id, name=version.template.name, channel=cast(ChannelCode, version.template.channel),
                kind=cast(KindCode, version.template.kind),
            )
            for version in templates_in_use()
        ],
    )  # fmt: skip


def used_by(viewer: Viewer, segment: Segment) -> list[SegmentUse]:
    """Campaigns that are not over and name a segment: it stays open as long.

    A viewer who may not read campaigns is told that there is one, and not which.
    """
    may, found = viewer.may("template.read"), []
    for row in Campaign.objects.exclude(state=State.ENDED).order_by("id"):
        plan = plan_of(row)
        if segment.code in (plan.segment, *plan.exclude, plan.goal.segment):
            found.append(
                SegmentUse(kind="campaign", code=f"{row.id}" if may else "", name=row.name if may else "")
            )
    return found
