"""How a feature's pools weigh listens stands with its split; splits of before are pro rata."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("governance", "0001_initial")]
    operations = [
        migrations.AddField(model_name="splitrow", name="model", field=models.JSONField(default=dict)),
    ]
