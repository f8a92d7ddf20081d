"""即用模板: what ``ready.yaml`` holds, each with its texts; taken by ``services.py``. It knows no database."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from yinke.common.yaml_files import read_yaml
from yinke.outreach.journeys.definition import Definition

FILE = Path(__file__).parent / "ready.yaml"
Both = tuple[str, str]
"""A text in Chinese and in English."""


def spoken(both: Both, language: str) -> str:
    """A text of the catalogue in a viewer's language."""
    return both[1] if language == "en" else both[0]


@dataclass(frozen=True)
class ReadyText:
    """A text that a bank may propose as it is. ``subject``: of e-mail."""

    code: str
    name: Both
    channel: str
    kind: str
    text: str
    subject: str = ""


@dataclass(frozen=True)
class ReadyPlan:
    """A plan of care. ``text``, ``otherwise``: codes of texts; the rest as ``CarePlan``."""

    code: str
    name: Both
    about: Both
    event: str
    tiers: tuple[int, int]
    text: str
    otherwise: str | None
    on_due: bool
    instead: bool

    @property
    def texts(self) -> tuple[str, ...]:
        """Codes of the texts that it needs."""
        return (self.text, self.otherwise) if self.otherwise else (self.text,)


@dataclass(frozen=True)
class ReadyJourney:
    """A journey. ``drawn``: its definition as in the file, messages and words not filled in yet."""

    code: str
    name: Both
    about: Both
    drawn: Mapping[str, Any]

    @property
    def texts(self) -> tuple[str, ...]:
        """Codes of the texts that it needs, in the order of its steps."""
        return tuple(dict.fromkeys(step["text"] for step in self.drawn["steps"] if "text" in step))

    def definition(self, templates: Mapping[str, int], language: str) -> Definition:
        """The journey as it is drawn in a bank.

        Args:
            templates: by code of a text, the bank's template.
            language: in which managers read its tasks.

        Raises:
            KeyError: a text has no template. pydantic.ValidationError: the file draws what can't be.
        """
        drawn = deepcopy(dict(self.drawn))
        for step in drawn["steps"]:
            if "text" in step:
                step["template"] = templates[step.pop("text")]
            for words in ("title", "script"):
                if words in step:
                    step[words] = spoken(tuple(step[words]), language)
        return Definition.model_validate(drawn)


@dataclass(frozen=True)
class Catalogue:
    """All that is ready, by code, in the order of the file. No plan has the code of a journey."""

    texts: Mapping[str, ReadyText]
    plans: Mapping[str, ReadyPlan]
    journeys: Mapping[str, ReadyJourney]


@lru_cache(maxsize=1)
def catalogue() -> Catalogue:
    """What Yinke delivers."""
    raw: Mapping[str, Mapping[str, Mapping[str, Any]]] = read_yaml(FILE)
    return Catalogue(
        texts={
            code: ReadyText(code, tuple(told["name"]), told["channel"], told["kind"], told["text"], told.get("subject", ""))
            for code, told in raw["texts"].items()
        },
        plans={
            code: ReadyPlan(
                code, tuple(told["name"]), tuple(told["about"]), told["event"], tuple(told["tiers"]), told["text"],
                told.get("otherwise"), told["on_due"], told["instead"],
            )
            for code, told in raw["plans"].items()
        },
        journeys={
            code: ReadyJourney(code, tuple(told["name"]), tuple(told["about"]), told["definition"])
            for code, told in raw["journeys"].items()
        },
    )  # fmt: skip
