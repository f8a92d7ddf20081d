"""Sign-in under a production bank's thresholds: the test settings are a demo's."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml


def use_thresholds(settings: Any, folder: Path, **values: Any) -> None:
    """Lay these over the defaults, as a bank's own file would: ``session__hours=4`` is ``session.hours``."""
    rows = [
        {
            "code": code.replace("__", "."),
            "value": value,
            "owner": "t",
            "source": "t",
            "valid_from": "2020-01-01",
        }
        for code, value in values.items()
    ]
    path = folder / "thresholds.yaml"
    text = yaml.safe_dump(rows, allow_unicode=True).replace("'2020-01-01'", "2020-01-01")
    path.write_text(text, "utf-8")
    settings.YINKE = replace(settings.YINKE, thresholds=path)
