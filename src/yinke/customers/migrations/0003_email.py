from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("customers", "0002_elsewhere")]
    operations = [
        migrations.AddField("customer", "email_sealed", models.BinaryField(null=True)),
        migrations.AddField("customer", "email_index", models.BinaryField(db_index=True, null=True)),
    ]
