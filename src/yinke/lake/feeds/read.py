"""Read feed descriptions; a wrong one is refused with file, line and remedy."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import jsonschema
import sqlglot
import yaml
from sqlglot import exp

from yinke.common.errors import ConfigurationError
from yinke.lake.feeds.model import Control, Feed, FeedSet, Layout, Lookup, Source, Tolerance
from yinke.lake.feeds.plain_yaml import PlainLoader
from yinke.lake.secrets import secret_names
from yinke.lake.tables import TABLES


@lru_cache(maxsize=1)
def _validator() -> jsonschema.Draft202012Validator:
    schema = json.loads((Path(__file__).parent / "feed.schema.json").read_text("utf-8"))
    return jsonschema.Draft202012Validator(schema)


def _line(root: yaml.Node | None, path: Iterable[Any]) -> int:
    """Line (from 1) of the YAML node that a path leads to, or of the nearest one above it."""
    node = root
    for part in path:
        following = None
        if isinstance(node, yaml.MappingNode):
            following = next((v for k, v in node.value if k.value == str(part)), None)
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int):
            following = node.value[part]
        if following is None:
            break
        node = following
    return (node.start_mark.line + 1) if node is not None else 1


def check_expression(text: str, columns: Iterable[str]) -> str | None:
    """Why a mapping's SQL expression is refused; None if it may be used.

    One scalar DuckDB expression over the file's own columns: no subquery, no function that reads files.

    >>> check_expression("upper(A) || 'x'", ["A"])
    >>> check_expression("(select 1)", ["A"])
    'it contains a query'
    """
    try:
        trees = sqlglot.parse(f"SELECT {text}", read="duckdb")
    except sqlglot.errors.ParseError as problem:
        return f"it is not SQL ({str(problem).splitlines()[0]})"
    if len(trees) != 1 or not isinstance(trees[0], exp.Select) or len(trees[0].expressions) != 1:
        return "it is not one expression"
    tree = trees[0]
    if (
        tree.args.get("from")
        or tree.args.get("from_")
        or any(
            isinstance(node, (exp.Subquery, exp.Table)) or (isinstance(node, exp.Select) and node is not tree)
            for node in tree.walk()
        )
    ):
        return "it contains a query"
    for node in tree.find_all(exp.Func):
        function = node.name if isinstance(node, exp.Anonymous) else node.sql_name()
        if re.match(r"(?i)read_|glob|getenv|.*_scan|query|pragma|sniff", function):
            return f"{function} is not allowed"
    known = {name.lower() for name in columns}
    unknown = sorted({c.name for c in tree.find_all(exp.Column) if c.name.lower() not in known})
    return f"no such column: {', '.join(unknown)}" if unknown else None


def _source(entry: Any) -> Source:
    if isinstance(entry, str):
        return Source(column=entry)
    if "value" in entry:
        return Source(value=str(entry["value"]))
    if "expr" in entry:
        return Source(expr=entry["expr"])
    if "lookup" in entry:
        return Source(lookup=entry["lookup"], key=entry["key"])
    codes = tuple((str(k), str(v)) for k, v in entry.get("codes", {}).items())
    return Source(
        column=entry["from"], codes=codes, otherwise=entry.get("else"), format=entry.get("format"),
        scale=entry.get("scale"),
    )  # fmt: skip


def _lookup(name: str, entry: dict[str, Any]) -> Lookup:
    layout = Layout(
        encoding=entry.get("encoding", "UTF-8"), delimiter=entry.get("delimiter", ","), quote=entry.get("quote"),
        header=entry.get("header", False), columns=tuple(entry["columns"]),
    )  # fmt: skip
    return Lookup(
        name, entry["file"], layout, entry["key"], entry["value"], entry.get("where"), entry.get("pick", "first"),
        entry.get("via"),
    )  # fmt: skip


def read_feed(path: Path) -> Feed:
    """Read one description.

    Raises:
        ConfigurationError: names file, line and remedy.
    """
    text = path.read_text("utf-8")
    try:
        node = yaml.compose(text, PlainLoader)
        body = yaml.load(text, PlainLoader)  # noqa: S506 (a safe loader)
    except yaml.YAMLError as problem:
        mark = getattr(problem, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        raise ConfigurationError(
            f"It is not YAML: {getattr(problem, 'problem', problem)}", place=f"{path}:{line}",
            remedy="Mind indentation, colons and quotes",
        ) from None  # fmt: skip

    def refuse(where: Iterable[Any], message: str, remedy: str) -> ConfigurationError:
        return ConfigurationError(message, place=f"{path}:{_line(node, where)}", remedy=remedy)

    wrong = jsonschema.exceptions.best_match(_validator().iter_errors(body))
    if wrong is not None:
        where = list(wrong.absolute_path)
        if wrong.validator == "additionalProperties" and isinstance(wrong.instance, dict):
            strange = [key for key in wrong.instance if key not in wrong.schema.get("properties", {})]
            where += strange[:1]
        raise refuse(where, wrong.message[:200], "See docs/feeds.md for what may stand here")
    if body["table"] not in TABLES:
        raise refuse(["table"], f"There is no table '{body['table']}'", f"Choose one of {', '.join(TABLES)}")
    table = TABLES[body["table"]]
    columns = tuple(body["columns"])
    for name in secret_names(columns):
        raise refuse(
                ["columns", columns.index(name)], f"'{name}' is a secret of class C3 (JR/T 0171) and must never be delivered",
                "Have the core bank leave the column out of the file",
            )  # fmt: skip
    if ("fixed" in body) == ("delimiter" in body):
        raise refuse([], "Either delimiter or fixed must stand, not both", "Give one of the two")
    if "fixed" in body and len(body["fixed"]) != len(columns):
        raise refuse(["fixed"], "There are not as many widths as columns", "Give one width per column")
    if "{date" in body["file"]:
        try:
            body["file"].format(date=date(2026, 1, 31))
        except (KeyError, ValueError, IndexError):
            raise refuse(["file"], "The date pattern is wrong", "Write it like {date:%Y%m%d}") from None
    known = {c.name: c for c in table.columns}
    lookups = {name: _lookup(name, entry) for name, entry in body.get("lookups", {}).items()}
    for lookup in lookups.values():
        for name in secret_names(lookup.layout.columns):
            raise refuse(["lookups", lookup.name, "columns"], f"'{name}' is a secret of class C3 (JR/T 0171)",
                         "Leave the column out of the side file")  # fmt: skip
        at, known_ = ["lookups", lookup.name], lookup.layout.columns
        for field in ("key", "value"):
            if getattr(lookup, field) not in known_:
                raise refuse([*at, field], f"The side file has no column '{getattr(lookup, field)}'",
                             "Use a name listed under the lookup's columns")  # fmt: skip
        problem_ = check_expression(lookup.where, known_) if lookup.where else None
        if problem_:
            raise refuse(
                [*at, "where"], f"The expression is refused: {problem_}", "Use the side file's columns only"
            )
        following, seen = lookup.via, {lookup.name}
        while following is not None:
            if following not in lookups or following in seen:
                raise refuse([*at, "via"], f"It goes through '{following}', which is no other lookup",
                             "Name another lookup of this feed")  # fmt: skip
            seen.add(following)
            following = lookups[following].via

    def check_source(where: list[Any], source: Source) -> None:
        if source.column and source.column not in columns:
            raise refuse(
                where, f"The file has no column '{source.column}'", "Use a name listed under columns"
            )
        if source.lookup and source.lookup not in lookups:
            raise refuse(where, f"There is no lookup '{source.lookup}'", "Describe it under lookups")
        for expression in (source.expr, source.key):
            problem = check_expression(expression, columns) if expression else None
            if problem:
                raise refuse(where, f"The expression is refused: {problem}", "Use the file's columns only")

    sources: dict[str, Source] = {}
    for target, entry in body["map"].items():
        if target not in known:
            raise refuse(
                ["map", target], f"Table {table.name} has no column '{target}'",
                f"See them with: yinke feeds schema {table.name}",
            )  # fmt: skip
        source = sources[target] = _source(entry)
        check_source(["map", target], source)
        allowed = known[target].codes
        bad = [to for _, to in source.codes if allowed and to not in allowed]
        if bad:
            raise refuse(
                ["map", target, "codes"], f"'{bad[0]}' is no code of {target}", f"Use {', '.join(allowed)}"
            )
    missing = [c.name for c in table.columns if c.required and c.name not in sources]
    if missing:
        raise refuse(
            ["map"], f"Required columns are not mapped: {', '.join(missing)}", "Map them, or give a value:"
        )
    problem_ = check_expression(body["where"], columns) if "where" in body else None
    if problem_:
        raise refuse(["where"], f"The expression is refused: {problem_}", "Use the file's columns only")
    if body.get("newest") and body["newest"] not in columns:
        raise refuse(
            ["newest"], f"The file has no column '{body['newest']}'", "Use a name listed under columns"
        )
    if body.get("op") and body["op"]["column"] not in columns:
        raise refuse(
            ["op"], f"The file has no column '{body['op']['column']}'", "Use a name listed under columns"
        )
    slice_ = _source(body["slice"]) if "slice" in body else None
    if slice_ is not None:
        check_source(["slice"], slice_)
        if "{date" in body["file"]:
            raise refuse(
                ["slice"], "Each date has a file of its own, there is nothing to slice", "Leave slice out"
            )
        if any("$biz_date" in (x or "") for x in (body.get("where"), *(s.expr for s in sources.values()))):
            raise refuse(["slice"], "A sliced feed is read once for all dates and can't use $biz_date",
                         "Leave either slice or $biz_date out")  # fmt: skip
    dates, decimals = body.get("dates", {}), body.get("decimals", {})
    control = body.get("control")
    return Feed(
        feed=body["feed"], table=table, name_zh=body["name"]["zh"], name_en=body["name"]["en"], file=body["file"],
        layout=Layout(
            body["encoding"], body.get("delimiter", ""), tuple(body.get("fixed", ())), body.get("quote"),
            body.get("header", False), body.get("row_end", "auto"), body.get("trailing_delimiter", False), columns,
        ),
        mode=body["mode"], sources=sources, nulls=tuple(body.get("nulls", [""])),
        date_format=dates.get("format", "%Y%m%d"), timestamp_format=dates.get("timestamp", "%Y%m%d%H%M%S"),
        no_dates=tuple(dates.get("none", ())), decimal_point=decimals.get("point", "."),
        decimal_scale=decimals.get("scale"),
        control=Control(control["file"], control["form"], control.get("delimiter", "|+|"),
                        tuple(control.get("fields", ()))) if control else None,
        schedule=body.get("schedule", "daily"), slice=slice_,
        slice_from_start=body.get("slice_from_start", False), where=body.get("where"), lookups=lookups,
        newest=body.get("newest"), op_column=body.get("op", {}).get("column"),
        op_delete=body.get("op", {}).get("delete", "D"), tolerance=Tolerance(**body.get("tolerance", {})),
        deadline=body.get("deadline", "06:00"), described_in=path,
        fingerprint=hashlib.sha256(text.encode()).hexdigest(),
    )  # fmt: skip


def load_feeds(folder: Path) -> FeedSet:
    """Read every feed description (``*.yaml`` but ``thresholds.yaml``) of a folder.

    Raises:
        ConfigurationError: names file, line and remedy; also when the folder holds none or two have one code.
    """
    paths = [p for p in sorted(Path(folder).glob("*.yaml")) if p.name != "thresholds.yaml"]
    if not paths:
        raise ConfigurationError(
            "There is no feed description",
            place=str(folder),
            remedy="Put *.yaml files there, see docs/feeds.md",
        )
    feeds: dict[str, Feed] = {}
    for path in paths:
        feed = read_feed(path)
        if feed.feed in feeds:
            raise ConfigurationError(
                f"The code '{feed.feed}' is used twice", place=str(path),
                remedy=f"Rename it; {feeds[feed.feed].described_in.name} has it too",
            )  # fmt: skip
        feeds[feed.feed] = feed
        modes = {other.mode for other in feeds.values() if other.table is feed.table}
        if len(modes) > 1 and feed.table.keeps == "state":
            raise ConfigurationError(
                f"The feeds of table {feed.table.name} have different modes: {', '.join(sorted(modes))}",
                place=str(path), remedy="Give them one mode",
            )  # fmt: skip
    return FeedSet.ordered(list(feeds.values()))
