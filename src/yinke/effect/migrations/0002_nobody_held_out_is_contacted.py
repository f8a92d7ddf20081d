"""保留对照: the database refuses a reason for a task of a customer who is held out, whoever writes it.

A task by hand for what the customer asked for (H04) passes.
"""

from django.db import migrations

GUARD = """
CREATE FUNCTION effect_refuses_who_is_held_out() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM effect_experiment WHERE status = 'RUNNING') THEN
        RETURN NULL;
    END IF;
    IF EXISTS (
        SELECT FROM written w
        JOIN effect_member m ON m.customer_id = w.customer_id AND m.held_out
            AND w.biz_date < m.due_on
        JOIN effect_experiment e ON e.id = m.experiment_id AND e.status = 'RUNNING'
            AND (e.events ? w.type OR starts_with(w.type, 'H') AND w.type <> 'H04')
    ) THEN
        RAISE EXCEPTION 'the customer is held out by an experiment' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER effect_held_out AFTER INSERT ON care_reason REFERENCING NEW TABLE AS written
    FOR EACH STATEMENT EXECUTE FUNCTION effect_refuses_who_is_held_out();
"""
UNGUARD = """
DROP TRIGGER effect_held_out ON care_reason;
DROP FUNCTION effect_refuses_who_is_held_out();
"""


class Migration(migrations.Migration):
    dependencies = [("effect", "0001_initial"), ("care", "0001_initial")]
    operations = [migrations.RunSQL(GUARD, UNGUARD)]
