#include "model/update.h"

#include <string.h>

#include "generated/queries.h"
#include "service.h"

static const char *const KINDS[] = {"progress", "note", "service_status", NULL};

/* The first is the system's alone and means that nothing was published: updates state the others.
 */
const char *const OBJECTIVE_STATUSES[] = {"no_information", "not_started", "on_track",  "at_risk",
                                          "off_track",      "on_hold",     "completed", "ongoing",
                                          "cancelled",      NULL};

/* What a status says about the percent (domain.md). */
enum percent_rule { PERCENT_FREE, PERCENT_IS_0, PERCENT_IS_100, PERCENT_NONE };

static const struct {
    const char *status;
    enum percent_rule percent;
} RULES[] = {
    {"not_started", PERCENT_IS_0}, {"on_track", PERCENT_FREE},  {"at_risk", PERCENT_FREE},
    {"off_track", PERCENT_FREE},   {"on_hold", PERCENT_FREE},   {"completed", PERCENT_IS_100},
    {"ongoing", PERCENT_NONE},     {"cancelled", PERCENT_NONE},
};

static const struct field FILTERS[] = {
    {"goal", FIELD_INTEGER, FIELD_OPTIONAL, 0, NULL, NULL},
    {"objective", FIELD_CODE, FIELD_OPTIONAL, 0, NULL, NULL},
    {"kind", FIELD_CHOICE, FIELD_OPTIONAL, 0, KINDS, NULL},
    {"source", FIELD_NAME, FIELD_OPTIONAL, 0, NULL, NULL},
    {"since", FIELD_DATE, FIELD_OPTIONAL, 0, NULL, NULL},
    {"until", FIELD_DATE, FIELD_OPTIONAL, 0, NULL, NULL},
    {"updated_since", FIELD_TIME, FIELD_OPTIONAL, 0, NULL, NULL},
    {0},
};

enum { READS = TAG_PLAN | TAG_OBJECTIVES | TAG_UPDATES };

const struct entity updates = {
    .name = "updates",
    .what = "update",
    .list = &SQL_updates_list,
    .count = &SQL_updates_count,
    .get = &SQL_updates_get,
    .filters = FILTERS,
    .sheet = &updates_sheet,
    .reads = READS,
};

const struct entity updates_feed = {
    .name = "feed",
    .what = "feed",
    .list = &SQL_updates_feed,
    .get = &SQL_feed_head,
    .filters = FILTERS,
    .reads = READS,
};

const struct entity updates_natural = {
    .name = "updates",
    .what = "update",
    .get = &SQL_updates_get_natural,
    .reads = READS,
};

const struct entity drafts = {
    .name = "drafts",
    .what = "draft",
    .list = &SQL_drafts_list,
    .get = &SQL_drafts_get,
    .filters = FILTERS,
};

static const struct field LINK[] = {
    {"label", FIELD_TEXT, FIELD_REQUIRED, 200, NULL, NULL},
    {"url", FIELD_URL, FIELD_REQUIRED, 0, NULL, NULL},
    {0},
};
static const struct field A_LINK = {"", FIELD_OBJECT, FIELD_NOT_NULL, 0, NULL, LINK};
static const struct field MEASUREMENT[] = {
    {"measure", FIELD_SLUG, FIELD_REQUIRED, 0, NULL, NULL},
    {"as_of", FIELD_DATE, FIELD_OPTIONAL, 0, NULL, NULL},
    {"actual", FIELD_NUMBER, FIELD_REQUIRED, 0, NULL, NULL},
    {"target", FIELD_NUMBER, FIELD_OPTIONAL, 0, NULL, NULL},
    {0},
};
static const struct field A_MEASUREMENT = {"", FIELD_OBJECT, FIELD_NOT_NULL, 0, NULL, MEASUREMENT};

static const struct field UPDATE_FIELDS[] = {
    {"objective", FIELD_CODE, FIELD_REQUIRED, 0, NULL, NULL},
    {"as_of", FIELD_DATE, FIELD_REQUIRED, 0, NULL, NULL},
    {"kind", FIELD_CHOICE, FIELD_REQUIRED, 0, KINDS, NULL},
    {"status", FIELD_CHOICE, FIELD_OPTIONAL, 0, OBJECTIVE_STATUSES + 1, NULL},
    {"percent_complete", FIELD_PERCENT, FIELD_OPTIONAL, 0, NULL, NULL},
    {"summary", FIELD_TEXT, FIELD_REQUIRED, 500, NULL, NULL},
    {"details", FIELD_TEXT, FIELD_OPTIONAL, 10000, NULL, NULL},
    {"next_steps", FIELD_TEXT, FIELD_OPTIONAL, 2000, NULL, NULL},
    {"links", FIELD_LIST, FIELD_NOT_NULL, 20, NULL, &A_LINK},
    {"measurements", FIELD_LIST, FIELD_NOT_NULL, 50, NULL, &A_MEASUREMENT},
    {"service", FIELD_OBJECT, FIELD_OPTIONAL, 0, NULL, SERVICE_FIELDS},
    {"source", FIELD_NAME, FIELD_NOT_NULL, 0, NULL, NULL},
    {"external_id", FIELD_EXTERNAL, FIELD_OPTIONAL, 200, NULL, NULL},
    {"source_updated_at", FIELD_TIME, FIELD_OPTIONAL, 0, NULL, NULL},
    {"supersedes", FIELD_ID, FIELD_OPTIONAL, 0, NULL, NULL},
    {"reason", FIELD_TEXT, FIELD_OPTIONAL, 2000, NULL, NULL},
    {0},
};

static bool is_stated(const struct doc *body, const char *name) {
    return doc_type(doc_get(body, name)) > DOC_NULL;
}

static void refuse(struct call *c, const char *pointer, const char *name, const char *why) {
    const char *place = call_printf(c, "%s/%s", pointer, name);
    if (place)
        fault_add(c, FAULT_POINTER, place, "%s", why);
}

static void check_percent(struct call *c, const struct doc *body, const char *pointer,
                          const char *status, enum percent_rule rule) {
    const struct doc *stated = doc_get(body, "percent_complete");
    const char *why = NULL;
    if (doc_type(stated) != DOC_NUMBER)
        return;
    double percent = doc_number(stated);
    if (rule == PERCENT_NONE)
        why = call_printf(c, "must be absent: %s has no percent", status);
    else if (rule == PERCENT_IS_0 && percent != 0)
        why = "must be 0 or absent: the work has not started";
    else if (rule == PERCENT_IS_100 && percent != 100)
        why = "must be 100 or absent: the work is completed";
    if (why)
        refuse(c, pointer, "percent_complete", why);
}

static void check_progress(struct call *c, const struct doc *body, const char *pointer) {
    const char *status = doc_get_text(body, "status");
    if (!is_stated(body, "status"))
        refuse(c, pointer, "status", "is required for progress");
    if (!status)
        return;
    for (size_t i = 0; i < COUNT(RULES); i++)
        if (strcmp(status, RULES[i].status) == 0)
            check_percent(c, body, pointer, status, RULES[i].percent);
    if (strcmp(status, "cancelled") == 0 && !is_stated(body, "reason"))
        refuse(c, pointer, "reason", "is required: say why the objective is cancelled");
}

/* A narrative never blanks or moves an objective. */
static void check_narrative(struct call *c, const struct doc *body, const char *pointer,
                            const char *kind) {
    static const char *const MOVERS[] = {"status", "percent_complete"};
    for (size_t i = 0; i < COUNT(MOVERS); i++)
        if (is_stated(body, MOVERS[i]))
            refuse(c, pointer, MOVERS[i],
                   call_printf(c, "must be absent: a %s moves nothing", kind));
}

void update_check(struct call *c, const struct doc *body, const char *pointer) {
    const char *kind = doc_get_text(body, "kind");
    if (kind && strcmp(kind, KINDS[0]) == 0)
        check_progress(c, body, pointer);
    else if (kind)
        check_narrative(c, body, pointer, kind);
    if (kind)
        service_check(c, body, pointer, kind);
}

static void check(struct call *c, const struct doc *body) {
    update_check(c, body, "#");
}

/* What the path names or finds is not for the body to say. */
static void check_natural(struct call *c, const struct doc *body) {
    static const char *const NAMED[] = {"source", "external_id", "supersedes"};
    for (size_t i = 0; i < COUNT(NAMED); i++)
        if (doc_get(body, NAMED[i]))
            refuse(c, "#", NAMED[i], "must be absent: the path names the update");
    update_check(c, body, "#");
}

static const char *const STATES[] = {"draft", NULL};

/* A key that may publish can leave a draft all the same. */
static const struct field POST_PARAMS[] = {
    {"state", FIELD_CHOICE, FIELD_OPTIONAL, 0, STATES, NULL},
    {0},
};

const struct operation update_post = {
    .statement = &SQL_updates_post,
    .touches = TAG_UPDATES,
    .fields = UPDATE_FIELDS,
    .params = POST_PARAMS,
    .check = check,
    .flags = OPERATION_KEYED,
};

const struct operation update_put = {
    .statement = &SQL_updates_put_natural,
    .touches = TAG_UPDATES,
    .fields = UPDATE_FIELDS,
    .check = check_natural,
};

const struct operation draft_put = {
    .statement = &SQL_drafts_put,
    .touches = TAG_UPDATES,
    .fields = UPDATE_FIELDS,
    .check = check,
    .flags = OPERATION_IF_MATCH,
};

static const struct field NO_FIELDS[] = {{0}};

static const struct field RETRACTION_FIELDS[] = {
    {"reason", FIELD_TEXT, FIELD_REQUIRED, 2000, NULL, NULL},
    {0},
};

const struct operation update_publish = {
    .statement = &SQL_updates_publication,
    .touches = TAG_UPDATES,
    .fields = NO_FIELDS,
    .flags = OPERATION_BODILESS | OPERATION_MATCHES,
};

const struct operation update_retract = {
    .statement = &SQL_updates_retraction,
    .touches = TAG_UPDATES,
    .fields = RETRACTION_FIELDS,
};

static const struct field RETURN_FIELDS[] = {
    {"comment", FIELD_TEXT, FIELD_REQUIRED, 2000, NULL, NULL},
    {0},
};

const struct operation update_return = {
    .statement = &SQL_updates_return,
    .touches = TAG_UPDATES,
    .fields = RETURN_FIELDS,
    .flags = OPERATION_MATCHES,
};

const struct operation update_discard = {
    .statement = &SQL_updates_discard,
    .touches = TAG_UPDATES,
    .fields = NO_FIELDS,
    .flags = OPERATION_BODILESS | OPERATION_MATCHES,
};
