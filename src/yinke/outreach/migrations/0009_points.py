"""任务、权益与积分总账: plans that don't change once submitted, and a ledger in double entry that the database itself keeps.

Entries, postings and uses of lots are never changed or deleted, whoever asks; only a reason that staff wrote is emptied when its
customer is deleted or its time is over. Postings come in pairs that sum to zero, and nothing but they moves a balance.
"""

import django.db.models.deletion
import pghistory.utils
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


GUARD = """
CREATE FUNCTION outreach_points_plan_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.id = OLD.id THEN
        IF OLD.state = 'DRAFT' AND (NEW.state IN ('DRAFT', 'ENDED') OR (NEW.state = 'REVIEW' AND NEW.digest <> ''))
            OR OLD.state = 'REVIEW' AND NEW.state = 'DRAFT' AND NEW.digest = ''
        THEN
            RETURN NEW;
        END IF;
        IF (OLD.state || '>' || NEW.state) IN ('REVIEW>REVIEW', 'REVIEW>RUNNING', 'REVIEW>ENDED', 'RUNNING>RUNNING', 'RUNNING>PAUSED',
                'RUNNING>ENDED', 'PAUSED>PAUSED', 'PAUSED>RUNNING', 'PAUSED>ENDED', 'ENDED>ENDED')
            AND ROW(NEW.name, NEW.plan, NEW.most, NEW.digest, NEW.made_by_id, NEW.made_at)
                IS NOT DISTINCT FROM ROW(OLD.name, OLD.plan, OLD.most, OLD.digest, OLD.made_by_id, OLD.made_at)
            AND (OLD.state = 'REVIEW' OR ROW(NEW.decided_by_id, NEW.decided_at) IS NOT DISTINCT FROM ROW(OLD.decided_by_id, OLD.decided_at))
        THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'what was submitted does not change' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER plan_stays BEFORE UPDATE OR DELETE ON outreach_mission FOR EACH ROW EXECUTE FUNCTION outreach_points_plan_stays();
CREATE TRIGGER plan_stays BEFORE UPDATE OR DELETE ON outreach_reward FOR EACH ROW EXECUTE FUNCTION outreach_points_plan_stays();

CREATE FUNCTION outreach_points_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND current_setting('yinke.erasing', true) = 'on' AND to_jsonb(NEW) ->> 'why' = ''
        AND to_jsonb(NEW) - 'why' = to_jsonb(OLD) - 'why' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'the ledger of points is append-only' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON outreach_pointsentry
    FOR EACH ROW EXECUTE FUNCTION outreach_points_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON outreach_pointsposting
    FOR EACH ROW EXECUTE FUNCTION outreach_points_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON outreach_pointsuse
    FOR EACH ROW EXECUTE FUNCTION outreach_points_append_only();

CREATE FUNCTION outreach_redemption_stays() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE moves text[] := ARRAY['state', 'cancelled_by_id', 'cancelled_at', 'why'];
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.state = 'GIVEN' AND to_jsonb(NEW) - moves = to_jsonb(OLD) - moves THEN
        RETURN NEW;
    END IF;
    IF TG_OP = 'UPDATE' AND current_setting('yinke.erasing', true) = 'on' AND NEW.why = ''
        AND to_jsonb(NEW) - 'why' = to_jsonb(OLD) - 'why' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a redemption is cancelled once and stays' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER redemption_stays BEFORE UPDATE OR DELETE ON outreach_redemption
    FOR EACH ROW EXECUTE FUNCTION outreach_redemption_stays();

CREATE FUNCTION outreach_points_balance_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' AND NEW.balance = 0 THEN
        RETURN NEW;
    END IF;
    IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - 'balance' = to_jsonb(OLD) - 'balance'
        AND (NEW.balance = OLD.balance OR pg_trigger_depth() > 1) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'only postings move a balance of points' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER balance_stays BEFORE INSERT OR UPDATE OR DELETE ON outreach_pointsaccount
    FOR EACH ROW EXECUTE FUNCTION outreach_points_balance_stays();

CREATE FUNCTION outreach_points_post() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM fresh f
        LEFT JOIN outreach_pointsentry e ON e.id = f.entry_id
        LEFT JOIN outreach_pointsaccount a ON a.id = f.account_id
        GROUP BY f.entry_id
        HAVING count(*) <> 2 OR sum(f.points) <> 0 OR NOT bool_and(COALESCE(CASE WHEN f.of_bank
            THEN a.kind = CASE e.kind WHEN 'AWARD' THEN 'ISSUED' WHEN 'EXPIRY' THEN 'EXPIRED' WHEN 'REVERSAL' THEN 'REVERSED' ELSE 'REDEEMED' END
            ELSE a.customer_id = e.customer_id AND f.points = e.points END, false))
    ) THEN
        RAISE EXCEPTION 'an entry of points has two sides that sum to zero' USING ERRCODE = 'check_violation';
    END IF;
    UPDATE outreach_pointsaccount a SET balance = a.balance + s.points
    FROM (SELECT account_id, sum(points) AS points FROM fresh WHERE NOT of_bank GROUP BY account_id) s WHERE a.id = s.account_id;
    RETURN NULL;
END $$;
CREATE TRIGGER post AFTER INSERT ON outreach_pointsposting REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION outreach_points_post();
"""
UNGUARD = """
DROP TRIGGER post ON outreach_pointsposting;
DROP TRIGGER balance_stays ON outreach_pointsaccount;
DROP TRIGGER redemption_stays ON outreach_redemption;
DROP TRIGGER append_only ON outreach_pointsuse;
DROP TRIGGER append_only ON outreach_pointsposting;
DROP TRIGGER append_only ON outreach_pointsentry;
DROP TRIGGER plan_stays ON outreach_reward;
DROP TRIGGER plan_stays ON outreach_mission;
DROP FUNCTION outreach_points_post();
DROP FUNCTION outreach_points_balance_stays();
DROP FUNCTION outreach_redemption_stays();
DROP FUNCTION outreach_points_append_only();
DROP FUNCTION outreach_points_plan_stays();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('customers', '0004_kept_unchecked'),
        ('outreach', '0008_salons'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Mission',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=60)),
                ('state', models.CharField(choices=[('DRAFT', '草稿'), ('REVIEW', '待审批'), ('RUNNING', '进行中'), ('PAUSED', '已暂停'), ('ENDED', '已结束')], default='DRAFT', max_length=7)),
                ('plan', models.JSONField()),
                ('most', models.PositiveBigIntegerField(default=0)),
                ('used', models.PositiveBigIntegerField(default=0)),
                ('digest', models.CharField(blank=True, max_length=64)),
                ('made_at', models.DateTimeField()),
                ('decided_at', models.DateTimeField(null=True)),
                ('reason', models.CharField(blank=True, max_length=200)),
                ('ended_at', models.DateTimeField(null=True)),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('made_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='MissionEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('name', models.CharField(max_length=60)),
                ('state', models.CharField(choices=[('DRAFT', '草稿'), ('REVIEW', '待审批'), ('RUNNING', '进行中'), ('PAUSED', '已暂停'), ('ENDED', '已结束')], default='DRAFT', max_length=7)),
                ('reason', models.CharField(blank=True, max_length=200)),
                ('decided_by', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='name_state_decided_by_reason_events', to='outreach.mission')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='PointsAccount',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('CUSTOMER', '客户'), ('ISSUED', '已发放'), ('REDEEMED', '已兑换'), ('EXPIRED', '已过期'), ('REVERSED', '已冲正')], max_length=8)),
                ('balance', models.BigIntegerField(default=0)),
                ('customer', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='points_account', to='customers.customer')),
            ],
        ),
        migrations.CreateModel(
            name='PointsEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('AWARD', '发放'), ('SPEND', '兑换'), ('EXPIRY', '过期'), ('REVERSAL', '冲正'), ('RETURN', '退回')], max_length=8)),
                ('natural_key', models.CharField(max_length=80, unique=True)),
                ('source', models.CharField(blank=True, max_length=160)),
                ('points', models.BigIntegerField()),
                ('biz_date', models.DateField()),
                ('at', models.DateTimeField()),
                ('why', models.CharField(blank=True, max_length=200)),
                ('by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('customer', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='points_entries', to='customers.customer')),
                ('mission', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='entries', to='outreach.mission')),
                ('of_entry', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='undone_by', to='outreach.pointsentry')),
            ],
        ),
        migrations.CreateModel(
            name='PointsLot',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('points', models.BigIntegerField()),
                ('rest', models.BigIntegerField()),
                ('expires_on', models.DateField()),
                ('account', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='lots', to='outreach.pointsaccount')),
                ('entry', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='lot', to='outreach.pointsentry')),
            ],
        ),
        migrations.CreateModel(
            name='PointsPosting',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('points', models.BigIntegerField()),
                ('of_bank', models.BooleanField()),
                ('account', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='postings', to='outreach.pointsaccount')),
                ('entry', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='postings', to='outreach.pointsentry')),
            ],
        ),
        migrations.CreateModel(
            name='PointsUse',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('points', models.BigIntegerField()),
                ('entry', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='uses', to='outreach.pointsentry')),
                ('lot', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='uses', to='outreach.pointslot')),
            ],
        ),
        migrations.CreateModel(
            name='Reward',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=60)),
                ('state', models.CharField(choices=[('DRAFT', '草稿'), ('REVIEW', '待审批'), ('RUNNING', '进行中'), ('PAUSED', '已暂停'), ('ENDED', '已结束')], default='DRAFT', max_length=7)),
                ('plan', models.JSONField()),
                ('most', models.PositiveBigIntegerField(default=0)),
                ('used', models.PositiveBigIntegerField(default=0)),
                ('digest', models.CharField(blank=True, max_length=64)),
                ('made_at', models.DateTimeField()),
                ('decided_at', models.DateTimeField(null=True)),
                ('reason', models.CharField(blank=True, max_length=200)),
                ('ended_at', models.DateTimeField(null=True)),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('made_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Redemption',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=12, unique=True)),
                ('state', models.CharField(choices=[('GIVEN', '已兑换'), ('CANCELLED', '已取消')], default='GIVEN', max_length=9)),
                ('at', models.DateTimeField()),
                ('request_key', models.CharField(max_length=60, unique=True)),
                ('cancelled_at', models.DateTimeField(null=True)),
                ('why', models.CharField(blank=True, max_length=200)),
                ('by', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('cancelled_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('customer', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='redemptions', to='customers.customer')),
                ('entry', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='redemption', to='outreach.pointsentry')),
                ('reward', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='redemptions', to='outreach.reward')),
            ],
        ),
        migrations.AddField(
            model_name='pointsentry',
            name='reward',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='entries', to='outreach.reward'),
        ),
        migrations.CreateModel(
            name='RewardEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('name', models.CharField(max_length=60)),
                ('state', models.CharField(choices=[('DRAFT', '草稿'), ('REVIEW', '待审批'), ('RUNNING', '进行中'), ('PAUSED', '已暂停'), ('ENDED', '已结束')], default='DRAFT', max_length=7)),
                ('reason', models.CharField(blank=True, max_length=200)),
                ('decided_by', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='name_state_decided_by_reason_events', to='outreach.reward')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.AddConstraint(
            model_name='mission',
            constraint=models.CheckConstraint(condition=models.Q(('used__lte', models.F('most'))), name='mission_within_most'),
        ),
        migrations.AddConstraint(
            model_name='mission',
            constraint=models.CheckConstraint(condition=models.Q(('decided_by', None), models.Q(('decided_by', models.F('made_by')), _negated=True), _connector='OR'), name='mission_checker'),
        ),
        migrations.AddConstraint(
            model_name='mission',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ('RUNNING', 'PAUSED')), _negated=True), models.Q(('decided_by__isnull', False), models.Q(('digest', ''), _negated=True)), _connector='OR'), name='mission_approved'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='mission',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "outreach_missionevent" ("decided_by_id", "name", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "state") VALUES (NEW."decided_by_id", NEW."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'insert\', NEW."id", NEW."reason", NEW."state"); RETURN NULL;', hash='2163f5597316d155f996dd557f3e55be6726566b', operation='INSERT', pgid='pgtrigger_insert_insert_3146a', table='outreach_mission', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='mission',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."decided_by_id" IS DISTINCT FROM (NEW."decided_by_id") OR OLD."name" IS DISTINCT FROM (NEW."name") OR OLD."reason" IS DISTINCT FROM (NEW."reason") OR OLD."state" IS DISTINCT FROM (NEW."state"))', func='INSERT INTO "outreach_missionevent" ("decided_by_id", "name", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "state") VALUES (NEW."decided_by_id", NEW."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', NEW."id", NEW."reason", NEW."state"); RETURN NULL;', hash='3aa806a7d86e2b5b6aaa36610e826939b8a9d6be', operation='UPDATE', pgid='pgtrigger_update_update_9f980', table='outreach_mission', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='mission',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "outreach_missionevent" ("decided_by_id", "name", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "state") VALUES (OLD."decided_by_id", OLD."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', OLD."id", OLD."reason", OLD."state"); RETURN NULL;', hash='4ec3eadb65eae62e4ea3b7267a1ab7b65bb2298a', operation='DELETE', pgid='pgtrigger_delete_delete_e6892', table='outreach_mission', when='AFTER')),
        ),
        migrations.AddIndex(
            model_name='missionevent',
            index=models.Index(fields=['-pgh_created_at', '-pgh_id'], name='mission_changed'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='missionevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='61b5d0d963979838bcde3d63775e5d42b6e9ff57', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_5f658', table='outreach_missionevent', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='pointsaccount',
            constraint=models.CheckConstraint(condition=models.Q(('balance__gte', 0)), name='points_never_negative'),
        ),
        migrations.AddConstraint(
            model_name='pointsaccount',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('customer__isnull', False), ('kind', 'CUSTOMER')), models.Q(models.Q(('kind', 'CUSTOMER'), _negated=True), ('balance', 0), ('customer', None)), _connector='OR'), name='points_account_of_one'),
        ),
        migrations.AddConstraint(
            model_name='pointsaccount',
            constraint=models.UniqueConstraint(condition=models.Q(('customer', None)), fields=('kind',), name='points_one_bank_account'),
        ),
        migrations.AddIndex(
            model_name='pointslot',
            index=models.Index(condition=models.Q(('rest__gt', 0)), fields=['account', 'expires_on', 'id'], name='points_lot_open'),
        ),
        migrations.AddIndex(
            model_name='pointslot',
            index=models.Index(condition=models.Q(('rest__gt', 0)), fields=['expires_on'], name='points_lot_due'),
        ),
        migrations.AddConstraint(
            model_name='pointslot',
            constraint=models.CheckConstraint(condition=models.Q(('rest__gte', 0), ('rest__lte', models.F('points'))), name='points_lot_rest'),
        ),
        migrations.AddIndex(
            model_name='pointsposting',
            index=models.Index(fields=['account'], include=('points',), name='points_of_account'),
        ),
        migrations.AddConstraint(
            model_name='pointsposting',
            constraint=models.UniqueConstraint(fields=('entry', 'of_bank'), name='points_two_sides'),
        ),
        migrations.AddConstraint(
            model_name='pointsuse',
            constraint=models.UniqueConstraint(fields=('entry', 'lot'), name='points_one_use'),
        ),
        migrations.AddConstraint(
            model_name='reward',
            constraint=models.CheckConstraint(condition=models.Q(('used__lte', models.F('most'))), name='reward_within_most'),
        ),
        migrations.AddConstraint(
            model_name='reward',
            constraint=models.CheckConstraint(condition=models.Q(('decided_by', None), models.Q(('decided_by', models.F('made_by')), _negated=True), _connector='OR'), name='reward_checker'),
        ),
        migrations.AddConstraint(
            model_name='reward',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ('RUNNING', 'PAUSED')), _negated=True), models.Q(('decided_by__isnull', False), models.Q(('digest', ''), _negated=True)), _connector='OR'), name='reward_approved'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='reward',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "outreach_rewardevent" ("decided_by_id", "name", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "state") VALUES (NEW."decided_by_id", NEW."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'insert\', NEW."id", NEW."reason", NEW."state"); RETURN NULL;', hash='29ca5a2eb7d261df5bb65c96bb44c5f63919b394', operation='INSERT', pgid='pgtrigger_insert_insert_b01aa', table='outreach_reward', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='reward',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."decided_by_id" IS DISTINCT FROM (NEW."decided_by_id") OR OLD."name" IS DISTINCT FROM (NEW."name") OR OLD."reason" IS DISTINCT FROM (NEW."reason") OR OLD."state" IS DISTINCT FROM (NEW."state"))', func='INSERT INTO "outreach_rewardevent" ("decided_by_id", "name", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "state") VALUES (NEW."decided_by_id", NEW."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', NEW."id", NEW."reason", NEW."state"); RETURN NULL;', hash='2bffdd184d5df8ebcec126023d29445c613c758b', operation='UPDATE', pgid='pgtrigger_update_update_3ab10', table='outreach_reward', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='reward',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "outreach_rewardevent" ("decided_by_id", "name", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "state") VALUES (OLD."decided_by_id", OLD."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', OLD."id", OLD."reason", OLD."state"); RETURN NULL;', hash='3d0d4700f84e543353055df75213b4a28b243688', operation='DELETE', pgid='pgtrigger_delete_delete_6937f', table='outreach_reward', when='AFTER')),
        ),
        migrations.AddIndex(
            model_name='redemption',
            index=models.Index(fields=['customer', '-at'], name='redemption_of_customer'),
        ),
        migrations.AddConstraint(
            model_name='redemption',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('cancelled_at', None), ('cancelled_by', None), ('state', 'GIVEN')), models.Q(('cancelled_at__isnull', False), ('cancelled_by__isnull', False), ('state', 'CANCELLED')), _connector='OR'), name='redemption_cancelled_by_whom'),
        ),
        migrations.AddIndex(
            model_name='pointsentry',
            index=models.Index(fields=['customer', '-at', '-id'], name='points_of_customer'),
        ),
        migrations.AddIndex(
            model_name='pointsentry',
            index=models.Index(condition=models.Q(('mission__isnull', False)), fields=['mission', 'biz_date'], name='points_of_mission'),
        ),
        migrations.AddConstraint(
            model_name='pointsentry',
            constraint=models.UniqueConstraint(condition=models.Q(('source', ''), _negated=True), fields=('mission', 'source'), name='points_one_award_of_event'),
        ),
        migrations.AddConstraint(
            model_name='pointsentry',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind__in', ('AWARD', 'RETURN')), ('points__gt', 0)), models.Q(('kind__in', ('SPEND', 'EXPIRY', 'REVERSAL')), ('points__lt', 0)), _connector='OR'), name='points_entry_sign'),
        ),
        migrations.AddConstraint(
            model_name='pointsentry',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind__in', ('REVERSAL', 'RETURN')), ('of_entry__isnull', False)), models.Q(models.Q(('kind__in', ('REVERSAL', 'RETURN')), _negated=True), ('of_entry', None)), _connector='OR'), name='points_entry_undoes'),
        ),
        migrations.AddIndex(
            model_name='rewardevent',
            index=models.Index(fields=['-pgh_created_at', '-pgh_id'], name='reward_changed'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='rewardevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='7ba16af18e9e8444b42b7d1ec1d6ae4d32fee1a5', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_dfaef', table='outreach_rewardevent', when='BEFORE')),
        ),
        migrations.RunSQL(GUARD, UNGUARD),
    ]
