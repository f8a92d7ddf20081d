"""Between two nights: a tag put on by hand moves its customer at once, and is told once."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings

from tests.bank import TODAY, Bank, a_bank, a_day, a_lake
from yinke.common.thresholds import load_thresholds
from yinke.customers.custom_models import CustomField
from yinke.customers.list_models import BulkAction, CustomerTag, Tag
from yinke.lake.engine import Engine
from yinke.segments.kept import members_of, members_store
from yinke.segments.models import Segment, SegmentMove
from yinke.segments.moves import keys_of, moves_since, newest
from yinke.segments.night import refresh_members, wanted_days

pytestmark = pytest.mark.django_db


@pytest.fixture
def bank(tmp_path: Path, settings: Any) -> Iterator[Bank]:
    """Three customers of one manager, 张 rich; a segment of those who are rich and have the tag, another of the rest."""
    settings.YINKE = replace(django_settings.YINKE, lake=tmp_path, home=tmp_path)
    bank = a_bank().with_branch("徐汇").with_head("徐头").with_manager("徐经")
    for name, aum in (("张", 600_000), ("王", 10), ("李", 700_000)):
        bank.with_customer(name, aum=aum)
    tag = Tag.objects.create(org=bank.orgs["徐汇"], name="爱跑步", made_by=bank.staff["徐头"])
    has = {"type": "compare", "field": "tag", "op": "has_any", "value": [f"{tag.id}"]}
    rich = {"type": "compare", "field": "aum", "op": "ge", "value": 500_000}
    rules = {
        "runners": {"type": "all", "of": [rich, has]}, "others": {"type": "not", "of": {"type": "segment", "segment": "runners"}},
        "rich": rich,
    }  # fmt: skip
    for code, rule in rules.items():
        made = Segment.objects.create(code=code, name_zh=code, kind="DYNAMIC", scope="BANK", status="IN_USE")
        made.versions.create(number=1, rule={"where": rule}, status="APPROVED")
    yield bank


def night(bank: Bank, engine: Engine, on: date) -> None:
    lake = a_lake(django_settings.YINKE.lake)
    rows = [{"cust_id": c.id, "aum": c.metrics.aum, "org_no": "1"} for c in bank.customers.values()]
    day = a_day(lake, on, snapshot=rows)
    refresh_members(engine, lake, day, load_thresholds(None).at(on))


def test_a_tag_moves_its_customer_at_once_and_the_night_does_not_tell_it_again(
    bank: Bank, duck: Engine
) -> None:
    night(bank, duck, TODAY)
    zhang, wang, li = (bank.customers[name].id for name in ("张", "王", "李"))
    store, tag = members_store(), Tag.objects.get()
    start = newest(store)
    assert (set(members_of("runners")), set(members_of("others"))) == (set(), {zhang, wang, li})
    body = {"kind": "TAG_ADD", "target": tag.id, "ids": [zhang, wang], "expected": 2}
    done = bank.client("徐经").post("/api/bulk", json.dumps(body), content_type="application/json")
    assert done.status_code == 200
    moves = set(SegmentMove.objects.values_list("key", "customer_id", "entered", "cause"))
    assert moves == {("segment:runners", zhang, True, "tag"), ("segment:others", zhang, False, "tag")}
    assert (set(members_of("runners")), set(members_of("others"))) == ({zhang}, {wang, li})
    assert {"segment:runners", "segment:rich"} <= set(keys_of(store, zhang))
    keys = ("segment:runners", "segment:others", "segment:rich")
    found, then = moves_since(store, start, keys)
    assert {(c.key, *c.entered, -sum(c.left), c.cause) for c in found} == {
        ("segment:runners", zhang, 0, "tag"), ("segment:others", -zhang, "tag")
    }  # fmt: skip
    assert moves_since(store, then, keys)[0] == []
    night(bank, duck, TODAY + timedelta(days=1))
    assert moves_since(store, then, keys)[0] == []
    assert set(members_of("runners")) == {zhang}
    undone = bank.client("徐经").post(f"/api/bulk/{done.json()['id']}/undo")
    assert undone.status_code == 204
    assert (set(members_of("runners")), set(members_of("others"))) == (set(), {zhang, wang, li})
    action = BulkAction.objects.create(user=bank.staff["徐经"], kind="TAG_ADD", count=1, tag=tag)
    CustomerTag.objects.create(
        customer_id=zhang, tag=tag, by=bank.staff["徐经"], added_in=action
    )  # nobody was told of it
    night(bank, duck, TODAY + timedelta(days=2))
    told, _ = moves_since(store, then, ("segment:runners",))
    assert [(c.cause, list(c.entered), list(c.left)) for c in told] == [
        ("tag", [], [zhang]), ("night", [zhang], [])
    ]  # fmt: skip


def test_a_night_that_is_found_anew_after_the_day_tells_each_change_once(bank: Bank, duck: Engine) -> None:
    night(bank, duck, TODAY - timedelta(days=1))
    store, tag = members_store(), Tag.objects.get()
    start, zhang = newest(store), bank.customers["张"].id
    night(bank, duck, TODAY)
    body = {"kind": "TAG_ADD", "target": tag.id, "ids": [zhang], "expected": 1}
    done = bank.client("徐经").post("/api/bulk", json.dumps(body), content_type="application/json")
    assert done.status_code == 200
    night(bank, duck, TODAY)  # corrected files: the tag is there already
    told, _ = moves_since(store, start, ("segment:runners",))
    assert [(c.cause, c.biz_date, list(c.entered)) for c in told] == [("tag", TODAY, [zhang])]


def test_a_field_of_the_banks_own_moves_its_customer_at_once(bank: Bank, duck: Engine) -> None:
    field = CustomField.objects.create(
        code="wedding", kind="DATE", name_zh="纪念日", owner=bank.staff["徐头"]
    )
    soon = {"type": "compare", "field": "custom.wedding", "op": "in_next", "value": {"n": 7, "unit": "day"}}
    made = Segment.objects.create(code="soon", name_zh="将至", kind="DYNAMIC", scope="BANK", status="IN_USE")
    made.versions.create(number=1, rule={"where": soon}, status="APPROVED")
    night(bank, duck, TODAY)
    zhang = bank.customers["张"].id
    for day, expected in (("2026-11-06", {zhang}), ("2026-11-07", set()), ("2026-10-31", {zhang})):
        answer = bank.client("徐经").put(
            f"/api/customers/{zhang}/custom-fields/{field.code}", json.dumps({"value": day}),
            content_type="application/json",
        )  # fmt: skip
        assert answer.status_code == 204 and set(members_of("soon")) == expected
    assert [(move.entered, move.cause) for move in SegmentMove.objects.order_by("id")] == [
        (True, "custom"), (False, "custom"), (True, "custom"),
    ]  # fmt: skip
    night(bank, duck, TODAY + timedelta(days=1))  # the day itself is no longer ahead
    assert set(members_of("soon")) == set()


def test_who_is_found_weekly_or_by_hand_stays_as_found_until_then(bank: Bank, duck: Engine) -> None:
    Segment.objects.filter(code="runners").update(schedule="WEEKLY")
    Segment.objects.filter(code="rich").update(schedule="BY_HAND")
    night(bank, duck, TODAY)  # a Friday; who was never found is found
    zhang, wang, li = (bank.customers[name].id for name in ("张", "王", "李"))
    store, tag = members_store(), Tag.objects.get()
    start, keys = newest(store), ("segment:runners", "segment:others", "segment:rich")
    assert set(members_of("rich")) == {zhang, li}
    body = {"kind": "TAG_ADD", "target": tag.id, "ids": [zhang], "expected": 1}
    assert (
        bank.client("徐经").post("/api/bulk", json.dumps(body), content_type="application/json").status_code
        == 200
    )
    assert [(m.key, m.entered) for m in SegmentMove.objects.all()] == [("segment:others", False)]
    bank.customers["李"].metrics.aum = 10
    saturday, sunday = TODAY + timedelta(days=1), TODAY + timedelta(days=2)
    night(bank, duck, saturday)
    assert [store.as_of(key) for key in keys] == [TODAY, saturday, TODAY]
    assert [set(members_of(code)) for code in ("runners", "others")] == [set(), {wang, li}]  # by its rule
    night(bank, duck, sunday)
    assert [store.as_of(key) for key in keys] == [sunday, sunday, TODAY]
    assert [set(members_of(code)) for code in ("runners", "rich")] == [{zhang}, {zhang, li}]
    assert "segment:rich" in keys_of(store, li)
    told, _ = moves_since(store, start, keys)
    assert [(c.key, c.biz_date, list(c.entered), list(c.left), c.cause) for c in told] == [
        ("segment:others", TODAY, [], [zhang], "tag"), ("segment:runners", sunday, [zhang], [], "night")
    ]  # fmt: skip
    Segment.objects.filter(code="rich").update(schedule="NIGHTLY")
    night(bank, duck, sunday)
    assert set(members_of("rich")) == {zhang}


def test_the_night_looks_at_the_newest_date_corrections_and_a_new_pasts_month_ends(
    bank: Bank, duck: Engine
) -> None:
    lake = a_lake(django_settings.YINKE.lake)
    first = date(2026, 3, 29)
    for n in range(0, 160, 8):
        a_day(lake, first + timedelta(days=n), snapshot=[])
    may, june, july, newest_day = (date(2026, 5, 24), date(2026, 6, 25), date(2026, 7, 27), date(2026, 8, 28))
    assert [day.biz_date for day in wanted_days(lake, [])] == [may, june, july, newest_day]
    members_store().put("segment:rich", 1, june, members_of("rich"))
    corrected = [day for one in (may, june) if (day := lake.day(one))]
    assert [day.biz_date for day in wanted_days(lake, corrected)] == [june, july, newest_day]
