#include <string.h>

#include "stratml_out.h"
#include "view/words.h"

/* As an xsd:decimal, which knows no exponent. */
static const char *decimal(struct call *c, const struct doc *number) {
    if (doc_type(number) != DOC_NUMBER)
        return NULL;
    const char *text = call_printf(c, "%.15g", doc_number(number));
    if (!text || !strchr(text, 'e'))
        return text;
    return call_printf(c, "%.12f", doc_number(number));
}

static const char *decimal_of(struct out *o, const struct doc *object, const char *name) {
    return decimal(o->c, doc_get(object, name));
}

struct result {
    const char *start, *end; /* dates */
    const char *units;       /* a number; each of these may be NULL */
    const char *status;      /* a Descriptor */
    const char *description;
};

/* TargetResult or ActualResult; none that would be empty. */
static void put_result(struct out *o, const char *element, const struct result *r) {
    if (!r->units && !r->status)
        return;
    out_begin(o, element);
    out_put(o, "StartDate", r->start);
    out_put(o, "EndDate", r->end);
    out_put(o, "NumberOfUnits", r->units);
    if (r->status) {
        out_begin(o, "Descriptor");
        out_put(o, "DescriptorName", "Status");
        out_put(o, "DescriptorValue", r->status);
        out_end(o);
    }
    out_put(o, "Description", r->description);
    out_end(o);
}

/* ---- how far the objective is ---- */

/* Status and percent can come from two updates, each with its own day. */
static void put_progress(struct out *o, const struct doc *objective, const char *name) {
    const char *status = doc_get_text(objective, "status");
    const char *status_on = doc_get_text(objective, "status_as_of");
    const char *percent_on = doc_get_text(objective, "percent_as_of");
    const char *percent = decimal_of(o, objective, "percent_complete");
    const char *due = doc_get_text(objective, "due_on");
    if (!status_on)
        return;
    bool together = percent && percent_on && strcmp(percent_on, status_on) == 0;
    out_begin(o, "PerformanceIndicator");
    out_attribute(o, "PerformanceIndicatorType", percent ? "Quantitative" : "Qualitative");
    out_put(o, "MeasurementDimension", "Progress of the objective");
    out_put(o, "UnitOfMeasurement", percent ? "Percent complete" : "Status");
    out_identify(o, name);
    out_begin(o, "MeasurementInstance");
    if (percent && due)
        put_result(o, "TargetResult",
                   &(struct result){.start = doc_get_text(objective, "start_on"),
                                    .end = due,
                                    .units = "100"});
    if (percent && !together)
        put_result(o, "ActualResult", &(struct result){.end = percent_on, .units = percent});
    put_result(o, "ActualResult",
               &(struct result){.end = status_on,
                                .units = together ? percent : NULL,
                                .status = words_status(LANG_EN, status)});
    out_end(o);
    out_end(o);
}

/* ---- measures ---- */

static void add_sentence(struct buf *b, const char *label, const char *text) {
    if (text)
        buf_addf(b, "%s%s%s", b->len ? "\n" : "", label, text);
}

static void put_baseline_and_target(struct out *o, const struct doc *measure) {
    const char *baseline = decimal_of(o, measure, "baseline");
    const char *target = decimal_of(o, measure, "target");
    if (!baseline && !target)
        return;
    out_begin(o, "MeasurementInstance");
    put_result(o, "TargetResult",
               &(struct result){.end = doc_get_text(measure, "target_on"), .units = target});
    put_result(o, "ActualResult",
               &(struct result){.end = doc_get_text(measure, "baseline_on"),
                                .units = baseline,
                                .description = "Baseline"});
    out_end(o);
}

static void put_latest(struct out *o, const struct doc *latest) {
    const char *on = doc_get_text(latest, "as_of");
    if (doc_type(latest) != DOC_OBJECT)
        return;
    out_begin(o, "MeasurementInstance");
    put_result(o, "TargetResult",
               &(struct result){.end = on, .units = decimal_of(o, latest, "target")});
    put_result(o, "ActualResult",
               &(struct result){.end = on, .units = decimal_of(o, latest, "actual")});
    out_end(o);
}

/* A measure can belong to several objectives, and an Identifier stands once in a document: it is of
 * the pair. */
static void put_measure(struct out *o, const struct doc *measure, const char *name) {
    out_begin(o, "PerformanceIndicator");
    out_attribute(o, "PerformanceIndicatorType", "Quantitative");
    out_put(o, "MeasurementDimension", doc_get_text(measure, "name"));
    out_put(o, "UnitOfMeasurement", doc_get_text(measure, "unit"));
    out_identify(o, name);
    put_baseline_and_target(o, measure);
    put_latest(o, doc_get(measure, "latest"));
    add_sentence(&o->text, "", doc_get_text(measure, "description"));
    add_sentence(&o->text, "Direction: ", doc_get_text(measure, "direction"));
    add_sentence(&o->text, "At least: ", decimal_of(o, measure, "lower_limit"));
    add_sentence(&o->text, "At most: ", decimal_of(o, measure, "upper_limit"));
    add_sentence(&o->text, "Data source: ", doc_get_text(measure, "data_source"));
    out_text(o, "OtherInformation");
    out_end(o);
}

static bool belongs(const struct doc *measure, const char *code) {
    const struct doc *codes = doc_get(measure, "objectives");
    if (doc_get_text(measure, "archived_at"))
        return false;
    for (size_t i = 0; i < doc_count(codes); i++)
        if (strcmp(doc_text(doc_at(codes, i)), code) == 0)
            return true;
    return false;
}

void out_indicators(struct out *o, const struct doc *objective) {
    const struct doc *measures = doc_get(o->s->measures, "data");
    const char *code = doc_get_text(objective, "code");
    put_progress(o, objective, call_printf(o->c, "/objectives/%s/progress", code));
    for (size_t i = 0; i < doc_count(measures); i++) {
        const struct doc *measure = doc_at(measures, i);
        if (belongs(measure, code))
            put_measure(o, measure,
                        call_printf(o->c, "/objectives/%s/measures/%s", code,
                                    doc_get_text(measure, "slug")));
    }
}
