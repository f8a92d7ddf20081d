"""短信中心: what a receipt finds its message by; and indexes of the few messages that they are about instead of all."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("outreach", "0011_ready")]
    operations = [
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
