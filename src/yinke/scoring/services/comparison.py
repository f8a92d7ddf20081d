"""模型对比与逐月表现: champion and challenger on one month, and the champion on each month whose outcome becomes known."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from yinke.access.services import audit_job
from yinke.common.errors import NotFound, YinkeError
from yinke.lake.engine import Engine
from yinke.lake.store import Lake
from yinke.scoring.models import ChallengerNight, ModelComparison, ModelMonth, ScoringModel
from yinke.scoring.services.feedback import explained
from yinke.scoring.services.registry import challenger_of, champion_of
from yinke.scoring.value.used import KINDS


def compare_models(
    engine: Engine, lake: Lake, values: Mapping[str, Any], kind: str, number: int | None = None
) -> ModelComparison:
    """Measure a model beside the one in use, on the newest month whose outcome is known.

    Args:
        number: the model; None: the challenger.

    Raises:
        NotFound: no model is in use, or there is none to compare it with.
        YinkeError: as ``champion.compare.measure_models``.
    """
    from yinke.scoring.champion.compare import measure_models

    champion, challenger = champion_of(kind), challenger_of(kind)
    against = number if number is not None else challenger.number if challenger else None
    if kind not in KINDS or champion is None or against is None or against == champion.number:
        raise NotFound(
            f"There are no two {kind} models to compare", place=kind,
            remedy="It takes one in use, and another that is approved or named; models of texts are told by their cards",
        )  # fmt: skip
    found = measure_models(engine, lake, values, kind, (champion.number, against), explained(values))
    told = found.told()
    row, _ = ModelComparison.objects.update_or_create(
        kind=kind, champion=champion.number, challenger=against, month=found.month,
        defaults={"customers": found.customers, "better": told["better"], "figures": told},
    )  # fmt: skip
    return row


def measure_due(engine: Engine, lake: Lake, values: Mapping[str, Any]) -> None:
    """Where the newest month whose outcome is known was not measured yet: the champion on it, and the challenger beside it.

    What cannot be measured is left: the nights say why a model could not be asked.
    """
    from yinke.scoring.champion.compare import month_to_measure

    champions = [model for kind in KINDS if (model := champion_of(kind)) is not None]
    if not champions:
        return
    try:
        month = month_to_measure(lake)
    except YinkeError:  # the past is too short
        return
    for champion in champions:
        try:
            if challenger := challenger_of(champion.kind):
                pair = {"champion": champion.number, "challenger": challenger.number, "month": month}
                if not ModelComparison.objects.filter(kind=champion.kind, **pair).exists():
                    compare_models(engine, lake, values, champion.kind)
            _measure(engine, lake, values, champion, month)
        except YinkeError:
            continue


def _measure(
    engine: Engine, lake: Lake, values: Mapping[str, Any], champion: ScoringModel, month: date
) -> None:
    """Measure the champion on a month after its test month, once; if it fell, the audit trail says so."""
    from yinke.scoring.champion.compare import measure_models

    which = {"kind": champion.kind, "number": champion.number, "month": month}
    if f"{month}" <= champion.window["tested_on"] or ModelMonth.objects.filter(**which).exists():
        return
    found = measure_models(engine, lake, values, champion.kind, (champion.number,), explained(values))
    (figures,) = found.figures
    measure, limit = (
        ("coverage", "monitor.coverage_drop") if champion.kind == "value" else ("auc", "monitor.auc_drop")
    )
    tested = champion.metrics["model"][measure]
    fell = tested - figures[measure] > float(values[limit])
    ModelMonth.objects.create(**which, customers=found.customers, figures=figures, fell=fell)
    if fell:
        audit_job(
            "model.fell", "model", f"{champion.kind}/{champion.number}",
            reason=f"{month}: {measure} {figures[measure]:.3f}, {tested:.3f} when tested",
        )  # fmt: skip


def note_challengers(biz_date: date, scores: Mapping[str, Any]) -> None:
    """Keep what a night's step ``scores`` tells of challengers."""
    for kind, told in (scores.get("challengers") or {}).items():
        ChallengerNight.objects.update_or_create(
            kind=kind, biz_date=biz_date,
            defaults={
                "champion": told["champion"], "challenger": told["model"], "customers": told.get("customers", 0),
                "same": told.get("same", 0), "mix": told.get("mix", []), "score_psi": told.get("score_psi"),
                "psi": told.get("psi", {}), "blocked": told.get("blocked", ""),
                "blocked_features": told.get("blocked_features", []),
            },
        )  # fmt: skip
