"""触达: texts and their approval, messages to customers, and what providers tell."""

from __future__ import annotations

from typing import Annotated, cast

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router

from yinke.access.auth import can, viewer_from
from yinke.common.errors import NotAllowed
from yinke.common.row_security import whole_bank
from yinke.common.signing import SIGNATURE, TIME, genuine
from yinke.outreach import queries
from yinke.outreach.channels.settings import channel_of, signing_key
from yinke.outreach.schemas import (
    CarePlanEventOut,
    CarePlanIn,
    CarePlanOut,
    ChannelCode,
    MessageIn,
    MessageOut,
    MessagesOut,
    NotedOut,
    OutreachOut,
    PreviewOut,
    ReceiptsIn,
    RefusalIn,
    RepliesIn,
    SendableOut,
    SimulatedOut,
    TemplateIn,
    TemplateOut,
    TextCheckIn,
    TextCheckOut,
    TextFault,
)
from yinke.outreach.services import inbound, plans, send, templates
from yinke.outreach.services.templates import Draft, in_force
from yinke.outreach.texts import FOR_ALL, VARIABLES, Words, composed, faults, headed, parts

router = Router(tags=["outreach"])


@router.get("/templates", response=list[TemplateOut], auth=can("template.read"))
def list_templates(request: HttpRequest) -> list[TemplateOut]:
    """Every text with its versions and decisions."""
    return queries.templates(viewer_from(request))


@router.get("/templates/variables", response=list[str], auth=can("template.write"))
def list_text_variables(request: HttpRequest, channel: ChannelCode = "SMS") -> list[str]:
    """What a text of a channel may name, with its braces."""
    return [f"{{{name}}}" for name in VARIABLES if name not in FOR_ALL.get(channel, ())]


@router.post("/templates", response=TemplateOut, auth=can("template.write"))
def submit_template(request: HttpRequest, body: TemplateIn) -> TemplateOut:
    """Submit a text, to be approved by another person."""
    viewer = viewer_from(request)
    draft = Draft(body.name, body.kind, body.text, body.risk, body.channel, body.subject)
    version = templates.submit(viewer, draft, body.template_id)
    return queries.template_out(viewer, version.template)


@router.post("/templates/check", response=TextCheckOut, auth=can("template.write"))
def check_template(request: HttpRequest, body: TextCheckIn) -> TextCheckOut:
    """What is wrong with a text while it is written, and how it would go out."""
    values = in_force()
    words = Words(body.channel, body.kind, body.text, body.subject if body.channel == "EMAIL" else "")
    whole = composed(words, values)
    found = faults(words, values) if body.text.strip() else []
    return TextCheckOut(
        head=headed(words, values), text=whole, parts=parts(body.channel, whole),
        faults=[TextFault(code=f.code, about=f.about) for f in found],
    )  # fmt: skip


@router.post("/templates/versions/{version_id}/approve", response=TemplateOut, auth=can("template.approve"))
def approve_template(request: HttpRequest, version_id: int) -> TemplateOut:
    """Find a text fit to be sent; the approval is bound to its very words."""
    viewer = viewer_from(request)
    return queries.template_out(viewer, templates.decide(viewer, version_id, fit=True).template)


@router.post("/templates/versions/{version_id}/refuse", response=TemplateOut, auth=can("template.approve"))
def refuse_template(request: HttpRequest, version_id: int, body: RefusalIn) -> TemplateOut:
    """Refuse a text, with the reason."""
    viewer = viewer_from(request)
    version = templates.decide(viewer, version_id, fit=False, reason=body.reason)
    return queries.template_out(viewer, version.template)


@router.post("/templates/versions/{version_id}/withdraw", response=TemplateOut, auth=can("template.write"))
def withdraw_template(request: HttpRequest, version_id: int) -> TemplateOut:
    """Take back what one submitted."""
    viewer = viewer_from(request)
    return queries.template_out(viewer, templates.withdraw(viewer, version_id).template)


@router.post("/templates/{template_id}/retire", response=TemplateOut, auth=can("template.write"))
def retire_template(request: HttpRequest, template_id: int) -> TemplateOut:
    """Send nothing of it any more."""
    viewer = viewer_from(request)
    return queries.template_out(viewer, templates.retire(viewer, template_id))


@router.get("/outreach", response=OutreachOut, auth=can("message.read"))
def get_outreach(request: HttpRequest, days: Annotated[int, Query(ge=1, le=90)] = 7) -> OutreachOut:
    """What went, what did not and why, and how the channels do."""
    return queries.outreach(viewer_from(request), days)


@router.get("/messages", response=MessagesOut, auth=can("message.read"))
def list_messages(
    request: HttpRequest, state: str = "", why: str = "", template: int | None = None, cursor: str = ""
) -> MessagesOut:
    """Messages within the viewer's scope, the newest first."""
    return queries.messages(viewer_from(request), state, why, template, cursor)


@router.get("/sendable-templates", response=list[SendableOut], auth=can("message.send"))
def list_sendable_templates(request: HttpRequest) -> list[SendableOut]:
    """Texts that may be sent now."""
    return queries.sendable()


@router.get("/customers/{customer_id}/messages", response=list[MessageOut], auth=can("customer.read"))
def list_customer_messages(request: HttpRequest, customer_id: int) -> list[MessageOut]:
    """The newest messages to a customer, and what became of each."""
    return queries.messages_of(viewer_from(request), customer_id)


@router.get("/customers/{customer_id}/messages/preview", response=PreviewOut, auth=can("message.send"))
def preview_message(request: HttpRequest, customer_id: int, template_id: int) -> PreviewOut:
    """What the customer would get, and whether the gate would let it go now."""
    shown = send.preview(viewer_from(request), customer_id, template_id)
    return PreviewOut(
        channel=cast(ChannelCode, shown.channel), subject=shown.subject, text=shown.text, parts=shown.parts, why=shown.verdict.why,
        until=shown.verdict.until,
    )  # fmt: skip


@router.post("/customers/{customer_id}/messages", response=MessageOut, auth=can("message.send"))
def send_message(request: HttpRequest, customer_id: int, body: MessageIn) -> MessageOut:
    """Ask for a message; it goes within seconds if the gate lets it. The same ``request_key`` twice is one."""
    viewer = viewer_from(request)
    return queries.message_out(
        viewer, send.ask(viewer, customer_id, body.template_id, body.request_key, body.task_id)
    )


@router.post("/messages/{message_id}/cancel", response=MessageOut, auth=can("message.send"))
def cancel_message(request: HttpRequest, message_id: int) -> MessageOut:
    """Take back a message of one's own that has not gone."""
    viewer = viewer_from(request)
    return queries.message_out(viewer, send.cancel(viewer, message_id))


def signed_by_provider(request: HttpRequest) -> str:
    """The door of what a provider tells: the name of the one that signed the call.

    Raises:
        NotAllowed: there is none of that name, or the signature is not its own.
    """
    name = str(request.resolver_match.kwargs["name"]) if request.resolver_match else ""
    key = signing_key(name)
    said = request.headers.get(TIME, ""), request.headers.get(SIGNATURE, "")
    if key is None or not genuine(key, *said, request.body, int(timezone.now().timestamp())):
        raise NotAllowed(
            "The signature is not right", place="signature", remedy="Sign as docs/outreach.md says"
        )
    return name


@router.post("/providers/{name}/receipts", response=NotedOut, auth=signed_by_provider)
def note_receipts(request: HttpRequest, name: str, body: ReceiptsIn) -> NotedOut:
    """A provider tells which messages have arrived; signed."""
    told = [inbound.Receipt(r.id, r.state == "DELIVERED", r.at, r.why) for r in body.receipts]
    with whole_bank():  # nobody reads it: the provider is told a number only
        return NotedOut(noted=inbound.note_receipts(name, told))


@router.post("/providers/{name}/replies", response=NotedOut, auth=signed_by_provider)
def note_replies(request: HttpRequest, name: str, body: RepliesIn) -> NotedOut:
    """A provider tells what customers answered; signed. "No more" holds at once."""
    told = [inbound.Answer(r.ref, r.sender, r.text, r.at) for r in body.replies]
    with whole_bank():  # as above
        return NotedOut(noted=inbound.note_replies(name, told, channel_of(name)))


@router.get("/care-plans", response=list[CarePlanOut], auth=can("template.read"))
def list_care_plans(request: HttpRequest) -> list[CarePlanOut]:
    """Which events are answered by a message by themselves."""
    return queries.care_plans(viewer_from(request))


@router.get("/care-plans/events", response=list[CarePlanEventOut], auth=can("template.read"))
def list_care_plan_events(request: HttpRequest) -> list[CarePlanEventOut]:
    """Events that a plan may answer."""
    return queries.plan_events(viewer_from(request))


@router.get("/care-plans/simulation", response=SimulatedOut, auth=can("template.write"))
def simulate_care_plan(
    request: HttpRequest, event: str, tier_from: int = 0, tier_to: int = 5
) -> SimulatedOut:
    """What a plan would have sent in the last 90 days, within the viewer's scope."""
    return SimulatedOut(**vars(plans.simulate(event, tier_from, tier_to)))


@router.post("/care-plans", response=CarePlanOut, auth=can("template.write"))
def propose_care_plan(request: HttpRequest, body: CarePlanIn) -> CarePlanOut:
    """Ask for a plan, to be approved by another person."""
    viewer = viewer_from(request)
    return queries.plan_out(viewer, plans.propose(viewer, plans.Asked(**body.model_dump())))


@router.post("/care-plans/{plan_id}/approve", response=CarePlanOut, auth=can("template.approve"))
def approve_care_plan(request: HttpRequest, plan_id: int) -> CarePlanOut:
    """Let a plan run from the next night on."""
    viewer = viewer_from(request)
    return queries.plan_out(viewer, plans.decide(viewer, plan_id, fit=True))


@router.post("/care-plans/{plan_id}/refuse", response=CarePlanOut, auth=can("template.approve"))
def refuse_care_plan(request: HttpRequest, plan_id: int, body: RefusalIn) -> CarePlanOut:
    """Refuse a plan, with the reason."""
    viewer = viewer_from(request)
    return queries.plan_out(viewer, plans.decide(viewer, plan_id, fit=False, reason=body.reason))


@router.post("/care-plans/{plan_id}/end", response=CarePlanOut, auth=can("template.write"))
def end_care_plan(request: HttpRequest, plan_id: int) -> CarePlanOut:
    """Stop a running plan and what it has queued, or take back what one asked for."""
    viewer = viewer_from(request)
    return queries.plan_out(viewer, plans.end(viewer, plan_id))
