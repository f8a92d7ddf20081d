"""代管: while a member of staff is away, a colleague sees and works their customers and tasks."""

from __future__ import annotations

from datetime import date, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from yinke.access.models import Substitution, User
from yinke.access.queries import unit_of
from yinke.access.services.audit import audit
from yinke.access.standing import roles_with
from yinke.access.viewer import Viewer
from yinke.common.errors import NotAllowed, NotFound, YinkeError
from yinke.common.thresholds import load_thresholds


@transaction.atomic
def name_substitute(
    viewer: Viewer, absent_id: int, substitute_id: int, since: date, until: date
) -> Substitution:
    """Let a colleague stand in, from a day to a day (both included, Asia/Shanghai).

    Managers name their own substitute, of the same sub-branch; heads one for anybody below them.

    Raises:
        NotAllowed: it is for somebody else, who is not below the viewer.
        NotFound: no such colleague within reach.
        YinkeError: the days are past, too many, or meet another absence of either.
    """
    if not viewer.may("cover.make"):
        raise NotAllowed("Only managers and heads name substitutes", remedy="Ask your branch manager")
    pair = {user.id: user for user in _locked(absent_id, substitute_id)}
    absent, substitute = pair.get(absent_id), pair.get(substitute_id)
    head = viewer.may("handover.approve") and viewer.org_ids != frozenset()
    if absent is None or not (absent.id == viewer.user_id or (head and _below(viewer, absent))):
        raise NotFound(
            "No such member of staff below you", place="absent_id", remedy="Choose one of the team"
        )
    near = substitute is not None and unit_of(substitute.org).id == unit_of(absent.org).id
    if substitute is None or not (near or (head and _below(viewer, substitute))):
        raise NotFound(
            "No such colleague within reach", place="substitute_id", remedy="Choose one of the team"
        )
    if (
        absent.id == substitute.id
        or not substitute.is_active
        or substitute.role not in roles_with("workbench")
    ):
        raise YinkeError(
            "This person cannot stand in", place="substitute_id", code="cannot_substitute",
            remedy="Choose an active manager of the team",
        )  # fmt: skip
    today = timezone.localdate()
    longest = int(load_thresholds(settings.YINKE.thresholds).at(today)["cover.max_days"])
    if not today <= since <= until or until > since + timedelta(days=longest - 1):
        raise YinkeError(
            f"The days are past, or more than {longest}", place="until", code="bad_days",
            remedy="Choose other days",
        )  # fmt: skip
    standing = Substitution.objects.filter(ended_at=None, since__lte=until, until__gte=since)
    if standing.filter(absent_id__in=(absent.id, substitute.id)).exists():
        raise YinkeError(
            "One of the two is away on these days already", place="since", code="away_already",
            remedy="Choose other days or another colleague",
        )  # fmt: skip
    if standing.filter(substitute=absent).exists():
        raise YinkeError(
            "They stand in for somebody on these days", place="since", code="stands_in_already",
            remedy="End that first, or choose other days",
        )  # fmt: skip
    made = Substitution.objects.create(
        absent=absent, substitute=substitute, since=since, until=until, made_by_id=viewer.user_id
    )
    audit(
        viewer, "cover.make", "substitution", f"{made.id}",
        reason=f"{absent.emp_no} → {substitute.emp_no} {since} – {until}",
    )  # fmt: skip
    return made


@transaction.atomic
def end_substitution(viewer: Viewer, substitution_id: int) -> None:
    """Call it off: the colleague sees nothing more from the next request on. Twice is once.

    Raises:
        NotFound: no such substitution of the viewer's own, or below the viewer.
    """
    found = (
        Substitution.objects.select_for_update(of=("self",))
        .select_related("absent")
        .filter(id=substitution_id)
        .first()
    )
    head = viewer.may("handover.approve") and viewer.org_ids != frozenset()
    if found is None or not (
        viewer.user_id in (found.absent_id, found.substitute_id) or (head and _below(viewer, found.absent))
    ):
        raise NotFound("No such substitution", place="substitution", remedy="Reload the page")
    if found.ended_at is None:
        found.ended_at = timezone.now()
        found.save(update_fields=["ended_at"])
        audit(viewer, "cover.end", "substitution", f"{found.id}")


def _locked(*ids: int) -> list[User]:
    """Both rows locked, in one order: two substitutions of one person are made one after the other."""
    return list(
        User.objects.select_for_update(of=("self",), no_key=True)
        .select_related("org")
        .filter(id__in=ids)
        .order_by("id")
    )


def _below(viewer: Viewer, user: User) -> bool:
    return viewer.org_ids is None or user.org_id in viewer.org_ids
