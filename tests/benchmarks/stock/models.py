"""Maillage's tables as stock Django models; sectors and activities by join tables (``peers.sql``)."""

from django.contrib.gis.db import models


class Sector(models.Model):
    id = models.SmallIntegerField(primary_key=True)
    slug = models.TextField()

    class Meta:
        managed = False
        db_table = "directory_sector"


class Activity(models.Model):
    id = models.SmallIntegerField(primary_key=True)
    slug = models.TextField()

    class Meta:
        managed = False
        db_table = "directory_activity"


class Territory(models.Model):
    id = models.TextField(primary_key=True)
    name = models.TextField()

    class Meta:
        managed = False
        db_table = "territories_territory"


class Initiative(models.Model):
    slug = models.TextField(unique=True)
    name = models.TextField()
    summary = models.TextField()
    legal_form = models.TextField()
    commune = models.ForeignKey(Territory, models.DO_NOTHING, null=True, related_name="+")
    departement = models.ForeignKey(Territory, models.DO_NOTHING, null=True, related_name="+")
    main_sector = models.ForeignKey(Sector, models.DO_NOTHING, db_column="main_sector", related_name="+")
    sectors = models.ManyToManyField(Sector, db_table="initiative_sectors")
    activities = models.ManyToManyField(Activity, db_table="initiative_activities")
    postcode = models.TextField()
    location = models.PointField(srid=4326, null=True)
    precision = models.TextField()
    website = models.TextField()
    verified_at = models.DateTimeField(null=True)
    updated_at = models.DateTimeField()
    source = models.TextField()
    origin = models.TextField()
    publication = models.TextField()
    activity_state = models.TextField()

    class Meta:
        managed = False
        db_table = "directory_initiative"
