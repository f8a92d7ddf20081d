"""营销活动: what was planned and approved, who takes part. What was submitted does not change; an edit is a draft without approval."""

import django.db.models.deletion
import pghistory.utils
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

GUARD = """
CREATE FUNCTION outreach_campaign_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.id = OLD.id THEN
        IF OLD.state = 'DRAFT' AND (NEW.state IN ('DRAFT', 'ENDED') OR (NEW.state = 'REVIEW' AND NEW.digest <> ''))
            OR OLD.state IN ('REVIEW', 'APPROVED') AND NEW.state = 'DRAFT' AND NEW.digest = ''
        THEN
            RETURN NEW;
        END IF;
        IF (OLD.state || '>' || NEW.state) IN ('REVIEW>REVIEW', 'REVIEW>APPROVED', 'REVIEW>ENDED', 'APPROVED>APPROVED',
                'APPROVED>RUNNING', 'APPROVED>ENDED', 'RUNNING>RUNNING', 'RUNNING>PAUSED', 'RUNNING>ENDED', 'PAUSED>PAUSED',
                'PAUSED>RUNNING', 'PAUSED>ENDED', 'ENDED>ENDED')
            AND ROW(NEW.name, NEW.plan, NEW.text_id, NEW.digest, NEW.made_by_id, NEW.made_at)
                IS NOT DISTINCT FROM ROW(OLD.name, OLD.plan, OLD.text_id, OLD.digest, OLD.made_by_id, OLD.made_at)
            AND (OLD.state = 'REVIEW' OR ROW(NEW.decided_by_id, NEW.decided_at) IS NOT DISTINCT FROM ROW(OLD.decided_by_id, OLD.decided_at))
        THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'what was submitted of a campaign does not change' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER campaign_stays BEFORE UPDATE OR DELETE ON outreach_campaign
    FOR EACH ROW EXECUTE FUNCTION outreach_campaign_stays();
"""
UNGUARD = """
DROP TRIGGER campaign_stays ON outreach_campaign;
DROP FUNCTION outreach_campaign_stays();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('care', '0004_live_events'),
        ('customers', '0003_email'),
        ('effect', '0002_nobody_held_out_is_contacted'),
        ('outreach', '0005_journey_lanes'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='CampaignEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('name', models.CharField(max_length=60)),
                ('state', models.CharField(choices=[('DRAFT', '草稿'), ('REVIEW', '待审批'), ('APPROVED', '已批准'), ('RUNNING', '进行中'), ('PAUSED', '已暂停'), ('ENDED', '已结束')], default='DRAFT', max_length=8)),
                ('reason', models.CharField(blank=True, max_length=200)),
                ('halted', models.CharField(blank=True, max_length=8)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='CampaignMember',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('place', models.PositiveIntegerField()),
                ('held_out', models.BooleanField()),
                ('aum_before', models.DecimalField(decimal_places=2, max_digits=18)),
                ('frozen_on', models.DateField()),
                ('asked_at', models.DateTimeField(null=True)),
                ('offered_on', models.DateField(null=True)),
                ('lead_on', models.DateField(null=True)),
                ('reached_on', models.DateField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='Campaign',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=60)),
                ('state', models.CharField(choices=[('DRAFT', '草稿'), ('REVIEW', '待审批'), ('APPROVED', '已批准'), ('RUNNING', '进行中'), ('PAUSED', '已暂停'), ('ENDED', '已结束')], default='DRAFT', max_length=8)),
                ('plan', models.JSONField()),
                ('digest', models.CharField(blank=True, max_length=64)),
                ('made_at', models.DateTimeField()),
                ('decided_at', models.DateTimeField(null=True)),
                ('reason', models.CharField(blank=True, max_length=200)),
                ('start_asked', models.BooleanField(default=False)),
                ('started_at', models.DateTimeField(null=True)),
                ('ended_at', models.DateTimeField(null=True)),
                ('halted', models.CharField(blank=True, max_length=8)),
                ('frozen', models.JSONField(null=True)),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('experiment', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='effect.experiment')),
                ('made_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('text', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='outreach.templateversion')),
            ],
        ),
        migrations.AddField(
            model_name='message',
            name='campaign',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='messages', to='outreach.campaign'),
        ),
        migrations.AddIndex(
            model_name='message',
            index=models.Index(condition=models.Q(('campaign__isnull', False)), fields=['campaign', 'state'], name='message_of_campaign'),
        ),
        migrations.AddField(
            model_name='campaignevent',
            name='decided_by',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='campaignevent',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='name_state_decided_by_reason_halted_events', to='outreach.campaign'),
        ),
        migrations.AddField(
            model_name='campaignmember',
            name='campaign',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='members', to='outreach.campaign'),
        ),
        migrations.AddField(
            model_name='campaignmember',
            name='customer',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='customers.customer'),
        ),
        migrations.AddConstraint(
            model_name='campaign',
            constraint=models.CheckConstraint(condition=models.Q(('decided_by', None), models.Q(('decided_by', models.F('made_by')), _negated=True), _connector='OR'), name='campaign_checker'),
        ),
        migrations.AddConstraint(
            model_name='campaign',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ('APPROVED', 'RUNNING', 'PAUSED')), _negated=True), models.Q(('decided_by__isnull', False), models.Q(('digest', ''), _negated=True)), _connector='OR'), name='campaign_approved'),
        ),
        migrations.AddConstraint(
            model_name='campaign',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ('RUNNING', 'PAUSED')), _negated=True), ('experiment__isnull', False), _connector='OR'), name='campaign_held_out'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='campaign',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "outreach_campaignevent" ("decided_by_id", "halted", "name", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "state") VALUES (NEW."decided_by_id", NEW."halted", NEW."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'insert\', NEW."id", NEW."reason", NEW."state"); RETURN NULL;', hash='4699863c5907455359078f83825d7b1b87a6d2e2', operation='INSERT', pgid='pgtrigger_insert_insert_2b6f5', table='outreach_campaign', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='campaign',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."decided_by_id" IS DISTINCT FROM (NEW."decided_by_id") OR OLD."halted" IS DISTINCT FROM (NEW."halted") OR OLD."name" IS DISTINCT FROM (NEW."name") OR OLD."reason" IS DISTINCT FROM (NEW."reason") OR OLD."state" IS DISTINCT FROM (NEW."state"))', func='INSERT INTO "outreach_campaignevent" ("decided_by_id", "halted", "name", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "state") VALUES (NEW."decided_by_id", NEW."halted", NEW."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', NEW."id", NEW."reason", NEW."state"); RETURN NULL;', hash='a6b2c0f742374340c01a21bf88c08f22ee765738', operation='UPDATE', pgid='pgtrigger_update_update_401a0', table='outreach_campaign', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='campaign',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "outreach_campaignevent" ("decided_by_id", "halted", "name", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "state") VALUES (OLD."decided_by_id", OLD."halted", OLD."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', OLD."id", OLD."reason", OLD."state"); RETURN NULL;', hash='f4bd94d380482ea011591b94c01a2224a9e9b351', operation='DELETE', pgid='pgtrigger_delete_delete_fcf36', table='outreach_campaign', when='AFTER')),
        ),
        migrations.AddIndex(
            model_name='campaignevent',
            index=models.Index(fields=['-pgh_created_at', '-pgh_id'], name='campaign_changed'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='campaignevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='4b029b20565053ed546f8ebab80bad8ae27929a0', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_db93f', table='outreach_campaignevent', when='BEFORE')),
        ),
        migrations.AddIndex(
            model_name='campaignmember',
            index=models.Index(condition=models.Q(('asked_at', None), ('held_out', False)), fields=['campaign', 'place'], name='campaign_to_ask'),
        ),
        migrations.AddIndex(
            model_name='campaignmember',
            index=models.Index(condition=models.Q(('lead_on__isnull', False)), fields=['campaign', 'lead_on'], name='campaign_leads'),
        ),
        migrations.AddIndex(
            model_name='campaignmember',
            index=models.Index(condition=models.Q(('reached_on__isnull', False)), fields=['campaign', 'held_out'], name='campaign_reached'),
        ),
        migrations.AddConstraint(
            model_name='campaignmember',
            constraint=models.UniqueConstraint(fields=('campaign', 'customer'), name='campaign_one_place'),
        ),
        migrations.AddConstraint(
            model_name='campaignmember',
            constraint=models.CheckConstraint(condition=models.Q(('held_out', False), models.Q(('asked_at__isnull', True), ('lead_on__isnull', True), ('offered_on__isnull', True)), _connector='OR'), name='campaign_held_out_untouched'),
        ),
        migrations.RunSQL(GUARD, UNGUARD),
    ]
