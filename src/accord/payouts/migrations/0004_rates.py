from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("payouts", "0003_drafts"),
    ]

    operations = [
        migrations.CreateModel(
            "RatesRow",
            fields=[
                ("rates", models.CharField(max_length=40, primary_key=True, serialize=False)),
                ("table", models.CharField(db_index=True, max_length=40)),
                ("period", models.CharField(db_index=True, max_length=8)),
                ("version", models.IntegerField()),
                ("currency", models.CharField(max_length=3)),
                ("source", models.CharField(max_length=200)),
                ("on", models.CharField(max_length=10)),
                ("body", models.TextField()),
                ("position", models.BigIntegerField()),
                ("at", models.DateTimeField()),
                ("actor", models.CharField(max_length=80)),
            ],
            options={"abstract": False},
        ),
    ]
