from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("integrity", "0007_duplicates"),
    ]

    operations = [
        migrations.CreateModel(
            "ReferenceRow",
            [
                ("id", models.CharField(max_length=40, primary_key=True, serialize=False)),
                ("name", models.TextField()),
            ],
            {"abstract": False},
        ),
    ]
