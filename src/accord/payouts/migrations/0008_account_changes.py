"""Every account a party gave is kept, with what became of it; until now only the newest was."""

from __future__ import annotations

from typing import Any

from django.db import migrations, models


def carry_over(apps: Any, schema_editor: Any) -> None:
    """What was known counts at once, as it did."""
    before, after = apps.get_model("payouts", "BankAccountRow"), apps.get_model("payouts", "AccountGivenRow")
    for row in before.objects.all():
        after.objects.create(position=row.position, party=row.party, details=row.details, at=row.at, actor=row.actor)


class Migration(migrations.Migration):
    dependencies = [("payouts", "0007_statements_committed")]

    operations = [
        migrations.CreateModel(
            name="AccountGivenRow",
            fields=[
                ("position", models.BigIntegerField(primary_key=True, serialize=False)),
                ("party", models.CharField(max_length=80, db_index=True)),
                ("details", models.CharField(max_length=80, db_index=True)),
                ("rule", models.CharField(default="", max_length=8)),
                ("at", models.DateTimeField()),
                ("actor", models.CharField(max_length=80)),
                ("confirmed_at", models.DateTimeField(null=True)),
                ("confirmed_by", models.CharField(default="", max_length=80)),
                ("stopped_at", models.DateTimeField(null=True)),
            ],
            options={"abstract": False},
        ),
        migrations.RunPython(carry_over, migrations.RunPython.noop),
        migrations.DeleteModel("BankAccountRow"),
    ]
