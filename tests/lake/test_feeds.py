"""Feed descriptions: a wrong one is refused with file, line and remedy."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from tests.lake.small_bank import SmallBank, description
from yinke.common.errors import ConfigurationError
from yinke.lake.feeds import load_feeds, read_feed
from yinke.lake.feeds.read import check_expression

Body = dict[str, object]
WHOLE = """\
feed: customer
table: customer
name: {zh: 客户, en: Customers}
file: "{date:%Y%m%d}/CUST_{date:%Y%m%d}.txt"
encoding: GB18030
delimiter: "|+|"
mode: UPSERT
columns: [NO, NAME, ORG, OPENED]
map:
  cust_no: NO
  name: NAME
  open_org: ORG
  open_date: OPENED
  status: {value: NORMAL}
"""


def refused(folder: Path, text: str) -> ConfigurationError:
    """The refusal of a description; it must name a place and a remedy."""
    path = folder / "customer.yaml"
    path.write_text(text, "utf-8")
    with pytest.raises(ConfigurationError) as problem:
        read_feed(path)
    assert re.fullmatch(rf"{re.escape(str(path))}:\d+", problem.value.place)
    assert problem.value.remedy
    return problem.value


def line(problem: ConfigurationError) -> int:
    """The line that a refusal names."""
    return int(problem.place.rsplit(":", 1)[1])


def test_a_right_description_is_read(tmp_path: Path) -> None:
    (tmp_path / "customer.yaml").write_text(WHOLE, "utf-8")
    feed = read_feed(tmp_path / "customer.yaml")
    assert (feed.feed, feed.table.name, feed.layout.delimiter, feed.mode) == (
        "customer",
        "customer",
        "|+|",
        "UPSERT",
    )


@pytest.mark.parametrize(
    ("old", "new", "at", "words"),
    [
        ("table: customer", "table: clients", 2, "clients"),
        ("encoding: GB18030", "encoding: Big5", 5, "Big5"),
        ("mode: UPSERT", "mode: SOMETIMES", 7, "SOMETIMES"),
        ("mode: UPSERT", "mode: UPSERT\ncolour: red", 8, "colour"),
        ("delimiter: \"|+|\"\n", "", 1, "delimiter or fixed"),
        ("delimiter: \"|+|\"\n", "delimiter: \"|+|\"\nfixed: [1, 1, 1, 1]\n", 1, "delimiter or fixed"),
        ("delimiter: \"|+|\"\n", "fixed: [1, 1, 1]\n", 6, "widths"),
        ("{date:%Y%m%d}/CUST_", "{date:%Q", 4, "date pattern"),
        ("  name: NAME", "  nickname: NAME", 11, "nickname"),
        ("  name: NAME", "  name: FULL_NAME", 11, "FULL_NAME"),
        ("  name: NAME\n", "", 10, "name"),
        ("  status: {value: NORMAL}", "  status: {from: NO, codes: {'1': FINE}}", 14, "FINE"),
        ("  status: {value: NORMAL}", "  status: {expr: 'lower(NONE)'}", 14, "NONE"),
        ("  status: {value: NORMAL}", "  status: {expr: '(select 1)'}", 14, "query"),
        ("  status: {value: NORMAL}", "  status: {lookup: owner, key: NO}", 14, "owner"),
        ("  status: {value: NORMAL}", "  status: {value: NORMAL}\nnewest: WHEN", 15, "WHEN"),
        ("  status: {value: NORMAL}", "  status: {value: NORMAL}\nop: {column: OP, delete: D}", 15, "OP"),
        ("  status: {value: NORMAL}", "  status: {value: NORMAL}\nslice: OPENED", 15, "slice"),
        ("  status: {value: NORMAL}", "  status: {value: NORMAL}\nwhere: A > 1", 15, "A"),
        ("  status: {value: NORMAL}", "  status: {value: NORMAL}\ntolerance: {bad_rows: 2}", 15, "2"),
        ("  status: {value: NORMAL}", "  status: {value: NORMAL}\ndeadline: soon", 15, "soon"),
        ("name: {zh: 客户, en: Customers}", "name: {zh: 客户", 4, "YAML"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_its_line(tmp_path: Path, old: str, new: str, at: int, words: str) -> None:
    assert old in WHOLE
    problem = refused(tmp_path, WHOLE.replace(old, new, 1))
    assert words in problem.message
    assert line(problem) == at


@pytest.mark.parametrize("name", ["PASSWORD", "LOGIN_PWD", "CVV2", "PIN", "TRACK2", "FINGERPRINT"])
def test_secrets_of_class_c3_are_refused_at_the_door(tmp_path: Path, name: str) -> None:
    problem = refused(tmp_path, WHOLE.replace("OPENED]", f"OPENED, {name}]", 1))
    assert "C3" in problem.message
    assert line(problem) == 8


@pytest.mark.parametrize("name", ["SPIN", "PINYIN", "OPEN_DT", "UPIN_NO"])
def test_names_that_only_look_like_secrets_pass(tmp_path: Path, name: str) -> None:
    (tmp_path / "customer.yaml").write_text(WHOLE.replace("OPENED]", f"OPENED, {name}]", 1), "utf-8")
    read_feed(tmp_path / "customer.yaml")


@pytest.mark.parametrize(
    "expression",
    [
        "read_csv('/etc/passwd')", "read_text('x')", "getenv('HOME')", "glob('*')", "(SELECT 1)", "A, B", "A; DROP TABLE t",
        "A FROM t", "exists (select 1)", "unknown + 1", "A +",
    ],
)  # fmt: skip
def test_expressions_reach_nothing_but_the_row(expression: str) -> None:
    assert check_expression(expression, ["A", "B"])


@pytest.mark.parametrize(
    "expression",
    [
        "A || 'x'", "CASE WHEN substr(A, 3, 2)::INT > 50 THEN 'F' ELSE 'M' END", "strptime(A, '%y%m%d') <= $biz_date",
        "make_date(1900 + A::INT, B::INT % 50, 1)",
    ],
)  # fmt: skip
def test_scalar_expressions_pass(expression: str) -> None:
    assert check_expression(expression, ["A", "B"]) is None


def with_lookup(change: Callable[[Body], None]) -> str:
    """The whole description with a lookup, changed."""
    body: Body = yaml.safe_load(WHOLE)
    lookup: Body = {"file": "disp.csv", "columns": ["C", "A"], "key": "C", "value": "A"}
    change(lookup)
    body["lookups"] = {"branch": lookup}
    body["map"]["open_org"] = {"lookup": "branch", "key": "NO"}  # type: ignore[index]
    return yaml.safe_dump(body, allow_unicode=True, sort_keys=False)


@pytest.mark.parametrize(
    ("field", "value"),
    [("key", "X"), ("value", "X"), ("where", "X = 1"), ("via", "branch"), ("via", "elsewhere")],
)
def test_a_lookups_mistake_is_told(tmp_path: Path, field: str, value: str) -> None:
    refused(tmp_path, with_lookup(lambda lookup: lookup.__setitem__(field, value)))


def test_a_folder_without_descriptions_is_refused(tmp_path: Path) -> None:
    (tmp_path / "thresholds.yaml").write_text("[]")
    with pytest.raises(ConfigurationError, match="no feed description"):
        load_feeds(tmp_path)


def test_a_code_used_twice_is_refused(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / f"{name}.yaml").write_text(WHOLE, "utf-8")
    with pytest.raises(ConfigurationError, match="used twice"):
        load_feeds(tmp_path)


def test_feeds_of_one_table_must_have_one_mode(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(WHOLE, "utf-8")
    (tmp_path / "b.yaml").write_text(
        WHOLE.replace("UPSERT", "FULL").replace("feed: customer", "feed: other"), "utf-8"
    )
    with pytest.raises(ConfigurationError, match="different modes"):
        load_feeds(tmp_path)


def test_feeds_are_loaded_parents_first(bank: SmallBank) -> None:
    order = [feed.table.name for feed in bank.described().feeds]
    assert order.index("org") < order.index("customer") < order.index("account") < order.index("balance")


def test_the_small_banks_descriptions_are_right(tmp_path: Path) -> None:
    for feed in ("customer", "account"):
        (tmp_path / f"{feed}.yaml").write_text(yaml.safe_dump(description(feed), allow_unicode=True), "utf-8")
    assert [feed.feed for feed in load_feeds(tmp_path).feeds] == ["customer", "account"]
