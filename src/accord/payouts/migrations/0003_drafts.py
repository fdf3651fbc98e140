from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("payouts", "0002_by_party"),
    ]

    operations = [
        migrations.CreateModel(
            "DraftRow",
            fields=[
                ("period", models.CharField(max_length=8, primary_key=True, serialize=False)),
                ("draft", models.CharField(max_length=80)),
                ("position", models.BigIntegerField()),
                ("at", models.DateTimeField()),
                ("actor", models.CharField(max_length=80)),
                ("body", models.TextField()),
                ("approved_by", models.CharField(default="", max_length=80)),
                ("approved_at", models.DateTimeField(null=True)),
                ("locked_by", models.CharField(default="", max_length=80)),
            ],
            options={"abstract": False},
        ),
    ]
