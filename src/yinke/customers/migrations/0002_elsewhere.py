"""Search: the one question that looks beyond what the viewer may see."""

from django.db import migrations

ELSEWHERE = """
CREATE FUNCTION customers_elsewhere(bytea, bytea) RETURNS TABLE (id integer, org_id bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path FROM CURRENT AS $$
    SELECT c.id, c.org_id FROM customers_customer c
    WHERE (c.mobile_index = $1 OR c.cert_index = $2) AND c.status <> 'CLOSED' ORDER BY c.id LIMIT 1
$$;
REVOKE ALL ON FUNCTION customers_elsewhere(bytea, bytea) FROM PUBLIC;
"""
"""The one door past the visibility scope: of a whole number, whose it is by org, and nothing else."""


class Migration(migrations.Migration):
    dependencies = [("customers", "0001_initial")]
    operations = [migrations.RunSQL(ELSEWHERE, "DROP FUNCTION customers_elsewhere(bytea, bytea)")]
