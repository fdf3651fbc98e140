from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("payouts", "0004_rates"),
    ]

    operations = [
        migrations.CreateModel(
            "RedistributedRow",
            fields=[
                ("key", models.CharField(max_length=60, primary_key=True, serialize=False)),
                ("redistribution", models.CharField(max_length=40)),
                ("asset", models.CharField(db_index=True, max_length=80)),
                ("feature", models.CharField(max_length=60)),
                ("period", models.CharField(max_length=8)),
                ("currency", models.CharField(max_length=3)),
                ("amount_micros", models.BigIntegerField()),
                ("position", models.BigIntegerField()),
                ("at", models.DateTimeField()),
            ],
            options={"abstract": False},
        ),
    ]
