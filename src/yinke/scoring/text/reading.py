"""Read texts by the model that is in use."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from yinke.lake.store import Lake
from yinke.scoring.churn.store import read_files, released_number
from yinke.scoring.text.model import Reading, TextModel


@dataclass(frozen=True)
class Reader:
    """A model in use. ``limit``: from which likelihood on a text is a complaint."""

    number: int
    model: TextModel
    limit: float

    def read(self, text: str) -> Reading:
        """Read one text."""
        return self.model.read(text)

    def is_complaint(self, reading: Reading) -> bool:
        """Whether a text that was read so counts as a complaint."""
        return reading.complaint >= self.limit


def reader(lake: Lake) -> Reader | None:
    """The model in use; None while none is released."""
    number = released_number(lake, "text")
    return None if number is None else _read(lake.root, number)


@lru_cache(maxsize=2)
def _read(root: Path, number: int) -> Reader:
    card, files = read_files(Lake(root), "text", number)
    return Reader(number, TextModel.loads(files["weights.json"]), float(card["thresholds"]["complaint"]))
