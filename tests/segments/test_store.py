"""客群: saved, approved, seen, compared and closed by the people of a bank, through the API."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from django.conf import settings as django_settings
from django.core.files.uploadedfile import SimpleUploadedFile
from pyroaring import BitMap

from tests.bank import TODAY, Bank, a_bank, a_day, a_lake
from yinke.access.models import AuditEntry
from yinke.customers.models import Customer
from yinke.segments import asking
from yinke.segments.definitions import broken, rules_in_use
from yinke.segments.kept import members_store
from yinke.segments.models import ListedCustomer, Segment, SegmentVersion
from yinke.segments.moves import Cursor, forget, moves_since, newest
from yinke.segments.ready import ready_segments
from yinke.segments.services.install import install_ready_segments

pytestmark = pytest.mark.django_db


def aum(value: int, op: str = "ge") -> dict[str, Any]:
    return {"type": "compare", "field": "aum", "op": op, "value": value}


def rule(*conditions: dict[str, Any], type: str = "all") -> dict[str, Any]:
    return {"version": 1, "where": {"type": type, "of": list(conditions)}}


RICH = rule(aum(500_000))
MEMBER = {"type": "segment", "segment": "rich"}


@pytest.fixture
def bank(tmp_path: Path, settings: Any) -> Iterator[Bank]:
    """Two branches: six rich and one poor customer in the first, one rich in the second; two heads at the first."""
    settings.YINKE = replace(django_settings.YINKE, lake=tmp_path, home=tmp_path)
    bank = (
        a_bank().with_staff("运营", "HQ_OPS").with_staff("运营二", "HQ_OPS").with_staff("合规", "COMPLIANCE")
    )
    bank.with_org("东分行", level=2).with_staff("零售", "RETAIL_MGR")
    bank.with_branch("徐汇", under="东分行").with_head("徐头").with_head("徐副").with_manager("徐经")
    for n in range(6):
        bank.with_customer(f"富{n}", aum=600_000 + n, mobile=f"1380000000{n}")
    bank.with_customer("贫", aum=10, tier=0)
    bank.with_branch("黄浦").with_head("黄头").with_manager("黄经").with_customer("王", aum=900_000)
    orgs = {org.id: org.org_no for org in bank.orgs.values()}
    rows = [
        {"cust_id": c.id, "org_no": orgs[c.org_id], "aum": c.metrics.aum, "tier": c.metrics.tier, "stage": "STABLE"}
        for c in bank.customers.values()
    ]  # fmt: skip
    lines = [
        {"org_no": org.org_no, "parent_no": orgs.get(org.parent_id), "name": org.name}
        for org in bank.orgs.values()
    ]
    a_day(a_lake(tmp_path), TODAY, snapshot=rows, org=lines)
    asking._live.clear()
    yield bank
    asking._live.clear()


def post(bank: Bank, who: str, path: str = "", **body: Any) -> Any:
    place = f"/api/segments/{path}" if path else "/api/segments"
    return bank.client(who).post(place, json.dumps(body), content_type="application/json")


def put(bank: Bank, who: str, path: str, **body: Any) -> Any:
    return bank.client(who).put(f"/api/segments/{path}", json.dumps(body), content_type="application/json")


def get(bank: Bank, who: str, path: str, **query: Any) -> Any:
    answer = bank.client(who).get(f"/api/{path}", query)
    assert answer.status_code == 200, answer.content
    return answer.json()


def make(bank: Bank, who: str, name: str, scope: str, wanted: Any = RICH, **more: Any) -> str:
    made = post(bank, who, name_zh=name, name_en=more.pop("en", ""), scope=scope, rule=wanted, **more)
    assert made.status_code == 200, made.content
    return str(made.json()["code"])


def approved(bank: Bank, who: str, name: str, scope: str, wanted: Any = RICH, **more: Any) -> str:
    by = more.pop("by", "合规")
    code = make(bank, who, name, scope, wanted, **more)
    answer = post(bank, by, f"{code}/versions/1/approve", outreach=True)
    assert answer.status_code == 200, answer.content
    return code


def test_a_segment_of_the_bank_holds_members_once_somebody_else_approved_it(bank: Bank) -> None:
    code = make(bank, "运营", "富裕", "BANK", en="Rich")
    draft = get(bank, "运营", f"segments/{code}")
    assert (code, draft["status"], draft["waiting"], draft["customers"]) == ("rich", "DRAFT", 1, None)
    assert draft["sentence"] == "AUM不低于 50 万元" and "decide" not in draft["may"]
    assert get(bank, "合规", "segments", waiting=True)["rows"][0]["code"] == code
    assert bank.client("徐头").get(f"/api/segments/{code}").status_code == 404  # a draft of the head office
    for who, status in (("运营", 403), ("徐头", 403), ("零售", 404), ("合规", 200)):
        assert post(bank, who, f"{code}/versions/1/approve", outreach=True).status_code == status, who
    told = get(bank, "运营", f"segments/{code}")
    assert (told["status"], told["outreach"], told["customers"], told["as_of"]) == (
        "IN_USE", True, 7, str(TODAY),
    )  # fmt: skip
    assert get(bank, "徐头", f"segments/{code}")["customers"] == 6  # of the own branch
    assert get(bank, "黄头", "segments")["rows"][0]["customers"] == 1
    moved = post(bank, "合规", f"{code}/versions/1/refuse", reason="不需要")
    assert (moved.status_code, moved.json()["code"]) == (409, "segment_moved")
    post(bank, "运营", f"{code}/versions", rule=rule(aum(700_000)), based_on=1)
    for deed in ("approve", "refuse"):  # a branch sees what is the whole bank's, and does not decide it
        beyond = post(bank, "零售", f"{code}/versions/2/{deed}", outreach=True, reason="不需要")
        assert (beyond.status_code, beyond.json()["code"]) == (403, "not_allowed")
    actions = list(AuditEntry.objects.filter(object_id=code).values_list("action", flat=True))
    assert actions == ["segment.save", "segment.save", "segment.approve", "segment.save"]


def test_who_saves_does_not_decide_and_nobody_decides_beyond_the_own_orgs(bank: Bank) -> None:
    code = make(bank, "零售", "富", "ORG")
    own = post(bank, "零售", f"{code}/versions/1/approve")
    assert (own.status_code, own.json()["code"]) == (403, "maker_checker")
    assert "decide" not in get(bank, "零售", f"segments/{code}")["may"]
    assert post(bank, "合规", f"{code}/versions/1/approve", outreach=False).status_code == 200
    assert (
        post(bank, "零售", f"{code}/outreach", allowed=True).status_code == 403
    )  # nor is its outreach the maker's
    branch = make(bank, "徐头", "支行富", "ORG")
    assert post(bank, "零售", f"{branch}/versions/1/refuse", reason="").json()["code"] == "reason_missing"
    assert post(bank, "零售", f"{branch}/versions/1/approve", outreach=False).status_code == 200
    assert get(bank, "徐头", f"segments/{branch}")["outreach"] is False
    assert post(bank, "零售", f"{branch}/outreach", allowed=True).json()["outreach"] is True
    assert post(bank, "徐头", f"{branch}/outreach", allowed=True).status_code == 403
    stale = make(bank, "徐头", "支行贫", "ORG", rule(aum(10, "le")))
    SegmentVersion.objects.filter(segment__code=stale).update(
        rule=rule({**aum(1), "field": "of_an_old_feed"})
    )
    wrong = post(bank, "零售", f"{stale}/versions/1/approve", outreach=False)
    assert (wrong.status_code, wrong.json()["place"]) == (400, "/where/of/0/field")
    other = make(bank, "黄头", "黄浦富", "ORG")
    assert post(bank, "零售", f"{other}/versions/1/approve").status_code == 404
    assert post(bank, "黄头", name_zh="全行", scope="BANK", rule=RICH).status_code == 403
    assert (
        post(bank, "黄头", name_zh="别的", scope="ORG", org_id=bank.orgs["徐汇"].id, rule=RICH).status_code
        == 403
    )


def test_ones_own_segment_needs_no_approval_and_is_nobody_elses(bank: Bank) -> None:
    code = make(bank, "徐头", "我的富", "MINE")
    told = get(bank, "徐头", f"segments/{code}")
    assert (told["status"], told["customers"], told["outreach"]) == ("IN_USE", 6, False)
    assert "decide" not in told["may"] and "outreach" not in told["may"]
    for who in ("徐副", "运营", "合规"):
        assert bank.client(who).get(f"/api/segments/{code}").status_code == 404
    key, (number, meant) = next(iter(rules_in_use().items()))
    assert (key, number) == (f"segment:{code}", 1)
    assert meant.where.of[0].value == [bank.orgs["徐汇"].org_no]  # type: ignore[union-attr]
    refused = post(bank, "运营", name_zh="全行富", scope="BANK", rule=rule({**MEMBER, "segment": code}))
    assert refused.json()["code"] == "rule_wrong"  # others could not see what it means
    branch = approved(bank, "徐头", "支行富", "ORG", by="零售")
    beyond = post(bank, "运营", name_zh="全行富", scope="BANK", rule=rule({**MEMBER, "segment": branch}))
    assert beyond.json()["code"] == "rule_wrong"  # the other branches could not


def test_two_editors_at_once_lose_nothing(bank: Bank) -> None:
    code = make(bank, "徐头", "富", "ORG")
    first = post(
        bank,
        "徐副",
        f"{code}/versions",
        rule=rule(aum(500_000), aum(1_000_000, "lt")),
        based_on=1,
        note="封顶",
    )
    assert (first.status_code, first.json()["number"], first.json()["status"]) == (200, 2, "PENDING")
    late = post(bank, "徐头", f"{code}/versions", rule=rule(aum(1_000_000)), based_on=1)
    assert (late.status_code, late.json()["code"]) == (409, "segment_moved")
    assert late.json()["place"].startswith("v2 徐副 20")
    history = get(bank, "徐头", f"segments/{code}/versions")
    assert [(v["number"], v["made_by"], v["status"]) for v in history] == [
        (2, "徐副", "PENDING"), (1, "徐头", "WITHDRAWN"),
    ]  # fmt: skip
    back = post(bank, "徐头", f"{code}/versions/1/restore", based_on=2).json()
    assert (back["number"], back["sentence"], back["note"]) == (3, "AUM不低于 50 万元", "= v1")
    assert post(bank, "徐副", f"{code}/versions/3/withdraw").json()["status"] == "WITHDRAWN"


def test_two_versions_differ_condition_by_condition(bank: Bank) -> None:
    tier = {"type": "compare", "field": "tier", "op": "ge", "value": 3}
    code = make(bank, "徐头", "富", "MINE", rule(aum(500_000), tier))
    stage = {"type": "compare", "field": "stage", "op": "in", "value": ["STABLE"]}
    assert (
        post(
            bank, "徐头", f"{code}/versions", rule=rule(stage, aum(1_000_000), type="any"), based_on=1
        ).status_code
        == 200
    )
    told = get(bank, "徐头", f"segments/{code}/diff", before=1, after=2)["changes"]
    assert [(c["kind"], c["place_before"], c["place_after"], c["before"], c["after"]) for c in told] == [
        ("joined", "/where", "/where", "all", "any"),
        ("added", "", "/where/of/0", "", "生命周期属于平稳"),
        ("changed", "/where/of/0", "/where/of/1", "AUM不低于 50 万元", "AUM不低于 100 万元"),
        ("removed", "/where/of/1", "", "服务等级不低于 金葵花", ""),
    ]


def test_a_segment_that_others_refer_to_is_not_closed_and_circles_are_refused(bank: Bank) -> None:
    approved(bank, "运营", "富裕", "BANK", en="Rich")
    code = approved(bank, "运营", "富且稳", "BANK", rule(MEMBER, aum(700_000)), by="合规")
    assert get(bank, "运营", f"segments/{code}")["sentence"] == "属于客群“富裕”，且 AUM不低于 70 万元"
    counted = post(bank, "徐头", "check", rule=rule({**MEMBER, "segment": code}))
    assert (counted.status_code, counted.json()["count"]["customers"]) == (200, 0)
    assert post(bank, "黄头", "check", rule=rule(MEMBER)).json()["count"]["customers"] == 1
    assert get(bank, "黄头", "segments/rich/uses") == [{"kind": "segment", "code": code, "name": "富且稳"}]
    used = post(bank, "运营", "rich/close")
    assert (used.status_code, used.json()["code"], used.json()["place"]) == (409, "segment_used", "富且稳")
    circle = post(bank, "运营", "rich/versions", rule=rule({**MEMBER, "segment": code}), based_on=1)
    assert (circle.status_code, circle.json()["place"]) == (400, "/where/of/0/segment")
    assert post(bank, "运营", f"{code}/close").json()["status"] == "CLOSED"
    assert post(bank, "运营", "rich/close").json()["may"] == ["reopen"]
    assert get(bank, "运营", "segments")["rows"] == []
    gone = post(bank, "徐头", "check", rule=rule(MEMBER)).json()["problems"][0]
    assert gone["code"] == "no_segment"
    refused = post(bank, "运营", f"{code}/reopen").json()  # its rule refers to what is closed
    assert refused["problems"][0]["code"] == "no_segment" and broken() == [code] and rules_in_use() == {}
    assert post(bank, "运营", "rich/reopen").json()["outreach"] is False and len(rules_in_use()) == 2


def test_members_are_listed_within_the_scope_masked_and_sorted(bank: Bank) -> None:
    approved(bank, "运营", "富裕", "BANK", en="Rich")
    page = get(bank, "徐头", "segments/rich/members", sort="-aum")
    assert [row["name"] for row in page["rows"]] == [f"富{n}" for n in (5, 4, 3, 2, 1, 0)]
    assert (page["total"], page["pages"], page["as_of"]) == (6, 1, str(TODAY))
    assert page["rows"][0]["aum"] == "600005.00" and page["rows"][0]["entered"] == str(TODAY)
    assert [row["name"] for row in get(bank, "黄头", "segments/rich/members", sort="entered")["rows"]] == [
        "王"
    ]
    whole = get(bank, "合规", "segments/rich/members", sort="-entered")
    assert {row["name"] for row in whole["rows"]} == {"富*", "*"}
    assert {row["aum"] for row in whole["rows"]} == {"500000"}
    assert AuditEntry.objects.filter(action="segment.members", object_id="rich").count() == 3
    exact = approved(bank, "徐头", "精确", "ORG", rule(aum(600_004)), by="零售")
    told = get(bank, "合规", f"segments/{exact}")
    assert (told["customers"], told["few"]) == (None, 5)  # two: few
    assert len(get(bank, "运营", f"segments/{exact}/members")["rows"]) == 2  # another has approved it
    own = make(bank, "运营", "试探", "MINE", rule(aum(600_004)))
    for code in (own, make(bank, "运营", "绕道", "MINE", rule({**MEMBER, "segment": own}))):
        refused = bank.client("运营").get(f"/api/segments/{code}/members")
        assert (refused.status_code, refused.json()["code"]) == (400, "band_edges_only")
    told = get(bank, "运营", f"customers/{bank.customers['富5'].id}/segments")
    assert {one["name"] for one in told} == {"富裕", "精确"}
    mine = get(bank, "徐经", f"customers/{bank.customers['富5'].id}/segments")
    assert [(s["name"], s["since"]) for s in mine] == [("富裕", str(TODAY)), ("精确", str(TODAY))]
    assert bank.client("黄经").get(f"/api/customers/{bank.customers['富5'].id}/segments").status_code == 404


def test_sizes_overlap_and_flow_are_told_within_the_scope(bank: Bank) -> None:
    approved(bank, "运营", "富裕", "BANK", en="Rich")
    approved(bank, "运营", "百万", "BANK", rule(aum(1_000_000)), en="Million")
    ids = {name: c.id for name, c in bank.customers.items()}
    store, then = members_store(), TODAY - timedelta(days=30)
    store.put("segment:rich", 1, then, BitMap([ids["富0"], ids["富1"], ids["王"], ids["贫"]]))
    store.put("segment:million", 1, then, BitMap([ids["富2"], ids["王"]]))
    store.put("segment:million", 1, TODAY, BitMap([ids["富0"], ids["富1"], ids["富2"]]))
    for sort, ordered in (("entered", [then] * 3 + [TODAY] * 4), ("-entered", [TODAY] * 4 + [then] * 3)):
        rows = get(bank, "运营", "segments/rich/members", sort=sort)["rows"]
        assert [row["entered"] for row in rows] == [f"{day}" for day in ordered]
    told = get(bank, "运营", "segments/rich/sizes")
    assert told["whole"] and [(s["biz_date"], s["customers"]) for s in told["rows"]] == [
        (str(then), None), (str(TODAY), 7),
    ]  # fmt: skip
    mine = get(bank, "徐头", "segments/rich/sizes")
    assert (mine["whole"], [s["customers"] for s in mine["rows"]]) == (False, [6])
    row = next(r for r in get(bank, "徐头", "segments")["rows"] if r["code"] == "rich")
    assert (row["customers"], row["entered"], row["left"]) == (6, 4, 1)
    sets = get(bank, "徐头", "segments/overlap", code=["rich", "million"])["sets"]
    assert {tuple(s["codes"]): (s["exactly"], s["at_least"]) for s in sets} == {
        ("rich",): (3, 6), ("million",): (0, 3), ("rich", "million"): (3, 3),
    }  # fmt: skip
    flow = get(bank, "徐头", "segments/flow", code=["million", "rich"], since=str(then))
    assert {(one["source"], one["target"]): one["customers"] for one in flow["links"]} == {
        ("million", "million"): 1, ("rich", "million"): 2, ("rich", ""): 1, ("", "rich"): 3,
    }  # fmt: skip
    assert bank.client("徐头").get("/api/segments/overlap", {"code": ["rich"]}).status_code == 422


def workbook(*rows: list[Any]) -> SimpleUploadedFile:
    content = BytesIO()
    with xlsxwriter.Workbook(content) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(rows):
            for place, cell in enumerate(row):
                if str(cell).startswith("="):
                    sheet.write_formula(number, place, cell, value="C00000003")
                else:
                    sheet.write(number, place, cell)
    return SimpleUploadedFile("名单.xlsx", content.getvalue())


def upload(bank: Bank, who: str, code: str, file: SimpleUploadedFile, **more: Any) -> Any:
    return bank.client(who).post(f"/api/segments/{code}/upload", {"file": file, "based_on": 0, **more})


def test_a_list_is_uploaded_with_a_report_of_what_was_not_taken(bank: Bank) -> None:
    code = make(bank, "徐头", "名单", "ORG", None, kind="LIST")
    rows = [["姓名", "客户号"], ["甲", "C00000001"], ["乙", "c00000002 "], ["丙", "=CONCAT(1)"], ["丁", "C00000001"],
            ["戊", "C00000008"], ["己", "没有"], [], ["庚", ""]]  # fmt: skip
    answer = upload(bank, "徐头", code, workbook(*rows))
    assert answer.status_code == 200, answer.content
    assert answer.json()["report"] == {
        "rows": 7, "matched": 3, "unmatched": {"twice": 1, "not_found": 2, "empty": 1}, "column": "客户号", "by": "cust_no",
    }  # fmt: skip
    lines = get(bank, "零售", f"segments/{code}/versions/1/report")["lines"]
    assert [(line["row"], line["why"]) for line in lines] == [
        (5, "twice"), (6, "not_found"), (7, "not_found"), (9, "empty"),
    ]  # another branch's customer is told as nobody's  # fmt: skip
    assert post(bank, "零售", f"{code}/versions/1/approve").status_code == 200
    assert get(bank, "徐头", f"segments/{code}")["customers"] == 3
    assert upload(bank, "徐头", code, workbook(*rows)).json()["code"] == "segment_moved"
    csv = SimpleUploadedFile("手机.csv", "手机号,备注\n13800000005,x\n138 0000 0004,\n".encode("gb18030"))
    again = upload(bank, "徐头", code, csv, based_on=1).json()
    assert (again["report"]["matched"], again["report"]["by"]) == (2, "mobile")
    back = post(bank, "徐头", f"{code}/versions/1/restore", based_on=2).json()
    assert (back["number"], back["report"]["matched"]) == (3, 3)
    assert ListedCustomer.objects.filter(version__segment__code=code, version__number=3).count() == 3
    told = post(bank, "徐头", "check", rule=rule({**MEMBER, "segment": code})).json()
    assert told["count"]["customers"] == 3
    one, other = (Customer.objects.filter(id=bank.customers[name].id) for name in ("富0", "富1"))
    other.update(mobile_index=one.get().mobile_index)
    shared = SimpleUploadedFile("手机.csv", "手机号\n13800000000\n13800000002\n".encode())
    doubtful = upload(bank, "徐头", code, shared, based_on=3).json()["report"]
    assert (doubtful["matched"], doubtful["unmatched"]) == (1, {"several": 1})


def test_a_file_that_cannot_be_a_list_is_refused_by_name(bank: Bank) -> None:
    code = make(bank, "徐头", "名单", "MINE", None, kind="LIST")
    many = "客户号\n" + "C1\n" * 200_001
    files = {
        "file_too_long": SimpleUploadedFile("a.csv", many.encode()),
        "file_too_large": SimpleUploadedFile("a.csv", b"x" * (21 << 20)),
        "bad_file": SimpleUploadedFile("a.xlsx", b"PK no workbook"),
        "no_known_column": workbook(["姓名"], ["张三"]),
    }
    for expected, file in files.items():
        assert upload(bank, "徐头", code, file).json()["code"] == expected
    bomb = bytearray(workbook(["客户号"], ["C00000001"]).read())
    size = bomb.index(b"PK\x01\x02") + 24  # of a part as it will be unpacked (zip's central directory)
    bomb[size : size + 4] = (2**31 - 1).to_bytes(4, "little")
    harm = upload(bank, "徐头", code, SimpleUploadedFile("a.xlsx", bytes(bomb)))
    assert (harm.json()["code"], "unpacks" in harm.json()["message"]) == ("file_too_large", True)
    assert upload(bank, "徐头", code, workbook(["卡号", "身份证"], [1, 310101197701010000])).json()["report"] == {
        "rows": 1, "matched": 0, "unmatched": {"rounded": 1}, "column": "身份证", "by": "cert",
    }  # fmt: skip
    assert Segment.objects.get(code=code).status == "IN_USE"


def test_static_members_stay_as_they_were_found(bank: Bank) -> None:
    code = approved(bank, "运营", "富裕", "BANK", en="Rich", kind="STATIC")
    assert rules_in_use() == {} and get(bank, "运营", f"segments/{code}")["customers"] == 7
    copied = post(
        bank, "徐头", f"{code}/copy", name_zh="我的富裕", scope="MINE", kind="DYNAMIC", schedule="WEEKLY"
    ).json()
    assert (copied["customers"], copied["kind"], copied["mine"]) == (6, "DYNAMIC", True)
    assert (
        copied["schedule"] == "WEEKLY"
        and put(bank, "徐头", f"{copied['code']}/schedule", schedule="BY_HAND").json()["schedule"]
        == "BY_HAND"
    )
    assert AuditEntry.objects.filter(object_id=copied["code"], reason="WEEKLY -> BY_HAND").count() == 1
    assert get(bank, "徐头", f"segments/{copied['code']}/versions")[0]["number"] == 1
    assert post(bank, "徐头", f"{copied['code']}/refresh").json()["as_of"] == str(TODAY)
    for who, expected in (("徐头", (403, "not_allowed")), ("运营二", (400, "no_schedule"))):
        refused = put(bank, who, f"{code}/schedule", schedule="WEEKLY")
        assert (refused.status_code, refused.json()["code"]) == expected
    assert "refresh" in get(bank, "运营二", f"segments/{code}")["may"]
    assert post(bank, "运营二", f"{code}/refresh").json()["customers"] == 7
    assert post(bank, "徐头", "check", rule=rule(MEMBER, aum(600_003))).json()["count"]["customers"] == 3
    named = put(bank, "运营", code, name_zh="富裕\x00客户", reason_zh="值得").json()
    assert (named["name"], named["reason"]) == ("富裕客户", "值得")
    assert post(bank, "徐头", name_zh="富裕客户", scope="MINE", rule=RICH).json()["code"] == "name_taken"


def test_ready_segments_come_approved_and_what_the_bank_makes_of_them_stays(bank: Bank) -> None:
    assert install_ready_segments() == len(ready_segments()) and install_ready_segments() == 0
    rows = get(bank, "运营", "segments")["rows"]
    assert {row["code"] for row in rows} == set(ready_segments())
    first, second = rows[0]["code"], rows[1]["code"]
    assert rows[0]["delivered"] and rows[0]["group"] and not rows[0]["outreach"] and rows[0]["reason"]
    assert post(bank, "合规", f"{first}/outreach", allowed=True).json()["outreach"]
    assert post(bank, "徐头", f"{first}/versions", rule=RICH, based_on=1).status_code == 403
    assert post(bank, "运营", f"{first}/versions", rule=RICH, based_on=1).json()["number"] == 2
    assert post(bank, "运营", f"{second}/close").json()["status"] == "CLOSED"
    third = Segment.objects.exclude(code__in=(first, second)).order_by("code")[0]
    SegmentVersion.objects.filter(segment=third).update(rule=RICH)  # as an older Yinke delivered it
    assert install_ready_segments() == 1
    assert [v["number"] for v in get(bank, "运营", f"segments/{third.code}/versions")] == [2, 1]
    assert Segment.objects.get(code=first).delivered is False
    assert Segment.objects.get(code=second).status == "CLOSED"


def test_who_reads_of_changes_hears_of_an_approval_by_day_once(bank: Bank) -> None:
    approved(bank, "运营", "富裕", "BANK")
    start = newest(members_store())  # that night was read
    ids = {name: customer.id for name, customer in bank.customers.items()}
    code = approved(bank, "运营", "很富裕", "BANK", rule(aum(600_004)))
    told, then = moves_since(members_store(), start)
    found = {ids["富4"], ids["富5"], ids["王"]}
    assert [(c.key, c.biz_date, set(c.entered), set(c.left), c.cause, c.version) for c in told] == [
        (f"segment:{code}", TODAY, found, set(), "found", 1)
    ]
    assert post(bank, "运营", f"{code}/versions", rule=rule(aum(600_005)), based_on=1).status_code == 200
    assert post(bank, "合规", f"{code}/versions/2/approve", outreach=True).status_code == 200
    assert post(bank, "运营", f"{code}/refresh").status_code == 200  # nobody moves
    told, last = moves_since(members_store(), then)
    assert [(set(c.entered), set(c.left), c.cause, c.version) for c in told] == [
        (set(), {ids["富4"]}, "found", 2)
    ]
    assert moves_since(members_store(), last)[0] == []
    forget(ids["富4"])  # who is deleted
    told, _ = moves_since(members_store(), start)
    assert [(set(c.entered), set(c.left)) for c in told] == [(found - {ids["富4"]}, set()), (set(), set())]
    told, _ = moves_since(
        members_store(), Cursor(TODAY - timedelta(days=1)), [f"segment:{code}"]
    )  # who had not read the night
    assert [(set(c.entered), c.cause) for c in told] == [(found - {ids["富4"]}, "night")]
