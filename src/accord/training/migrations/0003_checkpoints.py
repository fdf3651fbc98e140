from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("training", "0002_steps"),
    ]

    operations = [
        migrations.AddField("modelrow", "checkpoints", models.JSONField(default=list)),
    ]
