"""联络记录 is evidence: the database itself refuses to change or delete one, whoever asks.

A note may be emptied when its customer is deleted on request (PIPL art. 47); nothing else of a record may.
"""

from django.db import migrations

GUARD = """
CREATE FUNCTION care_contact_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.withdrawn_at IS NULL
        AND to_jsonb(NEW) - 'withdrawn_at' = to_jsonb(OLD) - 'withdrawn_at' THEN
        RETURN NEW;
    END IF;
    IF TG_OP = 'UPDATE' AND NEW.note = '' AND current_setting('yinke.erasing', true) = 'on'
        AND to_jsonb(NEW) - 'note' = to_jsonb(OLD) - 'note' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a contact record is append-only' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER contact_is_append_only BEFORE UPDATE OR DELETE ON care_contactrecord
    FOR EACH ROW EXECUTE FUNCTION care_contact_is_append_only();
"""
UNGUARD = """
DROP TRIGGER contact_is_append_only ON care_contactrecord;
DROP FUNCTION care_contact_is_append_only();
"""


class Migration(migrations.Migration):
    dependencies = [("care", "0001_initial")]
    operations = [migrations.RunSQL(GUARD, UNGUARD)]
