"""渠道顺位与文案对比: the very texts of a campaign beyond its first, who gets which, and which messages give way to the next channel."""

import django.contrib.postgres.fields
from django.db import migrations, models

GUARD = """
CREATE OR REPLACE FUNCTION outreach_campaign_stays() RETURNS trigger LANGUAGE plpgsql AS $$
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
            AND ROW(NEW.name, NEW.plan, NEW.text_id, NEW.variants, NEW.otherwise, NEW.digest, NEW.made_by_id, NEW.made_at) IS NOT
                DISTINCT FROM ROW(OLD.name, OLD.plan, OLD.text_id, OLD.variants, OLD.otherwise, OLD.digest, OLD.made_by_id, OLD.made_at)
            AND (OLD.state = 'REVIEW' OR ROW(NEW.decided_by_id, NEW.decided_at) IS NOT DISTINCT FROM ROW(OLD.decided_by_id, OLD.decided_at))
        THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'what was submitted of a campaign does not change' USING ERRCODE = 'restrict_violation';
END $$;
"""
UNGUARD = """
CREATE OR REPLACE FUNCTION outreach_campaign_stays() RETURNS trigger LANGUAGE plpgsql AS $$
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
"""


class Migration(migrations.Migration):

    dependencies = [('outreach', '0009_points')]

    operations = [
        migrations.AddField(
            model_name='campaign',
            name='otherwise',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, size=None),
        ),
        migrations.AddField(
            model_name='campaign',
            name='variants',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, size=None),
        ),
        migrations.AddField(
            model_name='campaignmember',
            name='variant',
            field=models.PositiveSmallIntegerField(null=True),
        ),
        migrations.AddField(
            model_name='message',
            name='gives_way',
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddIndex(
            model_name='message',
            index=models.Index(condition=models.Q(('gives_way', True)), fields=['campaign'], name='message_gives_way'),
        ),
        migrations.AddConstraint(
            model_name='campaignmember',
            constraint=models.CheckConstraint(condition=models.Q(('variant', None), models.Q(('held_out', False), ('variant__lt', 4)), _connector='OR'), name='campaign_variant_drawn'),
        ),
        migrations.RunSQL(GUARD, UNGUARD),
    ]
