#include "model/webhook.h"

#include <string.h>

#include "generated/queries.h"

/* What a row of change can say, as its entity and what became of it. */
static const char *const TYPES[] = {
    "plan.created",       "plan.changed",       "goal.created",     "goal.changed",
    "objective.created",  "objective.changed",  "update.published", "update.superseded",
    "update.retracted",   "update.redacted",    "measure.created",  "measure.changed",
    "department.created", "department.changed", "period.changed",   NULL,
};
static const char *const STATES[] = {"enabled", "disabled", NULL};

static const struct field A_TYPE = {"", FIELD_CHOICE, FIELD_NOT_NULL, 0, TYPES, NULL};
static const struct field A_CODE = {"", FIELD_CODE, FIELD_NOT_NULL, 0, NULL, NULL};

static const struct field POST_FIELDS[] = {
    {"url", FIELD_URL, FIELD_REQUIRED, 0, NULL, NULL},
    {"description", FIELD_TEXT, FIELD_OPTIONAL, 200, NULL, NULL},
    {"types", FIELD_LIST, FIELD_NOT_NULL, 50, NULL, &A_TYPE},
    {"objectives", FIELD_LIST, FIELD_NOT_NULL, 200, NULL, &A_CODE},
    {0},
};
static const struct field PATCH_FIELDS[] = {
    {"url", FIELD_URL, FIELD_NOT_NULL, 0, NULL, NULL},
    {"description", FIELD_TEXT, FIELD_OPTIONAL, 200, NULL, NULL},
    {"types", FIELD_LIST, FIELD_NOT_NULL, 50, NULL, &A_TYPE},
    {"objectives", FIELD_LIST, FIELD_NOT_NULL, 200, NULL, &A_CODE},
    {"state", FIELD_CHOICE, FIELD_NOT_NULL, 0, STATES, NULL},
    {0},
};
static const struct field NO_FIELDS[] = {{0}};
static const struct field FILTERS[] = {
    {"webhook", FIELD_ID, FIELD_OPTIONAL, 0, NULL, NULL},
    {0},
};

/* A name or a password in front of the host would be shown to whoever may read subscriptions, and a
 * fragment is never sent. */
static void check_url(struct call *c, const struct doc *body) {
    const char *url = doc_get_text(body, "url");
    const char *host = url ? strstr(url, "://") : NULL;
    if (!host)
        return;
    if (memchr(host + 3, '@', strcspn(host + 3, "/?#")))
        fault_add(c, FAULT_POINTER, "#/url", "must name no user: the signature says who sends");
    if (strchr(url, '#'))
        fault_add(c, FAULT_POINTER, "#/url", "must have no fragment: it would not be sent");
}

const struct entity webhooks = {
    .name = "webhooks",
    .what = "webhook",
    .list = &SQL_webhooks_list,
    .get = &SQL_webhooks_get,
    .is_apart = true,
};

const struct entity deliveries = {
    .name = "deliveries",
    .what = "delivery",
    .list = &SQL_deliveries_list,
    .filters = FILTERS,
    .is_apart = true,
};

const struct operation webhook_post = {
    .statement = &SQL_webhooks_post,
    .fields = POST_FIELDS,
    .check = check_url,
    .flags = OPERATION_KEYED | OPERATION_APART,
};

const struct operation webhook_patch = {
    .statement = &SQL_webhooks_patch,
    .fields = PATCH_FIELDS,
    .check = check_url,
    .flags = OPERATION_IF_MATCH | OPERATION_MERGES | OPERATION_APART,
};

const struct operation webhook_rotate = {
    .statement = &SQL_webhooks_rotate,
    .fields = NO_FIELDS,
    .flags = OPERATION_KEYED | OPERATION_BODILESS | OPERATION_APART,
};

const struct operation webhook_remove = {
    .statement = &SQL_webhooks_remove,
    .fields = NO_FIELDS,
    .flags = OPERATION_BODILESS | OPERATION_APART,
};

const struct operation webhook_test = {
    .statement = &SQL_webhooks_test,
    .fields = NO_FIELDS,
    .flags = OPERATION_BODILESS | OPERATION_APART,
};

const struct operation delivery_replay = {
    .statement = &SQL_deliveries_replay,
    .fields = NO_FIELDS,
    .flags = OPERATION_BODILESS | OPERATION_APART,
};
