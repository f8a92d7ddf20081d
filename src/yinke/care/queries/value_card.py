"""价值与下一产品 of one customer: what the last night told, as far as it may still be proposed."""

from __future__ import annotations

from collections import defaultdict
from typing import Any, cast

from django.conf import settings

from yinke.access.viewer import Viewer
from yinke.care.value_schemas import Barred, Forbidden, Proposal, ValueCard
from yinke.common.thresholds import load_thresholds
from yinke.customers.models import Frontier
from yinke.customers.queries import one
from yinke.customers.shown import shown_amount
from yinke.lake.reading import rows_of
from yinke.lake.store import Lake
from yinke.privacy.consents import objects_to_profiling
from yinke.scoring.models import CustomerValue
from yinke.scoring.value.reasons import told
from yinke.scoring.value.value_table import PROPOSALS, REASONS, VALUE
from yinke.segments.rules.fields import fields, word

COLUMNS = tuple(name for name in VALUE.names if name != "cust_id")


def value_card(viewer: Viewer, customer_id: int) -> ValueCard:
    """The card on 客户一览; of who objected to automated decisions nothing but that.

    Raises:
        NotFound: no such customer in the viewer's scope.
    """
    customer = one(viewer, customer_id)
    if objects_to_profiling().filter(id=customer.id).exists():
        return ValueCard(state="OBJECTED")
    frontier = Frontier.objects.filter(pk=1).first()
    day = Lake(settings.YINKE.lake).day(frontier.biz_date) if frontier else None
    rows = rows_of([day], "value", customer.id, COLUMNS) if day else []
    if not rows or day is None or not CustomerValue.objects.filter(customer=customer).exists():
        return ValueCard(state="NONE")
    values, row = load_thresholds(settings.YINKE.thresholds).at(day.biz_date), rows[0]
    born = customer.birth_date
    elder_from = day.biz_date.year - int(values["value.elder_age"])
    elder = born is not None and (born.year, born.month, born.day) <= (
        elder_from,
        day.biz_date.month,
        day.biz_date.day,
    )
    return ValueCard(
        state="KNOWN", day=day.biz_date, banded=viewer.masked, model=row["model"], product_model=row["product_model"],
        **{name: shown_amount(viewer, row[name]) for name in ("contribution", "expected", "low", "high")},
        elder=elder, proposals=_proposals(viewer, row, values["value.risk_categories"]), forbidden=_forbidden(viewer, row),
    )  # fmt: skip


def _proposals(viewer: Viewer, row: dict[str, Any], risky: list[str]) -> list[Proposal]:
    found = []
    for n in range(1, PROPOSALS + 1):
        category = row[f"product_{n}"]
        if category is None:
            continue
        why = [(row[f"reason_{n}_{k}"], row[f"value_{n}_{k}"]) for k in range(1, REASONS + 1)]
        reasons = told([pair for pair in why if pair[0]], viewer.language, exact=not viewer.masked)
        found.append(Proposal(
            category=category, label=_label(viewer, category), probability=row[f"probability_{n}"],
            worth=row[f"worth_{n}"], up_to=row["up_to"] if category in risky else None, reasons=reasons,
        ))  # fmt: skip
    return found


def _forbidden(viewer: Viewer, row: dict[str, Any]) -> list[Forbidden]:
    by_reason: dict[str, list[str]] = defaultdict(list)
    for one_ in (row["barred"] or "").split():
        category, _, why = one_.partition(":")
        by_reason[why].append(_label(viewer, category))
    return [Forbidden(why=cast(Barred, why), labels=labels) for why, labels in by_reason.items()]


def _label(viewer: Viewer, category: str) -> str:
    return word(fields()["next_product"], category, viewer.language)
