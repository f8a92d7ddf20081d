"""活动的经办与复核: planned by one person, approved by another, started, paused, resumed, ended. An edit voids the approval."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from yinke.access.maker_checker import another_persons, ones_own, said_why
from yinke.access.services import audit
from yinke.access.viewer import Viewer
from yinke.common.errors import NotAllowed, NotFound, YinkeError
from yinke.common.row_security import whole_bank
from yinke.common.text import clean
from yinke.outreach.campaigns.engine import digest_now, finish, plan_of
from yinke.outreach.campaigns.models import Campaign
from yinke.outreach.campaigns.plan import CampaignFault, CampaignPlan, Named, faults
from yinke.outreach.services.send import sendable, templates_in_use
from yinke.outreach.services.templates import in_force
from yinke.segments.definitions import in_use
from yinke.segments.models import Segment

State = Campaign.State
OPEN = (State.DRAFT, State.REVIEW, State.APPROVED)
"""States of a campaign that has not started: it may be edited."""
NAME = 60


class CampaignMoved(YinkeError):
    """The campaign does not stand where this step begins, or is not any more what the viewer has read."""

    code = "campaign_moved"
    status = 409


class CampaignFaulty(YinkeError):
    """It can't be carried out as it is planned."""

    code = "campaign_faulty"


def named() -> Named:
    """What a plan may name now."""
    segments = in_use().exclude(scope=Segment.Scope.MINE)
    return Named(
        approachable=set(segments.filter(outreach=True).values_list("code", flat=True)),
        segments=set(segments.values_list("code", flat=True)),
        templates={
            version.template_id: (version.template.kind, version.template.channel)
            for version in templates_in_use()
        },
        banned=list(in_force()["outreach.banned_words"]),
    )


def check(name: str, plan: CampaignPlan) -> list[CampaignFault]:
    """What stands against a plan now."""
    return faults(name, plan, named(), timezone.localdate())


def _carried_out(campaign: Campaign) -> None:
    wrong = check(campaign.name, plan_of(campaign))
    if wrong:
        raise CampaignFaulty(
            f"It can't be carried out: {wrong[0].code} {wrong[0].about}".strip(), place=wrong[0].field,
            remedy="Mend what the page marks",
        )  # fmt: skip


@transaction.atomic
def save(viewer: Viewer, campaign_id: int | None, name: str, plan: CampaignPlan) -> Campaign:
    """Keep a plan as a draft, whatever stands against it. Of one that was submitted or approved the approval is void.

    Raises:
        NotAllowed: the viewer oversees a part of the bank only. NotFound: no such campaign. CampaignMoved: it has started.
        YinkeError: the name is missing.
    """
    of_head_office(viewer)
    said = " ".join(clean(name, 200).split())
    if not 1 <= len(said) <= NAME:
        raise YinkeError(
            "A name of 1 to 60 characters is needed", place="name", code="name_missing", remedy="Write one"
        )
    campaign = Campaign() if campaign_id is None else _found(campaign_id, *OPEN)
    written = plan.model_copy(update={"about": clean(plan.about, 500), "offer": clean(plan.offer, 200)})
    campaign.name, campaign.plan, campaign.state = said, written.model_dump(mode="json"), State.DRAFT
    _void(campaign)
    campaign.made_by_id, campaign.made_at = viewer.user_id, timezone.now()
    campaign.save()
    audit(viewer, "campaign.save", "campaign", f"{campaign.id}")
    return campaign


def _void(campaign: Campaign) -> None:
    campaign.text, campaign.variants, campaign.otherwise = None, [], []
    campaign.digest, campaign.reason = "", ""
    campaign.decided_by, campaign.decided_at = None, None
    campaign.start_asked, campaign.halted = False, ""


@transaction.atomic
def submit(viewer: Viewer, campaign_id: int) -> Campaign:
    """Ask for a draft's approval: from now on it is bound to its digest, and to the newest approved versions of its texts.

    Raises:
        NotAllowed, NotFound, CampaignMoved: as ``save``. CampaignFaulty: its place names the field.
    """
    of_head_office(viewer)
    campaign = _found(campaign_id, State.DRAFT)
    _carried_out(campaign)
    plan = plan_of(campaign)
    campaign.text = sendable(plan.template) if plan.template is not None else None
    campaign.variants = [sendable(variant.template).id for variant in plan.variants]
    campaign.otherwise = [sendable(template).id for template in plan.otherwise]
    campaign.digest, campaign.state = digest_now(campaign), State.REVIEW
    campaign.made_by_id, campaign.made_at, campaign.reason = viewer.user_id, timezone.now(), ""
    campaign.decided_by, campaign.decided_at = None, None
    campaign.save()
    audit(viewer, "campaign.submit", "campaign", f"{campaign_id}", reason=campaign.digest[:16])
    return campaign


@transaction.atomic
def approve(viewer: Viewer, campaign_id: int, digest: str) -> Campaign:
    """Find a campaign fit to be carried out.

    Args:
        digest: of what the viewer has read.

    Raises:
        NotFound: there is none. NotAllowed: the viewer planned it. CampaignMoved: it waits no more, or is not what was read, or its
            text has changed. CampaignFaulty: what it names is not there any more.
    """
    campaign = _found(campaign_id, State.REVIEW)
    another_persons(viewer, campaign.made_by_id, f"{campaign_id}")
    if not campaign.digest == digest == digest_now(campaign):
        raise CampaignMoved("It is not what you have read", place="digest", remedy="Reload the page")
    _carried_out(campaign)
    return _decided(viewer, campaign, State.APPROVED, "campaign.approve")


@transaction.atomic
def refuse(viewer: Viewer, campaign_id: int, reason: str) -> Campaign:
    """Give a campaign back as a draft, with the reason.

    Raises:
        NotFound, NotAllowed, CampaignMoved: as ``approve``. YinkeError: no reason is given.
    """
    campaign = _found(campaign_id, State.REVIEW)
    another_persons(viewer, campaign.made_by_id, f"{campaign_id}")
    why = said_why(reason)
    _void(campaign)
    campaign.reason = why
    return _decided(viewer, campaign, State.DRAFT, "campaign.refuse")


def _decided(viewer: Viewer, campaign: Campaign, state: str, deed: str) -> Campaign:
    campaign.state, campaign.decided_by_id, campaign.decided_at = state, viewer.user_id, timezone.now()
    campaign.save()
    audit(
        viewer, deed, "campaign", f"{campaign.id}", reason=f"{campaign.digest[:16]} {campaign.reason}".strip()
    )
    if state == State.APPROVED:
        _wake()
    return campaign


@transaction.atomic
def withdraw(viewer: Viewer, campaign_id: int) -> Campaign:
    """Take back what one asked for and nobody has decided; it is a draft again.

    Raises:
        NotFound: there is none. NotAllowed: somebody else asked. CampaignMoved: it waits no more.
    """
    campaign = _found(campaign_id, State.REVIEW)
    ones_own(viewer, campaign.made_by_id, f"{campaign_id}")
    _void(campaign)
    campaign.state = State.DRAFT
    campaign.save()
    audit(viewer, "campaign.withdraw", "campaign", f"{campaign_id}")
    return campaign


@transaction.atomic
def start(viewer: Viewer, campaign_id: int) -> Campaign:
    """Let an approved campaign start with the next minute, if its window has begun.

    Raises:
        NotAllowed, NotFound, CampaignMoved: as ``save``; it is not approved, or today lies outside its window.
    """
    of_head_office(viewer)
    campaign = _found(campaign_id, State.APPROVED)
    plan = plan_of(campaign)
    if not plan.starts_on <= timezone.localdate() <= plan.ends_on:
        raise CampaignMoved("Its window is not now", place="window", remedy="Wait for its first day")
    campaign.start_asked = True
    campaign.save(update_fields=["start_asked"])
    audit(viewer, "campaign.start", "campaign", f"{campaign_id}")
    _wake()
    return campaign


@transaction.atomic
def pause(viewer: Viewer, campaign_id: int) -> Campaign:
    """Hold a running campaign: no message of it goes and no lead is handed out until it goes on.

    Raises:
        NotAllowed, NotFound, CampaignMoved: as ``save``; it does not run.
    """
    return _switch(viewer, campaign_id, "campaign.pause", State.PAUSED, State.RUNNING)


@transaction.atomic
def resume(viewer: Viewer, campaign_id: int) -> Campaign:
    """Let a paused campaign go on.

    Raises:
        NotAllowed, NotFound, CampaignMoved: as ``save``; it is not paused.
    """
    campaign = _switch(viewer, campaign_id, "campaign.resume", State.RUNNING, State.PAUSED)
    _wake()
    return campaign


@transaction.atomic
def end(viewer: Viewer, campaign_id: int) -> Campaign:
    """End a campaign for good, started or not; what waits is not sent. Leads that managers have already stay on their lists.

    Raises:
        NotAllowed, NotFound, CampaignMoved: as ``save``; it is over already.
    """
    of_head_office(viewer)
    campaign = _found(campaign_id, *OPEN, State.RUNNING, State.PAUSED)
    with whole_bank():  # nobody is shown
        finish(campaign, timezone.now())
    audit(viewer, "campaign.end", "campaign", f"{campaign_id}")
    return campaign


def _switch(viewer: Viewer, campaign_id: int, deed: str, to: str, before: str) -> Campaign:
    of_head_office(viewer)
    campaign = _found(campaign_id, before)
    campaign.state = to
    campaign.save(update_fields=["state"])
    audit(viewer, deed, "campaign", f"{campaign_id}")
    return campaign


def of_head_office(viewer: Viewer) -> None:
    """Refuse who oversees a part of the bank only.

    Raises:
        NotAllowed: the viewer does.
    """
    if viewer.org_ids is not None:
        raise NotAllowed("Campaigns are the whole bank's", remedy="Ask retail operations at head office")


def _found(campaign_id: int, *states: str) -> Campaign:
    rows = Campaign.objects.select_for_update(no_key=True, of=("self",)).select_related("text__template")
    campaign = rows.filter(id=campaign_id).first()
    if campaign is None:
        raise NotFound("There is no such campaign", place=f"{campaign_id}", remedy="Reload the page")
    if campaign.state not in states:
        raise CampaignMoved("It has moved on", place=campaign.state, remedy="Reload the page")
    return campaign


def _wake() -> None:
    from yinke.outreach.schedule import move_soon

    move_soon()
