"""What can be asked about experiments. Reports are of whole arms and tell of no customer: who may read one may read all."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, cast

from django.conf import settings

from yinke.access.viewer import Viewer
from yinke.common.crypto import decrypt
from yinke.common.errors import NotFound
from yinke.common.thresholds import load_thresholds
from yinke.customers.queries import business_date
from yinke.effect.models import Experiment, Look
from yinke.effect.schemas import ExperimentDetail, ExperimentOut, LookOut, ReportOut

NEWEST = 200
Status = Experiment.Status


def experiments_of(viewer: Viewer) -> list[ExperimentOut]:
    """The newest ones, each with its newest look."""
    rows = list(Experiment.objects.select_related("made_by", "decided_by").order_by("-id")[:NEWEST])
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
    row = Experiment.objects.select_related("made_by", "decided_by").filter(id=number).first()
    if row is None:
        raise NotFound("There is no such experiment", place=f"{number}", remedy="See the list of experiments")
    looks = list(row.looks.order_by("biz_date"))
    values = load_thresholds(settings.YINKE.thresholds).at(business_date() or row.made_at.date())
    over = row.status in (Status.ENDED, Status.STOPPED)
    return ExperimentDetail(
        **_shape(viewer, row, looks[-1] if looks else None), looks=[_look(row, look) for look in looks],
        seed_digest=row.seed_digest, seed=decrypt(row.seed_sealed) if over else None,
        kept_share=float(values["effect.kept_share"]),
    )  # fmt: skip


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
        "id": row.id, "name": row.name, "note": row.note, "events": cast(list[str], row.events), "share": row.share,
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
