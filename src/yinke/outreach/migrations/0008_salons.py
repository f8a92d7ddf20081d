"""沙龙: what is planned and approved, and who is asked to it. What was approved does not change; an edit before is a draft anew."""

import django.db.models.deletion
import pghistory.utils
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

GUARD = """
CREATE FUNCTION outreach_salon_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.id = OLD.id THEN
        IF OLD.state = 'DRAFT' AND (NEW.state IN ('DRAFT', 'CANCELLED') OR (NEW.state = 'REVIEW' AND NEW.digest <> ''))
            OR OLD.state = 'REVIEW' AND NEW.state = 'DRAFT' AND NEW.digest = ''
        THEN
            RETURN NEW;
        END IF;
        IF (OLD.state || '>' || NEW.state) IN ('REVIEW>REVIEW', 'REVIEW>OPEN', 'REVIEW>CANCELLED', 'OPEN>OPEN', 'OPEN>CANCELLED',
                'CANCELLED>CANCELLED')
            AND ROW(NEW.name, NEW.host_id, NEW.plan, NEW.starts_at, NEW.seats, NEW.digest, NEW.made_by_id, NEW.made_at)
                IS NOT DISTINCT FROM ROW(OLD.name, OLD.host_id, OLD.plan, OLD.starts_at, OLD.seats, OLD.digest, OLD.made_by_id, OLD.made_at)
            AND (OLD.state = 'REVIEW' OR ROW(NEW.decided_by_id, NEW.decided_at) IS NOT DISTINCT FROM ROW(OLD.decided_by_id, OLD.decided_at))
        THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'what was submitted of a salon does not change' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER salon_stays BEFORE UPDATE OR DELETE ON outreach_salon
    FOR EACH ROW EXECUTE FUNCTION outreach_salon_stays();
"""
UNGUARD = """
DROP TRIGGER salon_stays ON outreach_salon;
DROP FUNCTION outreach_salon_stays();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('access', '0002_audit_chain'),
        ('customers', '0004_kept_unchecked'),
        ('outreach', '0007_more_channels'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Salon',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=60)),
                ('state', models.CharField(choices=[('DRAFT', '草稿'), ('REVIEW', '待审批'), ('OPEN', '已批准'), ('CANCELLED', '已取消')], default='DRAFT', max_length=9)),
                ('plan', models.JSONField()),
                ('starts_at', models.DateTimeField()),
                ('seats', models.PositiveSmallIntegerField()),
                ('taken', models.PositiveSmallIntegerField(default=0)),
                ('digest', models.CharField(blank=True, max_length=64)),
                ('made_at', models.DateTimeField()),
                ('decided_at', models.DateTimeField(null=True)),
                ('reason', models.CharField(blank=True, max_length=200)),
                ('cancelled_at', models.DateTimeField(null=True)),
                ('spent', models.DecimalField(decimal_places=2, max_digits=12, null=True)),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('host', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='access.org')),
                ('made_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='SalonEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('name', models.CharField(max_length=60)),
                ('state', models.CharField(choices=[('DRAFT', '草稿'), ('REVIEW', '待审批'), ('OPEN', '已批准'), ('CANCELLED', '已取消')], default='DRAFT', max_length=9)),
                ('reason', models.CharField(blank=True, max_length=200)),
                ('decided_by', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='name_state_decided_by_reason_events', to='outreach.salon')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='SalonGuest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('INVITED', '已邀约'), ('COMING', '已报名'), ('WAITING', '候补'), ('DECLINED', '不参加')], default='INVITED', max_length=8)),
                ('seats', models.PositiveSmallIntegerField(default=1)),
                ('invited_at', models.DateTimeField()),
                ('answered_at', models.DateTimeField(null=True)),
                ('moved_up_at', models.DateTimeField(null=True)),
                ('attended_at', models.DateTimeField(null=True)),
                ('aum_before', models.DecimalField(decimal_places=2, max_digits=18, null=True)),
                ('aum_30', models.DecimalField(decimal_places=2, max_digits=18, null=True)),
                ('aum_60', models.DecimalField(decimal_places=2, max_digits=18, null=True)),
                ('aum_90', models.DecimalField(decimal_places=2, max_digits=18, null=True)),
                ('answered_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('attended_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='customers.customer')),
                ('invited_by', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('salon', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='guests', to='outreach.salon')),
            ],
        ),
        migrations.AddField(
            model_name='message',
            name='salon_guest',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='messages', to='outreach.salonguest'),
        ),
        migrations.AddConstraint(
            model_name='salon',
            constraint=models.CheckConstraint(condition=models.Q(('decided_by', None), models.Q(('decided_by', models.F('made_by')), _negated=True), _connector='OR'), name='salon_checker'),
        ),
        migrations.AddConstraint(
            model_name='salon',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'OPEN'), _negated=True), models.Q(('decided_by__isnull', False), models.Q(('digest', ''), _negated=True)), _connector='OR'), name='salon_approved'),
        ),
        migrations.AddConstraint(
            model_name='salon',
            constraint=models.CheckConstraint(condition=models.Q(('taken__lte', models.F('seats'))), name='salon_seats'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='salon',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "outreach_salonevent" ("decided_by_id", "name", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "state") VALUES (NEW."decided_by_id", NEW."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'insert\', NEW."id", NEW."reason", NEW."state"); RETURN NULL;', hash='2b2e957efb5baf50654c09a0b1189325d9fb63f6', operation='INSERT', pgid='pgtrigger_insert_insert_db065', table='outreach_salon', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='salon',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."decided_by_id" IS DISTINCT FROM (NEW."decided_by_id") OR OLD."name" IS DISTINCT FROM (NEW."name") OR OLD."reason" IS DISTINCT FROM (NEW."reason") OR OLD."state" IS DISTINCT FROM (NEW."state"))', func='INSERT INTO "outreach_salonevent" ("decided_by_id", "name", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "state") VALUES (NEW."decided_by_id", NEW."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', NEW."id", NEW."reason", NEW."state"); RETURN NULL;', hash='6d3c69939337ab311e9b0fbf8c81e4f37532fa5e', operation='UPDATE', pgid='pgtrigger_update_update_e3757', table='outreach_salon', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='salon',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "outreach_salonevent" ("decided_by_id", "name", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "state") VALUES (OLD."decided_by_id", OLD."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', OLD."id", OLD."reason", OLD."state"); RETURN NULL;', hash='e93ddddfa692554acc73655291ed071270af0966', operation='DELETE', pgid='pgtrigger_delete_delete_e594c', table='outreach_salon', when='AFTER')),
        ),
        migrations.AddIndex(
            model_name='salonevent',
            index=models.Index(fields=['-pgh_created_at', '-pgh_id'], name='salon_changed'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='salonevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='ae362decb70945fbafe48e404514019fd1af61f2', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_55604', table='outreach_salonevent', when='BEFORE')),
        ),
        migrations.AddIndex(
            model_name='salonguest',
            index=models.Index(fields=['salon', 'state', 'answered_at', 'id'], name='salon_guests'),
        ),
        migrations.AddConstraint(
            model_name='salonguest',
            constraint=models.UniqueConstraint(fields=('salon', 'customer'), name='salon_one_place'),
        ),
        migrations.AddConstraint(
            model_name='salonguest',
            constraint=models.CheckConstraint(condition=models.Q(('seats__gte', 1)), name='salon_party'),
        ),
        migrations.AddConstraint(
            model_name='salonguest',
            constraint=models.CheckConstraint(condition=models.Q(('attended_at', None), models.Q(('state', 'DECLINED'), _negated=True), _connector='OR'), name='salon_who_came_did_not_decline'),
        ),
        migrations.RunSQL(GUARD, UNGUARD),
    ]
