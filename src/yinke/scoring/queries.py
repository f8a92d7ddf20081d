"""What can be asked of models; whoever holds ``model.read`` sees all of them: they tell of no customer."""

from __future__ import annotations

from typing import Any

from django.conf import settings

from yinke.access.models import User
from yinke.access.viewer import Viewer
from yinke.common.errors import NotFound
from yinke.lake.store import Lake
from yinke.scoring.churn.features import KNOWN
from yinke.scoring.churn.store import read_card
from yinke.scoring.models import ScoringModel
from yinke.scoring.schemas import FeatureOut, ModelCard, ModelOut

NAMES = {known.name: known for known in KNOWN}


def models_of(viewer: Viewer) -> list[ModelOut]:
    """All models, newest first."""
    rows = ScoringModel.objects.select_related("trained_by", "approved_by", "released_by").order_by(
        "kind", "-number"
    )
    return [ModelOut(**shape(viewer, row)) for row in rows]


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
        FeatureOut(
            name=f["name"], monotone=f["monotone"],
            label=NAMES[f["name"]].en if viewer.language.startswith("en") else NAMES[f["name"]].zh,
        )
        for f in row.features
    ]  # fmt: skip
    return ModelCard(
        **shape(viewer, row), metrics=row.metrics, features=features, rows=card["rows"], positives=card["positives"],
        months=card["months"], bands=card["bands"], thresholds=card["thresholds"], recipe=card["recipe"],
        rounds=card["rounds"], lightgbm=card["lightgbm"],
    )  # fmt: skip


def shape(viewer: Viewer, row: ScoringModel) -> dict[str, Any]:
    """The fields of ``ModelOut``."""
    model, weeks = row.metrics["model"], row.metrics["warning"]["model"]["median"]
    return {
        "kind": row.kind, "number": row.number, "status": row.status, "window": row.window, "auc": model["auc"],
        "precision_top": model["precision_top"], "calibration_error": model["calibration_error"],
        "weeks_of_warning": weeks, "code_version": row.code_version, "note": row.note, "reason": row.reason,
        "trained_by": row.trained_by.name, "trained_at": row.trained_at, "approved_by": _name(row.approved_by),
        "approved_at": row.approved_at, "released_by": _name(row.released_by), "released_at": row.released_at,
        "retired_at": row.retired_at,
        "may_decide": viewer.may("model.approve") and row.trained_by_id != viewer.user_id,
    }  # fmt: skip


def _name(user: User | None) -> str | None:
    return user.name if user else None
