from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("integrity", "0009_shards"),
    ]

    operations = [
        migrations.CreateModel(
            "MelodiesRow",
            [
                ("id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("file", models.CharField(max_length=80)),
            ],
            {"abstract": False},
        ),
        migrations.CreateModel(
            "WithdrawnMelodyRow",
            [("work", models.CharField(max_length=60, primary_key=True, serialize=False))],
            {"abstract": False},
        ),
    ]
