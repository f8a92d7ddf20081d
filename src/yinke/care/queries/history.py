"""变更历史: who changed which field of what people decide, from what to what, out of the rows that triggers keep.

Compliance and auditors read it all, security administrators what concerns people and roles only (三员分立); below
the head office a viewer reads what the people of the own orgs changed, as in the audit trail. Beneath it row-level
security holds for a history as for the rows whose history it is.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from heapq import nlargest
from typing import Any, Literal, cast

from django.apps import apps
from django.db import models
from django.db.models import BigIntegerField, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.fields.json import KT
from django.db.models.functions import Cast
from django.utils import timezone

from yinke.access.models import Org, User
from yinke.access.viewer import Viewer
from yinke.care.history_schemas import ChangeOut, FieldChange, HistoryPage, HistoryQuery, Kind
from yinke.common.catalogue import catalogue
from yinke.common.errors import NotAllowed, YinkeError
from yinke.common.history import BEFORE

PAGE = 50
MOST = 200
"""Changes of one object that a drawer shows at most."""


@dataclass(frozen=True)
class Source:
    """One kind: whose rows, what names them, and whether they speak of customers."""

    model: str
    subject: str = ""
    """The field that names the object: a person, or a role."""
    business: bool = False

    @property
    def events(self) -> Any:
        """The model of its events."""
        return apps.get_model(f"{self.model}Event")


SOURCES: dict[Kind, Source] = {
    "custom_field": Source("customers.CustomField", "name_zh", business=True),
    "do_not_disturb": Source("care.DoNotDisturb", business=True),
    "experiment": Source("effect.Experiment", "name", business=True),
    "export": Source("customers.ExportRequest", business=True),
    "handover": Source("customers.Handover", business=True),
    "person": Source("access.User", "name"),
    "role_grant": Source("access.RoleGrant", "user"),
    "role_right": Source("access.RoleRight", "role"),
    "score_feedback": Source("scoring.ScoreFeedback", business=True),
    "segment": Source("segments.Segment", "name_zh", business=True),
    "segment_version": Source("segments.SegmentVersion", business=True),
    "substitution": Source("access.Substitution", "absent"),
    "task": Source("care.Task", business=True),
}
CODES = frozenset({"role", "right", "status", "reason", "sides", "scope", "source", "kind", "measure"})
"""Fields whose values have a text in each language at the page."""
TYPES: dict[type[models.Field[Any, Any]], Literal["date", "moment", "yes_no"]] = {
    models.DateField: "date", models.DateTimeField: "moment", models.BooleanField: "yes_no",
}  # fmt: skip


def kinds_of(viewer: Viewer) -> list[Kind]:
    """What a viewer may look at: nothing of customers for who has no orgs in scope."""
    return [kind for kind, source in SOURCES.items() if not source.business or viewer.org_ids != frozenset()]


def history(viewer: Viewer, wanted: HistoryQuery) -> HistoryPage:
    """Changes, newest first, 50 a page.

    Raises:
        NotAllowed: the viewer has no right to the history, or none to that kind.
        YinkeError: the cursor is not one of ours.
    """
    if not viewer.may("history.read"):
        raise NotAllowed("The change history is for auditors", remedy="Ask a security administrator")
    kinds = kinds_of(viewer)
    if wanted.kind and wanted.kind not in kinds:
        raise NotAllowed("Your role sees no changes of this kind", place=wanted.kind, remedy="Ask compliance")
    place = _read(wanted.cursor) if wanted.cursor else None
    asked = [wanted.kind] if wanted.kind else kinds
    found = [
        (event.pgh_created_at, kind, event.pgh_id, event)
        for kind in asked
        for event in _behind(_narrowed(viewer, kind, wanted), kind, place)[: PAGE + 1]
    ]
    newest = nlargest(PAGE + 1, found, key=lambda row: row[:3])
    rows = newest[:PAGE]
    return HistoryPage(
        rows=_shown(viewer, [(kind, event) for _, kind, _, event in rows]),
        next=_cursor(*rows[-1][:3]) if len(newest) > PAGE else None,
        kinds=kinds,
    )


def history_of(viewer: Viewer, kind: Kind, object_id: int) -> list[ChangeOut]:
    """The changes of one object that the viewer was already shown, newest first."""
    found = _changes(kind).filter(pgh_obj_id=object_id).order_by("-pgh_id")[:MOST]
    return _shown(viewer, [(kind, event) for event in found])


def _changes(kind: Kind) -> QuerySet[Any]:
    actor = Cast(KT("pgh_context__user"), BigIntegerField())
    found: QuerySet[Any] = SOURCES[kind].events.objects.exclude(pgh_label=BEFORE).annotate(actor=actor)
    return found


def _narrowed(viewer: Viewer, kind: Kind, wanted: HistoryQuery) -> QuerySet[Any]:
    found = _changes(kind)
    if viewer.org_path.count("/") > 2:  # below the head office
        found = found.filter(
            actor__in=User.objects.filter(org__path__startswith=viewer.org_path).values("id")
        )
    elif not wanted.by_system:
        found = found.exclude(actor=None)
    if wanted.object_id is not None:
        found = found.filter(pgh_obj_id=wanted.object_id)
    if who := wanted.who.replace("\x00", "").strip():
        people = User.objects.filter(Q(emp_no=who) | Q(name__contains=who))
        found = found.filter(actor__in=people.values("id"))
    if wanted.since:
        found = found.filter(pgh_created_at__gte=_midnight(wanted.since))
    if wanted.until:
        found = found.filter(pgh_created_at__lt=_midnight(wanted.until) + timedelta(days=1))
    return found


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


Place = tuple[datetime, str, int]


def _behind(rows: QuerySet[Any], kind: str, place: Place | None) -> QuerySet[Any]:
    if place is not None:
        at, other, number = place
        same = Q(pgh_created_at=at) & (Q(pgh_id__lt=number) if kind == other else Q())
        rows = rows.filter(Q(pgh_created_at__lt=at) | same if kind <= other else Q(pgh_created_at__lt=at))
    return rows.order_by("-pgh_created_at", "-pgh_id")


def _cursor(at: datetime, kind: str, number: int) -> str:
    return base64.urlsafe_b64encode(f"{at.isoformat()}|{kind}|{number}".encode()).decode()


def _read(cursor: str) -> Place:
    try:
        at, kind, number = base64.urlsafe_b64decode(cursor.encode("ascii")).decode().split("|")
        place = datetime.fromisoformat(at), kind, int(number)
        if place[0].tzinfo is None or "\x00" in kind or not 0 <= place[2] < 1 << 31:
            raise ValueError(cursor)
    except (ValueError, binascii.Error) as wrong:
        raise YinkeError(
            "This page of the history is not known", place="cursor", code="old_page", remedy="Reload the page"
        ) from wrong
    return place


def _shown(viewer: Viewer, rows: Sequence[tuple[Kind, Any]]) -> list[ChangeOut]:
    earlier = {kind: _earlier(kind, [event for of, event in rows if of == kind]) for kind in SOURCES}
    people, orgs = _names(rows, earlier)
    outs = []
    for kind, event in rows:
        by = people.get(event.actor)
        subject = getattr(event, SOURCES[kind].subject + "_id", None) or getattr(
            event, SOURCES[kind].subject or "-", ""
        )
        outs.append(
            ChangeOut(
                id=f"{kind}-{event.pgh_id}", at=event.pgh_created_at, kind=kind, act=event.pgh_label,
                object_id=event.pgh_obj_id, by=by.name if by else "", emp_no=by.emp_no if by else "",
                subject=people[subject].name if subject in people else str(subject),
                changes=_fields(viewer, kind, event, earlier[kind].get(event.pgh_id), people, orgs),
            )
        )  # fmt: skip
    return outs


def _earlier(kind: Kind, events: Iterable[Any]) -> dict[int, Any]:
    """For each event that is a change: the event of the same row before it."""
    ids = [event.pgh_id for event in events if event.pgh_label == "update"]
    if not ids:
        return {}
    model = SOURCES[kind].events
    last = (
        model.objects.filter(pgh_obj_id=OuterRef("pgh_obj_id"), pgh_id__lt=OuterRef("pgh_id"))
        .order_by().values("pgh_obj_id").annotate(last=Max("pgh_id")).values("last")
    )  # fmt: skip
    pairs = dict(model.objects.filter(pgh_id__in=ids).values_list("pgh_id", Subquery(last)))
    found = model.objects.in_bulk([number for number in pairs.values() if number])
    return {number: found[before] for number, before in pairs.items() if before}


def _told(event: Any) -> list[models.Field[Any, Any]]:
    """The fields of a row that its history keeps."""
    return [f for f in event._meta.concrete_fields if not f.name.startswith("pgh_") and f.name != "id"]


def _names(
    rows: Iterable[tuple[Kind, Any]], earlier: dict[Kind, dict[int, Any]]
) -> tuple[dict[int, User], dict[int, Org]]:
    events = [event for _, event in rows] + [event for each in earlier.values() for event in each.values()]
    wanted: dict[Any, set[int]] = {User: set(), Org: set()}
    for event in events:
        wanted[User].add(getattr(event, "actor", None) or 0)
        for field in _told(event):
            if field.related_model in wanted:
                wanted[field.related_model].add(getattr(event, field.attname) or 0)
    return User.objects.in_bulk(wanted[User]), Org.objects.in_bulk(wanted[Org])


def _fields(
    viewer: Viewer, kind: Kind, event: Any, before: Any | None, people: dict[int, User], orgs: dict[int, Org]
) -> list[FieldChange]:
    described = catalogue()[SOURCES[kind].model].fields
    changes = []
    for field in _told(event):
        now = getattr(event, field.attname)
        was = getattr(before, field.attname) if before is not None else None
        if event.pgh_label == "delete":
            was, now = now, None
        if was == now or (was in (None, "") and now in (None, "")):
            continue
        named = described[field.name]
        hidden = viewer.masked and named.level == "C2"
        kind_of = "hidden" if hidden else _type(field)
        before_said, after_said = (
            [] if hidden else _said(field, value, people, orgs) for value in (was, now)
        )
        changes.append(
            FieldChange(
                field=field.name, label=named.en if viewer.language == "en" else named.zh,
                type=cast(Any, kind_of), before=before_said, after=after_said,
            )
        )  # fmt: skip
    return changes


def _type(field: models.Field[Any, Any]) -> str:
    if field.name == "customer":
        return "customer"
    return "code" if field.name in CODES else TYPES.get(type(field), "text")


def _part(part: Any) -> str:
    """A part of a list; of an option (``CustomField.options``) its names, what is out of use behind a dash."""
    if not isinstance(part, dict):
        return str(part)
    names = "/".join(name for name in (part["zh"], part["en"]) if name)
    return names if part["active"] else f"- {names}"


def _said(
    field: models.Field[Any, Any], value: Any, people: dict[int, User], orgs: dict[int, Org]
) -> list[str]:
    if value is None or value == "":
        return []
    if isinstance(value, list):
        return [_part(part) for part in value]
    if field.related_model is User:
        person = people.get(value)
        return [f"{person.name} {person.emp_no}" if person else str(value)]
    if field.related_model is Org:
        return [orgs[value].name if value in orgs else str(value)]
    if isinstance(value, bool):
        return ["true" if value else "false"]
    return [value.isoformat() if isinstance(value, date) else str(value)]
