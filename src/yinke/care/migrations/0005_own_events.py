"""自定义事件: what was submitted does not change but for its decision; the database refuses it, and who makes does not decide."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

GUARD = """
CREATE FUNCTION care_own_event_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.state = 'PENDING' AND
        (to_jsonb(NEW) - ARRAY['state', 'valid_from', 'decided_by_id', 'decided_at', 'reason'])
        = (to_jsonb(OLD) - ARRAY['state', 'valid_from', 'decided_by_id', 'decided_at', 'reason'])
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a version of an own event does not change' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER version_stays BEFORE UPDATE OR DELETE ON care_owneventversion
    FOR EACH ROW EXECUTE FUNCTION care_own_event_stays();
"""
UNGUARD = """
DROP TRIGGER version_stays ON care_owneventversion;
DROP FUNCTION care_own_event_stays();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('care', '0004_live_events'),
        ('segments', '0002_mark_changes'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='OwnEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=4, unique=True)),
                ('made_at', models.DateTimeField(auto_now_add=True)),
                ('stopped_at', models.DateTimeField(null=True)),
                ('made_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='OwnEventVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveSmallIntegerField()),
                ('name_zh', models.CharField(max_length=20)),
                ('name_en', models.CharField(blank=True, max_length=60)),
                ('says_zh', models.CharField(max_length=120)),
                ('says_en', models.CharField(blank=True, max_length=240)),
                ('script_zh', models.CharField(blank=True, max_length=500)),
                ('script_en', models.CharField(blank=True, max_length=1000)),
                ('family', models.CharField(max_length=10)),
                ('channel', models.CharField(choices=[('PHONE', '电话'), ('VISIT', '面谈'), ('WECOM', '企业微信'), ('SMS', '短信')], max_length=5)),
                ('priority', models.PositiveSmallIntegerField()),
                ('expire_days', models.PositiveSmallIntegerField()),
                ('quiet_days', models.PositiveSmallIntegerField()),
                ('tier_from', models.PositiveSmallIntegerField()),
                ('state', models.CharField(choices=[('PENDING', '待审批'), ('APPROVED', '已通过'), ('REFUSED', '已拒绝'), ('WITHDRAWN', '已撤回')], default='PENDING', max_length=9)),
                ('valid_from', models.DateField(null=True)),
                ('made_at', models.DateTimeField()),
                ('decided_at', models.DateTimeField(null=True)),
                ('reason', models.CharField(blank=True, max_length=200)),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('event', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='versions', to='care.ownevent')),
                ('made_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('segment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='segments.segment')),
            ],
            options={
                'constraints': [
                    models.UniqueConstraint(fields=('event', 'number'), name='own_event_one_version'),
                    models.UniqueConstraint(condition=models.Q(('state', 'PENDING')), fields=('event',), name='own_event_one_pending'),
                    models.CheckConstraint(condition=models.Q(('decided_by', None), models.Q(('decided_by', models.F('made_by')), _negated=True), _connector='OR'), name='own_event_checker'),
                    models.CheckConstraint(condition=models.Q(models.Q(('state', 'APPROVED'), _negated=True), models.Q(('decided_by__isnull', False), ('valid_from__isnull', False)), _connector='OR'), name='own_event_approved_by'),
                ],
            },
        ),
        migrations.RunSQL(GUARD, UNGUARD),
    ]
