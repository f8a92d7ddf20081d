"""YAML as people expect it in a description: ``NO``, ``ON``, ``01`` and ``06:00`` are texts."""

from __future__ import annotations

import re
from typing import Any

from yinke.common.yaml_files import SAFE


class PlainLoader(SAFE):  # type: ignore[misc]
    """Reads YAML's JSON subset of scalars; everything else is text.

    >>> import yaml
    >>> yaml.load("[NO, on, 01, 06:00, 2026-01-31, true, 3, 0.1]", PlainLoader)
    ['NO', 'on', '01', '06:00', '2026-01-31', True, 3, 0.1]
    """

    yaml_implicit_resolvers: dict[str, Any] = {}


PlainLoader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(true|false)$"), list("tf"))
PlainLoader.add_implicit_resolver("tag:yaml.org,2002:null", re.compile(r"^(null|~|)$"), ["n", "~", ""])
PlainLoader.add_implicit_resolver(
    "tag:yaml.org,2002:int", re.compile(r"^-?(0|[1-9][0-9]*)$"), list("-0123456789")
)
PlainLoader.add_implicit_resolver(
    "tag:yaml.org,2002:float", re.compile(r"^-?(0|[1-9][0-9]*)\.[0-9]+$"), list("-0123456789")
)
