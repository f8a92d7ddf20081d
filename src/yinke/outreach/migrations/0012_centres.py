"""短信中心: what a receipt finds its message by; indexes of the few messages that they are about instead of all; and who waits to
enter a journey as bitmaps."""

from django.db import migrations, models
from django.db.models import Q
from pyroaring import BitMap


def _to_bitmaps(apps, schema_editor):
    for row in apps.get_model("outreach", "JourneyComing").objects.iterator(1):
        row.bitmap = BitMap(row.customers).serialize()
        row.save(update_fields=["bitmap"])


class Migration(migrations.Migration):
    dependencies = [("outreach", "0011_ready")]
    operations = [
        migrations.AddField("journeycoming", "bitmap", models.BinaryField(default=b"")),
        migrations.RunPython(_to_bitmaps),
        migrations.RemoveField("journeycoming", "customers"),
        migrations.RenameField("journeycoming", "bitmap", "customers"),
        migrations.AlterField("journeycoming", "customers", models.BinaryField()),
        migrations.AlterField(
            "message",
            "version",
            models.ForeignKey(
                db_constraint=False, on_delete=models.deletion.PROTECT, related_name="messages", to="outreach.templateversion"
            ),
        ),
        migrations.AlterField(
            "message",
            "task",
            models.ForeignKey(
                db_index=False, null=True, on_delete=models.deletion.PROTECT, related_name="messages", to="care.task"
            ),
        ),
        migrations.AddIndex(
            "message", models.Index(fields=["task"], condition=Q(task__isnull=False), name="message_of_task")
        ),
        migrations.AlterField(
            "message",
            "fallback_of",
            models.ForeignKey(
                db_index=False, null=True, on_delete=models.deletion.SET_NULL, related_name="next_channel", to="outreach.message"
            ),
        ),
        migrations.AlterField(
            "message",
            "salon_guest",
            models.ForeignKey(
                db_index=False, null=True, on_delete=models.deletion.SET_NULL, related_name="messages", to="outreach.salonguest"
            ),
        ),
        migrations.AddIndex(
            "message",
            models.Index(fields=["salon_guest"], condition=Q(salon_guest__isnull=False), name="message_of_salon_guest"),
        ),
        migrations.AddIndex(
            "message",
            models.Index(
                fields=["provider_ref"], condition=Q(provider_ref__startswith="smpp:"), name="message_at_a_centre"
            ),
        ),
        migrations.AddConstraint(
            "message",
            models.UniqueConstraint(
                fields=["fallback_of"], condition=Q(fallback_of__isnull=False), name="outreach_one_in_its_place"
            ),
        ),
    ]
