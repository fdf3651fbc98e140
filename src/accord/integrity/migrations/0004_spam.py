from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("integrity", "0003_passed_on"),
    ]

    operations = [
        migrations.AddField("caserow", "suspicion", models.TextField(null=True)),
        migrations.CreateModel(
            "SpamWeightsRow",
            [
                ("id", models.CharField(max_length=40, primary_key=True, serialize=False)),
                ("weights", models.TextField()),
                ("position", models.BigIntegerField()),
                ("at", models.DateTimeField()),
            ],
            {"abstract": False},
        ),
        migrations.CreateModel(
            "SpamRunRow",
            [
                ("id", models.CharField(max_length=40, primary_key=True, serialize=False)),
                ("weights", models.CharField(max_length=40)),
                ("uploads", models.BigIntegerField()),
                ("accounts", models.BigIntegerField()),
                ("position", models.BigIntegerField()),
                ("at", models.DateTimeField()),
            ],
            {"abstract": False},
        ),
    ]
