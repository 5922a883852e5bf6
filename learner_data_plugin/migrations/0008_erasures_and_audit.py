from django.db import migrations, models
from django.utils import timezone


class Migration(migrations.Migration):

    dependencies = [
        ('learner_data_plugin', '0007_engagement_weeks'),
    ]

    operations = [
        # What is pending stays pending.
        migrations.RenameModel(old_name='PendingErasure', new_name='Erasure'),
        migrations.AlterField(
            model_name='erasure',
            name='created',
            field=models.DateTimeField(db_index=True, default=timezone.now),
        ),
        migrations.AddField(
            model_name='erasure',
            name='everywhere',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='erasure',
            name='claimed',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='erasure',
            name='done',
            field=models.DateTimeField(db_index=True, null=True),
        ),
        migrations.AlterField(
            model_name='reportrun',
            name='created',
            field=models.DateTimeField(db_index=True, default=timezone.now),
        ),
        migrations.AddField(
            model_name='reportrun',
            name='purpose',
            field=models.CharField(blank=True, default='', max_length=255),
        ),
        migrations.AddField(
            model_name='reportrun',
            name='clearing',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='auditrecord',
            name='purpose',
            field=models.CharField(blank=True, default='', max_length=255),
        ),
        migrations.AddField(
            model_name='auditrecord',
            name='identity',
            field=models.CharField(blank=True, default='', max_length=64),
        ),
        migrations.CreateModel(
            name='AuditSeal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField(unique=True)),
                ('parts', models.JSONField()),
                ('chain', models.CharField(max_length=64)),
            ],
        ),
    ]
