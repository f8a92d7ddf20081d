"""The models' folder in the lake: ``models/<kind>/<number>/`` with LightGBM's text file and a card in JSON; no pickle.

A folder appears whole, by one rename, and never changes. ``models/<kind>/released.json`` names the number that the
nights use, and that of the challenger beside it; it is changed by one rename too.

LightGBM and scikit-learn, which take two seconds to load, are loaded with a model and not before: every process of Yinke
comes by here.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from yinke.common.errors import YinkeError
from yinke.lake.store import Lake
from yinke.scoring.learning.frame import Feature

if TYPE_CHECKING:
    from lightgbm import Booster

    from yinke.scoring.learning.fit import Model

KINDS = ("churn", "value", "product", "text")
"""流失, 价值, 下一产品, 文本."""


@dataclass(frozen=True)
class StoredModel:
    """A model read back, and everything that was written down about it."""

    model: Model
    card: dict[str, Any]

    @property
    def number(self) -> int:
        """Its number within its kind."""
        return int(self.card["number"])


def code_version() -> str:
    """The version, and a digest of this context's source: what trained a model can be told from any other."""
    package = Path(__file__).parents[1]
    digest = hashlib.sha256()
    for path in sorted(package.rglob("*.py")):
        digest.update(path.relative_to(package).as_posix().encode() + b"\0" + path.read_bytes())
    return f"{version('yinke')}+{digest.hexdigest()[:12]}"


def folder_of(lake: Lake, kind: str, number: int) -> Path:
    """Where a model lies (it may not exist)."""
    return lake.root / "models" / kind / str(number)


def numbers_of(lake: Lake, kind: str) -> list[int]:
    """The numbers of the models that lie there, oldest first."""
    folder = lake.root / "models" / kind
    return sorted(int(path.name) for path in folder.glob("*") if path.name.isdigit())


def keep(lake: Lake, kind: str, model: Model, card: dict[str, Any]) -> int:
    """Write a model under the next number.

    Args:
        card: what is to be known of it; number, features, calibrator and digest are added.
    """
    boosters = {f"model-{n}": booster for n, booster in enumerate(model.boosters)}
    whole = {**card, "rounds": model.rounds, "calibrator": model.calibrator.as_dict()}
    return lay(lake, kind, boosters, model.features, whole)


def lay(
    lake: Lake, kind: str, boosters: Mapping[str, Booster], features: Sequence[Feature], card: dict[str, Any]
) -> int:
    """Write boosters, each as a file of its name, and the card of a model of any kind under the next number."""
    files = {f"{name}.txt": booster.model_to_string() for name, booster in boosters.items()}
    return lay_files(lake, kind, files, features, card)


def lay_files(
    lake: Lake, kind: str, texts: Mapping[str, str], features: Sequence[Feature], card: dict[str, Any]
) -> int:
    """Write a model's files by name, and its card, under the next number."""
    place = lake.root / "models" / kind
    place.mkdir(parents=True, exist_ok=True)
    scratch = place / f".new.{os.getpid()}"
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir()
    files = []
    for name, text in texts.items():
        (scratch / name).write_text(text, "utf-8")
        files.append({"name": name, "sha256": hashlib.sha256(text.encode()).hexdigest()})
    number = max(numbers_of(lake, kind), default=0) + 1
    whole = {
        **card, "kind": kind, "number": number, "files": files,
        "features": [{"name": f.name, "monotone": f.monotone, "levels": list(f.levels)} for f in features],
    }  # fmt: skip
    (scratch / "card.json").write_text(
        json.dumps(whole, ensure_ascii=False, indent=1, sort_keys=True), "utf-8"
    )
    scratch.rename(place / str(number))
    return number


def read_card(lake: Lake, kind: str, number: int) -> dict[str, Any]:
    """The card of a model.

    Raises:
        YinkeError: there is no such model (``model_missing``).
    """
    path = folder_of(lake, kind, number) / "card.json"
    if not path.exists():
        raise YinkeError(
            f"There is no {kind} model {number} in the lake", place=str(path.parent), code="model_missing",
            remedy="List the models with: yinke score list",
        )  # fmt: skip
    return dict(json.loads(path.read_text("utf-8")))


def read_files(lake: Lake, kind: str, number: int) -> tuple[dict[str, Any], dict[str, str]]:
    """The card of a model and its files by name.

    Raises:
        YinkeError: there is no such model, or a file is not what was written (``model_missing``, ``model_changed``).
    """
    card = read_card(lake, kind, number)
    texts = {}
    for file in card["files"]:
        path = folder_of(lake, kind, number) / file["name"]
        text = path.read_text("utf-8") if path.exists() else ""
        if hashlib.sha256(text.encode()).hexdigest() != file["sha256"]:
            raise YinkeError(
                "The model's file is not the one that was approved", place=str(path), code="model_changed",
                remedy="Restore the folder from the backup, or roll back to another model",
            )  # fmt: skip
        texts[file["name"]] = text
    return card, texts


def read_boosters(lake: Lake, kind: str, number: int) -> tuple[dict[str, Any], dict[str, Booster]]:
    """The card of a model and its boosters by name.

    Raises:
        As ``read_files``.
    """
    import lightgbm as lgb

    card, texts = read_files(lake, kind, number)
    return card, {name.removesuffix(".txt"): lgb.Booster(model_str=text) for name, text in texts.items()}


def features_of(card: dict[str, Any]) -> tuple[Feature, ...]:
    """The features that a model was trained on."""
    return tuple(Feature(f["name"], tuple(f["levels"]), f["monotone"]) for f in card["features"])


def read_model(lake: Lake, kind: str, number: int) -> StoredModel:
    """Read a model of one probability back; it gives the same scores to the last bit.

    Raises:
        As ``read_boosters``.
    """
    from yinke.scoring.learning.calibration import Calibrator
    from yinke.scoring.learning.fit import Model

    card, boosters = read_boosters(lake, kind, number)
    calibrator = Calibrator.of(card["calibrator"])
    return StoredModel(Model(features_of(card), tuple(boosters.values()), calibrator, card["rounds"]), card)


def released_number(lake: Lake, kind: str) -> int | None:
    """Which model the nights use (冠军, the champion); None: none, the rules alone hold."""
    return _standing(lake, kind).get("number")


def challenger_number(lake: Lake, kind: str) -> int | None:
    """Which model the nights let score beside it (挑战者, the challenger); None: none."""
    return _standing(lake, kind).get("challenger")


def _standing(lake: Lake, kind: str) -> dict[str, int]:
    path = lake.root / "models" / kind / "released.json"
    return dict(json.loads(path.read_text("utf-8"))) if path.exists() else {}


def set_released(lake: Lake, kind: str, number: int | None, challenger: int | None = None) -> None:
    """Say which model the nights use from now on (None: none), and which stands beside it."""
    path = lake.root / "models" / kind / "released.json"
    if number is None:
        path.unlink(missing_ok=True)
        return
    beside = {} if challenger is None else {"challenger": challenger}
    scratch = path.with_name(f".released.{os.getpid()}.tmp")
    scratch.write_text(json.dumps({"number": number, **beside}), "utf-8")
    scratch.replace(path)
