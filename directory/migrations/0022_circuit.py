"""Links are agreed upon by both sides; declined asserted ties; programmes of a PTCE; stories."""

import django.contrib.postgres.fields
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
import uuid
from django.conf import settings
from django.db import migrations, models

# The page of an initiative tells its stories: caches must know (see 0005).
REFERENCING = {
    "insert": "REFERENCING NEW TABLE AS changed",
    "update": "REFERENCING OLD TABLE AS changed_from NEW TABLE AS changed",
    "delete": "REFERENCING OLD TABLE AS changed",
    "truncate": "",
}
NOTE = "".join(
    f"CREATE TRIGGER note_{event} AFTER {event.upper()} ON public.directory_story {referencing}"
    " FOR EACH STATEMENT EXECUTE FUNCTION public.directory_note_change();\n"
    for event, referencing in REFERENCING.items()
)
UNNOTE = "".join(f"DROP TRIGGER note_{event} ON public.directory_story;\n" for event in REFERENCING)


class Migration(migrations.Migration):

    dependencies = [
        ('directory', '0021_listings'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Story',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name='identifiant universel')),
                ('kind', models.TextField(choices=[('sheet', 'fiche d’expérience'), ('testimony', 'témoignage')], verbose_name='nature')),
                ('state', models.TextField(choices=[('draft', 'brouillon'), ('waiting', 'en attente de relecture'), ('published', 'publié'), ('refused', 'refusé'), ('withdrawn', 'retiré')], default='draft', verbose_name='état')),
                ('language', models.CharField(default='fr', max_length=2, verbose_name='langue')),
                ('title', models.TextField(verbose_name='titre')),
                ('context', models.TextField(blank=True, verbose_name='le contexte')),
                ('text', models.TextField(verbose_name='ce qui a été fait, ou vécu')),
                ('difficulties', models.TextField(blank=True, verbose_name='les difficultés')),
                ('advice', models.TextField(blank=True, verbose_name='ce que l’on conseille à d’autres')),
                ('signature', models.TextField(blank=True, verbose_name='signature publique')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='créé le')),
                ('sent_at', models.DateTimeField(blank=True, null=True, verbose_name='proposé le')),
                ('decided_at', models.DateTimeField(blank=True, null=True, verbose_name='décidé le')),
                ('reason', models.TextField(blank=True, verbose_name='raison du refus ou du retrait')),
            ],
            options={
                'verbose_name': 'récit',
                'verbose_name_plural': 'récits',
                'ordering': ['-decided_at', '-pk'],
            },
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='grouping',
            name='insert_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='grouping',
            name='delete_delete',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='grouping',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='link',
            name='insert_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='link',
            name='delete_delete',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='link',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='membership',
            name='insert_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='membership',
            name='delete_delete',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='membership',
            name='update_update',
        ),
        migrations.RemoveConstraint(
            model_name='link',
            name='link_once',
        ),
        migrations.AddField(
            model_name='grouping',
            name='programmes',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), blank=True, db_default=[], default=list, help_text='Les programmes où il est engagé, tels qu’ils s’appellent, séparés par des virgules.', size=None, verbose_name='programmes'),
        ),
        migrations.AddField(
            model_name='groupingevent',
            name='programmes',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), blank=True, db_default=[], default=list, help_text='Les programmes où il est engagé, tels qu’ils s’appellent, séparés par des virgules.', size=None, verbose_name='programmes'),
        ),
        migrations.AddField(
            model_name='link',
            name='asserted_by',
            field=models.TextField(blank=True, choices=[('origin', 'l’initiative de départ'), ('target', 'l’initiative d’arrivée')], db_default='', verbose_name='déclaré par (personne : noté d’après une source)'),
        ),
        migrations.AddField(
            model_name='link',
            name='declined_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='refusé le'),
        ),
        migrations.AddField(
            model_name='link',
            name='origin_agreed_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='accord de l’initiative de départ'),
        ),
        migrations.AddField(
            model_name='link',
            name='target_agreed_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='accord de l’initiative d’arrivée'),
        ),
        migrations.AddField(
            model_name='linkevent',
            name='asserted_by',
            field=models.TextField(blank=True, choices=[('origin', 'l’initiative de départ'), ('target', 'l’initiative d’arrivée')], db_default='', verbose_name='déclaré par (personne : noté d’après une source)'),
        ),
        migrations.AddField(
            model_name='linkevent',
            name='declined_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='refusé le'),
        ),
        migrations.AddField(
            model_name='linkevent',
            name='origin_agreed_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='accord de l’initiative de départ'),
        ),
        migrations.AddField(
            model_name='linkevent',
            name='target_agreed_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='accord de l’initiative d’arrivée'),
        ),
        migrations.AddField(
            model_name='membership',
            name='declined_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='refusée le'),
        ),
        migrations.AddField(
            model_name='membershipevent',
            name='declined_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='refusée le'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='grouping',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "directory_groupingevent" ("created_at", "id", "initiative_id", "kind", "name", "perimeter_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "programmes", "published", "slug", "source", "summary", "uuid", "website") SELECT new_values."created_at", new_values."id", new_values."initiative_id", new_values."kind", new_values."name", new_values."perimeter_id", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."programmes", new_values."published", new_values."slug", new_values."source", new_values."summary", new_values."uuid", new_values."website" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='176b7e84d920cf4fb116233d4b20498cd5b6d196', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_43cfd', referencing='REFERENCING NEW TABLE AS new_values ', table='directory_grouping', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='grouping',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='EXECUTE $history$ WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "directory_groupingevent" ("created_at", "id", "initiative_id", "kind", "name", "perimeter_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "programmes", "published", "slug", "source", "summary", "uuid", "website") SELECT new_values."created_at", new_values."id", new_values."initiative_id", new_values."kind", new_values."name", new_values."perimeter_id", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."programmes", new_values."published", new_values."slug", new_values."source", new_values."summary", new_values."uuid", new_values."website" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values."created_at" IS DISTINCT FROM (new_values."created_at") OR old_values."id" IS DISTINCT FROM (new_values."id") OR old_values."initiative_id" IS DISTINCT FROM (new_values."initiative_id") OR old_values."kind" IS DISTINCT FROM (new_values."kind") OR old_values."name" IS DISTINCT FROM (new_values."name") OR old_values."perimeter_id" IS DISTINCT FROM (new_values."perimeter_id") OR old_values."programmes" IS DISTINCT FROM (new_values."programmes") OR old_values."published" IS DISTINCT FROM (new_values."published") OR old_values."slug" IS DISTINCT FROM (new_values."slug") OR old_values."source" IS DISTINCT FROM (new_values."source") OR old_values."summary" IS DISTINCT FROM (new_values."summary") OR old_values."uuid" IS DISTINCT FROM (new_values."uuid") OR old_values."website" IS DISTINCT FROM (new_values."website")) ) AS new_values, _pgh_attached_context; $history$; RETURN NULL;', hash='deacb7c7f30bd18f36bc586f7d2f5ac547727463', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_5dd38', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='directory_grouping', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='grouping',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "directory_groupingevent" ("created_at", "id", "initiative_id", "kind", "name", "perimeter_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "programmes", "published", "slug", "source", "summary", "uuid", "website") SELECT old_values."created_at", old_values."id", old_values."initiative_id", old_values."kind", old_values."name", old_values."perimeter_id", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."programmes", old_values."published", old_values."slug", old_values."source", old_values."summary", old_values."uuid", old_values."website" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='e21804f49bcc045b98f8ecb2073e21c8aadeda63', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_7af9d', referencing='REFERENCING OLD TABLE AS old_values ', table='directory_grouping', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='link',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "directory_linkevent" ("asserted_by", "declined_at", "id", "kind", "origin_agreed_at", "origin_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "since", "source", "target_agreed_at", "target_id", "until") SELECT new_values."asserted_by", new_values."declined_at", new_values."id", new_values."kind", new_values."origin_agreed_at", new_values."origin_id", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."since", new_values."source", new_values."target_agreed_at", new_values."target_id", new_values."until" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='d136f576abc58d2c365dbf2f6ec74e762bc50820', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_de1bc', referencing='REFERENCING NEW TABLE AS new_values ', table='directory_link', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='link',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='EXECUTE $history$ WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "directory_linkevent" ("asserted_by", "declined_at", "id", "kind", "origin_agreed_at", "origin_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "since", "source", "target_agreed_at", "target_id", "until") SELECT new_values."asserted_by", new_values."declined_at", new_values."id", new_values."kind", new_values."origin_agreed_at", new_values."origin_id", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."since", new_values."source", new_values."target_agreed_at", new_values."target_id", new_values."until" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; $history$; RETURN NULL;', hash='30355a41aba8caf4748587341a697c1a1ab76c82', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_4cf53', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='directory_link', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='link',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "directory_linkevent" ("asserted_by", "declined_at", "id", "kind", "origin_agreed_at", "origin_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "since", "source", "target_agreed_at", "target_id", "until") SELECT old_values."asserted_by", old_values."declined_at", old_values."id", old_values."kind", old_values."origin_agreed_at", old_values."origin_id", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."since", old_values."source", old_values."target_agreed_at", old_values."target_id", old_values."until" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='9ae775d0f491fb19bb71ccc529dd91fe38829107', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_95a12', referencing='REFERENCING OLD TABLE AS old_values ', table='directory_link', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='membership',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "directory_membershipevent" ("declined_at", "grouping_agreed_at", "grouping_id", "id", "initiative_id", "member_agreed_at", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "since", "source", "until") SELECT new_values."declined_at", new_values."grouping_agreed_at", new_values."grouping_id", new_values."id", new_values."initiative_id", new_values."member_agreed_at", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."since", new_values."source", new_values."until" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='0c77796fa41951a385acb4b08181590ef06a4bd6', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_044d1', referencing='REFERENCING NEW TABLE AS new_values ', table='directory_membership', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='membership',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='EXECUTE $history$ WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "directory_membershipevent" ("declined_at", "grouping_agreed_at", "grouping_id", "id", "initiative_id", "member_agreed_at", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "since", "source", "until") SELECT new_values."declined_at", new_values."grouping_agreed_at", new_values."grouping_id", new_values."id", new_values."initiative_id", new_values."member_agreed_at", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."since", new_values."source", new_values."until" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; $history$; RETURN NULL;', hash='b8160e1251438c3f84ce202535e0e846135e048f', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_4018c', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='directory_membership', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='membership',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "directory_membershipevent" ("declined_at", "grouping_agreed_at", "grouping_id", "id", "initiative_id", "member_agreed_at", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "since", "source", "until") SELECT old_values."declined_at", old_values."grouping_agreed_at", old_values."grouping_id", old_values."id", old_values."initiative_id", old_values."member_agreed_at", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."since", old_values."source", old_values."until" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='a1d01808529430b20b086cbe7ccff89b58f9b838', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_00ac9', referencing='REFERENCING OLD TABLE AS old_values ', table='directory_membership', when='AFTER')),
        ),
        migrations.AddConstraint(
            model_name='link',
            constraint=models.UniqueConstraint(condition=models.Q(('until', None)), fields=('origin', 'target', 'kind'), name='link_current_once'),
        ),
        migrations.AddConstraint(
            model_name='link',
            constraint=models.CheckConstraint(condition=models.Q(('asserted_by', ''), models.Q(('asserted_by', 'origin'), ('origin_agreed_at__isnull', False)), models.Q(('asserted_by', 'target'), ('target_agreed_at__isnull', False)), _connector='OR'), name='link_asserted_by_who_agreed'),
        ),
        migrations.AddConstraint(
            model_name='link',
            constraint=models.CheckConstraint(condition=models.Q(('declined_at', None), models.Q(models.Q(('asserted_by', ''), _negated=True), models.Q(('origin_agreed_at__isnull', False), ('target_agreed_at__isnull', False), _negated=True)), _connector='OR'), name='link_declined_was_asserted'),
        ),
        migrations.AddConstraint(
            model_name='membership',
            constraint=models.CheckConstraint(condition=models.Q(('declined_at', None), ('member_agreed_at', None), ('grouping_agreed_at', None), _connector='OR'), name='membership_declined_was_asserted'),
        ),
        migrations.AddField(
            model_name='story',
            name='account',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='stories', to=settings.AUTH_USER_MODEL, verbose_name='écrit par'),
        ),
        migrations.AddField(
            model_name='story',
            name='decided_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='décidé par'),
        ),
        migrations.AddField(
            model_name='story',
            name='initiative',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='stories', to='directory.initiative', verbose_name='initiative'),
        ),
        migrations.AddIndex(
            model_name='story',
            index=models.Index(condition=models.Q(('state', 'published')), fields=['initiative'], name='story_published'),
        ),
        migrations.AddIndex(
            model_name='story',
            index=models.Index(condition=models.Q(('state', 'waiting')), fields=['sent_at'], name='story_waiting'),
        ),
        migrations.AddConstraint(
            model_name='story',
            constraint=models.CheckConstraint(condition=models.Q(('title__length__range', (1, 150))), name='story_title_said'),
        ),
        migrations.AddConstraint(
            model_name='story',
            constraint=models.CheckConstraint(condition=models.Q(('text__length__range', (1, 6000))), name='story_text_said'),
        ),
        migrations.AddConstraint(
            model_name='story',
            constraint=models.CheckConstraint(condition=models.Q(('context__length__range', (0, 6000))), name='story_context_bounded'),
        ),
        migrations.AddConstraint(
            model_name='story',
            constraint=models.CheckConstraint(condition=models.Q(('difficulties__length__range', (0, 6000))), name='story_difficulties_bounded'),
        ),
        migrations.AddConstraint(
            model_name='story',
            constraint=models.CheckConstraint(condition=models.Q(('advice__length__range', (0, 6000))), name='story_advice_bounded'),
        ),
        migrations.AddConstraint(
            model_name='story',
            constraint=models.CheckConstraint(condition=models.Q(('signature__length__range', (0, 120))), name='story_signature_bounded'),
        ),
        migrations.AddConstraint(
            model_name='story',
            constraint=models.CheckConstraint(condition=models.Q(('kind', 'sheet'), models.Q(('advice', ''), ('context', ''), ('difficulties', '')), _connector='OR'), name='story_testimony_is_one_text'),
        ),
        migrations.AddConstraint(
            model_name='story',
            constraint=models.CheckConstraint(condition=models.Q(('state', 'draft'), ('sent_at__isnull', False), _connector='OR'), name='story_sent_before_it_waits'),
        ),
        migrations.AddConstraint(
            model_name='story',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ('published', 'refused')), _negated=True), ('decided_at__isnull', False), _connector='OR'), name='story_decided_at_some_time'),
        ),
        migrations.RunSQL(NOTE, UNNOTE),
    ]
