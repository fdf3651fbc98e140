from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("integrity", "0001_initial"),
    ]

    operations = [
        migrations.AddField("caserow", "melodies", models.TextField(default="[]")),
        migrations.AddField("checkrow", "melodies", models.TextField(default="[]")),
    ]
