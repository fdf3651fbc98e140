from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("integrity", "0002_melodies"),
    ]

    operations = [
        migrations.AddField("caserow", "passed", models.TextField(default="[]")),
    ]
