from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("integrity", "0004_spam"),
    ]

    operations = [
        migrations.AddField("caserow", "voices", models.TextField(default="[]")),
        migrations.AddField("checkrow", "voices", models.TextField(default="[]")),
        migrations.CreateModel(
            name="VoiceRow",
            fields=[
                ("id", models.CharField(max_length=40, primary_key=True, serialize=False)),
                ("person", models.CharField(db_index=True, max_length=60)),
                ("account", models.CharField(max_length=60)),
                ("print", models.CharField(max_length=80)),
                ("sample", models.CharField(max_length=80)),
                ("method", models.CharField(max_length=40)),
                ("voice_s", models.FloatField()),
                ("position", models.BigIntegerField()),
                ("at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
            ],
            options={"abstract": False},
        ),
    ]
