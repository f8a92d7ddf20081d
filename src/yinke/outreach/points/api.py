"""任务、权益与积分: planned, approved and watched; and a customer's points, earned and redeemed."""

from __future__ import annotations

from typing import Annotated

from django.http import HttpRequest
from ninja import Path, Router, Status

from yinke.access.auth import can, viewer_from
from yinke.outreach.points import counter, queries, services
from yinke.outreach.points.schemas import (
    AwardIn,
    CustomerPoints,
    MissionIn,
    MissionOut,
    PlanKind,
    PlanStep,
    PointsApproval,
    PointsChoices,
    PointsReason,
    PointsSummary,
    RedeemIn,
    RewardIn,
    RewardOut,
)

router = Router(tags=["outreach"])
MissionId = Annotated[int, Path(ge=1, le=2**31 - 1)]
RewardId = Annotated[int, Path(ge=1, le=2**31 - 1)]
PlanId = Annotated[int, Path(ge=1, le=2**31 - 1)]
Number = Annotated[int, Path(ge=1, le=2**53)]


@router.get("/points/missions", response=list[MissionOut], auth=can("template.read"))
def list_missions(request: HttpRequest) -> list[MissionOut]:
    """All missions with what they have cost so far."""
    return queries.missions(viewer_from(request))


@router.get("/points/rewards", response=list[RewardOut], auth=can("template.read"))
def list_rewards(request: HttpRequest) -> list[RewardOut]:
    """All rewards with what is left of them."""
    return queries.rewards(viewer_from(request))


@router.get("/points/choices", response=PointsChoices, auth=can("template.read"))
def list_points_choices(request: HttpRequest) -> PointsChoices:
    """What a plan may name."""
    return queries.choices(viewer_from(request))


@router.get("/points/summary", response=PointsSummary, auth=can("template.read"))
def get_points_summary(request: HttpRequest) -> PointsSummary:
    """The ledger of the whole bank, and whether its books hold."""
    return queries.summary()


@router.post("/points/missions", response=list[MissionOut], auth=can("template.write"))
def plan_mission(request: HttpRequest, body: MissionIn) -> list[MissionOut]:
    """Keep a new mission as a draft."""
    viewer = viewer_from(request)
    services.save(viewer, None, body.name, body.plan)
    return queries.missions(viewer)


@router.put("/points/missions/{mission_id}", response=list[MissionOut], auth=can("template.write"))
def replan_mission(request: HttpRequest, mission_id: MissionId, body: MissionIn) -> list[MissionOut]:
    """Change a mission that was not approved: it is a draft again."""
    viewer = viewer_from(request)
    services.save(viewer, mission_id, body.name, body.plan)
    return queries.missions(viewer)


@router.post("/points/rewards", response=list[RewardOut], auth=can("template.write"))
def plan_reward(request: HttpRequest, body: RewardIn) -> list[RewardOut]:
    """Keep a new reward as a draft."""
    viewer = viewer_from(request)
    services.save(viewer, None, body.name, body.plan)
    return queries.rewards(viewer)


@router.put("/points/rewards/{reward_id}", response=list[RewardOut], auth=can("template.write"))
def replan_reward(request: HttpRequest, reward_id: RewardId, body: RewardIn) -> list[RewardOut]:
    """Change a reward that was not approved: it is a draft again."""
    viewer = viewer_from(request)
    services.save(viewer, reward_id, body.name, body.plan)
    return queries.rewards(viewer)


@router.post("/points/{plan_kind}/{plan_id}/approve", response={204: None}, auth=can("template.approve"))
def approve_points_plan(
    request: HttpRequest, plan_kind: PlanKind, plan_id: PlanId, body: PointsApproval
) -> Status[None]:
    """Let what one has read run within its window."""
    services.approve(viewer_from(request), plan_kind, plan_id, body.digest)
    return Status(204, None)


@router.post("/points/{plan_kind}/{plan_id}/refuse", response={204: None}, auth=can("template.approve"))
def refuse_points_plan(
    request: HttpRequest, plan_kind: PlanKind, plan_id: PlanId, body: PointsReason
) -> Status[None]:
    """Give it back as a draft, with the reason."""
    services.refuse(viewer_from(request), plan_kind, plan_id, body.reason)
    return Status(204, None)


@router.post(
    "/points/{plan_kind}/{plan_id}/steps/{plan_step}", response={204: None}, auth=can("template.write")
)
def move_points_plan(
    request: HttpRequest, plan_kind: PlanKind, plan_id: PlanId, plan_step: PlanStep
) -> Status[None]:
    """Submit, withdraw, pause, resume or end it."""
    services.STEPS[plan_step](viewer_from(request), plan_kind, plan_id)
    return Status(204, None)


@router.get("/customers/{customer_id}/points", response=CustomerPoints, auth=can("customer.read"))
def get_customer_points(request: HttpRequest, customer_id: int) -> CustomerPoints:
    """A customer's points: balance, what expires next, the newest entries, what can be done."""
    return queries.of_customer(viewer_from(request), customer_id)


@router.post("/customers/{customer_id}/points/redeem", response=CustomerPoints, auth=can("task.work"))
def redeem_points(request: HttpRequest, customer_id: int, body: RedeemIn) -> CustomerPoints:
    """Give a reward for points, as the customer asked. The same ``request_key`` twice is one."""
    viewer = viewer_from(request)
    counter.redeem(viewer, customer_id, body.reward_id, body.request_key)
    return queries.of_customer(viewer, customer_id)


@router.post("/customers/{customer_id}/points/award", response=CustomerPoints, auth=can("task.work"))
def award_points(request: HttpRequest, customer_id: int, body: AwardIn) -> CustomerPoints:
    """Award a mission's points that counts what staff have seen."""
    viewer = viewer_from(request)
    counter.award_by_hand(viewer, customer_id, body.mission_id, body.why)
    return queries.of_customer(viewer, customer_id)


@router.post("/redemptions/{redemption_id}/cancel", response=CustomerPoints, auth=can("task.work"))
def cancel_redemption(request: HttpRequest, redemption_id: Number, body: PointsReason) -> CustomerPoints:
    """Take a redemption back: the points return, the code holds no more."""
    viewer = viewer_from(request)
    return queries.of_customer(viewer, counter.cancel(viewer, redemption_id, body.reason).customer_id)


@router.post("/points/entries/{entry_id}/reverse", response=CustomerPoints, auth=can("template.write"))
def reverse_points(request: HttpRequest, entry_id: Number, body: PointsReason) -> CustomerPoints:
    """Take back what is left of an award that was wrong."""
    viewer = viewer_from(request)
    return queries.of_customer(viewer, counter.reverse(viewer, entry_id, body.reason).customer_id)
