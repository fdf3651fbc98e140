from django.db import migrations, models
from django.db.models import F


def as_issued(apps, schema_editor):
    """Each release is found in its own segment, as before."""
    rows = apps.get_model("provenance", "ReleaseRow").objects.all()
    rows.update(segment=F("fingerprint"), laid=F("position"), changed=F("position"))


class Migration(migrations.Migration):
    dependencies = [
        ("provenance", "0001_initial"),
    ]

    operations = [
        migrations.AddField("ReleaseRow", "segment", models.CharField(max_length=80, default=""), preserve_default=False),
        migrations.AddField("ReleaseRow", "laid", models.BigIntegerField(default=0), preserve_default=False),
        migrations.AddField("ReleaseRow", "changed", models.BigIntegerField(default=0), preserve_default=False),
        migrations.RunPython(as_issued, migrations.RunPython.noop),
        migrations.AlterField("ReleaseRow", "changed", models.BigIntegerField(db_index=True)),
        migrations.AlterField("ReleaseRow", "position", models.BigIntegerField(db_index=True)),
    ]
