from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("integrity", "0008_references"),
    ]

    operations = [
        migrations.CreateModel(
            "ShardRow",
            [
                ("segment", models.CharField(max_length=80, primary_key=True, serialize=False)),
                ("shards", models.TextField()),
            ],
            {"abstract": False},
        ),
    ]
