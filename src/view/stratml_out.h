/* Elements of StratML by libxml2's writer: the first failure is kept, and asked for at the end. */
#ifndef VIEW_STRATML_OUT_H
#define VIEW_STRATML_OUT_H

#include <libxml/xmlwriter.h>

#include "view/stratml.h"

struct out {
    struct call *c;
    const struct stratml *s;
    xmlTextWriter *w;
    struct buf text; /* of the element in hand */
    bool failed;
};

void out_begin(struct out *o, const char *name);
void out_attribute(struct out *o, const char *name, const char *text); /* ours: not cleaned */
void out_end(struct out *o);

/* An element with this text; none for NULL. */
void out_put(struct out *o, const char *name, const char *text);

/* An element with what stands in o->text, none where nothing does; and empties it. */
void out_text(struct out *o, const char *name);

/* The Identifier of a name within the plan: "_" and a UUID, an xsd:ID that lasts. */
void out_identify(struct out *o, const char *name);

/* The PerformanceIndicators of an objective: how far it is, then each of its measures. */
void out_indicators(struct out *o, const struct doc *objective);

#endif
