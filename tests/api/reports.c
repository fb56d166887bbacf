#include "reports.h"

#include <stdio.h>

const char *reports_key(struct service *s) {
    return service_key(s, "report,publish", "gogov", NULL);
}

const struct answer *reports_post(struct service *s, const char *key, int status,
                                  const char *body) {
    static int count;
    char idem[20];
    snprintf(idem, sizeof(idem), "post-%d", ++count);
    return EXPECT(s, status, .method = "POST", .target = "/updates", .key = key,
                  .idempotency_key = idem, .body = body);
}

int64_t reports_published(struct service *s) {
    return database_number(&s->database, "select count(*) from progress.published_update");
}
