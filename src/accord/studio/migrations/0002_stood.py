"""At which position a creator last came to a take."""

from django.db import migrations, models
from django.db.models import F


def as_made(apps, schema_editor):
    """Takes of before: the position at which they were made."""
    apps.get_model("studio", "TakeRow").objects.update(stood=F("position"))


class Migration(migrations.Migration):
    dependencies = [("studio", "0001_initial")]
    operations = [
        migrations.AddField(model_name="takerow", name="stood", field=models.BigIntegerField(default=0)),
        migrations.RunPython(as_made, migrations.RunPython.noop),
    ]
