"""A note may be emptied when its customer is deleted on request (PIPL art. 47); nothing else of a record may."""

from django.db import migrations

BODY = """
CREATE OR REPLACE FUNCTION care_contact_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.withdrawn_at IS NULL
        AND to_jsonb(NEW) - 'withdrawn_at' = to_jsonb(OLD) - 'withdrawn_at' THEN
        RETURN NEW;
    END IF;
    {more}
    RAISE EXCEPTION 'a contact record is append-only' USING ERRCODE = 'restrict_violation';
END $$;
"""
ERASING = """IF TG_OP = 'UPDATE' AND NEW.note = '' AND current_setting('yinke.erasing', true) = 'on'
        AND to_jsonb(NEW) - 'note' = to_jsonb(OLD) - 'note' THEN
        RETURN NEW;
    END IF;"""


class Migration(migrations.Migration):
    dependencies = [("care", "0005_owners_idle_warning")]
    operations = [migrations.RunSQL(BODY.format(more=ERASING), BODY.format(more=""))]
