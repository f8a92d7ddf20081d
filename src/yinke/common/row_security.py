"""行级安全: PostgreSQL itself shows the web process only what its viewer may see.

The application filters every question by the viewer's scope; beneath it each table that holds rows of customers has
a policy that says the same. A filter that somebody forgets then shows nothing rather than everything.

The web process connects as ``yinke_web``, which owns nothing. Each request is one transaction, in which the viewer
is set (``see_as``); until then no row of a customer is seen. The night and the command line are the tables' owner:
they work for the whole bank.

Each context declares in its ``row_security.py``: ``POLICIES`` (table: condition), ``OPEN`` (table: why it needs
none), ``OWN`` (by table: the question that gives the ids of the customers a person looks after), ``APPEND_ONLY`` (tables whose rows the web
process neither changes nor deletes) and ``FUNCTIONS`` (those of the owner that it may call). They are laid upon the
database after each migration.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.apps import apps
from django.db import connection

WEB = "yinke_web"
"""The role of the web process."""

SETTINGS = ("yinke.user", "yinke.users", "yinke.orgs", "yinke.reads")
"""Who works; for whom they work (themselves, and those they stand in for); the orgs in scope; whether they read customers."""

EVERYWHERE = "(SELECT yinke_everywhere())"
ANYBODY = "true"
"""For rows that hold nothing but numbers, which tell nothing without the rows that they point at."""
OF_ORGS = "{column} = ANY ((SELECT yinke_orgs())::bigint[])"
OWN = "{column} = ANY ((SELECT yinke_customers())::integer[])"
"""An array, not ``IN (SELECT unnest(...))``: the planner would call the function for each table to guess its length."""
KEPT = "yinke.customers"
"""What ``yinke_customers`` found in this transaction; empty: it must ask."""

FUNCTIONS = """
CREATE OR REPLACE FUNCTION yinke_user() RETURNS bigint LANGUAGE plpgsql STABLE AS $$ BEGIN
    RETURN NULLIF(current_setting('yinke.user', true), '')::bigint; END $$;
CREATE OR REPLACE FUNCTION yinke_users() RETURNS bigint[] LANGUAGE plpgsql STABLE AS $$ BEGIN
    RETURN COALESCE(NULLIF(current_setting('yinke.users', true), ''), '{}')::bigint[]; END $$;
CREATE OR REPLACE FUNCTION yinke_everywhere() RETURNS boolean LANGUAGE plpgsql STABLE AS $$ BEGIN
    RETURN COALESCE(current_setting('yinke.orgs', true), '') = '*'; END $$;
CREATE OR REPLACE FUNCTION yinke_orgs() RETURNS bigint[] LANGUAGE plpgsql STABLE AS $$ BEGIN
    RETURN CASE WHEN COALESCE(current_setting('yinke.orgs', true), '') IN ('', '*') THEN '{}'
        ELSE current_setting('yinke.orgs', true) END::bigint[]; END $$;
CREATE OR REPLACE FUNCTION yinke_reads() RETURNS boolean LANGUAGE plpgsql STABLE AS $$ BEGIN
    RETURN COALESCE(current_setting('yinke.reads', true), '') = 'on'; END $$;
CREATE OR REPLACE FUNCTION yinke_forget_customers() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    PERFORM set_config('yinke.customers', '', true);
    RETURN NULL;
END $$;
"""
"""In plpgsql, which the planner leaves alone: it would parse an SQL function anew wherever a policy names it."""
OWN_CUSTOMERS = """
CREATE OR REPLACE FUNCTION yinke_customers() RETURNS integer[] LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = public AS $$ DECLARE found integer[] := NULLIF(current_setting('yinke.customers', true), '');
BEGIN
    IF found IS NULL THEN
        SELECT COALESCE(array_agg(own.id), '{{}}') INTO found FROM ({own}) own (id);
        PERFORM set_config('yinke.customers', found::text, true);
    END IF;
    RETURN found;
END $$;
"""
"""Asked once in a transaction, for a page asks ten tables; a change of what it looks at makes it ask again."""
ASK_AGAIN = """
CREATE OR REPLACE TRIGGER ask_again AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION yinke_forget_customers()
"""


def customers_own(column: str = "id") -> str:
    """The condition of the customers' own table: their org in scope, or theirs the viewer looks after."""
    places = " OR ".join((EVERYWHERE, OF_ORGS.format(column="org_id"), OWN.format(column=column)))
    return f"(SELECT yinke_reads()) AND ({places})"


def of_customer(column: str = "customer_id", table: str = "") -> str:
    """The condition of a table whose rows belong to a customer: the customer is seen."""
    prefix = f"{table}." if table else ""
    known = f"EXISTS (SELECT FROM customers_customer c WHERE c.id = {prefix}{column})"
    return f"{EVERYWHERE} OR {OWN.format(column=prefix + column)} OR {known}"


def of_user(column: str = "user_id") -> str:
    """The condition of what belongs to a member of staff: the viewer, or one for whom the viewer stands in."""
    return f"{column} = ANY ((SELECT yinke_users())::bigint[])"


def either(*conditions: str) -> str:
    """Any of the conditions."""
    return " OR ".join(f"({condition})" for condition in conditions)


def declared(name: str) -> list[Any]:
    """What each context's ``row_security`` says under a name, in the contexts' order."""
    places = [f"{app.name}.row_security" for app in apps.get_app_configs() if app.name.startswith("yinke.")]
    modules = [import_module(place) for place in places if find_spec(place)]
    return [getattr(module, name) for module in modules if hasattr(module, name)]


def kept_models() -> list[tuple[Any, Any]]:
    """The models that hold histories (``common/history.py``), each with the model whose history it holds.

    Their rows have the columns of the rows that changed, and the same conditions.
    """
    events = (model for model in apps.get_models() if hasattr(model, "pgh_tracked_model"))
    return [(event, event.pgh_tracked_model) for event in events if event.pgh_tracked_model is not None]


def stated(name: str) -> dict[str, str]:
    """``POLICIES`` or ``OPEN`` of all contexts, histories included: what holds for a row holds for its history."""
    said = {table: text for each in declared(name) for table, text in each.items()}
    return said | {table: said[of] for table, of in _histories().items() if of in said}


def _histories() -> dict[str, str]:
    return {event._meta.db_table: model._meta.db_table for event, model in kept_models()}


def install() -> None:
    """Lay role, rights and policies upon the database; doing it again changes nothing.

    The migrating role must be allowed to create roles, or ``yinke_web`` must exist.
    """
    own = {table: question for each in declared("OWN") for table, question in each.items()}
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('row security', 0))")
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [WEB])
        if cursor.fetchone() is None:
            cursor.execute(
                f"DO $$ BEGIN CREATE ROLE {WEB} LOGIN;"
                " EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$"
            )
        cursor.execute(FUNCTIONS)
        cursor.execute(OWN_CUSTOMERS.format(own=" UNION ".join(own.values())))
        for table in own:
            cursor.execute(ASK_AGAIN.format(table=table))
        cursor.execute(f"GRANT USAGE ON SCHEMA public TO {WEB}")
        cursor.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {WEB}")
        cursor.execute(f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {WEB}")
        cursor.execute(f"REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM {WEB}")
        append_only = [table for each in declared("APPEND_ONLY") for table in each]
        for table in (*append_only, *_histories()):
            cursor.execute(f"REVOKE UPDATE, DELETE ON {table} FROM {WEB}")
        for function in (function for each in declared("FUNCTIONS") for function in each):
            cursor.execute(f"GRANT EXECUTE ON FUNCTION {function} TO {WEB}")
        for table, condition in stated("POLICIES").items():
            cursor.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
            cursor.execute(f"DROP POLICY IF EXISTS seen ON {table}")
            cursor.execute(
                f"CREATE POLICY seen ON {table} TO {WEB} USING ({condition}) WITH CHECK ({condition})"
            )


_seeing: ContextVar[dict[str, str] | None] = ContextVar("seeing", default=None)
"""The settings of this request; None outside of one, where the tables' owner works."""


@contextmanager
def web_role() -> Iterator[None]:
    """Within a transaction: work as ``yinke_web``, for nobody yet. Afterwards everything is as before."""
    nobody = dict.fromkeys((*SETTINGS, KEPT), "")
    _set({"role": WEB} | nobody)
    outside = _seeing.set(nobody)
    try:
        yield
    finally:
        _seeing.reset(outside)
        if (
            connection.savepoint_ids and not connection.needs_rollback
        ):  # else the transaction's end puts it back
            _set({"role": "none", "pghistory.context_metadata": ""} | nobody)


def see_as(
    user_id: int, looks_after: Iterable[int], org_ids: Iterable[int] | None, *, reads_customers: bool
) -> None:
    """Until the transaction ends, see as this person.

    Args:
        looks_after: whose customers and tasks are theirs to work: their own, and those of whom they stand in for.
        org_ids: the orgs in whose customers they see; None for the whole bank.
        reads_customers: whether their role reads customers at all.
    """
    orgs = "*" if org_ids is None else _array(org_ids)
    values = (str(user_id), _array(looks_after), orgs, "on" if reads_customers else "")
    seeing = dict(zip(SETTINGS, values, strict=True))
    _set(seeing | {KEPT: "", "pghistory.context_metadata": f'{{"user": {user_id}}}'})
    if _seeing.get() is not None:
        _seeing.set(seeing)


@contextmanager
def whole_bank() -> Iterator[None]:
    """See every customer's rows for one question whose answer tells no more than the viewer may know.

    For instance: that a customer exists elsewhere. Whoever uses it says in a comment why the answer is harmless.
    """
    seeing = _seeing.get()
    if seeing is None:  # the owner sees them anyway
        yield
        return
    everything = seeing | {"yinke.orgs": "*", "yinke.reads": "on"}
    _set(everything)
    _seeing.set(everything)
    try:
        yield
    finally:
        _seeing.set(seeing)
        if not connection.needs_rollback:
            _set(seeing)


def _array(ids: Iterable[int]) -> str:
    return "{" + ",".join(map(str, sorted(ids))) + "}"


def _set(values: dict[str, str]) -> None:
    """Until the end of the transaction; outside of one it would last for the statement only."""
    with connection.cursor() as cursor:
        calls = ", ".join("set_config(%s, %s, true)" for _ in values)
        cursor.execute(f"SELECT {calls}", [part for pair in values.items() for part in pair])
