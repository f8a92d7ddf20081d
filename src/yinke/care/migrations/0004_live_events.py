import django.contrib.postgres.indexes
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('care', '0003_topic_of_a_note'),
        ('customers', '0003_email'),
    ]

    operations = [
        migrations.CreateModel(
            name='LiveEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('source', models.CharField(max_length=20)),
                ('event_id', models.CharField(max_length=64)),
                ('kind', models.CharField(max_length=12)),
                ('at', models.DateTimeField()),
                ('received_at', models.DateTimeField()),
                ('day', models.DateField()),
                ('amount', models.DecimalField(decimal_places=2, max_digits=18, null=True)),
                ('facts', models.JSONField(default=dict)),
                ('outcome', models.CharField(choices=[('TAKEN', '已受理'), ('REFUSED', '已拒绝')], max_length=8)),
                ('why', models.CharField(blank=True, max_length=200)),
                ('customer', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='customers.customer')),
            ],
            options={
                'indexes': [
                    models.Index(fields=['customer', 'day'], name='live_event_of_day'),
                    django.contrib.postgres.indexes.BrinIndex(fields=['received_at'], name='live_event_by_time'),
                ],
                'constraints': [models.UniqueConstraint(fields=('source', 'event_id'), name='one_live_event')],
            },
        ),
    ]
