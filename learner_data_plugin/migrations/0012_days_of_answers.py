"""Enter on which of the last days learners answered problems, as writing an answer does from now on.

That is asked of the last two weeks alone. Kinds 1 and 2 are answers, item -1 is none.
"""

from datetime import UTC, datetime, timedelta

from django.db import migrations

DAYS = 16


def enter_days(apps, schema_editor):
    model = apps.get_model('learner_data_plugin', 'LearnerDayItem')
    connection = schema_editor.connection
    table = connection.ops.quote_name(model._meta.db_table)
    ignore = 'IGNORE' if connection.vendor == 'mysql' else 'OR IGNORE'
    # A course's day at a time, so that nobody who records has to wait for long.
    statement = (
        f'INSERT {ignore} INTO {table} (course_id, day, user_id, kind, item_id, mark) '
        f'SELECT DISTINCT -course_id, day, user_id, kind, -1, 0 FROM {table} '
        'WHERE course_id = %s AND day = %s AND kind IN (1, 2)'
    )
    courses = apps.get_model('learner_data_plugin', 'EngagementCourse').objects.using(connection.alias)
    first = datetime.now(UTC).date() - timedelta(days=DAYS)
    with connection.cursor() as cursor:
        for course_id in list(courses.values_list('id', flat=True)):
            for number in range(DAYS + 2):
                cursor.execute(statement, [course_id, first + timedelta(days=number)])


def remove_days(apps, schema_editor):
    items = apps.get_model('learner_data_plugin', 'LearnerDayItem').objects.using(schema_editor.connection.alias)
    items.filter(course_id__lt=0).delete()


class Migration(migrations.Migration):

    # Entering the same again changes nothing, so that what was entered need not be lost when a long migration is stopped.
    atomic = False

    dependencies = [
        ('learner_data_plugin', '0011_saved_views_and_turns'),
    ]

    operations = [
        migrations.RunPython(enter_days, remove_days),
    ]
