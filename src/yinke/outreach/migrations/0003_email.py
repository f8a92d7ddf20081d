"""邮件: a subject beside the text, the channel of an answer, and addresses that take nothing any more."""

import django.db.models.deletion
from django.db import migrations, models

CHANNELS = [("SMS", "短信"), ("EMAIL", "邮件")]
GUARD = """
CREATE OR REPLACE FUNCTION outreach_version_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.state = 'PENDING'
        AND (NEW.id, NEW.template_id, NEW.number, NEW.subject, NEW.text, NEW.made_by_id, NEW.made_at)
        IS NOT DISTINCT FROM (OLD.id, OLD.template_id, OLD.number, OLD.subject, OLD.text, OLD.made_by_id, OLD.made_at) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a version of a text does not change' USING ERRCODE = 'restrict_violation';
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("outreach", "0002_versions_and_replies_stay"), ("customers", "0003_email")]
    operations = [
        migrations.AddField("templateversion", "subject", models.CharField(blank=True, default="", max_length=60), preserve_default=False),
        migrations.AlterField("templateversion", "text", models.CharField(max_length=5000)),
        migrations.AlterField("template", "channel", models.CharField(choices=CHANNELS, max_length=6)),
        migrations.AlterField("message", "channel", models.CharField(choices=CHANNELS, max_length=6)),
        migrations.AddField("reply", "channel", models.CharField(choices=CHANNELS, default="SMS", max_length=6)),
        migrations.CreateModel(
            "DeadMailbox",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("email_index", models.BinaryField()),
                ("at", models.DateTimeField()),
                ("customer", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="customers.customer")),
            ],
        ),
        migrations.AddConstraint(
            "deadmailbox",
            models.UniqueConstraint(fields=("customer", "email_index"), name="outreach_one_dead_mailbox"),
        ),
        migrations.RunSQL(GUARD, migrations.RunSQL.noop),
    ]
