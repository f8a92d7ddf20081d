"""What a run leaves behind: its steps, its end, and an error that a person can act on."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection
from django.utils import timezone

from yinke.access.services import keep_head
from yinke.common.errors import Held, YinkeError
from yinke.nightly.lake_night import STEPS, LakeNight
from yinke.nightly.models import Run, Step

LOCK = 0x59494E4B
"""Advisory lock: one night at a time, whoever starts it."""


@dataclass
class Outcome:
    """How a night ended: ``status`` is SUCCEEDED, HELD or FAILED."""

    run_id: int | None
    biz_date: date
    status: str
    rows: int = 0
    quarantined: int = 0
    events: dict[str, int] = field(default_factory=dict)
    tasks: int = 0
    seconds: dict[str, float] = field(default_factory=dict)
    message: str = ""
    place: str = ""
    remedy: str = ""


class Recorder:
    """Writes a run and its steps to PostgreSQL as they happen."""

    def __init__(self, biz_date: date, trigger: str, by: int | None) -> None:
        Run.objects.filter(status=Run.Status.RUNNING).update(
            status=Run.Status.FAILED, finished_at=timezone.now(), reason="killed",
            message="The run ended without a word", remedy="Run the date again: finished steps are kept",
        )  # fmt: skip
        self.run = Run.objects.create(
            biz_date=biz_date, status=Run.Status.RUNNING, started_at=timezone.now(), trigger=trigger, by_id=by
        )
        self.outcome = Outcome(self.run.id, biz_date, Run.Status.RUNNING)

    def step(self, name: str, seconds: float, detail: dict[str, Any]) -> None:
        """Record a finished step."""
        self.outcome.seconds[name] = round(seconds, 3)
        Step.objects.update_or_create(
            run=self.run, name=name,
            defaults={"position": STEPS.index(name), "status": Run.Status.SUCCEEDED,
                      "seconds": round(seconds, 3), "detail": detail},
        )  # fmt: skip

    def lake(self, night: LakeNight) -> None:
        """Take over what the lake's half counted."""
        run, out = self.run, self.outcome
        run.rows, run.quarantined, run.events = night.rows, night.quarantined, night.events
        run.lake_version = night.day.version
        out.rows, out.quarantined, out.events = night.rows, night.quarantined, night.events

    def close(self, status: str, error: YinkeError | None = None) -> Outcome:
        """Record how the run ended; without PostgreSQL only the outcome tells it."""
        run, out = self.run, self.outcome
        out.status = run.status = str(status)
        run.tasks, run.finished_at = out.tasks, timezone.now()
        if error is not None:
            out.message, out.place, out.remedy = error.message, error.place, error.remedy
            run.reason = error.reason if isinstance(error, Held) else error.code
            run.feed = error.feed if isinstance(error, Held) else ""
            text = f"{error.place}: {error.message}" if error.place else error.message
            run.message, run.remedy = text[:500], error.remedy[:300]
        try:
            run.save()
        except (OperationalError, InterfaceError):
            connection.close()
        return out


@contextmanager
def alone() -> Iterator[bool]:
    """Whether no other night is running; as long as the block lasts none can start."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
        free = bool(cursor.fetchone()[0])
    try:
        yield free
    finally:
        try:
            if free:
                with connection.cursor() as cursor:
                    cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])
        except (OperationalError, InterfaceError):
            connection.close()  # the lock went with the connection


def busy(biz_date: date) -> Outcome:
    """The outcome of a night that could not start because another is running."""
    return Outcome(
        None, biz_date, Run.Status.HELD, message="Another night is running",
        remedy="Wait until it has ended; the page 日终 shows its steps",
    )  # fmt: skip


def recorded(recorder: Recorder, root: Path, work: Callable[[], Held | None]) -> Outcome:
    """Do a night's work and record how it ended; whatever goes wrong becomes an outcome with a remedy.

    Args:
        root: the lake's folder, the place to name if the disk refuses.
        work: the night; it may return a Held that ended it early after useful work.
    """
    try:
        keep_head(settings.YINKE.audit_heads)
        held = work()
        return recorder.close(Run.Status.HELD if held else Run.Status.SUCCEEDED, held)
    except Held as problem:
        return recorder.close(Run.Status.HELD, problem)
    except YinkeError as problem:
        return recorder.close(Run.Status.FAILED, problem)
    except (OperationalError, InterfaceError) as gone:
        connection.close()
        return recorder.close(Run.Status.FAILED, YinkeError(
            f"PostgreSQL went away ({(str(gone).splitlines() or ['no answer'])[0][:120]})", place="PostgreSQL", code="database",
            remedy="Start it and run the date again: the lake's day is kept, nothing was half-written",
        ))  # fmt: skip
    except OSError as disk:
        return recorder.close(Run.Status.FAILED, YinkeError(
            f"The disk refused ({disk.strerror})", place=str(disk.filename or root), code="disk",
            remedy="Free space or mend the rights, then run the date again: finished steps are kept",
        ))  # fmt: skip
    except Exception as bug:
        log = _trace(recorder.run.id)
        return recorder.close(Run.Status.FAILED, YinkeError(
            f"An error in Yinke itself ({type(bug).__name__})", place=str(log), code="internal",
            remedy="Send this file to the maintainers; earlier data stays, finished steps are kept",
        ))  # fmt: skip


def _trace(run_id: int) -> Path:
    """Keep the traceback for the maintainers, away from the users' eyes; it may hold values of rows."""
    folder = Path(settings.YINKE.home) / "errors"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / f"run-{run_id}.txt"
    path.write_text(traceback.format_exc(), "utf-8")
    return path
