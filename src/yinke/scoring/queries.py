"""What can be asked of models; whoever holds ``model.read`` sees all of them: they tell of no customer."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any, cast

from django.conf import settings
from django.db.models import Avg, Count, Q
from django.utils import timezone

from yinke.access.models import User
from yinke.access.viewer import Viewer
from yinke.common.errors import NotFound
from yinke.common.thresholds import load_thresholds
from yinke.lake.store import Lake
from yinke.scoring.churn.features import Known
from yinke.scoring.churn.store import read_card
from yinke.scoring.models import (
    ChallengerNight,
    ChurnAlert,
    ModelComparison,
    ModelMonth,
    ScoreNight,
    ScoringModel,
    TrainingRun,
)
from yinke.scoring.schemas import (
    ChallengerNightOut,
    CohortOut,
    ComparisonOut,
    DifferenceOut,
    DriftOut,
    FeatureOut,
    ModelCard,
    ModelOut,
    Monitoring,
    MonthOut,
    NightOut,
    TextOut,
    TrainingOut,
)
from yinke.scoring.services.registry import challenger_of
from yinke.scoring.text.reading import reader
from yinke.scoring.value.features import KNOWN
from yinke.scoring.value.used import KINDS

NIGHTS = 90
COMPARISONS = 15
"""As many comparisons and nights of a challenger are told, the newest."""
HEARD = (Known("topic", "主题", "Topic"), Known("tone", "情绪", "Tone"))
"""What the model of texts tells, and what its drift is told of."""
NAMES = {known.name: known for known in (*KNOWN, *HEARD)}


def models_of(viewer: Viewer) -> list[ModelOut]:
    """All models, newest first."""
    rows = ScoringModel.objects.select_related("trained_by", "approved_by", "released_by").order_by(
        "kind", "-number"
    )
    beside = challengers()
    return [ModelOut(**shape(viewer, row, beside)) for row in rows]


def challengers() -> set[int]:
    """The ids of the models that score beside those in use."""
    found = (challenger_of(kind) for kind in KINDS)
    return {model.id for model in found if model is not None}


def card_of(viewer: Viewer, kind: str, number: int) -> ModelCard:
    """Everything a model's card says.

    Raises:
        NotFound: there is no such model.
    """
    rows = ScoringModel.objects.select_related("trained_by", "approved_by", "released_by")
    row = rows.filter(kind=kind, number=number).first()
    if row is None:
        raise NotFound(
            f"There is no {kind} model {number}", place=f"{kind} {number}", remedy="See the list of models"
        )
    card = read_card(Lake(settings.YINKE.lake), kind, number)
    features = [
        FeatureOut(name=f["name"], monotone=f["monotone"], label=label_of(viewer, f["name"]))
        for f in row.features
    ]
    return ModelCard(
        **shape(viewer, row, challengers()), metrics=row.metrics, features=features, rows=card["rows"], positives=card["positives"],
        months=card["months"], bands=card["bands"], thresholds=card["thresholds"], recipe=card["recipe"],
        rounds=card["rounds"], lightgbm=card["lightgbm"], own=card.get("own"),
        comparisons=_comparisons(kind, number), challenged=_challenged(viewer, kind, number),
    )  # fmt: skip


def _comparisons(kind: str, number: int) -> list[ComparisonOut]:
    rows = ModelComparison.objects.filter(Q(champion=number) | Q(challenger=number), kind=kind)
    return [
        ComparisonOut(
            champion=row.champion, challenger=row.challenger, month=row.month, customers=row.customers, better=cast(Any, row.better),
            measure=row.figures["measure"], of_champion=row.figures["champion"], of_challenger=row.figures["challenger"],
            difference=DifferenceOut(**row.figures["difference"]), made_at=row.made_at,
        )
        for row in rows.order_by("-month", "-made_at")[:COMPARISONS]
    ]  # fmt: skip


def _challenged(viewer: Viewer, kind: str, number: int) -> list[ChallengerNightOut]:
    rows = ChallengerNight.objects.filter(kind=kind, challenger=number).order_by("-biz_date")[:COMPARISONS]
    return [
        ChallengerNightOut(
            biz_date=row.biz_date, champion=row.champion, challenger=row.challenger, customers=row.customers, same=row.same,
            mix=row.mix, worst=next(iter(_drifts(viewer, row.psi)), None), blocked=row.blocked,
            blocked_features=[label_of(viewer, name) for name in row.blocked_features],
        )
        for row in rows
    ]  # fmt: skip


def shape(viewer: Viewer, row: ScoringModel, beside: Collection[int]) -> dict[str, Any]:
    """The fields of ``ModelOut``; ``beside`` as ``challengers``."""
    headline = ("auc", "precision_top", "calibration_error", "coverage", "offered", "topic", "tone")
    return {
        "kind": row.kind, "number": row.number, "status": row.status, "window": row.window,
        **{name: row.metrics["model"][name] for name in headline if name in row.metrics["model"]},
        "weeks_of_warning": row.metrics.get("warning", {}).get("model", {}).get("median"), "code_version": row.code_version, "note": row.note, "reason": row.reason,
        "trained_by": row.trained_by.name, "trained_at": row.trained_at, "approved_by": _name(row.approved_by),
        "approved_at": row.approved_at, "released_by": _name(row.released_by), "released_at": row.released_at,
        "retired_at": row.retired_at,
        "may_decide": viewer.may("model.approve") and row.trained_by_id != viewer.user_id,
        "challenger": row.id in beside,
    }  # fmt: skip


def _name(user: User | None) -> str | None:
    return user.name if user else None


def label_of(viewer: Viewer, feature: str) -> str:
    """A feature's name to people; ``score`` and names of older models as they are."""
    known = NAMES.get(feature)
    return feature if known is None else known.en if viewer.language.startswith("en") else known.zh


def monitoring_of(viewer: Viewer, kind: str) -> Monitoring:
    """评分监测: the newest 90 nights, oldest first, and the limits by which they are judged."""
    nights = list(ScoreNight.objects.filter(kind=kind).order_by("-biz_date")[:NIGHTS])[::-1]
    day = nights[-1].biz_date if nights else timezone.localdate()
    values = load_thresholds(settings.YINKE.thresholds).at(day)
    newest = next((night for night in reversed(nights) if night.psi), None)
    return Monitoring(
        warn=float(values["churn.psi_warn"]), block=float(values["churn.psi_block"]),
        least=int(values["text.drift_notes" if kind == "text" else "churn.psi_customers"]),
        days=int(values["text.drift_days"]) if kind == "text" else None, nights=[_night(viewer, night) for night in nights],
        measured_on=newest.biz_date if newest else None, features=_drifts(viewer, newest.psi) if newest else [],
        outcomes=_outcomes(viewer) if kind == "churn" else [], months=_months(kind),
    )  # fmt: skip


def _months(kind: str) -> list[MonthOut]:
    """The newest year."""
    rows = list(ModelMonth.objects.filter(kind=kind).order_by("-month", "-number")[:12])
    models = ScoringModel.objects.filter(kind=kind, number__in={row.number for row in rows})
    tested = {model.number: model.metrics["model"] for model in models}
    return [
        MonthOut(
            number=row.number, month=row.month, customers=row.customers, figures=row.figures, fell=row.fell,
            tested={name: value for name, value in tested.get(row.number, {}).items() if name in row.figures},
        )
        for row in rows
    ]  # fmt: skip


def _night(viewer: Viewer, night: ScoreNight) -> NightOut:
    return NightOut(
        biz_date=night.biz_date, model=night.model, scored=night.scored, bands=night.bands, score_psi=night.score_psi,
        worst=next(iter(_drifts(viewer, night.psi)), None), blocked=night.blocked,
        blocked_features=[label_of(viewer, name) for name in night.blocked_features],
    )  # fmt: skip


def _drifts(viewer: Viewer, psi: dict[str, float]) -> list[DriftOut]:
    ordered = sorted(psi.items(), key=lambda item: -item[1])
    return [DriftOut(name=name, label=label_of(viewer, name), psi=index) for name, index in ordered]


def _outcomes(viewer: Viewer) -> list[CohortOut]:
    """What became of the alerts, by the month in which their outcome was known and the band they ended in."""
    decided = ChurnAlert.objects.exclude(outcome="").order_by("-decided_on", "band")
    rows = decided.values("decided_on", "band").annotate(
        customers=Count("id"), lost=Count("id", filter=Q(outcome="LOST")), told=Avg("probability")
    )
    return [
        CohortOut(decided_on=cast(date, row["decided_on"]), band=row["band"], customers=row["customers"], lost=row["lost"],
                  told=round(row["told"], 4))
        for row in rows[:24]
    ]  # fmt: skip


def read_text(text: str) -> TextOut | None:
    """What a text is about; None while no model of texts is in use."""
    used = reader(Lake(settings.YINKE.lake))
    if used is None:
        return None
    found = used.read(text)
    return TextOut(
        topic=cast(Any, found.topic), tone=cast(Any, found.tone), is_complaint=used.is_complaint(found),
        complaint=round(found.complaint, 4), because=list(found.because),
    )  # fmt: skip


def trainings_of(viewer: Viewer) -> list[TrainingOut]:
    """The newest trainings that were asked for on the page."""
    runs = TrainingRun.objects.select_related("asked_by").order_by("-id")[:5]
    return [
        TrainingOut(id=run.id, kind=run.kind, note=run.note, status=cast(Any, run.status), asked_by=run.asked_by.name,
                    asked_at=run.asked_at, finished_at=run.finished_at, number=run.number, code=run.code)
        for run in runs
    ]  # fmt: skip
