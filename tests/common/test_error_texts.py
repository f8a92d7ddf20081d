"""Every refusal has a text in both languages on the pages."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CODE = re.compile(r'\bcode="([a-z_]+)"|^    code = "([a-z_]+)"$', re.MULTILINE)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_error_code_has_title_and_remedy_on_the_pages(language: str) -> None:
    sources = "\n".join(p.read_text("utf-8") for p in (ROOT / "src" / "yinke").rglob("*.py"))
    codes = {a or b for a, b in CODE.findall(sources)}
    texts = json.loads((ROOT / "web" / "src" / "shared" / f"locale.{language}.json").read_text("utf-8"))[
        "problem"
    ]
    assert {"note_personal", "wrong_password"} <= codes
    assert sorted(code for code in codes if not texts.get(code, {}).get("title")) == []
    assert all(text["remedy"] for text in texts.values())
