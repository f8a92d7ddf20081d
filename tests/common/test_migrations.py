"""What the models declare stands in the database: a migration may drop more than it says."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.db import connection

OURS = ("access", "customers", "segments", "care", "privacy", "effect", "nightly")


@pytest.mark.django_db
def test_every_index_and_constraint_of_the_models_is_there() -> None:
    missing = []
    for model in apps.get_models():
        if model._meta.app_label not in OURS:
            continue
        with connection.cursor() as cursor:
            there = connection.introspection.get_constraints(cursor, model._meta.db_table)
        declared = [*model._meta.constraints, *model._meta.indexes]
        missing += [f"{model._meta.db_table}.{each.name}" for each in declared if each.name not in there]
        columns = {tuple(found["columns"]) for found in there.values() if found["index"] or found["unique"]}
        missing += [
            f"{model._meta.db_table}.{field.column}" for field in model._meta.local_fields
            if (field.db_index or field.unique) and (field.column,) not in columns
        ]  # fmt: skip
    assert missing == []
