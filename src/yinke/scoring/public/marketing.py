"""Bank Marketing (Moro, Cortez, Rita 2014): who takes a term deposit when the bank rings up."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from yinke.scoring.learning.frame import Feature, codes, frame_of
from yinke.scoring.public.sets import Sample, labels, levels, numbers, read_columns, texts

WORDS = ("job", "marital", "education", "default", "housing", "loan")
EXTRA = ("contact", "month", "day_of_week", "poutcome")
"""In the original, absent from some copies."""
FIGURES = (
    "age", "campaign", "pdays", "previous", "emp.var.rate", "cons.price.idx", "cons.conf.idx", "euribor3m",
    "nr.employed",
)  # fmt: skip
NEVER = 999
"""``pdays`` of who was never rung up before."""


def read_bank_marketing(path: Path) -> Sample:
    """bank-additional-full.csv, in the order of its rows. ``duration`` is not read."""
    with path.open(encoding="utf-8", errors="replace") as file:
        head = file.readline().strip().replace('"', "").split(";")
    there = [name for name in EXTRA if name in head]
    table = read_columns(path, (*WORDS, *there, *FIGURES, "y"), ";")
    n = {name: numbers(path, table, name) for name in FIGURES}
    known = n["pdays"] < NEVER
    columns = {Feature(name): column for name, column in n.items() if name != "pdays"}
    columns[Feature("pdays")] = np.where(known, n["pdays"], np.nan)
    for name in (*WORDS, *there):
        words = texts(table, name)
        columns[Feature(name, levels(words))] = codes(words, levels(words))
    absent = [name for name in EXTRA if name not in there]
    notes = [f"{', '.join(absent)} are absent from this copy."] if absent else []
    return Sample(frame_of(columns), labels(path, table, "y", ("1", "yes"), ("0", "no")), tuple(notes))
