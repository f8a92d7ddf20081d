"""数据目录: every stored field is described, and nothing is described that isn't stored."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.db import models
from django.utils.module_loading import import_string

from tests.bank import a_bank
from yinke.common.catalogue import Entry, catalogue
from yinke.common.errors import ConfigurationError
from yinke.common.thresholds import load_thresholds
from yinke.lake.around import SCHEMAS
from yinke.lake.features.night import _NAV
from yinke.lake.ingest.quarantining import SCHEMA
from yinke.lake.oneid.keys import KEYS
from yinke.lake.oneid.night import DECISIONS, MAP, PAIRS
from yinke.lake.snapshot import EVENTS, FEATURES, SNAPSHOT
from yinke.lake.tables import TABLES
from yinke.scoring.churn.score_table import SCORE
from yinke.scoring.value.value_table import VALUE
from yinke.segments.members.parts import SCHEMA as MEMBERS

LISTS = {"auth", "contenttypes"}
"""Django's own lists of what models there are and what can be done to them: of nobody."""
HISTORIES = [m for m in apps.get_models() if hasattr(m, "pgh_tracked_model")]
"""The history of a row has fields of the row, which are described there; of level C2 it holds none (below)."""
MODELS = [
    m for m in apps.get_models()
    if m._meta.managed and not m._meta.proxy and m._meta.app_label not in LISTS and m not in HISTORIES
]  # fmt: skip
"""Those of libraries too: a library may keep personal data that nobody thought of."""


def stored(model: type[models.Model]) -> set[str]:
    return {field.name for field in model._meta.concrete_fields}


LAKE: dict[str, set[str]] = {
    **{name: {c.name for c in (*table.added, *table.columns)} for name, table in TABLES.items()},
    "features": {m.name for m in FEATURES}, "snapshot": {m.name for m in SNAPSHOT}, "events": {e.name for e in EVENTS},
    "aum": {"cust_id", "aum"}, "nav": set(_NAV.names), "ids": {"cust_no", "cust_id"}, "quarantine": set(SCHEMA.names),
    "raw": {"content"}, "erased": {"customers", "accounts"}, **{name: set(schema.names) for name, schema in SCHEMAS.items()},
    "oneid_keys": set(KEYS.names), "oneid_pairs": set(PAIRS.names), "oneid_decisions": set(DECISIONS.names),
    "oneid_map": set(MAP.names), "members": set(MEMBERS.names), "score": set(SCORE.names),
    "value": set(VALUE.names),
}  # fmt: skip


@pytest.mark.parametrize("model", MODELS, ids=lambda m: m._meta.label)
def test_every_field_of_every_model_is_described(model: type[models.Model]) -> None:
    entry = catalogue().get(model._meta.label)
    assert entry, f"describe {model._meta.label} in {model._meta.app_label}/catalogue.yaml"
    assert set(entry.fields) == stored(model)


@pytest.mark.parametrize("table", LAKE)
def test_every_column_of_the_lake_is_described(table: str) -> None:
    assert set(catalogue()[f"lake.{table}"].fields) == LAKE[table]


def test_nothing_is_described_that_is_not_stored() -> None:
    there = {m._meta.label for m in MODELS} | {f"lake.{name}" for name in LAKE}
    assert set(catalogue()) - there == set()


def test_the_lakes_own_levels_are_the_catalogues() -> None:
    for table in TABLES.values():
        for column in (*table.added, *table.columns):
            known = catalogue()[f"lake.{table.name}"].fields[column.name].level
            if column.level and table.name != "staff":  # staff data is the employer's, C1
                assert known == column.level, f"{table.name}.{column.name}"


def _sides(entry: Entry) -> list[str]:
    """Names of the fields that tell who the two of a pair are."""
    lake = entry.table.startswith("lake.")
    return [path if lake else path.removesuffix("_id") for path in entry.people]


@pytest.mark.parametrize("entry", catalogue().values(), ids=lambda e: e.table)
def test_each_entry_says_what_the_jobs_need(entry: Entry) -> None:
    personal = any(f.level for f in entry.fields.values())
    assert not personal or entry.basis != "NONE" or not entry.person, "personal data needs a legal ground"
    if entry.kept:
        assert f"retention.{entry.kept}" in {row.code for row in load_thresholds().rows}
    assert entry.erase in ("NOW", "DELETE", "CLEAR", "KEEP")
    assert set(entry.third) <= set(entry.fields)
    for field in entry.fields.values():
        if field.store == "index":
            assert entry.fields[field.index_of].store == "sealed"
            assert not field.fold or callable(import_string(field.fold.replace(":", ".")))
    assert not entry.counterpart or set(_sides(entry)) <= set(entry.third), "a pair's sides are two people"
    if entry.table.startswith("lake."):
        assert set(entry.people) <= set(entry.fields)
        return
    model = apps.get_model(entry.table)
    for path in entry.people:
        model._default_manager.none().filter(**{path: 1})  # the path exists
    if entry.clock:
        assert isinstance(model._meta.get_field(entry.clock), models.DateField)


def test_bytes_are_sealed_hashed_or_indexed() -> None:
    """No field of bytes can hold something in the clear that nobody noticed."""
    for model in MODELS:
        for field in model._meta.concrete_fields:
            if isinstance(field, models.BinaryField):
                assert catalogue()[model._meta.label].fields[field.name].store, (
                    f"{model._meta.label}.{field.name}"
                )


def test_an_entry_that_is_wrong_is_named(tmp_path: object) -> None:
    from yinke.common.catalogue import _field

    with pytest.raises(ConfigurationError, match="customers"):
        _field("name", "C2 plain | 姓名 | Name", "customers")
    with pytest.raises(ConfigurationError, match="no description"):
        _field("name", "C3 | 密码 | Password", "customers")  # C3 is never stored


@pytest.mark.django_db
class TestPage:
    def test_compliance_auditors_and_security_see_it_others_do_not(self) -> None:
        bank = a_bank()
        for role in ("COMPLIANCE", "AUDITOR", "SEC_ADMIN", "HQ_OPS", "SYS_ADMIN", "RM"):
            bank.with_staff(role, role)
        seen = {role: bank.client(role).get("/api/catalogue").status_code for role in bank.staff}
        assert seen == {
            "COMPLIANCE": 200,
            "AUDITOR": 200,
            "SEC_ADMIN": 200,
            "HQ_OPS": 403,
            "SYS_ADMIN": 403,
            "RM": 403,
        }

    def test_it_says_level_ground_and_time_of_each_table(self) -> None:
        bank = a_bank().with_staff("合规", "COMPLIANCE")
        rows = {row["table"]: row for row in bank.client("合规").get("/api/catalogue").json()}
        customer = rows["customers.Customer"]
        assert (customer["level"], customer["basis"], customer["kept_days"]) == ("C2", "CONTRACT", 3653)
        assert "反洗钱法" in customer["kept_source"]
        assert {
            "name": "name_sealed",
            "zh": "姓名",
            "en": "Name",
            "level": "C2",
            "store": "sealed",
        } in customer["fields"]
        assert set(rows) == set(catalogue())


def test_no_history_keeps_personal_data() -> None:
    assert len(HISTORIES) >= 8
    for event in HISTORIES:
        of = event.pgh_tracked_model
        described = catalogue()[of._meta.label].fields
        kept = {field.name for field in event._meta.concrete_fields if not field.name.startswith("pgh_")}
        assert {name for name in kept - {"id"} if described[name].level == "C2"} <= {"name"}, (
            of
        )  # a colleague's name
