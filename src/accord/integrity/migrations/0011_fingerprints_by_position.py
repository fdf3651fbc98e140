from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("integrity", "0010_melodies_file"),
    ]

    operations = [
        migrations.AlterField(
            "FingerprintRow",
            "position",
            models.BigIntegerField(db_index=True),
        ),
    ]
