"""Contacts asked for their consent, messages passed on, organisations told, exports of persons logged."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.utils.timezone
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


# The page of an initiative says whether one may write to it: caches must know (see 0005).
REFERENCING = {
    "insert": "REFERENCING NEW TABLE AS changed",
    "update": "REFERENCING OLD TABLE AS changed_from NEW TABLE AS changed",
    "delete": "REFERENCING OLD TABLE AS changed",
    "truncate": "",
}
NOTE_STOPS = "".join(
    f"CREATE TRIGGER note_{event} AFTER {event.upper()} ON public.directory_relaystop {referencing}"
    " FOR EACH STATEMENT EXECUTE FUNCTION public.directory_note_change();\n"
    for event, referencing in REFERENCING.items()
)
UNNOTE_STOPS = "".join(f"DROP TRIGGER note_{event} ON public.directory_relaystop;\n" for event in REFERENCING)


class Migration(migrations.Migration):

    dependencies = [
        ('directory', '0014_roles'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ExportedContact',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ],
        ),
        migrations.CreateModel(
            name='Notice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.TextField(choices=[('recorded', 'une fiche existe, que l’organisation n’a pas créée'), ('stale', 'la fiche sera masquée si personne ne la confirme')], verbose_name='sujet')),
                ('sent_to', models.EmailField(max_length=254, verbose_name='envoyé à')),
                ('at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='le')),
                ('wording_version', models.TextField(verbose_name='version du texte')),
                ('key', models.TextField(unique=True, verbose_name='clé du message')),
            ],
            options={
                'verbose_name': 'information donnée',
                'verbose_name_plural': 'informations données',
                'ordering': ['-at', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='PersonalExport',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(auto_now_add=True, verbose_name='le')),
                ('what', models.TextField(verbose_name='contenu')),
                ('criteria', models.JSONField(default=dict, verbose_name='critères')),
                ('fields', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), size=None, verbose_name='champs')),
                ('rows', models.PositiveIntegerField(verbose_name='nombre de personnes')),
                ('purpose', models.TextField(verbose_name='raison')),
            ],
            options={
                'verbose_name': 'export de données personnelles',
                'verbose_name_plural': 'exports de données personnelles',
                'ordering': ['-at', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='RelayCount',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.TextField(unique=True)),
                ('since', models.DateTimeField()),
                ('n', models.PositiveIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name='RelayStop',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(auto_now_add=True, verbose_name='le')),
            ],
            options={
                'verbose_name': 'refus de messages',
                'verbose_name_plural': 'refus de messages',
            },
        ),
        migrations.AddField(
            model_name='consent',
            name='method',
            field=models.TextField(choices=[('link', 'la personne, par le lien de son courriel'), ('account', 'la personne, depuis son compte'), ('written', 'recueilli par écrit'), ('spoken', 'recueilli de vive voix'), ('changed', 'le nom ou le courriel a changé : on redemande')], default='written', verbose_name='manière'),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='contact',
            name='entered_by',
            field=models.TextField(blank=True, editable=False, verbose_name='inscrit par'),
        ),
        migrations.AddField(
            model_name='contact',
            name='language',
            field=models.CharField(default='fr', max_length=2, verbose_name='langue'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='consent',
            trigger=pgtrigger.compiler.Trigger(name='goes_with_its_owner', sql=pgtrigger.compiler.UpsertTriggerSql(constraint='CONSTRAINT', func="IF EXISTS (SELECT FROM public.directory_contact WHERE id = OLD.contact_id) THEN RAISE EXCEPTION 'Rows of directory_consent are only added: they go with what they belong to.'; END IF; RETURN NULL;", hash='d75158a7e7c17017e0e912ded54df63b7171a3a8', operation='DELETE', pgid='pgtrigger_goes_with_its_owner_2748a', table='directory_consent', timing='DEFERRABLE INITIALLY DEFERRED', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='consent',
            trigger=pgtrigger.compiler.Trigger(name='emptied_with_its_owner', sql=pgtrigger.compiler.UpsertTriggerSql(func="IF EXISTS (SELECT FROM public.directory_contact) THEN RAISE EXCEPTION 'Rows of directory_consent are only added: they go with what they belong to.'; END IF; RETURN NULL;", hash='e24cb730904854f7a815267951e84a732b292988', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_emptied_with_its_owner_b3def', table='directory_consent', when='AFTER')),
        ),
        migrations.AddConstraint(
            model_name='consent',
            constraint=models.CheckConstraint(condition=models.Q(('purpose__in', ['public', 'networks', 'events'])), name='consent_purpose_known'),
        ),
        migrations.AddConstraint(
            model_name='consent',
            constraint=models.CheckConstraint(condition=models.Q(('method__in', ['link', 'account', 'written', 'spoken', 'changed'])), name='consent_method_known'),
        ),
        migrations.AddField(
            model_name='exportedcontact',
            name='contact',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='exports', to='directory.contact'),
        ),
        migrations.AddField(
            model_name='notice',
            name='initiative',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='notices', to='directory.initiative'),
        ),
        migrations.AddField(
            model_name='personalexport',
            name='grouping',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='directory.grouping', verbose_name='pour le groupement'),
        ),
        migrations.AddField(
            model_name='personalexport',
            name='person',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='personal_exports', to=settings.AUTH_USER_MODEL, verbose_name='par'),
        ),
        migrations.AddField(
            model_name='exportedcontact',
            name='export',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='held', to='directory.personalexport'),
        ),
        migrations.AddIndex(
            model_name='relaycount',
            index=models.Index(fields=['since'], name='relay_count_since'),
        ),
        migrations.AddField(
            model_name='relaystop',
            name='contact',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='relay_stops', to='directory.contact'),
        ),
        migrations.AddField(
            model_name='relaystop',
            name='initiative',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='relay_stops', to='directory.initiative'),
        ),
        migrations.AddIndex(
            model_name='notice',
            index=models.Index(fields=['initiative', 'kind', '-at'], name='notice_latest'),
        ),
        migrations.AddConstraint(
            model_name='personalexport',
            constraint=models.CheckConstraint(condition=models.Q(('purpose__length__range', (1, 500))), name='export_purpose_said'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='personalexport',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."at" IS DISTINCT FROM (NEW."at") OR OLD."what" IS DISTINCT FROM (NEW."what") OR OLD."criteria" IS DISTINCT FROM (NEW."criteria") OR OLD."fields" IS DISTINCT FROM (NEW."fields") OR OLD."rows" IS DISTINCT FROM (NEW."rows") OR OLD."purpose" IS DISTINCT FROM (NEW."purpose"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='29893e1aee4307c6f04cf27fb21a863317064349', operation='UPDATE', pgid='pgtrigger_append_only_78c1b', table='directory_personalexport', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='personalexport',
            trigger=pgtrigger.compiler.Trigger(name='never_another', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (NEW.person_id <> coalesce(OLD.person_id, 0) OR NEW.grouping_id <> coalesce(OLD.grouping_id, 0))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='7ec9dadd090ed28a98d262acfb04be2dedb030ed', operation='UPDATE', pgid='pgtrigger_never_another_b469b', table='directory_personalexport', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='personalexport',
            trigger=pgtrigger.compiler.Trigger(name='kept', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (OLD.at > now() - interval '36 months')", func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='25e4bf47aebafd65e5afcb4ff36c7a59d2ae248f', operation='DELETE', pgid='pgtrigger_kept_b9666', table='directory_personalexport', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='personalexport',
            trigger=pgtrigger.compiler.Trigger(name='emptied_with_all', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF EXISTS (SELECT FROM public.accounts_user) THEN\n                        RAISE EXCEPTION 'The log of exports is only added to.';\n                    END IF;\n                    RETURN NULL;\n                ", hash='f1fc32c801ce5b49be5caa51de0e2ede143c26a5', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_emptied_with_all_e75db', table='directory_personalexport', when='AFTER')),
        ),
        migrations.AddConstraint(
            model_name='exportedcontact',
            constraint=models.UniqueConstraint(fields=('export', 'contact'), name='exported_once'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='exportedcontact',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='2ccd665d23fbd2d21edc24d8a6f8ab7609b3ad0f', operation='UPDATE', pgid='pgtrigger_append_only_64a45', table='directory_exportedcontact', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='exportedcontact',
            trigger=pgtrigger.compiler.Trigger(name='goes_with_its_owner', sql=pgtrigger.compiler.UpsertTriggerSql(constraint='CONSTRAINT', func="IF EXISTS (SELECT FROM public.directory_personalexport WHERE id = OLD.export_id) AND EXISTS (SELECT FROM public.directory_contact WHERE id = OLD.contact_id) THEN RAISE EXCEPTION 'Rows of directory_exportedcontact are only added: they go with what they belong to.'; END IF; RETURN NULL;", hash='790a29e183af41ce00449b52858f79d87fb08362', operation='DELETE', pgid='pgtrigger_goes_with_its_owner_8e981', table='directory_exportedcontact', timing='DEFERRABLE INITIALLY DEFERRED', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='exportedcontact',
            trigger=pgtrigger.compiler.Trigger(name='emptied_with_its_owner', sql=pgtrigger.compiler.UpsertTriggerSql(func="IF EXISTS (SELECT FROM public.directory_personalexport) AND EXISTS (SELECT FROM public.directory_contact) THEN RAISE EXCEPTION 'Rows of directory_exportedcontact are only added: they go with what they belong to.'; END IF; RETURN NULL;", hash='e3e2354993ece1ddfba68121a5942cba633f2574', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_emptied_with_its_owner_8c23f', table='directory_exportedcontact', when='AFTER')),
        ),
        migrations.AddConstraint(
            model_name='relaystop',
            constraint=models.UniqueConstraint(fields=('initiative', 'contact'), name='relay_stop_once', nulls_distinct=False),
        ),
        migrations.RunSQL(NOTE_STOPS, UNNOTE_STOPS),
    ]
