from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("payouts", "0001_initial"),
    ]

    operations = [
        migrations.AddField("dealearnedrow", "currency", models.CharField(default="", max_length=3)),
        migrations.AddField("dealearnedrow", "party", models.CharField(default="", max_length=80)),
        migrations.AddField("escrowrow", "deal", models.CharField(default="", max_length=80)),
        migrations.AlterField(
            "dealearnedrow", "key", models.CharField(max_length=220, primary_key=True, serialize=False)
        ),
    ]
