"""Messages and travellers are written by the million: fewer indexes, and those that nothing else could answer."""

import django.contrib.postgres.indexes
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("care", "0005_own_events"),
        ("customers", "0006_written_in_one_go"),
        ("outreach", "0012_centres"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="traveller",
            name="journey_one_entry",
        ),
        migrations.RemoveIndex(
            model_name="message",
            name="message_newest",
        ),
        migrations.RemoveIndex(
            model_name="traveller",
            name="traveller_of_customer",
        ),
        migrations.AlterField(
            model_name="message",
            name="by",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AlterField(
            model_name="message",
            name="campaign",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="messages",
                to="outreach.campaign",
            ),
        ),
        migrations.AlterField(
            model_name="message",
            name="plan",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="messages",
                to="outreach.careplan",
            ),
        ),
        migrations.AlterField(
            model_name="message",
            name="request_key",
            field=models.CharField(max_length=80),
        ),
        migrations.AlterField(
            model_name="message",
            name="version",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="messages",
                to="outreach.templateversion",
            ),
        ),
        migrations.AddIndex(
            model_name="message",
            index=django.contrib.postgres.indexes.BrinIndex(fields=["made_at"], name="message_by_time"),
        ),
        migrations.AddIndex(
            model_name="message",
            index=django.contrib.postgres.indexes.BrinIndex(
                fields=["version"], name="message_of_text", opclasses=["int8_minmax_multi_ops"]
            ),
        ),
        migrations.AddIndex(
            model_name="traveller",
            index=django.contrib.postgres.indexes.BrinIndex(fields=["journey"], name="traveller_of_journey"),
        ),
        migrations.AddConstraint(
            model_name="message",
            constraint=models.UniqueConstraint(fields=("request_key",), name="outreach_one_wish"),
        ),
        migrations.AddConstraint(
            model_name="traveller",
            constraint=models.UniqueConstraint(
                fields=("customer", "journey", "entry"), name="journey_one_entry"
            ),
        ),
    ]
