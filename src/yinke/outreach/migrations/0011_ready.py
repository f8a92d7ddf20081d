"""即用模板: what a text, a plan of care or a journey was taken from, each in force once."""

from django.db import migrations, models
from django.db.models import Q


def _ready():
    return models.CharField(blank=True, db_default="", default="", max_length=30)


class Migration(migrations.Migration):
    dependencies = [("outreach", "0010_waterfall")]
    operations = [
        migrations.AddField("template", "ready", _ready()),
        migrations.AddField("careplan", "ready", _ready()),
        migrations.AddField("journey", "ready", _ready()),
        migrations.AddConstraint(
            "template",
            models.UniqueConstraint(
                fields=["ready"], condition=~Q(ready="") & Q(retired_at=None), name="outreach_one_of_a_ready_text"
            ),
        ),
        migrations.AddConstraint(
            "careplan",
            models.UniqueConstraint(
                fields=["ready"], condition=~Q(ready="") & Q(state__in=("PENDING", "RUNNING")), name="outreach_one_of_a_ready_plan"
            ),
        ),
        migrations.AddConstraint(
            "journey",
            models.UniqueConstraint(
                fields=["ready"], condition=~Q(ready="") & ~Q(state="STOPPED"), name="outreach_one_of_a_ready_journey"
            ),
        ),
    ]
