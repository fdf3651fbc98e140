from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("training", "0003_checkpoints"),
    ]

    operations = [
        migrations.AddField("modelrow", "calibration", models.JSONField(null=True)),
        migrations.AddField("modelrow", "factors", models.CharField(max_length=80, null=True)),
    ]
