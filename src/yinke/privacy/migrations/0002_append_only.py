"""The consent ledger and the texts behind it are proof: the database refuses to change or delete a row."""

from django.db import migrations

GUARD = """
CREATE FUNCTION privacy_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER consent_is_append_only BEFORE UPDATE OR DELETE ON privacy_consent
    FOR EACH ROW EXECUTE FUNCTION privacy_is_append_only();
CREATE TRIGGER policy_is_append_only BEFORE UPDATE OR DELETE ON privacy_policy
    FOR EACH ROW EXECUTE FUNCTION privacy_is_append_only();
"""
UNGUARD = """
DROP TRIGGER policy_is_append_only ON privacy_policy;
DROP TRIGGER consent_is_append_only ON privacy_consent;
DROP FUNCTION privacy_is_append_only();
"""


class Migration(migrations.Migration):
    dependencies = [("privacy", "0001_initial")]
    operations = [migrations.RunSQL(GUARD, UNGUARD)]
