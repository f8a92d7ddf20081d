"""适当性: what may be proposed to a customer at all. A hard filter, whatever a model says.

R ≤ C: a category is proposed only if the bank sells a product in it that the customer's valid assessment bears. Without
an assessment, or with one that ends before the proposal is read, only categories without risk are left. From 65 on nothing
of high risk is proposed. Minors are offered neither investments nor credit, who is overdue no credit. It is judged anew
at the sale (``domain``: recommendation, lead and proposal); this is the first of these gates.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from yinke.lake.store import Building, Day
from yinke.lake.tables import CATEGORIES

BARRED = ("", "MINOR", "NO_PRODUCT", "NO_ASSESSMENT", "EXPIRED", "RISK", "ELDER", "OVERDUE")
"""Why a category may not be proposed, in the order in which it is told; the first: it may."""
Codes = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class Judged:
    """Of customers × ``CATEGORIES``: ``barred`` (places in ``BARRED``, 0: may be proposed). ``up_to``: the highest risk level
    (1 to 5) that may be proposed to each; 0: none."""

    barred: Codes
    up_to: npt.NDArray[np.int32]


def least_risks(day: Day | Building) -> dict[str, int]:
    """Of each category the lowest risk level on sale, 1 to 5; a category of which nothing is sold is not there."""
    if not day.has("product"):
        return {}
    table = pq.read_table(day.path("product"), columns=["category", "risk_level", "status"])
    table = table.filter(
        pc.and_(
            pc.not_equal(table["status"].fill_null("ON_SALE"), "CLOSED"), pc.is_valid(table["risk_level"])
        )
    )
    least = table.group_by("category").aggregate([("risk_level", "min")])
    return {row["category"]: int(row["risk_level_min"][1:]) for row in least.to_pylist()}


def judge(people: pa.Table, least: Mapping[str, int], values: Mapping[str, Any], today: date) -> Judged:
    """What may be proposed to customers on the day after a business date, when it is read.

    Args:
        people: ``risk_level``, ``risk_expiry``, ``birth_date`` and ``overdue`` (days), as ``features.observe`` gives them.
        least: as ``least_risks``.
    """
    count = len(people)
    bears = pc.fill_null(pc.cast(pc.utf8_slice_codeunits(people["risk_level"], 1), pa.int32()), 0)
    bears = bears.to_numpy().astype(np.int32)
    assessed = bears > 0
    until = pc.fill_null(people["risk_expiry"].cast(pa.date32()), date(1, 1, 1)).to_numpy()
    valid = assessed & (until > np.datetime64(today))
    age = _age(people["birth_date"], today + timedelta(days=1))
    elder = age >= int(values["value.elder_age"])  # a comparison with what is not known is false
    minor = age < int(values["value.adult_age"])
    overdue = people["overdue"].to_numpy() > 0
    cap = np.where(elder, np.minimum(bears, int(values["value.elder_risk"])), bears)
    up_to = np.where(valid & ~minor, cap, 0).astype(np.int32)
    barred = np.zeros((count, len(CATEGORIES)), np.uint8)
    for place, category in enumerate(CATEGORIES):
        why = np.zeros(count, np.uint8)
        if category in values["value.risk_categories"]:
            risk = least.get(category)
            rules = [
                ("MINOR", minor), ("NO_PRODUCT", np.full(count, risk is None)), ("NO_ASSESSMENT", ~assessed),
                ("EXPIRED", ~valid), ("RISK", bears < (risk or 0)), ("ELDER", cap < (risk or 0)),
            ]  # fmt: skip
        elif category in values["value.credit_categories"]:
            rules = [("MINOR", minor), ("OVERDUE", overdue)]
        else:
            rules = []
        for code, holds in reversed(rules):
            why[holds] = BARRED.index(code)
        barred[:, place] = why
    return Judged(barred, up_to)


def _age(born: Any, on: date) -> npt.NDArray[np.float64]:
    """Full years on a day; NaN for whose birth is not known."""
    day = pc.add(pc.multiply(pc.month(born), 100), pc.day(born))
    still_to_come = pc.greater(day, on.month * 100 + on.day).cast(pa.float64())
    years = pc.subtract(pc.subtract(float(on.year), pc.year(born).cast(pa.float64())), still_to_come)
    return np.asarray(pc.fill_null(years, float("nan")).to_numpy(), np.float64)


def told(barred: Codes, wanted: npt.NDArray[np.bool_]) -> pa.Array:
    """Of each customer what is barred among ``wanted``, as a text: ``WEALTH:EXPIRED FUND:EXPIRED``.

    >>> told(np.array([[0, 0, 4, 5]], np.uint8), np.array([[True, True, True, False]])).to_pylist()
    ['WEALTH:EXPIRED']
    """
    many = len(BARRED) ** np.arange(barred.shape[1])
    found = pa.array(np.where(wanted, barred, 0) @ many).dictionary_encode()  # few differ: each is told once
    texts = [
        " ".join(
            f"{CATEGORIES[n]}:{BARRED[code]}" for n, code in enumerate(number // many % len(BARRED)) if code
        )
        for number in found.dictionary.to_pylist()
    ]
    return pa.DictionaryArray.from_arrays(found.indices, pa.array(texts, pa.string())).cast(pa.string())
