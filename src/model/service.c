#include "service.h"

#include <string.h>

enum { SERVICE_NAME_MOST = 200 };

/* A case's: the service's own words are raw_state. An objective's status is another thing. */
static const char *const STATES[] = {"open", "closed", NULL};

static const struct field PERIOD[] = {
    {"from", FIELD_DATE, FIELD_REQUIRED, 0, NULL, NULL},
    {"to", FIELD_DATE, FIELD_REQUIRED, 0, NULL, NULL},
    {0},
};

const struct field SERVICE_FIELDS[] = {
    {"name", FIELD_TEXT, FIELD_OPTIONAL, SERVICE_NAME_MOST, NULL, NULL},
    {"case_id", FIELD_EXTERNAL, FIELD_OPTIONAL, SERVICE_NAME_MOST, NULL, NULL},
    {"state", FIELD_CHOICE, FIELD_OPTIONAL, 0, STATES, NULL},
    {"raw_state", FIELD_TEXT, FIELD_OPTIONAL, SERVICE_NAME_MOST, NULL, NULL},
    {"open", FIELD_COUNT, FIELD_OPTIONAL, 0, NULL, NULL},
    {"closed", FIELD_COUNT, FIELD_OPTIONAL, 0, NULL, NULL},
    {"overdue", FIELD_COUNT, FIELD_OPTIONAL, 0, NULL, NULL},
    {"median_days_to_close", FIELD_NUMBER, FIELD_OPTIONAL, 0, NULL, NULL},
    {"period", FIELD_OBJECT, FIELD_OPTIONAL, 0, NULL, PERIOD},
    {0},
};

static void refuse(struct call *c, const char *pointer, const char *place, const char *why) {
    const char *where = call_printf(c, "%s/service%s", pointer, place);
    if (where)
        fault_add(c, FAULT_POINTER, where, "%s", why);
}

static bool is_stated(const struct doc *object, const char *name) {
    return doc_type(doc_get(object, name)) > DOC_NULL;
}

void service_check(struct call *c, const struct doc *update, const char *pointer,
                   const char *kind) {
    const struct doc *service = doc_get(update, "service");
    if (doc_type(service) <= DOC_NULL)
        return;
    if (strcmp(kind, "service_status") != 0) {
        refuse(c, pointer, "", call_printf(c, "must be absent: a %s tells of no service", kind));
        return;
    }
    if (doc_type(service) != DOC_OBJECT)
        return;
    if (!is_stated(service, "name") && !is_stated(service, "case_id"))
        refuse(c, pointer, "", "must name a service or a case: name, case_id");
    if (is_stated(service, "raw_state") && !is_stated(service, "state"))
        refuse(c, pointer, "/state", "is required beside raw_state: say which of the two it means");
    if (doc_number(doc_get(service, "median_days_to_close")) < 0)
        refuse(c, pointer, "/median_days_to_close", "must not be negative");
    const struct doc *period = doc_get(service, "period");
    const char *from = doc_get_text(period, "from"), *to = doc_get_text(period, "to");
    if (from && to && strcmp(to, from) < 0)
        refuse(c, pointer, "/period/to", "must not be before from");
}
