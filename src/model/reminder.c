#include "model/reminder.h"

#include "base/clock.h"
#include "generated/queries.h"

bool reminder_rows(struct call *c, struct pool *p, const char *plan, const char *period,
                   struct rows **out) {
    char now[25];
    clock_rfc3339(c->now_us, now);
    return pool_read(c, p, &SQL_reminders, (const char *const[]){plan, now, period}, 3, out);
}

bool reminder_note(struct call *c, struct pool *p, const char *plan, const char *period,
                   const char *department) {
    AUTO(rows) struct rows *rows = NULL;
    char now[25];
    clock_rfc3339(c->now_us, now);
    return pool_write(c, p, &SQL_reminder_note,
                      (const char *const[]){plan, now, period, department}, 4, &rows);
}
