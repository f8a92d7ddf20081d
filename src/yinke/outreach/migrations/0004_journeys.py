"""客户旅程: what was drawn, where customers stand in it, what it asked for. What was submitted does not change but for its decision."""

import django.contrib.postgres.fields
import django.db.models.deletion
import pghistory.utils
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

GUARD = """
CREATE FUNCTION outreach_journey_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND (NEW.id, NEW.journey_id, NEW.number) = (OLD.id, OLD.journey_id, OLD.number) AND (OLD.state = 'DRAFT'
        OR (OLD.state = 'PENDING' AND (NEW.definition, NEW.made_by_id, NEW.made_at) = (OLD.definition, OLD.made_by_id, OLD.made_at)))
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a version of a journey does not change' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER version_stays BEFORE UPDATE OR DELETE ON outreach_journeyversion
    FOR EACH ROW EXECUTE FUNCTION outreach_journey_stays();
"""
UNGUARD = """
DROP TRIGGER version_stays ON outreach_journeyversion;
DROP FUNCTION outreach_journey_stays();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('care', '0003_topic_of_a_note'),
        ('customers', '0003_email'),
        ('outreach', '0003_email'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='JourneyVersionEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('number', models.PositiveSmallIntegerField()),
                ('state', models.CharField(choices=[('DRAFT', '草稿'), ('PENDING', '待审批'), ('APPROVED', '已通过'), ('REFUSED', '已拒绝'), ('WITHDRAWN', '已撤回')], default='DRAFT', max_length=9)),
                ('reason', models.CharField(blank=True, max_length=200)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Traveller',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('entry', models.PositiveSmallIntegerField()),
                ('state', models.CharField(choices=[('INSIDE', '进行中'), ('DONE', '已走完'), ('GOAL', '已达成目标'), ('HELD_OUT', '保留对照'), ('STOPPED', '已停止')], default='INSIDE', max_length=8)),
                ('step', models.CharField(blank=True, max_length=12)),
                ('since', models.DateTimeField()),
                ('due_at', models.DateTimeField(null=True)),
                ('heard', models.BooleanField(default=False)),
                ('path', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=24), default=list, size=None)),
                ('held_out', models.BooleanField(null=True)),
                ('entered_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
                ('reached_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.AddField(
            model_name='message',
            name='journey_step',
            field=models.CharField(blank=True, db_default='', default='', max_length=12),
        ),
        migrations.CreateModel(
            name='Journey',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=60)),
                ('state', models.CharField(choices=[('DRAFT', '草稿'), ('RUNNING', '运行中'), ('PAUSED', '已暂停'), ('STOPPED', '已停止')], default='DRAFT', max_length=7)),
                ('made_at', models.DateTimeField(auto_now_add=True)),
                ('cursor', models.JSONField(null=True)),
                ('entering', models.BooleanField(default=False)),
                ('date_done', models.BooleanField(default=False)),
                ('ticked_at', models.DateTimeField(null=True)),
                ('made_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='JourneyVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveSmallIntegerField()),
                ('definition', models.JSONField()),
                ('state', models.CharField(choices=[('DRAFT', '草稿'), ('PENDING', '待审批'), ('APPROVED', '已通过'), ('REFUSED', '已拒绝'), ('WITHDRAWN', '已撤回')], default='DRAFT', max_length=9)),
                ('made_at', models.DateTimeField()),
                ('decided_at', models.DateTimeField(null=True)),
                ('reason', models.CharField(blank=True, max_length=200)),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('journey', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='versions', to='outreach.journey')),
                ('made_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='JourneyTask',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('step', models.CharField(max_length=12)),
                ('priority', models.PositiveSmallIntegerField()),
                ('facts', models.JSONField()),
                ('asked_on', models.DateField(db_index=True)),
                ('expire_on', models.DateField()),
                ('request_key', models.CharField(max_length=80, unique=True)),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='customers.customer')),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='outreach.journeyversion')),
            ],
        ),
        migrations.CreateModel(
            name='JourneyEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('name', models.CharField(max_length=60)),
                ('state', models.CharField(choices=[('DRAFT', '草稿'), ('RUNNING', '运行中'), ('PAUSED', '已暂停'), ('STOPPED', '已停止')], default='DRAFT', max_length=7)),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='name_state_in_force_events', to='outreach.journey')),
                ('in_force', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='outreach.journeyversion')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.AddField(
            model_name='journey',
            name='in_force',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='outreach.journeyversion'),
        ),
        migrations.AddField(
            model_name='message',
            name='journey',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='messages', to='outreach.journeyversion'),
        ),
        migrations.AddIndex(
            model_name='message',
            index=models.Index(condition=models.Q(('journey__isnull', False)), fields=['journey', 'journey_step', 'state'], name='message_of_journey'),
        ),
        migrations.AddField(
            model_name='journeyversionevent',
            name='decided_by',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='journeyversionevent',
            name='journey',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='outreach.journey'),
        ),
        migrations.AddField(
            model_name='journeyversionevent',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='journey_number_state_decided_by_reason_events', to='outreach.journeyversion'),
        ),
        migrations.AddField(
            model_name='traveller',
            name='customer',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='customers.customer'),
        ),
        migrations.AddField(
            model_name='traveller',
            name='journey',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='travellers', to='outreach.journey'),
        ),
        migrations.AddField(
            model_name='traveller',
            name='version',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='travellers', to='outreach.journeyversion'),
        ),
        migrations.AddConstraint(
            model_name='journeyversion',
            constraint=models.UniqueConstraint(fields=('journey', 'number'), name='journey_one_version'),
        ),
        migrations.AddConstraint(
            model_name='journeyversion',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ('DRAFT', 'PENDING'))), fields=('journey',), name='journey_one_open_version'),
        ),
        migrations.AddConstraint(
            model_name='journeyversion',
            constraint=models.CheckConstraint(condition=models.Q(('decided_by', None), models.Q(('decided_by', models.F('made_by')), _negated=True), _connector='OR'), name='journey_checker'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='journeyversion',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "outreach_journeyversionevent" ("decided_by_id", "journey_id", "number", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "state") VALUES (NEW."decided_by_id", NEW."journey_id", NEW."number", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'insert\', NEW."id", NEW."reason", NEW."state"); RETURN NULL;', hash='ff4c0b85cda505bbcf30da1e0a44eaad8b3ded2a', operation='INSERT', pgid='pgtrigger_insert_insert_50f57', table='outreach_journeyversion', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='journeyversion',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."decided_by_id" IS DISTINCT FROM (NEW."decided_by_id") OR OLD."journey_id" IS DISTINCT FROM (NEW."journey_id") OR OLD."number" IS DISTINCT FROM (NEW."number") OR OLD."reason" IS DISTINCT FROM (NEW."reason") OR OLD."state" IS DISTINCT FROM (NEW."state"))', func='INSERT INTO "outreach_journeyversionevent" ("decided_by_id", "journey_id", "number", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "state") VALUES (NEW."decided_by_id", NEW."journey_id", NEW."number", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', NEW."id", NEW."reason", NEW."state"); RETURN NULL;', hash='9d14a0d1d743d4b7359d1f334f7489ba4e7e47a3', operation='UPDATE', pgid='pgtrigger_update_update_79cd7', table='outreach_journeyversion', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='journeyversion',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "outreach_journeyversionevent" ("decided_by_id", "journey_id", "number", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "state") VALUES (OLD."decided_by_id", OLD."journey_id", OLD."number", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', OLD."id", OLD."reason", OLD."state"); RETURN NULL;', hash='45f228643242912663ff810433ed0dba0dc94748', operation='DELETE', pgid='pgtrigger_delete_delete_2cd42', table='outreach_journeyversion', when='AFTER')),
        ),
        migrations.AddIndex(
            model_name='journeyevent',
            index=models.Index(fields=['-pgh_created_at', '-pgh_id'], name='journey_changed'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='journeyevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='102439127c25a6a6b81e3a98d7aa5b491a0b98f0', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_40ffd', table='outreach_journeyevent', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='journey',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "outreach_journeyevent" ("in_force_id", "name", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "state") VALUES (NEW."in_force_id", NEW."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'insert\', NEW."id", NEW."state"); RETURN NULL;', hash='cc025d58140d251cabb04bdb0884e7674514741a', operation='INSERT', pgid='pgtrigger_insert_insert_4f98d', table='outreach_journey', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='journey',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."in_force_id" IS DISTINCT FROM (NEW."in_force_id") OR OLD."name" IS DISTINCT FROM (NEW."name") OR OLD."state" IS DISTINCT FROM (NEW."state"))', func='INSERT INTO "outreach_journeyevent" ("in_force_id", "name", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "state") VALUES (NEW."in_force_id", NEW."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', NEW."id", NEW."state"); RETURN NULL;', hash='771c03f14188ca126f4717cf7f07d0e3b60079a3', operation='UPDATE', pgid='pgtrigger_update_update_83e6c', table='outreach_journey', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='journey',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "outreach_journeyevent" ("in_force_id", "name", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "state") VALUES (OLD."in_force_id", OLD."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', OLD."id", OLD."state"); RETURN NULL;', hash='0cf563ec3564782dcd0320b456581703fb89ed09', operation='DELETE', pgid='pgtrigger_delete_delete_03960', table='outreach_journey', when='AFTER')),
        ),
        migrations.AddIndex(
            model_name='journeyversionevent',
            index=models.Index(fields=['-pgh_created_at', '-pgh_id'], name='journeyversion_changed'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='journeyversionevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='0a63383d86c94f06cd1367dbd79769297c184952', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_da6ee', table='outreach_journeyversionevent', when='BEFORE')),
        ),
        migrations.AddIndex(
            model_name='traveller',
            index=models.Index(condition=models.Q(('state', 'INSIDE')), fields=['version', 'step', 'due_at'], name='traveller_due'),
        ),
        migrations.AddIndex(
            model_name='traveller',
            index=models.Index(fields=['customer'], name='traveller_of_customer'),
        ),
        migrations.AddConstraint(
            model_name='traveller',
            constraint=models.UniqueConstraint(fields=('journey', 'customer', 'entry'), name='journey_one_entry'),
        ),
        migrations.RunSQL(GUARD, UNGUARD),
    ]
