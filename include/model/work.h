/* What waits for somebody, for whoever has a key: the work queue; and, for everybody, the days that
 * are coming. */
#ifndef MODEL_WORK_H
#define MODEL_WORK_H

#include "model/entity.h"

extern const struct entity work;
extern const struct entity calendar; /* has a sheet alone */

/* The calendar's columns, in the order of its rows. */
enum calendar_column {
    CALENDAR_NAME,    /* unique within the plan, and of the same thing for good */
    CALENDAR_DAY,     /* YYYY-MM-DD */
    CALENDAR_KIND,    /* due, milestone or report */
    CALENDAR_SUMMARY, /* one sentence */
    CALENDAR_PATH,    /* of the objective's document */
    CALENDAR_STAMP,   /* when what it rests on was recorded, as 20261102T170411Z */
};

#endif
