"""营销活动: planned, estimated, approved, started, watched, paused and ended."""

from __future__ import annotations

from typing import Annotated

from django.http import HttpRequest
from ninja import Path, Query, Router

from yinke.access.auth import can, viewer_from
from yinke.outreach.campaigns import queries, services
from yinke.outreach.campaigns.estimate import estimated
from yinke.outreach.campaigns.schemas import (
    CampaignApproval,
    CampaignChoices,
    CampaignCustomers,
    CampaignDetail,
    CampaignEstimate,
    CampaignIn,
    CampaignOut,
)
from yinke.outreach.schemas import RefusalIn

router = Router(tags=["outreach"])
CampaignId = Annotated[int, Path(ge=1, le=2**31 - 1)]


@router.get("/campaigns", response=list[CampaignOut], auth=can("template.read"))
def list_campaigns(request: HttpRequest) -> list[CampaignOut]:
    """All campaigns with their window, what was sent and what it cost."""
    return queries.campaigns(viewer_from(request))


@router.get("/campaigns/choices", response=CampaignChoices, auth=can("template.read"))
def list_campaign_choices(request: HttpRequest) -> CampaignChoices:
    """What a plan may name."""
    return queries.choices(viewer_from(request))


@router.post("/campaigns/estimate", response=CampaignEstimate, auth=can("template.write"))
def estimate_campaign(request: HttpRequest, body: CampaignIn) -> CampaignEstimate:
    """测算: what would become of a plan today; nothing is written."""
    services.of_head_office(viewer_from(request))
    return estimated(body.name, body.plan)


@router.post("/campaigns", response=CampaignDetail, auth=can("template.write"))
def plan_campaign(request: HttpRequest, body: CampaignIn) -> CampaignDetail:
    """Keep a new campaign as a draft."""
    viewer = viewer_from(request)
    return queries.campaign(viewer, services.save(viewer, None, body.name, body.plan).id)


@router.get("/campaigns/{campaign_id}", response=CampaignDetail, auth=can("template.read"))
def get_campaign(request: HttpRequest, campaign_id: CampaignId) -> CampaignDetail:
    """One campaign with its funnel, cost and effect."""
    return queries.campaign(viewer_from(request), campaign_id)


@router.put("/campaigns/{campaign_id}", response=CampaignDetail, auth=can("template.write"))
def replan_campaign(request: HttpRequest, campaign_id: CampaignId, body: CampaignIn) -> CampaignDetail:
    """Change a campaign that has not started: it is a draft again, an approval is void."""
    viewer = viewer_from(request)
    services.save(viewer, campaign_id, body.name, body.plan)
    return queries.campaign(viewer, campaign_id)


@router.post("/campaigns/{campaign_id}/submit", response=CampaignDetail, auth=can("template.write"))
def submit_campaign(request: HttpRequest, campaign_id: CampaignId) -> CampaignDetail:
    """Ask for a draft's approval by another person."""
    viewer = viewer_from(request)
    services.submit(viewer, campaign_id)
    return queries.campaign(viewer, campaign_id)


@router.post("/campaigns/{campaign_id}/approve", response=CampaignDetail, auth=can("template.approve"))
def approve_campaign(request: HttpRequest, campaign_id: CampaignId, body: CampaignApproval) -> CampaignDetail:
    """Find what one has read fit to be carried out."""
    viewer = viewer_from(request)
    services.approve(viewer, campaign_id, body.digest)
    return queries.campaign(viewer, campaign_id)


@router.post("/campaigns/{campaign_id}/refuse", response=CampaignDetail, auth=can("template.approve"))
def refuse_campaign(request: HttpRequest, campaign_id: CampaignId, body: RefusalIn) -> CampaignDetail:
    """Give it back as a draft, with the reason."""
    viewer = viewer_from(request)
    services.refuse(viewer, campaign_id, body.reason)
    return queries.campaign(viewer, campaign_id)


@router.post("/campaigns/{campaign_id}/withdraw", response=CampaignDetail, auth=can("template.write"))
def withdraw_campaign(request: HttpRequest, campaign_id: CampaignId) -> CampaignDetail:
    """Take back what one asked for and nobody has decided."""
    viewer = viewer_from(request)
    services.withdraw(viewer, campaign_id)
    return queries.campaign(viewer, campaign_id)


@router.post("/campaigns/{campaign_id}/start", response=CampaignDetail, auth=can("template.write"))
def start_campaign(request: HttpRequest, campaign_id: CampaignId) -> CampaignDetail:
    """Let an approved campaign start within a minute."""
    viewer = viewer_from(request)
    services.start(viewer, campaign_id)
    return queries.campaign(viewer, campaign_id)


@router.post("/campaigns/{campaign_id}/pause", response=CampaignDetail, auth=can("template.write"))
def pause_campaign(request: HttpRequest, campaign_id: CampaignId) -> CampaignDetail:
    """Hold a running campaign."""
    viewer = viewer_from(request)
    services.pause(viewer, campaign_id)
    return queries.campaign(viewer, campaign_id)


@router.post("/campaigns/{campaign_id}/resume", response=CampaignDetail, auth=can("template.write"))
def resume_campaign(request: HttpRequest, campaign_id: CampaignId) -> CampaignDetail:
    """Let a paused campaign go on."""
    viewer = viewer_from(request)
    services.resume(viewer, campaign_id)
    return queries.campaign(viewer, campaign_id)


@router.post("/campaigns/{campaign_id}/end", response=CampaignDetail, auth=can("template.write"))
def end_campaign(request: HttpRequest, campaign_id: CampaignId) -> CampaignDetail:
    """End a campaign for good, started or not."""
    viewer = viewer_from(request)
    services.end(viewer, campaign_id)
    return queries.campaign(viewer, campaign_id)


@router.get("/campaigns/{campaign_id}/customers", response=CampaignCustomers, auth=can("template.read"))
def list_campaign_customers(
    request: HttpRequest,
    campaign_id: CampaignId,
    part: Annotated[str, Query(max_length=8)] = "",
    page: Annotated[int, Query(ge=1, le=10_000)] = 1,
) -> CampaignCustomers:
    """Customers who take part in a campaign, within the viewer's scope."""
    return queries.customers(viewer_from(request), campaign_id, part, page)
