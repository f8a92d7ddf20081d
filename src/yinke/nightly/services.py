"""What an operator may do about a night: let a held reason pass, or run a date again."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from procrastinate.exceptions import AlreadyEnqueued

from yinke.access.services import audit
from yinke.access.viewer import Viewer
from yinke.common.errors import NotAllowed, YinkeError
from yinke.nightly.models import Release, Run


def _operator(viewer: Viewer) -> None:
    if not viewer.may("nightly.operate"):
        raise NotAllowed("Only an operator may do this", remedy="Ask a security administrator for the role")


@transaction.atomic
def release(viewer: Viewer, run: Run, note: str) -> Release:
    """Let the reason that holds a date pass, with a note saying why; audited.

    Raises:
        NotAllowed: the viewer is no operator.
        YinkeError: the run is not held, its reason can't be waved through, or the note is empty.
    """
    _operator(viewer)
    if run.status != Run.Status.HELD:
        raise YinkeError(
            "This date is not held", code="not_held", remedy="Reload the page to see how it stands"
        )
    if run.reason not in RELEASABLE:
        raise YinkeError(
            "This reason cannot be waved through", code="not_releasable", place=f"{run.feed} {run.reason}",
            remedy="Have the file sent again, then run the date again",
        )  # fmt: skip
    if len(note.strip()) < 4:
        raise YinkeError(
            "Say why it may pass", place="note", code="note_missing", remedy="Write a sentence for the record"
        )
    made, _ = Release.objects.get_or_create(
        biz_date=run.biz_date, feed=run.feed, reason=run.reason,
        defaults={"by_id": viewer.user_id, "note": note.strip()[:200]},
    )  # fmt: skip
    audit(viewer, "nightly.release", "run", str(run.id), reason=note.strip())
    return made


RELEASABLE = frozenset({"tolerance", "row_swing", "vanished", "total", "empty"})
"""Doubts a person may overrule. A cut, changed or missing file is not a matter of opinion."""


@transaction.atomic
def ask_rerun(viewer: Viewer, biz_date: date) -> None:
    """Queue a date to be run again by the worker, unless it waits there already; audited.

    Raises:
        NotAllowed: the viewer is no operator.
    """
    from yinke.nightly.schedule import rerun

    _operator(viewer)
    audit(viewer, "nightly.rerun", "biz_date", biz_date.isoformat())
    try:
        with transaction.atomic():
            rerun.configure(queueing_lock=f"night-{biz_date}").defer(
                biz_date=biz_date.isoformat(), by=viewer.user_id
            )
    except AlreadyEnqueued:
        return
