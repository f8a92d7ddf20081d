"""企业微信与手机银行: two more channels, who is whose contact in WeCom, and the text of another channel when one reaches nobody."""

import django.db.models.deletion
from django.db import migrations, models

CHANNELS = [("SMS", "短信"), ("EMAIL", "邮件"), ("WECOM", "企业微信"), ("APP", "手机银行")]


class Migration(migrations.Migration):
    dependencies = [("outreach", "0006_campaigns"), ("customers", "0003_email")]
    operations = [
        migrations.AlterField("template", "channel", models.CharField(choices=CHANNELS, max_length=6)),
        migrations.AlterField("message", "channel", models.CharField(choices=CHANNELS, max_length=6)),
        migrations.AlterField("reply", "channel", models.CharField(choices=CHANNELS, default="SMS", max_length=6)),
        migrations.CreateModel(
            "WecomContact",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("userid", models.CharField(max_length=64)),
                ("external_sealed", models.BinaryField()),
                ("external_index", models.BinaryField()),
                ("since", models.DateTimeField()),
                ("told_at", models.DateTimeField()),
                ("gone_at", models.DateTimeField(null=True)),
                ("ask_at", models.DateTimeField(null=True)),
                (
                    "customer",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="customers.customer"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("ask_at__isnull", False)), fields=["ask_at"], name="wecom_contact_to_ask"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("external_index", "userid"), name="outreach_one_wecom_contact")
                ],
            },
        ),
        migrations.AddField(
            "careplan",
            "otherwise",
            models.ForeignKey(
                db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="outreach.template"
            ),
        ),
        migrations.AddField(
            "message",
            "fallback_of",
            models.OneToOneField(
                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="next_channel", to="outreach.message"
            ),
        ),
        migrations.AddField("message", "doubtful", models.BooleanField(db_default=False, default=False)),
        migrations.AlterField("message", "provider_ref", models.CharField(blank=True, max_length=100)),
        migrations.AddIndex(
            "message",
            models.Index(
                condition=models.Q(("channel", "WECOM"), ("state", "SENT")), fields=["next_at"], name="message_in_wecom"
            ),
        ),
    ]
