"""发送: a message is asked for, and goes with the next dispatch if the gate lets it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone

from yinke.access.viewer import Viewer
from yinke.common.crypto import decrypt
from yinke.common.errors import NotFound, YinkeError
from yinke.common.row_security import whole_bank
from yinke.common.text import clean
from yinke.customers.models import Customer
from yinke.customers.queries import one, owners
from yinke.outreach.gate import Verdict, judge
from yinke.outreach.models import Message, TemplateVersion
from yinke.outreach.services.templates import in_force
from yinke.outreach.texts import LINK, composed, headed, of_salons, parts, salutation, words_of


@dataclass(frozen=True)
class Preview:
    """What would be sent, in how many parts, and what the gate would say now."""

    channel: str
    subject: str
    text: str
    parts: int
    verdict: Verdict


def facts_of(name: str, gender: str, manager: str, org: str) -> Mapping[str, str]:
    """The variables of a text (``texts.VARIABLES``) for one customer."""
    return {"称呼": salutation(name, gender), "客户经理": manager, "网点": org}


def sendable(template_id: int, *, salons: bool = False) -> TemplateVersion:
    """The newest approved version of a template in use.

    Args:
        salons: it is sent to guests of a salon; what it says of one is known.

    Raises:
        NotFound: there is none, or it is an invitation to a salon and is to be sent to others.
    """
    version = (
        TemplateVersion.objects.filter(
            template_id=template_id, state=TemplateVersion.State.APPROVED, template__retired_at=None
        )
        .select_related("template")
        .order_by("-number")
        .first()
    )
    if version is None or (of_salons(f"{version.subject}{version.text}") and not salons):
        raise NotFound("This text is not approved", place=f"{template_id}", remedy="Choose another text")
    return version


def preview(viewer: Viewer, customer_id: int, template_id: int) -> Preview:
    """What a customer of the viewer's would get, and whether they would get it now.

    Raises:
        NotFound: no such customer within the viewer's scope, or no approved text.
    """
    customer, version, values = one(viewer, customer_id), sendable(template_id), in_force()
    main = owners([customer.id]).get(customer.id)
    manager = main.main.user.name if main and main.main else ""
    facts = facts_of(decrypt(customer.name_sealed), customer.gender, manager, customer.org.name)
    words = words_of(version)
    text = composed(words, values, {**facts, LINK: "…"})  # each message has a link of its own, once it goes
    now = timezone.now()
    with whole_bank():  # the same person's other numbers count; of them only the code is told
        verdict = judge([_made(viewer, customer, version, "", now)], now, values)[0]
    return Preview(words.channel, headed(words, values, facts), text, parts(words.channel, text), verdict)


@transaction.atomic
def ask(
    viewer: Viewer, customer_id: int, template_id: int, request_key: str, task_id: int | None = None
) -> Message:
    """Ask for a message to a customer of the viewer's; the same ``request_key`` twice is one message.

    Raises:
        NotFound: as ``preview``. YinkeError: the key belongs to another message.
    """
    customer, version = one(viewer, customer_id), sendable(template_id)
    if not 8 <= len(request_key) <= 40:
        raise YinkeError(
            "The key has not 8 to 40 characters",
            place="request_key",
            code="old_page",
            remedy="Reload the page",
        )
    message = _made(viewer, customer, version, f"hand|{clean(request_key, 40)}", timezone.now())
    if task_id is not None:
        message.task = customer.tasks.filter(id=task_id).first()
    try:
        with transaction.atomic():
            message.save(force_insert=True)
    except IntegrityError:
        known = Message.objects.filter(request_key=message.request_key, by_id=viewer.user_id).first()
        if known is None or (known.customer_id, known.version_id) != (customer_id, version.id):
            raise YinkeError(
                "This key was used before", place="request_key", code="old_page", remedy="Reload the page"
            ) from None
        return known
    from yinke.outreach.schedule import dispatch_soon

    dispatch_soon()
    return message


def _made(viewer: Viewer, customer: Customer, version: TemplateVersion, key: str, now: datetime) -> Message:
    lives = timedelta(hours=int(in_force()["outreach.lives_hours"]))
    return Message(
        customer=customer, version=version, channel=version.template.channel, kind=version.template.kind,
        by_id=viewer.user_id, request_key=key, made_at=now, expires_at=now + lives, next_at=now,
    )  # fmt: skip


@transaction.atomic
def cancel(viewer: Viewer, message_id: int) -> Message:
    """Take back a message that has not gone.

    Raises:
        NotFound: the viewer asked for none such. YinkeError: it has gone already.
    """
    message = Message.objects.select_for_update().filter(id=message_id, by_id=viewer.user_id).first()
    if message is None:
        raise NotFound("You asked for no such message", place=f"{message_id}", remedy="Reload the page")
    if message.state != Message.State.QUEUED:
        raise YinkeError(
            "It does not wait any more", place=message.state, code="message_gone", remedy="Reload the page"
        )
    message.state = Message.State.CANCELLED
    message.save(update_fields=["state"])
    return message


def templates_in_use(*, salons: bool = False) -> list[TemplateVersion]:
    """The newest approved version of each template in use, by name; those that only a salon's guests can be sent if ``salons``."""
    rows = (
        TemplateVersion.objects.filter(state=TemplateVersion.State.APPROVED, template__retired_at=None)
        .select_related("template")
        .order_by("template_id", "-number")
        .distinct("template_id")
    )
    fit = [row for row in rows if salons or not of_salons(f"{row.subject}{row.text}")]
    return sorted(fit, key=lambda version: version.template.name)
