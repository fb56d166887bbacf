/* What departments are to be reminded of, and the note that they were. */
#ifndef MODEL_REMINDER_H
#define MODEL_REMINDER_H

#include "base/call.h"
#include "pg/pool.h"
#include "pg/rows.h"

enum reminder_column {
    REMINDER_DEPARTMENT, /* slug; rows of one stand together */
    REMINDER_NAME,
    REMINDER_CONTACT, /* NULL: nobody is named */
    REMINDER_ENDS_ON,
    REMINDER_CLOSES_ON,
    REMINDER_SENT_AT, /* NULL: not for this period yet */
    REMINDER_CODE,
    REMINDER_STATEMENT,
    REMINDER_DETAIL,
};

/* A row for each thing that waits; none where nothing does. plan NULL: the active one. */
MUST_CHECK bool reminder_rows(struct call *c, struct pool *p, const char *plan, const char *period,
                              struct rows **out);

/* Leaves the audit row by which the next run knows that this department was told. */
MUST_CHECK bool reminder_note(struct call *c, struct pool *p, const char *plan, const char *period,
                              const char *department);

#endif
