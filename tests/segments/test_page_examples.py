"""The sentences that the pages offer to begin with are sentences that the grammar reads."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from yinke.segments.rules.parse import parse

LOCALES = Path(__file__).parents[2] / "web/src/segments"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_each_example_is_understood(language: str) -> None:
    texts = json.loads((LOCALES / f"locale.{language}.json").read_text("utf-8"))
    for name in ("rich", "maturing", "leaving"):
        found = parse(texts["examples"][name])
        assert found.rule is not None, (name, found.not_understood)
