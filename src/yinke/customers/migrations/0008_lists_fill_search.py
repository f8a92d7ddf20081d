from django.db import migrations


def fill(apps, schema_editor):
    from yinke.customers.services.fill_keys import fill_keys

    fill_keys()


class Migration(migrations.Migration):
    """Not one transaction: what is filled stays filled if it is killed, and it goes on from there."""

    atomic = False
    dependencies = [("customers", "0007_lists_search"), ("privacy", "0001_initial")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop, elidable=True)]
