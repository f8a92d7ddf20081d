"""文本模型监测: each night, whether what is written of talks with customers has moved away from what the model of texts first read.

A model of texts has no test month of this bank, so the notes that it read in the first days after its release are what the
newest are compared with, by topic and by tone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import numpy as np
from django.db.models import Count, QuerySet
from django.utils import timezone

from yinke.care.models import ContactRecord
from yinke.scoring.learning.metrics import stability_index
from yinke.scoring.models import ScoringModel
from yinke.scoring.services.alerts import note_night

SEEN = ("topic", "tone")


def watch_texts(biz_date: date, values: Mapping[str, Any]) -> None:
    """Note how many notes were read on a business date, and how far the last ``text.drift_days`` are from the first.

    There is no drift to tell before the two spans part, nor of fewer than ``text.drift_notes`` notes in either.
    """
    model = ScoringModel.objects.filter(kind="text", status="RELEASED").first()
    if model is None or model.released_at is None:
        return
    span = timedelta(days=int(values["text.drift_days"]) - 1)
    first = timezone.localdate(model.released_at)
    read = ContactRecord.objects.filter(withdrawn_at=None).exclude(topic="")
    newest = read.filter(biz_date__range=(biz_date - span, biz_date))
    psi = {}
    if biz_date - span > first + span:
        oldest = read.filter(biz_date__range=(first, first + span))
        found = {name: _drift(oldest, newest, name, int(values["text.drift_notes"])) for name in SEEN}
        psi = {name: round(index, 4) for name, index in found.items() if index is not None}
    told = {"model": model.number, "scored": read.filter(biz_date=biz_date).count(), "psi": psi}
    note_night("text", biz_date, told, values)


def _drift(
    oldest: QuerySet[ContactRecord], newest: QuerySet[ContactRecord], name: str, least: int
) -> float | None:
    """The PSI of what was heard; None: too few notes to tell."""
    was, now = (
        Counter(dict(notes.order_by().values_list(name).annotate(Count("id")))) for notes in (oldest, newest)
    )
    if min(was.total(), now.total()) < least:
        return None
    kinds = sorted(was | now)
    expected, found = (np.array([heard[kind] / heard.total() for kind in kinds]) for heard in (was, now))
    return stability_index(expected, found)
