"""Groupings, statuses of PTCE and territories served have a history; removals of links and memberships too.

What was there before begins its history with what it was created with, so that its first change has a before.
"""

import django.core.validators
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
import uuid
from django.db import migrations, models


def began(table, columns, at="now()", source=None):
    """An event for each row that is there."""
    taken = ", ".join(f"r.{column}" for column in columns.split())
    return (
        f"INSERT INTO public.{table}event (pgh_created_at, pgh_label, pgh_obj_id, {columns.replace(' ', ', ')})"
        f" SELECT {at}, 'insert', r.id, {taken} FROM {source or f'public.{table} r'};\n"
    )


BEGAN = (
    began("directory_grouping",
          "id uuid kind slug name summary website initiative_id perimeter_id source published created_at",
          "r.created_at")
    + began("directory_ptcestatus", "id grouping_id year status source", "g.created_at",
            "public.directory_ptcestatus r JOIN public.directory_grouping g ON g.id = r.grouping_id")
    + began("directory_servedterritory", "id initiative_id territory_id", "i.created_at",
            "public.directory_servedterritory r JOIN public.directory_initiative i ON i.id = r.initiative_id")
)


class Migration(migrations.Migration):

    dependencies = [
        ('directory', '0017_contacts'),
        ('pghistory', '0007_auto_20250421_0444'),
        ('territories', '0006_former_names'),
    ]

    operations = [
        migrations.CreateModel(
            name='GroupingEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, verbose_name='identifiant universel')),
                ('kind', models.TextField(choices=[('ptce', 'pôle territorial de coopération économique'), ('network', 'réseau')], verbose_name='nature')),
                ('slug', models.TextField(validators=[django.core.validators.RegexValidator('\\A[a-z0-9]+(-[a-z0-9]+)*\\Z', 'Lettres minuscules sans accent, chiffres et tirets simples.')], verbose_name='nom dans l’adresse')),
                ('name', models.TextField(verbose_name='nom')),
                ('summary', models.TextField(blank=True, verbose_name='en une phrase')),
                ('website', models.URLField(blank=True, max_length=500, verbose_name='site web')),
                ('source', models.TextField(blank=True, verbose_name='source')),
                ('published', models.BooleanField(default=True, verbose_name='publié')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='créé le')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='PtceStatusEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('year', models.PositiveSmallIntegerField(verbose_name='année')),
                ('status', models.TextField(verbose_name='statut')),
                ('source', models.TextField(verbose_name='source')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='ServedTerritoryEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
            ],
            options={
                'abstract': False,
            },
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='link',
            name='insert_insert',
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
            name='update_update',
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='grouping',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "directory_groupingevent" ("created_at", "id", "initiative_id", "kind", "name", "perimeter_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "published", "slug", "source", "summary", "uuid", "website") SELECT new_values."created_at", new_values."id", new_values."initiative_id", new_values."kind", new_values."name", new_values."perimeter_id", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."published", new_values."slug", new_values."source", new_values."summary", new_values."uuid", new_values."website" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='55e5b965134b8d7d0f6abe43ff8ba4cf55fda2da', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_43cfd', referencing='REFERENCING NEW TABLE AS new_values ', table='directory_grouping', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='grouping',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "directory_groupingevent" ("created_at", "id", "initiative_id", "kind", "name", "perimeter_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "published", "slug", "source", "summary", "uuid", "website") SELECT new_values."created_at", new_values."id", new_values."initiative_id", new_values."kind", new_values."name", new_values."perimeter_id", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."published", new_values."slug", new_values."source", new_values."summary", new_values."uuid", new_values."website" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values."created_at" IS DISTINCT FROM (new_values."created_at") OR old_values."id" IS DISTINCT FROM (new_values."id") OR old_values."initiative_id" IS DISTINCT FROM (new_values."initiative_id") OR old_values."kind" IS DISTINCT FROM (new_values."kind") OR old_values."name" IS DISTINCT FROM (new_values."name") OR old_values."perimeter_id" IS DISTINCT FROM (new_values."perimeter_id") OR old_values."published" IS DISTINCT FROM (new_values."published") OR old_values."slug" IS DISTINCT FROM (new_values."slug") OR old_values."source" IS DISTINCT FROM (new_values."source") OR old_values."summary" IS DISTINCT FROM (new_values."summary") OR old_values."uuid" IS DISTINCT FROM (new_values."uuid") OR old_values."website" IS DISTINCT FROM (new_values."website")) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='b7a4d74ab868efc160fe72b51648700565c2a865', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_5dd38', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='directory_grouping', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='grouping',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "directory_groupingevent" ("created_at", "id", "initiative_id", "kind", "name", "perimeter_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "published", "slug", "source", "summary", "uuid", "website") SELECT old_values."created_at", old_values."id", old_values."initiative_id", old_values."kind", old_values."name", old_values."perimeter_id", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."published", old_values."slug", old_values."source", old_values."summary", old_values."uuid", old_values."website" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='d39149ec5dd7c5c97cae5b6258c89a6d9d13f25a', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_7af9d', referencing='REFERENCING OLD TABLE AS old_values ', table='directory_grouping', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='link',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "directory_linkevent" ("id", "kind", "origin_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "since", "source", "target_id", "until") SELECT new_values."id", new_values."kind", new_values."origin_id", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."since", new_values."source", new_values."target_id", new_values."until" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='8b1d4e72ce490fe88f37add53ea2bc33dd85ba41', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_de1bc', referencing='REFERENCING NEW TABLE AS new_values ', table='directory_link', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='link',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "directory_linkevent" ("id", "kind", "origin_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "since", "source", "target_id", "until") SELECT new_values."id", new_values."kind", new_values."origin_id", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."since", new_values."source", new_values."target_id", new_values."until" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='c1fa083058c3ad1f9253ff06ffb44dfa9fd1f77b', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_4cf53', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='directory_link', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='link',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "directory_linkevent" ("id", "kind", "origin_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "since", "source", "target_id", "until") SELECT old_values."id", old_values."kind", old_values."origin_id", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."since", old_values."source", old_values."target_id", old_values."until" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='b603ea3dff905b4125b55fd760d38a3297b5f263', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_95a12', referencing='REFERENCING OLD TABLE AS old_values ', table='directory_link', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='membership',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "directory_membershipevent" ("grouping_agreed_at", "grouping_id", "id", "initiative_id", "member_agreed_at", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "since", "source", "until") SELECT new_values."grouping_agreed_at", new_values."grouping_id", new_values."id", new_values."initiative_id", new_values."member_agreed_at", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."since", new_values."source", new_values."until" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='d64f86ae6ddfe93fae901285fcd469d011aabac7', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_044d1', referencing='REFERENCING NEW TABLE AS new_values ', table='directory_membership', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='membership',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "directory_membershipevent" ("grouping_agreed_at", "grouping_id", "id", "initiative_id", "member_agreed_at", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "since", "source", "until") SELECT new_values."grouping_agreed_at", new_values."grouping_id", new_values."id", new_values."initiative_id", new_values."member_agreed_at", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."since", new_values."source", new_values."until" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='12ef21f2d365d28c3e009d7c03330658c3619ab6', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_4018c', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='directory_membership', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='membership',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "directory_membershipevent" ("grouping_agreed_at", "grouping_id", "id", "initiative_id", "member_agreed_at", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "since", "source", "until") SELECT old_values."grouping_agreed_at", old_values."grouping_id", old_values."id", old_values."initiative_id", old_values."member_agreed_at", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."since", old_values."source", old_values."until" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='7f6c268ef784574f465d588ffed87df632da3fdf', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_00ac9', referencing='REFERENCING OLD TABLE AS old_values ', table='directory_membership', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='ptcestatus',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "directory_ptcestatusevent" ("grouping_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "source", "status", "year") SELECT new_values."grouping_id", new_values."id", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."source", new_values."status", new_values."year" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='ef2f41183944d3f7f17e9135a38f02a177b942d3', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_0786e', referencing='REFERENCING NEW TABLE AS new_values ', table='directory_ptcestatus', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='ptcestatus',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "directory_ptcestatusevent" ("grouping_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "source", "status", "year") SELECT new_values."grouping_id", new_values."id", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."source", new_values."status", new_values."year" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='b91450100efd93976e4b6ae9bd7dedfb4d73e3fb', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_3881b', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='directory_ptcestatus', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='ptcestatus',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "directory_ptcestatusevent" ("grouping_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "source", "status", "year") SELECT old_values."grouping_id", old_values."id", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."source", old_values."status", old_values."year" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='c7f546b7f57d53115d4d46cdca63ad1eb767cbd4', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_1358d', referencing='REFERENCING OLD TABLE AS old_values ', table='directory_ptcestatus', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='servedterritory',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "directory_servedterritoryevent" ("id", "initiative_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "territory_id") SELECT new_values."id", new_values."initiative_id", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."territory_id" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='2ed9184d6ef18fa63a14fabbd4297c9cc75aa589', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_a064a', referencing='REFERENCING NEW TABLE AS new_values ', table='directory_servedterritory', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='servedterritory',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "directory_servedterritoryevent" ("id", "initiative_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "territory_id") SELECT new_values."id", new_values."initiative_id", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."territory_id" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='e492c98f77131bc7372f6865200bdc1391354654', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_db042', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='directory_servedterritory', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='servedterritory',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "directory_servedterritoryevent" ("id", "initiative_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "territory_id") SELECT old_values."id", old_values."initiative_id", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."territory_id" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;', hash='51d9d73e72512d19190f2011ea3f66c6cf09e019', level='STATEMENT', operation='DELETE', pgid='pgtrigger_delete_delete_96e72', referencing='REFERENCING OLD TABLE AS old_values ', table='directory_servedterritory', when='AFTER')),
        ),
        migrations.AddField(
            model_name='groupingevent',
            name='initiative',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='directory.initiative', verbose_name='initiative qui l’anime'),
        ),
        migrations.AddField(
            model_name='groupingevent',
            name='perimeter',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='territories.territory', verbose_name='périmètre'),
        ),
        migrations.AddField(
            model_name='groupingevent',
            name='pgh_context',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
        ),
        migrations.AddField(
            model_name='groupingevent',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='directory.grouping'),
        ),
        migrations.AddField(
            model_name='ptcestatusevent',
            name='grouping',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='directory.grouping'),
        ),
        migrations.AddField(
            model_name='ptcestatusevent',
            name='pgh_context',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
        ),
        migrations.AddField(
            model_name='ptcestatusevent',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='directory.ptcestatus'),
        ),
        migrations.AddField(
            model_name='servedterritoryevent',
            name='initiative',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='directory.initiative'),
        ),
        migrations.AddField(
            model_name='servedterritoryevent',
            name='pgh_context',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
        ),
        migrations.AddField(
            model_name='servedterritoryevent',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='directory.servedterritory'),
        ),
        migrations.AddField(
            model_name='servedterritoryevent',
            name='territory',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='territories.territory', verbose_name='territoire'),
        ),
        migrations.RunSQL(BEGAN, migrations.RunSQL.noop),
    ]
