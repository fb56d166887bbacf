#include "view/words.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"

static const struct {
    const char *status, *words, *meaning;
} STATUSES[] = {
    {"no_information", "Not yet reported", NULL},
    {"not_started", "Not started", "work has not begun"},
    {"on_track", "On track", "to plan in time and budget"},
    {"at_risk", "At risk", "behind; it may miss its date or budget"},
    {"off_track", "Off track", "severely delayed; it will miss its date or budget"},
    {"on_hold", "On hold", "paused by decision"},
    {"completed", "Completed", "delivered"},
    {"ongoing", "Ongoing", "implemented and continuing"},
    {"cancelled", "Cancelled", "withdrawn"},
};

static const char *const MONTHS[] = {"January",   "February", "March",    "April",
                                     "May",       "June",     "July",     "August",
                                     "September", "October",  "November", "December"};

const char *words_status(const char *status) {
    for (size_t i = 0; i < COUNT(STATUSES); i++)
        if (strcmp(status, STATUSES[i].status) == 0)
            return STATUSES[i].words;
    return status;
}

const char *words_status_meaning(const char *status) {
    for (size_t i = 0; i < COUNT(STATUSES); i++)
        if (strcmp(status, STATUSES[i].status) == 0)
            return STATUSES[i].meaning;
    return NULL;
}

void words_add_date(struct buf *b, const char *date) {
    if (!date || !clock_is_date(date)) {
        buf_add_html(b, date);
        return;
    }
    long month = strtol(date + 5, NULL, 10), day = strtol(date + 8, NULL, 10);
    buf_addf(b, "%s %ld, %.4s", MONTHS[month - 1], day, date);
}

void words_add_progress(struct call *c, struct buf *b, const struct doc *progress) {
    const char *percent = doc_get_number(c, progress, "percent");
    if (!percent) {
        buf_adds(b, "No percent has been reported yet");
        return;
    }
    bool least = doc_bool(doc_get(progress, "percent_is_minimum"));
    buf_addf(b, "%s%s %% complete", least ? "At least " : "", percent);
    if (least)
        buf_addf(b, " (%s of %s objectives have reported a percent)",
                 doc_get_number(c, progress, "reported"), doc_get_number(c, progress, "total"));
}
