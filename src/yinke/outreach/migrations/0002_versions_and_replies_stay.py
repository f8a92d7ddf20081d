"""What was approved and what a customer answered is evidence: the database itself refuses to change or delete it.

A version's decision is written once, while it waits. A reply's text may be emptied when its time is over or its customer is deleted.
"""

from django.db import migrations

GUARD = """
CREATE FUNCTION outreach_version_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.state = 'PENDING' AND (NEW.id, NEW.template_id, NEW.number, NEW.text, NEW.made_by_id, NEW.made_at)
        IS NOT DISTINCT FROM (OLD.id, OLD.template_id, OLD.number, OLD.text, OLD.made_by_id, OLD.made_at) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a version of a text does not change' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER version_stays BEFORE UPDATE OR DELETE ON outreach_templateversion
    FOR EACH ROW EXECUTE FUNCTION outreach_version_stays();
CREATE FUNCTION outreach_reply_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.text_sealed IS NULL AND to_jsonb(NEW) - 'text_sealed' = to_jsonb(OLD) - 'text_sealed' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a reply is append-only' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER reply_stays BEFORE UPDATE ON outreach_reply FOR EACH ROW EXECUTE FUNCTION outreach_reply_stays();
"""
UNGUARD = """
DROP TRIGGER version_stays ON outreach_templateversion;
DROP FUNCTION outreach_version_stays();
DROP TRIGGER reply_stays ON outreach_reply;
DROP FUNCTION outreach_reply_stays();
"""


class Migration(migrations.Migration):
    dependencies = [("outreach", "0001_initial")]
    operations = [migrations.RunSQL(GUARD, UNGUARD)]
