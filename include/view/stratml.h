/*
 * The plan as StratML Part 2 (ISO 17469, ANSI/AIIM 22): a PerformancePlanOrReport, in the order of
 * its schema 2.2 of 2016-02-16. The city's words stand in Name and Description, what was reported
 * in PerformanceIndicator and OtherInformation; what nobody has said is left out.
 */
#ifndef VIEW_STRATML_H
#define VIEW_STRATML_H

#include "base/buf.h"
#include "base/call.h"
#include "model/doc.h"

struct stratml {
    const struct doc *plan;        /* its document */
    const struct doc *goals;       /* collection documents, each of all there is: */
    const struct doc *objectives;  /* with latest_update */
    const struct doc *measures;    /* may be NULL, and: */
    const struct doc *departments; /* may be NULL: they keep their slugs for names */
    const char *as_of;             /* NULL: now */
    const char *source;            /* where this document is found */
    const char *contact;           /* "mailto:…" of who gives it out; NULL: nobody is named */
};

/* ERR_NOT_FOUND for a plan without goals, which StratML has no form for. */
MUST_CHECK bool stratml_write(struct call *c, struct buf *b, const struct stratml *s);

#endif
