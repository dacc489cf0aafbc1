-- What the peers read: the rows of Maillage in the shapes that they want, each with its own best index.
-- Built once, after the synthetic initiatives; the same published and open initiatives for everyone.
CREATE SCHEMA bench;

-- Stock Django: a join table per many-to-many relation.
CREATE TABLE bench.initiative_sectors AS
    SELECT i.id AS initiative_id, s.id AS sector_id
    FROM directory_initiative i JOIN directory_sector s ON i.sector_mask & (1 << (s.id - 1)) <> 0;
ALTER TABLE bench.initiative_sectors ADD PRIMARY KEY (initiative_id, sector_id);
CREATE INDEX ON bench.initiative_sectors (sector_id, initiative_id);

CREATE TABLE bench.initiative_activities AS
    SELECT DISTINCT i.id AS initiative_id, a.id AS activity_id
    FROM directory_initiative i JOIN directory_activity a ON a.id = ANY (i.activities);
ALTER TABLE bench.initiative_activities ADD PRIMARY KEY (initiative_id, activity_id);
CREATE INDEX ON bench.initiative_activities (activity_id, initiative_id);

-- tipg and pygeoapi: one flat table, nothing left to join, a 0/1 column per sector to filter by.
CREATE TABLE bench.initiatives AS
    SELECT i.slug AS id, i.name, i.summary, s.slug AS sector,
        ARRAY(SELECT t.slug FROM directory_sector t
              WHERE i.sector_mask & (1 << (t.id - 1)) <> 0 ORDER BY t.id) AS sectors,
        ARRAY(SELECT a.slug FROM unnest(i.activities) WITH ORDINALITY AS u(id, place)
              JOIN directory_activity a ON a.id = u.id ORDER BY u.place) AS activities,
        i.legal_form, i.commune_id, c.name AS commune, i.postcode,
        i.departement_id, d.name AS departement, i.precision, i.website,
        '/initiatives/' || i.slug || '/' AS url, i.verified_at, i.updated_at, i.source,
        i.origin = 'example' AS example,
        (i.sector_mask >> (e.id - 1) & 1)::smallint AS energie,
        i.location
    FROM directory_initiative i
    JOIN directory_sector e ON e.slug = 'energie'
    JOIN directory_sector s ON s.id = i.main_sector
    LEFT JOIN territories_territory c ON c.id = i.commune_id
    LEFT JOIN territories_territory d ON d.id = i.departement_id
    WHERE i.publication = 'published' AND i.activity_state = 'open';
ALTER TABLE bench.initiatives ADD PRIMARY KEY (id);
CREATE INDEX ON bench.initiatives USING gist (location);

-- Typing errors: trigram similarity over whole names, as is commonly done.
CREATE INDEX initiatives_name_trgm ON bench.initiatives USING gin (f_fold(name) gin_trgm_ops);
