#include "model/redaction.h"

#include "generated/queries.h"

/* The texts that a person writes, and what is said of a service: its names and numbers can tell of
 * one household, so it goes as a whole. Not the external id: it is the source's name for its
 * record, and the update would be a new one under another. */
static const char *const TEXTS[] = {"summary", "details", "next_steps",        "links",
                                    "service", "reason",  "retraction_reason", "return_comment",
                                    NULL};

static const struct field A_TEXT = {"", FIELD_CHOICE, FIELD_NOT_NULL, 0, TEXTS, NULL};

static const struct field FIELDS[] = {
    {"fields", FIELD_LIST, FIELD_REQUIRED, COUNT(TEXTS) - 1, NULL, &A_TEXT},
    {"reason", FIELD_TEXT, FIELD_REQUIRED, 2000, NULL, NULL},
    {0},
};

static void check(struct call *c, const struct doc *body) {
    const struct doc *fields = doc_get(body, "fields");
    if (doc_type(fields) == DOC_LIST && doc_count(fields) == 0)
        fault_add(c, FAULT_POINTER, "#/fields", "must name at least one field");
}

const struct operation update_redact = {
    .statement = &SQL_updates_redaction,
    .touches = TAG_UPDATES,
    .fields = FIELDS,
    .check = check,
    .flags = OPERATION_ERASES,
};
