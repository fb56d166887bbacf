#include "model/sheet.h"

#include <assert.h>

#include "generated/queries.h"
#include "read.h"

/* The columns' order is a promise (openapi.yaml); sql/queries/sheets.sql selects in the same one.
 */

static const struct column GOALS[] = {
    {"number", true},
    {"statement", false},
    {"short_name", false},
    {"short_name_source", false},
    {"weight", true},
    {"percent", true},
    {"percent_is_minimum", false},
    {"reported", true},
    {"total", true},
    {"status", false},
    {"off_track", true},
    {"at_risk", true},
    {"on_hold", true},
    {"on_track", true},
    {"completed", true},
    {"not_started", true},
    {"no_information", true},
    {"ongoing", true},
    {"cancelled", true},
    {"revision", true},
    {"demo", false},
};

static const struct column OBJECTIVES[] = {
    {"code", false},
    {"goal", true},
    {"statement", false},
    {"description", false},
    {"description_position", false},
    {"actions", false},
    {"lead_department", false},
    {"supporting_departments", false},
    {"owner_role", false},
    {"start_on", false},
    {"due_on", false},
    {"update_frequency", false},
    {"weight", true},
    {"tags", false},
    {"status", false},
    {"status_as_of", false},
    {"percent_complete", true},
    {"percent_as_of", false},
    {"updates_count", true},
    {"revision", true},
    {"archived_at", false},
    {"demo", false},
    {"milestones", false},
    {"relationships", false},
    {"funding", false},
    {"external_refs", false},
    {"expected_percent", true},
    {"is_overdue", false},
    {"next_update_due", false},
    {"is_stale", false},
    {"disagrees", false},
};

static const struct column UPDATES[] = {
    {"id", false},
    {"objective", false},
    {"goal", true},
    {"kind", false},
    {"state", false},
    {"as_of", false},
    {"status", false},
    {"percent_complete", true},
    {"summary", false},
    {"details", false},
    {"next_steps", false},
    {"links", false},
    {"measurements", false},
    {"source", false},
    {"external_id", false},
    {"source_updated_at", false},
    {"supersedes", false},
    {"superseded_by", false},
    {"reason", false},
    {"retracted_at", false},
    {"retraction_reason", false},
    {"created_at", false},
    {"published_at", false},
    {"demo", false},
    {"service_name", false},
    {"service_case_id", false},
    {"service_state", false},
    {"service_raw_state", false},
    {"service_open", true},
    {"service_closed", true},
    {"service_overdue", true},
    {"service_median_days_to_close", true},
    {"service_period_from", false},
    {"service_period_to", false},
    {"redacted_at", false},
    {"redacted_fields", false},
    {"redaction_reason", false},
};

static const struct column REPORTS[] = {
    {"period", false},
    {"part", false},
    {"item", false},
    {"figure", false},
    {"before", false},
    {"now", false},
    {"restated_before", false},
    {"restated_now", false},
    {"before_as_of", false},
    {"as_of", false},
    {"known_at", false},
    {"state", false},
    {"demo", false},
};

static const struct column MEASURES[] = {
    {"slug", false},          {"name", false},          {"unit", false},
    {"direction", false},     {"baseline", true},       {"baseline_on", false},
    {"target", true},         {"target_on", false},     {"lower_limit", true},
    {"upper_limit", true},    {"data_source", false},   {"description", false},
    {"objectives", false},    {"latest_as_of", false},  {"latest_actual", true},
    {"latest_target", true},  {"latest_update", false}, {"attainment_percent", true},
    {"within_limits", false}, {"values_count", true},   {"revision", true},
    {"archived_at", false},   {"demo", false},
};

static const struct column MEASURE_VALUES[] = {
    {"measure", false},           {"as_of", false},         {"actual", true},  {"target", true},
    {"attainment_percent", true}, {"within_limits", false}, {"update", false}, {"objective", false},
    {"recorded_at", false},       {"demo", false},
};

static const struct column DEPARTMENTS[] = {
    {"slug", false},     {"name", false},    {"public_contact", false}, {"leads", false},
    {"supports", false}, {"revision", true}, {"demo", false},
};

static const struct column PERIODS[] = {
    {"id", false},        {"fiscal_year", false}, {"quarter", true},    {"starts_on", false},
    {"ends_on", false},   {"grace_days", true},   {"closes_on", false}, {"state", false},
    {"closed_at", false}, {"revision", true},     {"demo", false},
};

static const struct column WORK[] = {
    {"reason", false},     {"objective", false}, {"goal", true},    {"statement", false},
    {"department", false}, {"since", false},     {"detail", false}, {"draft", false},
    {"source", false},     {"lang", false},      {"texts", true},   {"demo", false},
};

static const struct column AUDIT[] = {
    {"id", false},        {"at", false},     {"action", false},     {"object", false},
    {"object_id", false}, {"plan", false},   {"objective", false},  {"key", false},
    {"client", false},    {"holder", false}, {"request_id", false}, {"detail", false},
};

/* What translators work on, and what comes back. */
static const struct column TRANSLATIONS[] = {
    {"lang", false},    {"entity", false},    {"code", false},     {"field", false},
    {"source", false},  {"text", false},      {"reviewed", false}, {"outdated", false},
    {"revision", true}, {"made_from", false},
};

const struct sheet goals_sheet = {"goals", &SQL_goals_sheet, GOALS, COUNT(GOALS)};
const struct sheet objectives_sheet = {"objectives", &SQL_objectives_sheet, OBJECTIVES,
                                       COUNT(OBJECTIVES)};
const struct sheet updates_sheet = {"updates", &SQL_updates_sheet, UPDATES, COUNT(UPDATES)};
const struct sheet reports_sheet = {"report", &SQL_reports_sheet, REPORTS, COUNT(REPORTS)};
const struct sheet measures_sheet = {"measures", &SQL_measures_sheet, MEASURES, COUNT(MEASURES)};
const struct sheet measure_values_sheet = {"measure_values", &SQL_measure_values_sheet,
                                           MEASURE_VALUES, COUNT(MEASURE_VALUES)};
const struct sheet departments_sheet = {"departments", &SQL_departments_sheet, DEPARTMENTS,
                                        COUNT(DEPARTMENTS)};
const struct sheet periods_sheet = {"periods", &SQL_periods_sheet, PERIODS, COUNT(PERIODS)};
const struct sheet work_sheet = {"work_queue", &SQL_work_sheet, WORK, COUNT(WORK)};
const struct sheet audit_sheet = {"audit", &SQL_audit_sheet, AUDIT, COUNT(AUDIT)};
const struct sheet translations_sheet = {"translations", &SQL_translations_sheet, TRANSLATIONS,
                                         COUNT(TRANSLATIONS)};

struct showing {
    const struct sheet *sheet;
    sheet_visit *visit;
    void *context;
};

static bool show(void *context, struct call *c, const struct rows *r) {
    const struct showing *w = context;
    struct cell cells[SHEET_COLUMNS];
    for (size_t i = 0; i < w->sheet->count; i++)
        cells[i] = (struct cell){rows_text(r, 0, i), rows_len(r, 0, i)};
    return w->visit(w->context, c, cells);
}

bool sheet_each(struct call *c, struct pool *p, const struct sheet *s, const struct query *q,
                sheet_visit *visit, void *context) {
    struct showing w = {s, visit, context};
    const char *params[READ_PARAMS];
    assert(s->count <= SHEET_COLUMNS && "a row fits");
    size_t n = read_params(c, q, params);
    params[n++] = read_last(q);
    return pool_each(c, p, s->rows, params, n, show, &w);
}
