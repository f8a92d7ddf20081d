"""Who enters a journey waits by lanes; rows that a tick writes by the million are not checked one by one."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('customers', '0003_email'),
        ('outreach', '0004_journeys'),
    ]

    operations = [
        migrations.AlterField(
            model_name='message',
            name='journey',
            field=models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='messages', to='outreach.journeyversion'),
        ),
        migrations.AlterField(
            model_name='traveller',
            name='customer',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='customers.customer'),
        ),
        migrations.AlterField(
            model_name='traveller',
            name='journey',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='travellers', to='outreach.journey'),
        ),
        migrations.AlterField(
            model_name='traveller',
            name='version',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='travellers', to='outreach.journeyversion'),
        ),
        migrations.CreateModel(
            name='JourneyComing',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('lane', models.PositiveSmallIntegerField()),
                ('customers', django.contrib.postgres.fields.ArrayField(base_field=models.IntegerField(), size=None)),
                ('journey', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='outreach.journey')),
            ],
        ),
    ]
