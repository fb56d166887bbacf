#!/bin/sh
# The city's plan and the public record, into a database that holds none. A plan that is there is
# left alone: it may have been edited since, and the seed would put the old words back.
set -eu
seeds=/usr/share/cerritos-in-progress

# Does a table of ours hold anything?
holds() {
    answer=$(psql -X -q -A -t -v ON_ERROR_STOP=1 -d "$PROGRESS_MIGRATE_URL" \
        -c "select exists (select from progress.$1)")
    [ "$answer" = t ]
}

holds plan || progressd import "$seeds/plan.json"
holds published_update || holds draft_update || progressd import "$seeds/public-record.json"
# Each time: a later version brings better ones. What a person has edited or reviewed stays.
for language in ko zh-Hans zh-Hant tl es; do
    progressd import "$seeds/translations/$language.csv" --shipped
done
