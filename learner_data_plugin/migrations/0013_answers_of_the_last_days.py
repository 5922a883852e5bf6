"""Enter when learners last tried and solved problems, as writing an answer does from now on; of the last two weeks alone.

Earlier days are asked for no more. Kinds 1 and 2 are answers that were not correct, and that were.
"""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db import migrations

DAYS = 14
NEVER = date(1970, 1, 1)


def enter_answers(apps: Any, schema_editor: Any) -> None:
    connection = schema_editor.connection
    items, answers = (
        connection.ops.quote_name(apps.get_model('learner_data_plugin', name)._meta.db_table)
        for name in ('LearnerDayItem', 'LastAnswers')
    )
    statement = (
        f"INSERT {'IGNORE' if connection.vendor == 'mysql' else 'OR IGNORE'} INTO {answers} (user_id, course_id, tried, solved) "
        'SELECT user_id, course_id, MAX(CASE WHEN kind = 1 THEN day ELSE %s END), MAX(CASE WHEN kind = 2 THEN day ELSE %s END) '
        f'FROM {items} WHERE course_id = %s AND day >= %s AND kind IN (1, 2) GROUP BY user_id, course_id'
    )
    first = datetime.now(UTC).date() - timedelta(days=DAYS)
    courses = apps.get_model('learner_data_plugin', 'EngagementCourse').objects.using(connection.alias)
    with connection.cursor() as cursor:
        # One course at a time, so that nobody who records has to wait for long.
        for course_id in list(courses.values_list('id', flat=True)):
            cursor.execute(statement, [NEVER, NEVER, course_id, first])


class Migration(migrations.Migration):

    # Entering the same again changes nothing, so what was entered need not go when this is stopped.
    atomic = False

    dependencies = [
        ('learner_data_plugin', '0012_last_answers'),
    ]

    operations = [
        migrations.RunPython(enter_answers, migrations.RunPython.noop),
    ]
