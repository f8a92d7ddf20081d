"""Names in the API's description: one name, one model (django-ninja lets the later one win without a word)."""

from __future__ import annotations

import importlib
import pkgutil
from collections import Counter

from ninja import Schema

import yinke


def test_no_two_models_of_the_api_share_a_name() -> None:
    for module in pkgutil.walk_packages(yinke.__path__, "yinke."):
        if module.name.endswith(("schemas", "api")):
            importlib.import_module(module.name)
    names = Counter(model.__name__ for model in _models(Schema))
    assert [name for name, count in names.items() if count > 1] == []


def _models(model: type) -> set[type]:
    below = {each for each in model.__subclasses__() if each.__module__.startswith("yinke.")}
    return below.union(*(_models(each) for each in model.__subclasses__()))
