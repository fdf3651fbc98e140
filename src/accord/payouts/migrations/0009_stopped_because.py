"""Why a change of bank account was stopped; for what was stopped before, a rebuild fills it in."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("payouts", "0008_account_changes")]

    operations = [
        migrations.AddField(
            model_name="accountgivenrow",
            name="stopped_because",
            field=models.TextField(default=""),
        ),
    ]
