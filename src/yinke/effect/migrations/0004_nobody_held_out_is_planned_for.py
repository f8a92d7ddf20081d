"""保留对照: the database refuses a task by hand for who is held out, too; what the customer asked for (H04) passes."""

from django.db import migrations

GUARD = """
CREATE OR REPLACE FUNCTION effect_refuses_who_is_held_out() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM effect_experiment WHERE status = 'RUNNING') THEN
        RETURN NULL;
    END IF;
    IF EXISTS (
        SELECT FROM written w
        JOIN effect_member m ON m.customer_id = w.customer_id AND m.held_out
            AND w.biz_date < m.due_on
        JOIN effect_experiment e ON e.id = m.experiment_id AND e.status = 'RUNNING' AND {types}
    ) THEN
        RAISE EXCEPTION 'the customer is held out by an experiment' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$;
"""
NOW = GUARD.replace("{types}", "(e.events ? w.type OR starts_with(w.type, 'H') AND w.type <> 'H04')")
BEFORE = GUARD.replace("{types}", "e.events ? w.type")


class Migration(migrations.Migration):
    dependencies = [("effect", "0003_on_a_segment"), ("care", "0004_tasks_by_hand")]
    operations = [migrations.RunSQL(NOW, BEFORE)]
