from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("training", "0004_calibration"),
    ]

    operations = [
        migrations.AddField("modelrow", "memorised", models.JSONField(null=True)),
    ]
