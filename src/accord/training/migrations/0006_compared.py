from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("training", "0005_memorised"),
    ]

    operations = [
        migrations.AddField("modelrow", "compared", models.JSONField(null=True)),
    ]
