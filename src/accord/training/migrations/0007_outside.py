from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("training", "0006_compared"),
    ]

    operations = [
        migrations.CreateModel(
            name="OutsideRow",
            fields=[
                ("id", models.CharField(max_length=40, primary_key=True, serialize=False)),
                ("name", models.TextField()),
                ("version", models.TextField()),
                ("adapter", models.CharField(max_length=40)),
                ("weights", models.CharField(max_length=80)),
                ("size_bytes", models.BigIntegerField()),
                ("licence", models.JSONField()),
                ("by", models.CharField(max_length=80)),
                ("position", models.BigIntegerField()),
                ("at", models.DateTimeField()),
            ],
            options={"abstract": False},
        ),
        migrations.CreateModel(
            name="AdmissionRow",
            fields=[
                ("key", models.CharField(max_length=120, primary_key=True, serialize=False)),
                ("id", models.CharField(max_length=40)),
                ("model", models.CharField(db_index=True, max_length=40)),
                ("feature", models.CharField(db_index=True, max_length=60)),
                ("territories", models.TextField()),
                ("by", models.CharField(max_length=80)),
                ("position", models.BigIntegerField()),
                ("at", models.DateTimeField()),
            ],
            options={"abstract": False},
        ),
    ]
