"""Shape: columns of text → the canonical table's typed columns, with a reason for each row that fails.

Everything is one SQL projection per feed, built once from its description.
"""

from __future__ import annotations

from yinke.lake.feeds import Feed, Source
from yinke.lake.secrets import SHORTEST, VALUE
from yinke.lake.tables import Column

SQL_TYPE = {
    "text": "VARCHAR", "int": "INTEGER", "money": "DECIMAL(18,2)", "number": "DECIMAL(18,6)", "date": "DATE",
    "time": "VARCHAR", "timestamp": "TIMESTAMP", "bool": "BOOLEAN",
}  # fmt: skip
ABSURD = "10000000000000"
"""No retail amount is 10 trillion: a shifted column or a lost decimal point is likelier."""
NOT_NEGATIVE = frozenset({("transaction", "amount"), ("payroll", "amount"), ("fx", "mid_rate")})
LONGEST = 4000


def quote(text: str) -> str:
    """An SQL string literal.

    >>> quote("O'Neil")
    "'O''Neil'"
    """
    return "'" + text.replace("'", "''") + "'"


def name(text: str) -> str:
    """A quoted SQL identifier."""
    return '"' + text.replace('"', '""') + '"'


def _raw(feed: Feed, column: str) -> str:
    """A raw column as text without padding; null tokens become NULL."""
    text = f"trim({name(column)})"
    tokens = ", ".join(quote(token.strip()) for token in feed.nulls if token.strip())
    empty = f"nullif({text}, '')" if "" in feed.nulls or feed.layout.fixed else text
    return f"CASE WHEN {text} IN ({tokens}) THEN NULL ELSE {empty} END" if tokens else empty


def _typed(feed: Feed, column: Column, source: Source, text: str) -> str:
    if column.type in {"text", "time"}:
        return text
    if column.type == "date":
        value = f"try_strptime({text}, {quote(source.format or feed.date_format)})::DATE"
        if feed.no_dates:
            value = f"CASE WHEN {text} IN ({', '.join(map(quote, feed.no_dates))}) THEN NULL ELSE {value} END"
        return value
    if column.type == "timestamp":
        return f"try_strptime({text}, {quote(source.format or feed.timestamp_format)})"
    if column.type == "bool":
        return f"CASE WHEN upper({text}) IN ('1','Y','T','TRUE') THEN TRUE WHEN upper({text}) IN ('0','N','F','FALSE') THEN FALSE END"
    if column.type == "int":
        return f"TRY_CAST({text} AS INTEGER)"
    scale = source.scale if source.scale is not None else feed.decimal_scale
    plain = f"replace({text}, ',', '.')" if feed.decimal_point == "," else text
    if scale is not None:
        return f"(TRY_CAST({plain} AS DECIMAL(18,0)) / {10**scale})::{SQL_TYPE[column.type]}"
    return f"TRY_CAST({plain} AS {SQL_TYPE[column.type]})"


def _expression(feed: Feed, column: Column, source: Source) -> tuple[str, str]:
    """(value, the text it came from) of a canonical column as SQL."""
    kind = SQL_TYPE[column.type]
    if source.value is not None:
        return f"{quote(source.value)}::{kind}", "NULL::VARCHAR"
    if source.expr is not None:
        return f"TRY_CAST(({source.expr}) AS {kind})", "NULL::VARCHAR"
    if source.lookup is not None:
        return _typed(feed, column, source, f"{_alias(source)}.v"), f"CAST(({source.key}) AS VARCHAR)"
    assert source.column is not None  # noqa: S101
    text = _raw(feed, source.column)
    if source.codes:
        cases = " ".join(f"WHEN {quote(a)} THEN {quote(b)}" for a, b in source.codes)
        other = quote(source.otherwise) if source.otherwise is not None else "NULL"
        value = f"CASE {text} {cases} ELSE CASE WHEN {text} IS NULL THEN NULL ELSE {other} END END"
        return (value if column.type in ("text", "time") else f"({value})::{kind}"), text
    return _typed(feed, column, source, text), text


def _failure(feed: Feed, column: Column, source: Source) -> list[str]:
    """WHEN-clauses that give 'column|reason' for a value that can't stand; ``_t_<column>`` is its text."""
    clauses = []
    value, text = name(column.name), name(f"_t_{column.name}")
    given = source.column is not None

    def when(condition: str, reason: str) -> None:
        clauses.append(f"WHEN {condition} THEN '{column.name}|{reason}'")

    if given and column.type not in ("text", "time"):
        none = ""
        if feed.no_dates and column.type == "date":
            none = f" AND {text} NOT IN ({', '.join(map(quote, feed.no_dates))})"
        when(f"{value} IS NULL AND {text} IS NOT NULL{none}", f"not_{column.type}")
    if source.codes:
        when(f"{value} IS NULL AND {text} IS NOT NULL", "unknown_code")
    if column.required:
        when(f"{value} IS NULL", "missing")
    if column.codes and not source.codes and source.value is None:
        when(f"{value} NOT IN ({', '.join(map(quote, column.codes))})", "unknown_code")
    if column.type in ("money", "number"):
        when(f"abs({value}) > {ABSURD}", "absurd_amount")
        if (feed.table.name, column.name) in NOT_NEGATIVE:
            when(f"{value} < 0", "negative_amount")
    if column.type == "date":
        day = "_slice" if feed.slice else "$biz_date::DATE"
        when(f"{value} < DATE '1900-01-01' OR {value} > {day} + INTERVAL 100 YEAR", "absurd_date")
    if column.type == "text" and given:
        when(f"length({value}) > {LONGEST}", "too_long")
        if not column.codes and not source.codes:
            when(f"length({value}) >= {SHORTEST} AND regexp_matches({value}, {quote(VALUE)})", "secret")
    return clauses


def projection(feed: Feed) -> str:
    """The SELECT that turns ``raw`` (text columns and ``_row``) into typed rows with ``_bad`` and ``_value``.

    Parameter ``$biz_date``, unless the feed is sliced: then there is a last column ``_slice``, the date on
    which a row is taken. ``_bad`` is NULL or 'column|reason'; ``_value`` the text that failed.
    """
    values, failures, shown = [], [], []
    first: list[str] = []
    for column in feed.table.columns:
        source = feed.sources.get(column.name)
        if source is None:
            values.append(f"NULL::{SQL_TYPE[column.type]} AS {name(column.name)}")
            continue
        value, text = _expression(feed, column, source)
        values.append(f"{value} AS {name(column.name)}")
        clauses = _failure(feed, column, source)
        if column.name in feed.table.key:
            first += clauses
        else:
            failures += clauses
        if clauses:
            values.append(f"{text} AS {name(f'_t_{column.name}')}")
            shown.append(f"WHEN '{column.name}' THEN {name(f'_t_{column.name}')}")
    gone = (
        f"coalesce({_raw(feed, feed.op_column)} = {quote(feed.op_delete)}, FALSE)"
        if feed.op_column
        else "FALSE"
    )
    newest = _raw(feed, feed.newest) if feed.newest else "NULL::VARCHAR"
    clauses = [*first, "WHEN _gone THEN NULL", *failures]  # of a row to delete only the key matters
    slice_ = last = ""
    if feed.slice:
        clauses.insert(0, "WHEN _slice IS NULL THEN 'slice|not_date'")
        slice_, last = (
            f", {_expression(feed, Column('slice', 'date', '', ''), feed.slice)[0]} AS _slice",
            ", _slice",
        )
    bad = f"CASE {' '.join(clauses)} END"
    text = f"CASE split_part(_bad, '|', 1) {' '.join(shown)} END" if shown else "NULL::VARCHAR"
    where = f" WHERE {feed.where}" if feed.where else ""
    columns = ", ".join(name(c.name) for c in feed.table.columns)
    side = _joins(feed, *feed.sources.values(), feed.slice)
    return (
        f"SELECT {columns}, _row, _gone, _newest, _bad, {text} AS _value{last} FROM (SELECT *, {bad} AS _bad FROM ("
        f"SELECT {', '.join(values)}, raw._row AS _row, {gone} AS _gone, {newest} AS _newest{slice_}"
        f" FROM raw{side}{where}))"
    )


def _alias(source: Source) -> str:
    return name(f"{source.lookup} of {source.key}")


def _joins(feed: Feed, *sources: Source | None) -> str:
    """The joins of ``raw`` to the lookups that some sources go through."""
    used = {_alias(source): source for source in sources if source is not None and source.lookup}
    return "".join(
        f" LEFT JOIN {name(lookup_table(feed, str(source.lookup)))} AS {alias}"
        f" ON {alias}.k = CAST(({source.key}) AS VARCHAR)"
        for alias, source in used.items()
    )


def lookup_table(feed: Feed, lookup: str) -> str:
    """Name of the table that holds a lookup while the process lives."""
    return f"lookup_{feed.feed}_{lookup}"


def stage_columns(feed: Feed) -> str:
    """The columns of a stage, as ``projection`` gives them."""
    typed = "".join(f"{name(c.name)} {SQL_TYPE[c.type]}, " for c in feed.table.columns)
    return f"{typed}_row BIGINT, _gone BOOLEAN, _newest VARCHAR, _bad VARCHAR, _value VARCHAR"
