from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("training", "0001_initial"),
    ]

    operations = [
        migrations.AddField("modelrow", "steps", models.BigIntegerField(default=0)),
    ]
