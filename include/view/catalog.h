/* What data there is, for those who look for data: a DCAT-US catalogue (Project Open Data 1.1, as
 * for publishers outside of the federal government), and schema.org as JSON-LD. */
#ifndef VIEW_CATALOG_H
#define VIEW_CATALOG_H

#include "base/buf.h"
#include "base/call.h"
#include "model/doc.h"

struct catalog {
    const struct doc *head; /* plan, title, organization, demo; modified for DCAT */
    const char *base;       /* what links begin with; no slash at its end */
    const char *suffix;     /* what they end with: "" or "?plan=…" */
    const char *contact;    /* "mailto:…"; NULL: the publisher's name alone */
    const char *license;    /* its URL; NULL: none is stated */
};

MUST_CHECK bool catalog_dcat(struct call *c, struct buf *b, const struct catalog *k);

/* A <script type="application/ld+json"> for a page: a block of data, which no policy has to allow.
 * Nothing in it ends it. */
MUST_CHECK bool catalog_json_ld(struct call *c, struct buf *b, const struct catalog *k);

#endif
