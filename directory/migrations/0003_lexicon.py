"""What the triggers on listings call: the words of published listings and of their places."""

from django.db import migrations

# Rows are written in the order of the words, so that two writers never wait for each other in a circle.
LEARN_WORDS = r"""
CREATE FUNCTION public.directory_learn_words(ids bigint[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO public.directory_lexiconword (word)
    SELECT DISTINCT word FROM (
        SELECT regexp_split_to_table(
            public.f_fold(concat_ws(' ', i.name, i.summary, i.description, c.name, d.name)), '[^[:alnum:]]+'
        ) AS word
        FROM public.directory_initiative i
        LEFT JOIN public.territories_territory c ON c.id = i.commune_id
        LEFT JOIN public.territories_territory d ON d.id = i.departement_id
        WHERE i.id = ANY (ids) AND i.publication = 'published'
    ) words
    WHERE length(word) BETWEEN 3 AND 40 AND word !~ '[0-9]'
    ORDER BY word
    ON CONFLICT DO NOTHING;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("directory", "0002_directory"), ("territories", "0002_territory")]
    operations = [migrations.RunSQL(LEARN_WORDS, "DROP FUNCTION public.directory_learn_words(bigint[])")]
