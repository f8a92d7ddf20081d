"""移交, 公海, 团队 and 机构: who looks after whom. Here, because open tasks follow a customer to the new manager."""

from __future__ import annotations

from typing import Literal

from django.db import transaction
from django.http import HttpRequest
from ninja import Query, Router, Status

from yinke.access.auth import can, viewer_from
from yinke.access.services import end_substitution, name_substitute
from yinke.care.queries import pool as pools
from yinke.care.queries import team as teams
from yinke.care.queries.open_matters import open_matters
from yinke.care.services.follow import follow
from yinke.care.team_schemas import CoverIn, OrgPage, TeamOut
from yinke.customers import queries_ownership as ownership
from yinke.customers.ownership_schemas import (
    AssignmentsIn,
    AssignmentsOut,
    ClaimIn,
    Colleague,
    HandoverIn,
    HandoverItems,
    HandoverList,
    HandoverOut,
    NoteIn,
    PlanIn,
    PlanOut,
    PoolPage,
    PoolQuery,
    ReturnIn,
)
from yinke.customers.services import handover as commands
from yinke.customers.services import pool as pool_commands
from yinke.customers.services.leaving import set_disabled

router = Router(tags=["ownership"])


@router.get("/handovers", response=HandoverList, auth=can("handover.make"))
def list_handovers(
    request: HttpRequest, box: Literal["open", "closed"] = "open", page: int = 1
) -> HandoverList:
    """Handovers that concern the viewer: those under way, what waits for him first; or the closed ones."""
    return ownership.handovers(viewer_from(request), closed=box == "closed", page=page)


@router.post("/handovers", response=HandoverOut, auth=can("handover.make"))
def make_handover(request: HttpRequest, body: HandoverIn) -> HandoverOut:
    """A draft, or submitted at once."""
    viewer = viewer_from(request)
    with transaction.atomic():
        made = commands.make(viewer, body.giver, body.receiver, body.reason, body.customers, body.note)
        if body.submit:
            commands.submit(viewer, made.id)
    return ownership.handover(viewer, made.id)


@router.get("/handovers/givers", response=list[Colleague], auth=can("handover.make"))
def list_givers(request: HttpRequest) -> list[Colleague]:
    """Whose customers the viewer may hand over; those who left (待移交) first."""
    return ownership.givers(viewer_from(request))


@router.get("/handovers/{handover_id}", response=HandoverOut, auth=can("handover.make"))
def get_handover(request: HttpRequest, handover_id: int) -> HandoverOut:
    """One handover."""
    return ownership.handover(viewer_from(request), handover_id)


@router.get("/handovers/{handover_id}/items", response=HandoverItems, auth=can("handover.make"))
def list_handover_items(request: HttpRequest, handover_id: int, page: int = 1) -> HandoverItems:
    """Its customers, 50 a page; those that stay behind first."""
    found = ownership.items(viewer_from(request), handover_id, page)
    matters = open_matters([row.customer_id for row in found.rows])
    for row in found.rows:
        row.matters = list(matters.get(row.customer_id, ()))
    return found


@router.post("/handovers/{handover_id}/submit", response=HandoverOut, auth=can("handover.make"))
def submit_handover(request: HttpRequest, handover_id: int) -> HandoverOut:
    """Its maker sends it to the receiver."""
    commands.submit(viewer_from(request), handover_id)
    return ownership.handover(viewer_from(request), handover_id)


@router.post("/handovers/{handover_id}/accept", response=HandoverOut, auth=can("handover.make"))
def accept_handover(request: HttpRequest, handover_id: int) -> HandoverOut:
    """The receiver takes the customers on."""
    commands.accept(viewer_from(request), handover_id)
    return ownership.handover(viewer_from(request), handover_id)


@router.post("/handovers/{handover_id}/approve", response=HandoverOut, auth=can("handover.approve"))
def approve_handover(request: HttpRequest, handover_id: int) -> HandoverOut:
    """A head approves for one side."""
    commands.approve(viewer_from(request), handover_id)
    return ownership.handover(viewer_from(request), handover_id)


@router.post("/handovers/{handover_id}/reject", response=HandoverOut, auth=can("handover.make"))
def reject_handover(request: HttpRequest, handover_id: int, body: NoteIn) -> HandoverOut:
    """The receiver or a head says no, and why."""
    commands.reject(viewer_from(request), handover_id, body.note)
    return ownership.handover(viewer_from(request), handover_id)


@router.post("/handovers/{handover_id}/withdraw", response=HandoverOut, auth=can("handover.make"))
def withdraw_handover(request: HttpRequest, handover_id: int) -> HandoverOut:
    """Its maker takes it back."""
    commands.withdraw(viewer_from(request), handover_id)
    return ownership.handover(viewer_from(request), handover_id)


@router.get("/colleagues", response=list[Colleague], auth=can("handover.make"))
def list_colleagues(request: HttpRequest, q: str = "") -> list[Colleague]:
    """Active people who could receive customers, with their load; one's own sub-branch first."""
    return ownership.colleagues(viewer_from(request), q)


@router.get("/pool", response=PoolPage, auth=can("pool.read"))
def get_pool(request: HttpRequest, wanted: Query[PoolQuery]) -> PoolPage:
    """公海: customers without a manager, the claims under way, and those who return unless contacted."""
    return pools.page(viewer_from(request), wanted)


@router.post("/pool/claims", response={204: None}, auth=can("pool.claim"))
def claim_customer(request: HttpRequest, body: ClaimIn) -> Status[None]:
    """领取: become the main manager of a customer of one's pool."""
    with transaction.atomic():
        pool_commands.claim(viewer_from(request), body.customer_id)
        follow([body.customer_id])
    return Status(204, None)


@router.post("/pool/returns", response={204: None}, auth=can("pool.read"))
def return_customer(request: HttpRequest, body: ReturnIn) -> Status[None]:
    """退回: a claimed customer goes back; heads return any customer below."""
    with transaction.atomic():
        before = pool_commands.give_back(viewer_from(request), body.customer_id, body.note)
        follow([body.customer_id], [before])
    return Status(204, None)


@router.post("/pool/plan", response=PlanOut, auth=can("pool.assign"))
def plan_assignments(request: HttpRequest, body: PlanIn) -> PlanOut:
    """自动分配预览: same outlet, lowest load, skill for the tier, in turn. Nothing changes."""
    return pools.plan(viewer_from(request), body.customers)


@router.post("/pool/assignments", response=AssignmentsOut, auth=can("pool.assign"))
def assign_customers(request: HttpRequest, body: AssignmentsIn) -> AssignmentsOut:
    """分配: give customers of the pool to managers below."""
    pairs = [(pair.customer_id, pair.user_id) for pair in body.pairs]
    with transaction.atomic():
        done = pool_commands.assign(viewer_from(request), pairs)
        follow(customer_id for customer_id, _ in done)
    given = {customer_id for customer_id, _ in done}
    return AssignmentsOut(done=len(done), taken=[c for c, _ in pairs if c not in given])


@router.get("/team", response=TeamOut, auth=can("team.read"))
def get_team(request: HttpRequest) -> TeamOut:
    """谁在岗: absences and tasks that fall due in the next two weeks."""
    return teams.team(viewer_from(request))


@router.post("/substitutions", response={204: None}, auth=can("cover.make"))
def make_substitution(request: HttpRequest, body: CoverIn) -> Status[None]:
    """代管: a colleague stands in from a day to a day."""
    name_substitute(viewer_from(request), body.absent, body.substitute, body.since, body.until)
    return Status(204, None)


@router.post("/substitutions/{substitution_id}/end", response={204: None}, auth=can("cover.make"))
def end_cover(request: HttpRequest, substitution_id: int) -> Status[None]:
    """Call a substitution off."""
    end_substitution(viewer_from(request), substitution_id)
    return Status(204, None)


@router.get("/orgs", response=OrgPage, auth=can("org.read"))
def get_org(request: HttpRequest, org: int | None = None) -> OrgPage:
    """机构: one org, those below it, its people and their load. Without ``org``: the viewer's own."""
    return teams.org_page(viewer_from(request), org)


@router.post("/staff/{user_id}/disable", response={204: None}, auth=can("staff.manage"))
def disable_staff(request: HttpRequest, user_id: int) -> Status[None]:
    """停用: close an account; refused while the person looks after customers."""
    set_disabled(viewer_from(request), user_id, disabled=True)
    return Status(204, None)


@router.post("/staff/{user_id}/enable", response={204: None}, auth=can("staff.manage"))
def enable_staff(request: HttpRequest, user_id: int) -> Status[None]:
    """Let the next staff file open the account again."""
    set_disabled(viewer_from(request), user_id, disabled=False)
    return Status(204, None)
