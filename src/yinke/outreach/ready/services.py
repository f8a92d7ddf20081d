"""取用即用模板: one step at a time towards a plan or a journey of the bank's own; nothing of it goes out before another person approves.

Its texts are submitted as anybody's are. A journey is drawn at once, as a draft that names them. A plan of care can only be asked for with
approved texts: it is asked for by taking it again, once they are.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import count

from django.db import connection, transaction

from yinke.access.services import audit
from yinke.access.viewer import Viewer
from yinke.common.errors import NotAllowed, NotFound, YinkeError
from yinke.outreach.journeys import services as journeys
from yinke.outreach.models import CarePlan, Journey, Template, TemplateVersion
from yinke.outreach.ready.catalogue import ReadyJourney, ReadyPlan, ReadyText, catalogue, spoken
from yinke.outreach.services import plans, templates
from yinke.outreach.services.templates import Draft

Text = TemplateVersion.State


class ReadyTaken(YinkeError):
    """Nothing is left to take: it is in the bank already, or its texts wait for somebody else."""

    code = "ready_taken"
    status = 409


@transaction.atomic
def take(viewer: Viewer, code: str) -> None:
    """Take the next step with a ready plan or journey.

    Submits those of its texts that the bank has not got, or has taken back. A journey is drawn as a draft. A plan is asked for if
    all of its texts are approved already.

    Raises:
        NotAllowed: the viewer oversees a part of the bank only. NotFound: there is none of that code. ReadyTaken: it was taken, or there
            is nothing to do but to wait for the approval of its texts, or to mend one that was refused.
    """
    if viewer.org_ids is not None:
        raise NotAllowed("Care is the whole bank's", remedy="Ask retail operations at head office")
    found = catalogue()
    ready = found.plans.get(code) or found.journeys.get(code)
    if ready is None:
        raise NotFound("There is no such ready care", place=code[:30], remedy="Reload the page")
    with connection.cursor() as cursor:  # of two who take at once the second finds what the first took
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('ready care', 0))")
    if standing(code):
        raise ReadyTaken("It is taken already", place=code, remedy="Reload the page")
    texts = {one: _text(viewer, found.texts[one]) for one in ready.texts}
    audit(viewer, "ready.take", "ready", code)
    if isinstance(ready, ReadyJourney):
        drawn = ready.definition({one: template.id for one, (template, _) in texts.items()}, viewer.language)
        version = journeys.save(viewer, None, spoken(ready.name, viewer.language), drawn)
        Journey.objects.filter(id=version.journey_id).update(ready=code)
    elif all(
        states == Text.APPROVED for states in states_of(template for template, _ in texts.values()).values()
    ):
        _ask_for(viewer, ready, {one: template.id for one, (template, _) in texts.items()})
    elif not any(new for _, new in texts.values()):
        raise ReadyTaken(
            "Its texts are not approved yet", place=code, remedy="Wait for compliance, or mend them"
        )


def standing(code: str) -> CarePlan | Journey | None:
    """What a bank has of a ready plan or journey, and has not ended."""
    if code in catalogue().plans:
        alive = (CarePlan.State.PENDING, CarePlan.State.RUNNING)
        return CarePlan.objects.filter(ready=code, state__in=alive).first()
    return Journey.objects.filter(ready=code).exclude(state=Journey.State.STOPPED).first()


def states_of(some: Iterable[Template]) -> dict[int, str]:
    """By template, how far it is: APPROVED if any version is, else as its newest version."""
    found: dict[int, str] = {}
    rows = TemplateVersion.objects.filter(template__in=list(some)).order_by("template_id", "number")
    for template, state in rows.values_list("template_id", "state"):
        if found.get(template) != Text.APPROVED:
            found[template] = state
    return found


def _text(viewer: Viewer, ready: ReadyText) -> tuple[Template, bool]:
    """The bank's template of a ready text, and whether a version was submitted for it just now."""
    known = Template.objects.filter(ready=ready.code, retired_at=None).first()
    if known is not None and states_of([known]).get(known.id) != Text.WITHDRAWN:
        return known, False
    name = known.name if known else _free_name(spoken(ready.name, viewer.language))
    draft = Draft(name, ready.kind, ready.text, None, ready.channel, ready.subject)
    version = templates.submit(viewer, draft, known.id if known else None)
    if known is None:
        Template.objects.filter(id=version.template_id).update(ready=ready.code)
    return version.template, True


def _free_name(name: str) -> str:
    """The name, numbered if the bank has a text of that name."""
    taken = set(Template.objects.filter(name__startswith=name).values_list("name", flat=True))
    return next(one for n in count(1) if (one := name if n == 1 else f"{name} {n}") not in taken)


def _ask_for(viewer: Viewer, ready: ReadyPlan, texts: dict[str, int]) -> None:
    low, high = ready.tiers
    plan = plans.propose(
        viewer,
        plans.Asked(
            spoken(ready.name, viewer.language), ready.event, low, high, texts[ready.text], ready.on_due, ready.instead,
            texts[ready.otherwise] if ready.otherwise else None,
        ),
    )  # fmt: skip
    CarePlan.objects.filter(id=plan.id).update(ready=ready.code)
