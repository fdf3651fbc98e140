"""Each key says what was counted under it, so that the same id with another body is found. Made anew from the segments."""

from django.db import migrations, models


def remake(apps, editor):
    """One tree keyed by `key` alone: on SQLite no rowid beside it, on PostgreSQL no second index and order by bytes."""
    editor.execute("DROP TABLE metering_seenevent")
    postgres = editor.connection.vendor == "postgresql"
    collation, ending = (' COLLATE "C"', "") if postgres else ("", " WITHOUT ROWID")
    columns = f"key varchar(420){collation} NOT NULL PRIMARY KEY, body bigint NOT NULL"
    editor.execute(f"CREATE TABLE metering_seenevent ({columns}){ending}")


def fill(apps, editor):
    """The keys of all segments, as their projector writes them."""
    from accord.metering import seen, segments
    from accord.metering.project import taken_by

    for segment in apps.get_model("metering", "SegmentRow").objects.order_by("known_from"):
        seen.remember(*taken_by(segments.read(segment.file)))


class Migration(migrations.Migration):
    dependencies = [("metering", "0001_initial")]
    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunPython(remake, migrations.RunPython.noop)],
            state_operations=[
                migrations.RemoveField("seenevent", "segment"),
                migrations.AddField("seenevent", "body", models.BigIntegerField(default=0), preserve_default=False),
            ],
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
