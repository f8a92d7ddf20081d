"""What can be asked about experiments. Reports are of whole arms and tell of no customer: who may read one may read all."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, cast

from django.conf import settings
from django.db.models import QuerySet

from yinke.access.viewer import Viewer
from yinke.common.crypto import decrypt
from yinke.common.errors import NotFound
from yinke.common.row_security import whole_bank
from yinke.common.thresholds import load_thresholds
from yinke.customers.queries import business_date
from yinke.effect.models import Experiment, Look, Uplift
from yinke.effect.schemas import (
    ExperimentDetail,
    ExperimentOut,
    LearnerOut,
    LookOut,
    ReportOut,
    TestedSegment,
    UpliftOut,
)
from yinke.effect.services.learn import history_of, known
from yinke.scoring.effect.history import LEAST_CUSTOMERS, LEAST_OUTCOMES
from yinke.segments.definitions import said
from yinke.segments.models import Segment
from yinke.segments.store_schemas import SegmentUse

NEWEST = 200
Status = Experiment.Status


def experiments_of(viewer: Viewer) -> list[ExperimentOut]:
    """The newest ones, each with its newest look."""
    rows = list(_joined().order_by("-id")[:NEWEST])
    newest = (
        Look.objects.filter(experiment__in=rows).order_by("experiment", "-biz_date").distinct("experiment")
    )
    looks = {look.experiment_id: look for look in newest}
    return [ExperimentOut(**_shape(viewer, row, looks.get(row.id))) for row in rows]


def experiment_of(viewer: Viewer, number: int) -> ExperimentDetail:
    """One experiment with all looks.

    Raises:
        NotFound: there is none.
    """
    row = _joined().filter(id=number).first()
    if row is None:
        raise NotFound("There is no such experiment", place=f"{number}", remedy="See the list of experiments")
    looks = list(row.looks.order_by("biz_date"))
    values = load_thresholds(settings.YINKE.thresholds).at(business_date() or row.made_at.date())
    over = row.status in (Status.ENDED, Status.STOPPED)
    return ExperimentDetail(
        **_shape(viewer, row, looks[-1] if looks else None), looks=[_look(row, look) for look in looks],
        uplift=uplift_of(viewer, row), seed_digest=row.seed_digest, seed=decrypt(row.seed_sealed) if over else None,
        kept_share=float(values["effect.kept_share"]),
    )  # fmt: skip


def uplift_of(viewer: Viewer, row: Experiment) -> UpliftOut:
    """What was learned of whom care changes; else what is missing."""
    needed: dict[str, Any] = {"needed": LEAST_CUSTOMERS, "rarest_needed": LEAST_OUTCOMES}
    if row.status != Status.ENDED:
        return UpliftOut(state="NOT_YET", **needed)
    may_learn = viewer.org_ids is None and viewer.may("effect.make")
    with whole_bank():  # counts of whole arms, which tell of no customer
        members, rarest = known(history_of(row))
    seen = needed | {"measured": members, "rarest": rarest}
    kept = Uplift.objects.filter(experiment=row).first()
    if kept is not None:
        found = [LearnerOut(**one) for one in kept.result]
        return UpliftOut(
            state="LEARNED", learners=found, learned_on=kept.learned_on, may_learn=may_learn, **seen
        )
    few = members < LEAST_CUSTOMERS or rarest < LEAST_OUTCOMES
    return UpliftOut(state="FEW" if few else "OPEN", may_learn=may_learn and not few, **seen)


def used_by(viewer: Viewer, segment: Segment) -> list[SegmentUse]:
    """Experiments on a segment that are not over: it stays open as long."""
    over = (Status.ENDED, Status.STOPPED, Status.REFUSED, Status.WITHDRAWN)
    rows = Experiment.objects.filter(segment=segment).exclude(status__in=over).order_by("id")
    return [SegmentUse(kind="experiment", code=f"{row.id}", name=row.name) for row in rows]


def _joined() -> QuerySet[Experiment]:
    return Experiment.objects.select_related("made_by", "decided_by", "segment")


def segment_name(viewer: Viewer, segment: Segment) -> str:
    """What a segment is called in the viewer's language."""
    return said(segment.name_zh, segment.name_en, viewer.language)


def _look(row: Experiment, look: Look) -> LookOut:
    result = look.result
    main = result["kept" if row.measure == "KEPT" else "aum"] or {}
    measured = result["care"]["measured"] + result["held_out"]["measured"]
    return LookOut(
        biz_date=look.biz_date, measured=measured, difference=main.get("difference"), low=main.get("low"),
        high=main.get("high"),
    )  # fmt: skip


def _shape(viewer: Viewer, row: Experiment, look: Look | None) -> dict[str, Any]:
    whole_bank = viewer.org_ids is None
    own = row.made_by_id == viewer.user_id
    until = row.starts_on + timedelta(days=row.enrol_days - 1) if row.starts_on else None
    return {
        "id": row.id, "name": row.name, "note": row.note, "events": cast(list[str], row.events),
        "segment": TestedSegment(code=row.segment.code, name=segment_name(viewer, row.segment)) if row.segment else None,
        "share": row.share,
        "measure": row.measure, "horizon_days": row.horizon_days, "enrol_days": row.enrol_days, "planned": row.planned,
        "status": row.status, "made_by": row.made_by.name, "made_at": row.made_at,
        "decided_by": row.decided_by.name if row.decided_by else None, "decided_at": row.decided_at,
        "starts_on": row.starts_on, "enrols_until": until,
        "ends_on": until + timedelta(days=row.horizon_days) if until else None, "ended_on": row.ended_on,
        "reason": row.reason, "report": ReportOut(**look.result) if look else None,
        "as_of": look.biz_date if look else None,
        "may_decide": whole_bank and viewer.may("effect.approve") and not own and row.status == Status.PENDING,
        "may_withdraw": own and viewer.may("effect.make") and row.status in (Status.PENDING, Status.APPROVED),
        "may_run": whole_bank and viewer.may("effect.make") and row.status in (Status.APPROVED, Status.RUNNING),
    }  # fmt: skip
