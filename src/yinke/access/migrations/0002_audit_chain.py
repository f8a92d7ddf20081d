"""The audit trail is append-only and chained (JR/T 0171, GB/T 22239-2019 8.1.4.3)."""

from django.db import migrations

CHAIN = """
CREATE FUNCTION audit_text(e access_auditentry) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT string_agg(octet_length(part) || ':' || part, ',' ORDER BY n)
    FROM unnest(ARRAY[
        e.id::text, to_char(e.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'), COALESCE(e.user_id::text, ''),
        e.action, e.object_type, e.object_id, e.reason, COALESCE(host(e.address), ''), encode(e.previous, 'hex')
    ]) WITH ORDINALITY AS parts (part, n)
$$;

CREATE FUNCTION audit_link() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('audit', 0));
    NEW.id := nextval(pg_get_serial_sequence('access_auditentry', 'id'));
    SELECT digest INTO NEW.previous FROM access_auditentry ORDER BY id DESC LIMIT 1;
    NEW.previous := COALESCE(NEW.previous, decode(repeat('00', 32), 'hex'));
    NEW.digest := sha256(convert_to(audit_text(NEW), 'UTF8'));
    RETURN NEW;
END
$$;

CREATE FUNCTION audit_keep() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'audit entries are never changed or deleted' USING ERRCODE = 'insufficient_privilege';
END
$$;

CREATE TRIGGER audit_link BEFORE INSERT ON access_auditentry FOR EACH ROW EXECUTE FUNCTION audit_link();
CREATE TRIGGER audit_keep BEFORE UPDATE OR DELETE ON access_auditentry FOR EACH ROW EXECUTE FUNCTION audit_keep();
"""
# The number is given under the lock: entries then stand in the order of the chain. What is locked is held until the
# transaction ends, so that an entry which is rolled back leaves no hole.

NO_CHAIN = """
DROP TRIGGER audit_link ON access_auditentry;
DROP TRIGGER audit_keep ON access_auditentry;
DROP FUNCTION audit_link();
DROP FUNCTION audit_keep();
DROP FUNCTION audit_text(access_auditentry);
"""


class Migration(migrations.Migration):
    dependencies = [("access", "0001_initial")]
    operations = [migrations.RunSQL(CHAIN, NO_CHAIN)]
