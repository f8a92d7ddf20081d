"""The org tree and the people follow the core bank's files."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.bank import a_day
from yinke.access.models import Org, User
from yinke.access.queries import subtree
from yinke.access.services import sync_orgs, sync_staff
from yinke.common.errors import YinkeError
from yinke.lake.store import Day, Lake

pytestmark = pytest.mark.django_db

TREE: list[dict[str, Any]] = [
    {"org_no": "3", "parent_no": "2", "name": "徐汇支行", "level": 4, "status": "OPEN"},
    {"org_no": "2", "parent_no": "1", "name": "上海分行", "level": 2, "status": "OPEN"},
    {"org_no": "1", "name": "总行", "level": 1, "status": "OPEN"},
]
STAFF = [{"emp_no": "E1", "name": "李", "org_no": "3", "post": "RM", "status": "ACTIVE", "licences": "FUND"}]


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake(tmp_path)


def day(lake: Lake, orgs: list[dict[str, Any]] = TREE, staff: list[dict[str, Any]] = STAFF) -> Day:
    return a_day(lake, date(2026, 10, 30), org=orgs, staff=staff)


def test_paths_are_whole_segments_from_the_root_down(lake: Lake) -> None:
    assert sync_orgs(day(lake)) == 3
    ids = {org.org_no: org.id for org in Org.objects.all()}
    assert Org.objects.get(org_no="3").path == f"/{ids['1']}/{ids['2']}/{ids['3']}/"
    assert subtree(Org.objects.get(org_no="2")) == {ids["2"], ids["3"]}


def test_the_subtree_of_org_1_does_not_hold_org_11(lake: Lake) -> None:
    many = [
        TREE[2],
        *(
            {"org_no": f"b{n}", "parent_no": "1", "name": "分行", "level": 2, "status": "OPEN"}
            for n in range(30)
        ),
    ]
    sync_orgs(day(lake, many))
    short = min(Org.objects.exclude(org_no="1"), key=lambda org: org.id)
    assert subtree(short) == {short.id}


def test_an_unchanged_tree_is_not_written(lake: Lake) -> None:
    today = day(lake)
    sync_orgs(today)
    sync_staff(today)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert (sync_orgs(today), sync_staff(today)) == (0, 0)
    assert not [q for q in asked.captured_queries if q["sql"].startswith(("UPDATE", "INSERT"))]


def test_an_org_that_moves_takes_its_subtree_along(lake: Lake) -> None:
    sync_orgs(day(lake))
    moved = [{"org_no": "4", "parent_no": "1", "name": "浙江分行", "level": 2, "status": "OPEN"},
             {**TREE[0], "parent_no": "4"}, *TREE[1:]]  # fmt: skip
    sync_orgs(day(lake, moved))
    assert Org.objects.get(org_no="3").id in subtree(Org.objects.get(org_no="4"))
    assert Org.objects.get(org_no="3").id not in subtree(Org.objects.get(org_no="2"))


def test_an_org_no_longer_listed_is_closed_and_kept(lake: Lake) -> None:
    sync_orgs(day(lake))
    sync_orgs(day(lake, TREE[1:]))
    assert dict(Org.objects.values_list("org_no", "is_open")) == {"1": True, "2": True, "3": False}


def test_parents_that_run_in_a_circle_are_refused(lake: Lake) -> None:
    circle = [{**TREE[0], "parent_no": "2"}, {**TREE[1], "parent_no": "3"}, TREE[2]]
    with pytest.raises(YinkeError, match="circle"):
        sync_orgs(day(lake, circle))
    assert not Org.objects.exists()


def test_new_staff_cannot_sign_in_before_a_password_is_set(lake: Lake) -> None:
    today = day(lake)
    sync_orgs(today)
    assert sync_staff(today) == 1
    user = User.objects.get(emp_no="E1")
    assert (user.role, user.org.org_no, user.licences, user.is_active) == ("RM", "3", "FUND", True)
    assert not user.has_usable_password()


@pytest.mark.parametrize("later", [[{**STAFF[0], "status": "LEFT"}], []])
def test_staff_who_leave_or_vanish_are_out(lake: Lake, later: list[dict[str, Any]]) -> None:
    for staff in (STAFF, later):
        today = day(lake, staff=staff)
        sync_orgs(today)
        sync_staff(today)
    assert not User.objects.get(emp_no="E1").is_active


def test_a_password_survives_a_move_to_another_org(lake: Lake) -> None:
    today = day(lake)
    sync_orgs(today)
    sync_staff(today)
    User.objects.filter(emp_no="E1").update(password="kept")
    assert sync_staff(day(lake, staff=[{**STAFF[0], "org_no": "2"}])) == 1
    user = User.objects.get(emp_no="E1")
    assert (user.password, user.org.org_no) == ("kept", "2")


def test_a_bank_without_a_staff_file_keeps_its_people_and_one_without_orgs_is_told(lake: Lake) -> None:
    today = day(lake)
    sync_orgs(today)
    sync_staff(today)
    bare = a_day(lake, date(2026, 10, 31), org=TREE)
    assert sync_staff(bare) == 0
    assert User.objects.get(emp_no="E1").is_active
    with pytest.raises(YinkeError, match="no orgs"):
        sync_orgs(a_day(lake, date(2026, 11, 1), staff=STAFF))


def test_an_account_closed_by_hand_stays_closed_over_the_nights(lake: Lake) -> None:
    today = day(lake)
    sync_orgs(today)
    sync_staff(today)
    User.objects.update(is_disabled=True, is_active=False)
    assert sync_staff(today) == 0
    assert not User.objects.get(emp_no="E1").is_active
    User.objects.update(is_disabled=False)
    sync_staff(today)
    assert User.objects.get(emp_no="E1").is_active


def test_staff_of_an_org_that_was_merged_away_belong_to_the_one_that_took_it_over(lake: Lake) -> None:
    merged = [
        {**TREE[0], "status": "CLOSED", "successor_no": "5"}, *TREE[1:],
        {"org_no": "4", "parent_no": "2", "name": "静安支行", "level": 4, "status": "OPEN"},
        {"org_no": "5", "parent_no": "2", "name": "并入", "level": 4, "status": "CLOSED", "successor_no": "4"},
    ]  # fmt: skip
    for orgs in (TREE, merged):
        today = day(lake, orgs)
        sync_orgs(today)
        sync_staff(today)
    assert User.objects.get(emp_no="E1").org.org_no == "4"
