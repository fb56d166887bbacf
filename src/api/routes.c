#include "api/routes.h"

#include "exchange.h"
#include "model/audit.h"
#include "model/batch.h"
#include "model/department.h"
#include "model/goal.h"
#include "model/import.h"
#include "model/measure.h"
#include "model/objective.h"
#include "model/period.h"
#include "model/plan.h"
#include "model/pull.h"
#include "model/redaction.h"
#include "model/translation.h"
#include "model/update.h"
#include "model/webhook.h"
#include "model/work.h"

enum {
    BODY = 64 * 1024,
    BATCH = 1024 * 1024,
    TABLE = 16 * 1024 * 1024,
    ANY = SCOPE_PUBLIC,
    REPORT = SCOPE_REPORT,
    PUBLISH = SCOPE_PUBLISH,
    DISCARD = SCOPE_REPORT | SCOPE_PUBLISH, /* a reporter may take back a draft of its own */
    EDIT = SCOPE_EDIT,
    ADMIN = SCOPE_ADMIN,
    STAFF = SCOPE_REPORT | SCOPE_PUBLISH | SCOPE_EDIT,
    ANYBODY = SCOPE_REPORT | SCOPE_PUBLISH | SCOPE_EDIT | SCOPE_ADMIN, /* whoever has a key */
    KEPT = ROUTE_CACHED,
    PAGED = ROUTE_CACHED | ROUTE_HTML,
    LISTED = ROUTE_CACHED | ROUTE_CSV,
    SHEET = ROUTE_CACHED | ROUTE_AS_IS | ROUTE_CSV,
    PAGE = ROUTE_CACHED | ROUTE_AS_IS | ROUTE_HTML,
    REPORTED = ROUTE_CACHED | ROUTE_HTML | ROUTE_CSV,
    SUBSCRIBED = ROUTE_CSV | ROUTE_ATOM | ROUTE_FEED,
    SCRIPT = ROUTE_CACHED | ROUTE_AS_IS,
    FRAMED = ROUTE_CACHED | ROUTE_AS_IS | ROUTE_HTML,
    PICTURE = ROUTE_CACHED | ROUTE_AS_IS | ROUTE_SVG,
};

/* Static segments win by standing before the names that could take them. */
const struct route ROUTES[] = {
    {"GET", "/", site_index, NULL, NULL, ANY, PAGED, 0},
    {"GET", "/plan", resource_get, &plan, NULL, ANY, KEPT, 0},
    {"GET", "/summary", resource_get, &summary, NULL, ANY, KEPT, 0},
    {"GET", "/plan.stratml.xml", stratml_get, &plan, NULL, ANY, KEPT | ROUTE_AS_IS, 0},
    {"GET", "/data.json", catalog_get, &plan_catalog, NULL, ANY, KEPT | ROUTE_AS_IS, 0},

    {"GET", "/goals", resource_list, &goals, NULL, ANY, KEPT | ROUTE_CSV, 0},
    {"GET", "/goals.csv", sheet_list, &goals, NULL, ANY, SHEET, 0},
    {"GET", "/goals/{number}", resource_get, &goals, NULL, ANY, PAGED, 0},
    {"PATCH", "/goals/{number}", resource_write, NULL, &goal_patch, EDIT, 0, BODY},
    {"GET", "/goals/{number}/objectives", resource_list, &objectives, NULL, ANY, KEPT, 0},

    {"GET", "/objectives", resource_list, &objectives, NULL, ANY, PAGED | ROUTE_CSV, 0},
    {"GET", "/objectives.csv", sheet_list, &objectives, NULL, ANY, SHEET, 0},
    {"GET", "/objectives/{code}", resource_get, &objectives, NULL, ANY, PAGED, 0},
    {"PATCH", "/objectives/{code}", resource_write, NULL, &objective_patch, EDIT, 0, BODY},
    {"GET", "/objectives/{code}/updates", resource_list, &updates, NULL, ANY, KEPT, 0},

    {"GET", "/updates", resource_list, &updates, NULL, ANY, PAGED | ROUTE_DRAFTS | SUBSCRIBED, 0},
    {"GET", "/updates.csv", sheet_list, &updates, NULL, ANY, SHEET, 0},
    {"GET", "/updates.atom", feed_list, &updates, NULL, ANY, KEPT | ROUTE_AS_IS | ROUTE_ATOM, 0},
    {"GET", "/feed.json", feed_list, &updates, NULL, ANY, KEPT | ROUTE_AS_IS | ROUTE_FEED, 0},
    {"POST", "/updates", resource_write, NULL, &update_post, REPORT, ROUTE_HTML, BODY},
    {"POST", "/updates/batch", batch_take, NULL, &updates_batch, REPORT, 0, BATCH},
    {"GET", "/updates/{id}", resource_get, &updates, NULL, ANY, PAGED | ROUTE_DRAFTS, 0},
    {"PUT", "/updates/{id}", resource_write, NULL, &draft_put, REPORT, ROUTE_HTML, BODY},
    {"POST", "/updates/{id}/publication", resource_write, NULL, &update_publish, PUBLISH,
     ROUTE_HTML, BODY},
    {"POST", "/updates/{id}/retraction", resource_write, NULL, &update_retract, PUBLISH, 0, BODY},
    {"POST", "/updates/{id}/redaction", resource_write, NULL, &update_redact, ADMIN, 0, BODY},
    {"POST", "/updates/{id}/return", resource_write, NULL, &update_return, PUBLISH, 0, BODY},
    {"POST", "/updates/{id}/discard", resource_write, NULL, &update_discard, DISCARD, 0, BODY},
    {"GET", "/updates/{source}/{external_id}", resource_get, &updates_natural, NULL, ANY, KEPT, 0},
    {"PUT", "/updates/{source}/{external_id}", resource_write, NULL, &update_put, REPORT, 0, BODY},

    {"GET", "/audit", resource_list, &audit, NULL, ADMIN, ROUTE_CSV, 0},
    {"GET", "/audit.csv", sheet_list, &audit, NULL, ADMIN, ROUTE_AS_IS | ROUTE_CSV, 0},

    {"GET", "/work-queue", resource_list, &work, NULL, STAFF, ROUTE_CSV, 0},
    {"GET", "/work-queue.csv", sheet_list, &work, NULL, STAFF, ROUTE_AS_IS | ROUTE_CSV, 0},
    {"GET", "/keys/self", staff_key, NULL, NULL, ANYBODY, 0, 0},
    {"GET", "/staff", staff_page, NULL, NULL, ANY, KEPT | ROUTE_AS_IS | ROUTE_HTML, 0},
    {"GET", "/staff/{name}", staff_file, NULL, NULL, ANY, KEPT | ROUTE_AS_IS, 0},
    {"GET", "/calendar.ics", calendar_list, &calendar, NULL, ANY, KEPT | ROUTE_AS_IS | ROUTE_ICAL,
     0},

    {"POST", "/open311/v2/servicerequestupdates.json", open311_take, NULL, &open311_json, REPORT, 0,
     BATCH},
    {"POST", "/open311/v2/servicerequestupdates.xml", open311_take, NULL, &open311_xml, REPORT,
     ROUTE_AS_IS, BATCH},

    {"POST", "/imports", import_take, NULL, &imports_post, REPORT | EDIT, 0, TABLE},
    {"GET", "/imports/{id}", resource_get, &imports, NULL, STAFF | ADMIN, 0, 0},

    {"GET", "/changes", pull_list, &changes, NULL, ANY, 0, 0},
    {"GET", "/stream", stream_open, NULL, NULL, ANY, ROUTE_AS_IS | ROUTE_STREAM, 0},

    {"GET", "/measures", resource_list, &measures, NULL, ANY, LISTED, 0},
    {"GET", "/measures.csv", sheet_list, &measures, NULL, ANY, SHEET, 0},
    {"POST", "/measures", resource_write, NULL, &measure_post, EDIT, 0, BODY},
    {"GET", "/measures/{slug}", resource_get, &measures, NULL, ANY, KEPT, 0},
    {"PATCH", "/measures/{slug}", resource_write, NULL, &measure_patch, EDIT, 0, BODY},
    {"GET", "/measures/{slug}/values", resource_list, &measure_values, NULL, ANY, LISTED, 0},

    {"GET", "/departments", resource_list, &departments, NULL, ANY, LISTED, 0},
    {"GET", "/departments.csv", sheet_list, &departments, NULL, ANY, SHEET, 0},
    {"POST", "/departments", resource_write, NULL, &department_post, EDIT, 0, BODY},
    {"GET", "/departments/{slug}", resource_get, &departments, NULL, ANY, KEPT, 0},
    {"PATCH", "/departments/{slug}", resource_write, NULL, &department_patch, EDIT, 0, BODY},

    {"GET", "/translations", resource_list, &translations, NULL, ANY, LISTED, 0},
    {"GET", "/translations.csv", sheet_list, &translations, NULL, ANY, SHEET, 0},
    {"POST", "/translations", translations_take, NULL, &translations_post, EDIT, 0, BATCH},

    {"GET", "/webhooks", resource_list, &webhooks, NULL, ADMIN, 0, 0},
    {"POST", "/webhooks", webhook_write, NULL, &webhook_post, ADMIN, 0, BODY},
    {"GET", "/webhooks/{id}", resource_get, &webhooks, NULL, ADMIN, 0, 0},
    {"PATCH", "/webhooks/{id}", webhook_write, NULL, &webhook_patch, ADMIN, 0, BODY},
    {"POST", "/webhooks/{id}/secret", resource_write, NULL, &webhook_rotate, ADMIN, 0, BODY},
    {"POST", "/webhooks/{id}/removal", resource_write, NULL, &webhook_remove, ADMIN, 0, BODY},
    {"POST", "/webhooks/{id}/test", resource_write, NULL, &webhook_test, ADMIN, 0, BODY},
    {"GET", "/webhooks/{id}/deliveries", resource_list, &deliveries, NULL, ADMIN, 0, 0},
    {"POST", "/webhooks/{id}/deliveries/{delivery}/replay", resource_write, NULL, &delivery_replay,
     ADMIN, 0, BODY},

    {"GET", "/plans", resource_list, &plans, NULL, ANY, KEPT, 0},
    {"POST", "/plans", resource_write, NULL, &plan_post, ADMIN, 0, BODY},
    {"GET", "/plans/{slug}", resource_get, &plans, NULL, ANY, KEPT, 0},
    {"PATCH", "/plans/{slug}", resource_write, NULL, &plan_patch, ADMIN, 0, BODY},

    {"GET", "/periods", resource_list, &periods, NULL, ANY, LISTED, 0},
    {"GET", "/periods.csv", sheet_list, &periods, NULL, ANY, SHEET, 0},
    {"GET", "/periods/{period}", resource_get, &periods, NULL, ANY, KEPT, 0},
    {"PATCH", "/periods/{period}", resource_write, NULL, &period_patch, EDIT, 0, BODY},
    {"POST", "/periods/{period}/closing", resource_write, NULL, &period_close, ADMIN, 0, BODY},
    {"GET", "/reports/{period}", report_get, &reports, NULL, ANY, REPORTED, 0},
    {"GET", "/diff", resource_get, &diffs, NULL, ANY, KEPT, 0},

    {"GET", "/widget.js", widget_get, NULL, NULL, ANY, SCRIPT, 0},
    {"GET", "/widget-{edition}.js", widget_get, NULL, NULL, ANY, SCRIPT, 0},
    {"GET", "/embed", embed_index, &summary, NULL, ANY, FRAMED, 0},
    {"GET", "/embed/plan", embed_page, &summary, NULL, ANY, FRAMED, 0},
    {"GET", "/embed/goal/{number}", embed_page, &goals, NULL, ANY, FRAMED, 0},
    {"GET", "/embed/objective/{code}", embed_page, &objectives, NULL, ANY, FRAMED, 0},
    {"GET", "/fragments/plan", embed_fragment, &summary, NULL, ANY, FRAMED, 0},
    {"GET", "/fragments/goal/{number}", embed_fragment, &goals, NULL, ANY, FRAMED, 0},
    {"GET", "/fragments/objective/{code}", embed_fragment, &objectives, NULL, ANY, FRAMED, 0},
    {"GET", "/badges/plan.svg", embed_badge, &summary, NULL, ANY, PICTURE, 0},
    {"GET", "/badges/goal/{number}.svg", embed_badge, &goals, NULL, ANY, PICTURE, 0},
    {"GET", "/badges/objective/{code}.svg", embed_badge, &objectives, NULL, ANY, PICTURE, 0},

    {"GET", "/openapi.json", ops_contract, NULL, NULL, ANY, KEPT | ROUTE_AS_IS, 0},
    {"GET", "/openapi.yaml", ops_contract, NULL, NULL, ANY, KEPT | ROUTE_AS_IS, 0},
    {"GET", "/accessibility", site_accessibility, NULL, NULL, ANY, PAGE, 0},
    {"GET", "/docs", docs_list, NULL, NULL, ANY, KEPT | ROUTE_AS_IS, 0},
    {"GET", "/docs/{operation}", docs_operation, NULL, NULL, ANY, KEPT | ROUTE_AS_IS, 0},
    {"GET", "/.well-known/security.txt", site_security, NULL, NULL, ANY, KEPT | ROUTE_AS_IS, 0},
    {"GET", "/problems", site_problems, NULL, NULL, ANY, PAGED, 0},
    {"GET", "/problems/{code}", site_problem, NULL, NULL, ANY, PAGED, 0},

    {"GET", "/livez", ops_livez, NULL, NULL, ANY, ROUTE_FREE, 0},
    {"GET", "/readyz", ops_readyz, NULL, NULL, ANY, ROUTE_FREE, 0},
    {"GET", "/health", ops_health, NULL, NULL, ANY, ROUTE_FREE, 0},
    {"GET", "/metrics", ops_metrics, NULL, NULL, ANY, ROUTE_FREE | ROUTE_AS_IS, 0},
};

const size_t ROUTE_COUNT = COUNT(ROUTES);
