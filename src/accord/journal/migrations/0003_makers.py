"""A home keeps which code made its tables."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("journal", "0002_leases")]

    operations = [
        migrations.CreateModel(
            name="JournalMaker",
            fields=[
                ("id", models.IntegerField(primary_key=True, serialize=False)),
                ("mark", models.CharField(max_length=64)),
            ],
        ),
    ]
