"""YAML files, read by libyaml where it is there: ten times as fast, and every process that starts reads some."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

SAFE: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""Builds nothing but lists, mappings, texts, numbers and dates."""


def read_yaml(path: Path) -> Any:
    """What a UTF-8 file says; null if it is empty.

    Raises:
        yaml.YAMLError: it is no YAML; the message names the line.
    """
    return yaml.load(path.read_text("utf-8"), SAFE)  # noqa: S506 (a safe loader)
