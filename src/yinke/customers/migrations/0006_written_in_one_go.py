"""Tags and list entries are written by the hundred thousand: not checked row by row, and what they were added in is found by blocks of pages."""

import django.contrib.postgres.indexes
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0005_fewer_indexes"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name="customertag",
            name="added_in",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="customers.bulkaction",
            ),
        ),
        migrations.AlterField(
            model_name="customertag",
            name="customer",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="customers.customer",
            ),
        ),
        migrations.AlterField(
            model_name="customertag",
            name="tag",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="customers.tag",
            ),
        ),
        migrations.AlterField(
            model_name="listentry",
            name="added_in",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="customers.bulkaction",
            ),
        ),
        migrations.AlterField(
            model_name="listentry",
            name="customer",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="customers.customer",
            ),
        ),
        migrations.AlterField(
            model_name="listentry",
            name="of_list",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="customers.customerlist",
            ),
        ),
        migrations.AddIndex(
            model_name="customertag",
            index=django.contrib.postgres.indexes.BrinIndex(fields=["added_in"], name="customertag_added"),
        ),
        migrations.AddIndex(
            model_name="listentry",
            index=django.contrib.postgres.indexes.BrinIndex(fields=["added_in"], name="listentry_added"),
        ),
    ]
