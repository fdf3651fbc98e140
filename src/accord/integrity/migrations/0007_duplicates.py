from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("integrity", "0006_voices"),
    ]

    operations = [
        migrations.CreateModel(
            "DuplicateSearchRow",
            [
                ("id", models.CharField(max_length=40, primary_key=True, serialize=False)),
                ("recordings", models.IntegerField()),
                ("hours", models.FloatField()),
                ("weighed", models.IntegerField()),
                ("at", models.DateTimeField()),
                ("position", models.BigIntegerField()),
            ],
            {"abstract": False},
        ),
        migrations.CreateModel(
            "ClusterRow",
            [
                ("id", models.CharField(max_length=60, primary_key=True, serialize=False)),
                ("size", models.IntegerField()),
                ("cluster", models.TextField()),
            ],
            {"abstract": False},
        ),
        migrations.CreateModel(
            "ClusterMemberRow",
            [
                ("asset", models.CharField(max_length=60, primary_key=True, serialize=False)),
                ("cluster", models.CharField(db_index=True, max_length=60)),
            ],
            {"abstract": False},
        ),
    ]
