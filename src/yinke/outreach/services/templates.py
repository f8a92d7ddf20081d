"""内容模板: written by one person, found fit by another, and retired. What was approved is never changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from yinke.access.maker_checker import another_persons, ones_own, said_why
from yinke.access.services import audit
from yinke.access.viewer import Viewer
from yinke.common.errors import NotFound, YinkeError
from yinke.common.text import clean
from yinke.common.thresholds import load_thresholds
from yinke.outreach.models import Channel, Kind, Template, TemplateVersion
from yinke.outreach.texts import LONGEST, SUBJECT, Fault, Words, digest, faults, words_of

State = TemplateVersion.State


class TemplateWrong(YinkeError):
    """A text that may not be submitted; ``place`` is the code of the first fault."""

    code = "template_wrong"


class TemplateMoved(YinkeError):
    """The version does not stand where this step begins: somebody else was faster."""

    code = "template_moved"
    status = 409


@dataclass(frozen=True)
class Draft:
    """What somebody submits. ``risk``: 1 to 5 if it speaks of a product with risk. ``subject``: of e-mail."""

    name: str
    kind: str
    text: str
    risk: int | None = None
    channel: str = Channel.SMS.value
    subject: str = ""


def in_force() -> Mapping[str, Any]:
    """The thresholds of today (Asia/Shanghai)."""
    return load_thresholds(settings.YINKE.thresholds).at(timezone.localdate())


@transaction.atomic
def submit(viewer: Viewer, draft: Draft, template_id: int | None = None) -> TemplateVersion:
    """Submit a new template, or the next version of one. Until it is approved the version before goes on being sent.

    Raises:
        NotFound: there is no such template. TemplateWrong: the text may not be sent. TemplateMoved: a version waits for its
            decision, or the template is retired. YinkeError: the name is taken or missing.
    """
    values = in_force()
    name = " ".join(clean(draft.name, 200).split())
    if not 1 <= len(name) <= 60:
        raise YinkeError(
            "A name of 1 to 60 characters is needed", place="name", code="name_missing", remedy="Write one"
        )
    if draft.kind not in Kind.values or draft.channel not in Channel.values:
        raise YinkeError(
            "There is no such choice", place="kind", code="no_such_choice", remedy="Take a listed one"
        )
    if draft.risk is not None and not 1 <= draft.risk <= 5:
        raise YinkeError("There is no such risk", place="risk", code="no_such_choice", remedy="Take R1 to R5")
    if draft.kind == Kind.SERVICE and draft.risk is not None:
        raise TemplateWrong(
            "A service notice sells nothing", place="risk", remedy="Choose marketing, or no product"
        )
    text = clean(draft.text, 2 * max(LONGEST.values()))
    subject = " ".join(clean(draft.subject, 2 * SUBJECT).split()) if draft.channel == Channel.EMAIL else ""
    words = Words(draft.channel, draft.kind, text, subject, draft.risk)
    wrong = faults(words, values)
    if wrong:
        raise _refused(wrong[0])
    try:
        with transaction.atomic():
            template = _template(viewer, template_id, name, draft)
    except IntegrityError:
        raise YinkeError(
            "Another template has this name", place="name", code="name_taken", remedy="Choose another name"
        ) from None
    last = template.versions.order_by("-number").first()
    if last is not None and last.state == State.PENDING:
        raise TemplateMoved(
            "A version waits for its decision", place=f"{last.number}", remedy="Withdraw it first, or wait"
        )
    version = TemplateVersion.objects.create(
        template=template, number=last.number + 1 if last else 1, subject=subject, text=text,
        made_by_id=viewer.user_id, digest=digest(words, values),
    )  # fmt: skip
    audit(viewer, "template.submit", "template", f"{template.id}.{version.number}")
    return version


def _refused(fault: Fault) -> TemplateWrong:
    about = f" ({fault.about})" if fault.about else ""
    return TemplateWrong(
        f"The text may not be sent: {fault.code}{about}",
        place=fault.code,
        remedy="Change the text where the page marks it",
    )


def _template(viewer: Viewer, template_id: int | None, name: str, draft: Draft) -> Template:
    if template_id is None:
        return Template.objects.create(
            name=name, channel=draft.channel, kind=draft.kind, risk=draft.risk, made_by_id=viewer.user_id
        )
    template = Template.objects.select_for_update().filter(id=template_id).first()
    if template is None:
        raise NotFound(
            "There is no such template", place=f"{template_id}", remedy="See the list of templates"
        )
    if template.retired_at is not None:
        raise TemplateMoved("The template is retired", place=template.name, remedy="Make a new one")
    if (template.kind, template.risk, template.channel) != (draft.kind, draft.risk, draft.channel):
        raise YinkeError(
            "What a template is for does not change",
            place="kind",
            code="template_kind",
            remedy="Make a new one",
        )
    if template.name != name:
        template.name = name
        template.save(update_fields=["name"])
    return template


@transaction.atomic
def decide(viewer: Viewer, version_id: int, *, fit: bool, reason: str = "") -> TemplateVersion:
    """Approve a version, bound to its digest, or refuse it with the reason.

    Raises:
        NotFound: there is none. NotAllowed: the viewer submitted it. TemplateMoved: it does not wait any more. TemplateWrong: the
            rules for texts have changed since, and it breaks them. YinkeError: it is refused without a reason.
    """
    version = _waiting(version_id)
    another_persons(viewer, version.made_by_id, f"{version_id}")
    template, values = version.template, in_force()
    why = "" if fit else said_why(reason)
    if fit:
        words = words_of(version)
        wrong = faults(words, values)
        if wrong:
            raise _refused(wrong[0])
        version.digest = digest(words, values)  # signed as it is today
    version.state, version.reason = State.APPROVED if fit else State.REFUSED, why
    version.decided_by_id, version.decided_at = viewer.user_id, timezone.now()
    version.save(update_fields=["state", "reason", "decided_by", "decided_at", "digest"])
    deed = "template.approve" if fit else "template.refuse"
    audit(viewer, deed, "template", f"{template.id}.{version.number}", reason=why)
    return version


@transaction.atomic
def withdraw(viewer: Viewer, version_id: int) -> TemplateVersion:
    """Take back what one submitted, before it is decided. Raises as ``decide``."""
    version = _waiting(version_id)
    ones_own(viewer, version.made_by_id, f"{version_id}")
    version.state = State.WITHDRAWN
    version.save(update_fields=["state"])
    audit(viewer, "template.withdraw", "template", f"{version.template_id}.{version.number}")
    return version


def _waiting(version_id: int) -> TemplateVersion:
    version = (
        TemplateVersion.objects.select_for_update(of=("self",))
        .select_related("template")
        .filter(id=version_id)
        .first()
    )
    if version is None:
        raise NotFound("There is no such version", place=f"{version_id}", remedy="Reload the page")
    if version.state != State.PENDING:
        raise TemplateMoved("It does not wait any more", place=version.state, remedy="Reload the page")
    return version


@transaction.atomic
def retire(viewer: Viewer, template_id: int) -> Template:
    """Let nothing be sent of a template any more, what is queued neither.

    Raises:
        NotFound: there is none. TemplateMoved: it is retired already.
    """
    template = Template.objects.select_for_update().filter(id=template_id).first()
    if template is None:
        raise NotFound(
            "There is no such template", place=f"{template_id}", remedy="See the list of templates"
        )
    if template.retired_at is not None:
        raise TemplateMoved("It is retired already", place=template.name, remedy="Reload the page")
    template.retired_at = timezone.now()
    template.save(update_fields=["retired_at"])
    audit(viewer, "template.retire", "template", f"{template.id}")
    return template
