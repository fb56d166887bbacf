#include "view/stratml.h"

#include <libxml/parser.h>
#include <string.h>

#include "stratml_out.h"
#include "uuid.h"
#include "view/words.h"
#include "xml.h"

#define NAMESPACE "urn:ISO:std:iso:17469:tech:xsd:PerformancePlanOrReport"

/* ---- elements ---- */

static const xmlChar *bytes(const char *text) {
    return (const xmlChar *)text;
}

static void note(struct out *o, int written) {
    o->failed |= written < 0;
}

void out_begin(struct out *o, const char *name) {
    note(o, xmlTextWriterStartElement(o->w, bytes(name)));
}

void out_attribute(struct out *o, const char *name, const char *text) {
    note(o, xmlTextWriterWriteAttribute(o->w, bytes(name), bytes(text)));
}

void out_end(struct out *o) {
    note(o, xmlTextWriterEndElement(o->w));
}

void out_put(struct out *o, const char *name, const char *text) {
    AUTO(buf) struct buf clean = {0};
    if (!text)
        return;
    buf_adds(&clean, "");
    xml_add_bare(&clean, text);
    if (buf_ok(o->c, &clean))
        note(o, xmlTextWriterWriteElement(o->w, bytes(name), bytes(clean.data)));
}

void out_text(struct out *o, const char *name) {
    if (o->text.len > 0 && buf_ok(o->c, &o->text))
        out_put(o, name, o->text.data);
    buf_clear(&o->text);
}

void out_identify(struct out *o, const char *name) {
    char id[UUID_SIZE + 1] = "_";
    bool demo = doc_bool(doc_get(o->s->plan, "demo"));
    if (!name)
        return;
    uuid_of(doc_get_text(o->s->plan, "slug"), demo, name, id + 1);
    out_put(o, "Identifier", id);
}

/* ---- lines of a text ---- */

static void add_line(struct buf *b, const char *text) {
    if (text)
        buf_addf(b, "%s%s", b->len ? "\n" : "", text);
}

static void add_day(struct buf *b, const char *words, const char *date) {
    buf_adds(b, words);
    words_add_date(b, LANG_EN, date);
}

/* Of a progress object: its status, how far, of how many. */
static void add_roll_up(struct out *o, const struct doc *progress) {
    const char *status = doc_get_text(progress, "status");
    if (status)
        buf_addf(&o->text, "%s%s. ", o->text.len ? "\n" : "", words_status(LANG_EN, status));
    words_add_progress(o->c, &o->text, LANG_EN, progress);
    buf_addc(&o->text, '.');
}

/* ---- an objective ---- */

/* All the city says of it, as on its page: a paragraph may stand before or after the actions. */
static void put_words(struct out *o, const struct doc *objective) {
    const struct doc *actions = doc_get(objective, "actions");
    const char *paragraph = doc_get_text(objective, "description");
    const char *stands = doc_get_text(objective, "description_position");
    bool before = stands && strcmp(stands, "before") == 0;
    add_line(&o->text, doc_get_text(objective, "statement"));
    add_line(&o->text, before ? paragraph : NULL);
    for (size_t i = 0; i < doc_count(actions); i++)
        add_line(&o->text, doc_get_text(doc_at(actions, i), "text"));
    add_line(&o->text, before ? NULL : paragraph);
    out_text(o, "Description");
}

static const char *department_name(const struct out *o, const char *slug) {
    const struct doc *all = doc_get(o->s->departments, "data");
    for (size_t i = 0; i < doc_count(all); i++) {
        const char *is = doc_get_text(doc_at(all, i), "slug");
        if (is && strcmp(is, slug) == 0)
            return doc_get_text(doc_at(all, i), "name");
    }
    return slug;
}

static void put_stakeholder(struct out *o, const char *type, const char *name, const char *role) {
    out_begin(o, "Stakeholder");
    if (type)
        out_attribute(o, "StakeholderTypeType", type);
    out_put(o, "Name", name);
    out_begin(o, "Role");
    out_put(o, "Name", role);
    out_put(o, "RoleType", "Performer");
    out_end(o);
    out_end(o);
}

static void put_stakeholders(struct out *o, const struct doc *objective) {
    static const char ORGANIZATION[] = "Organization";
    const char *lead = doc_get_text(objective, "lead_department");
    const char *owner = doc_get_text(objective, "owner_role");
    const struct doc *others = doc_get(objective, "supporting_departments");
    if (lead)
        put_stakeholder(o, ORGANIZATION, department_name(o, lead), "Lead department");
    for (size_t i = 0; i < doc_count(others); i++)
        put_stakeholder(o, ORGANIZATION, department_name(o, doc_text(doc_at(others, i))),
                        "Supporting department");
    if (owner)
        put_stakeholder(o, NULL, owner, "Owner");
}

static void add_state(struct out *o, const struct doc *objective) {
    const char *status = doc_get_text(objective, "status");
    const char *meaning = words_status_meaning(LANG_EN, status);
    const char *percent = doc_get_number(o->c, objective, "percent_complete");
    const char *archived = doc_get_text(objective, "archived_at");
    if (archived)
        buf_addf(&o->text, "Archived on %.10s.\n", archived);
    buf_addf(&o->text, "%s%s%s", words_status(LANG_EN, status), meaning ? ": " : "",
             meaning ? meaning : "");
    if (percent)
        buf_addf(&o->text, "; %s%% complete", percent);
    if (doc_get_text(objective, "status_as_of"))
        add_day(&o->text, "; as of ", doc_get_text(objective, "status_as_of"));
    buf_addc(&o->text, '.');
}

static void put_report(struct out *o, const struct doc *objective) {
    const struct doc *actions = doc_get(objective, "actions");
    const struct doc *latest = doc_get(objective, "latest_update");
    add_state(o, objective);
    for (size_t i = 0; i < doc_count(actions); i++) {
        const struct doc *done = doc_get(doc_at(actions, i), "done");
        if (doc_type(done) == DOC_BOOL)
            buf_addf(&o->text, "\n%s: %s", doc_bool(done) ? "Done" : "Not done",
                     doc_get_text(doc_at(actions, i), "text"));
    }
    if (doc_type(latest) == DOC_OBJECT) {
        add_day(&o->text, "\nLatest update, ", doc_get_text(latest, "as_of"));
        buf_addf(&o->text, ": %s", doc_get_text(latest, "summary"));
    }
    out_text(o, "OtherInformation");
}

static void put_objective(struct out *o, const struct doc *objective) {
    const char *code = doc_get_text(objective, "code");
    out_begin(o, "Objective");
    out_put(o, "Name", call_printf(o->c, "Objective %s", code));
    put_words(o, objective);
    out_identify(o, call_printf(o->c, "/objectives/%s", code));
    out_put(o, "SequenceIndicator", code);
    put_stakeholders(o, objective);
    put_report(o, objective);
    out_indicators(o, objective);
    out_end(o);
}

/* ---- the plan ---- */

static void put_goal(struct out *o, const struct doc *goal) {
    const struct doc *objectives = doc_get(o->s->objectives, "data");
    const char *number = doc_get_number(o->c, goal, "number");
    const char *name = doc_get_text(goal, "short_name");
    out_begin(o, "Goal");
    out_put(o, "Name", name ? name : call_printf(o->c, "Goal %s", number));
    out_put(o, "Description", doc_get_text(goal, "statement"));
    out_identify(o, call_printf(o->c, "/goals/%s", number));
    out_put(o, "SequenceIndicator", number);
    add_roll_up(o, doc_get(goal, "progress"));
    out_text(o, "OtherInformation");
    for (size_t i = 0; i < doc_count(objectives); i++)
        if (doc_number(doc_get(doc_at(objectives, i), "goal")) ==
            doc_number(doc_get(goal, "number")))
            put_objective(o, doc_at(objectives, i));
    out_end(o);
}

static void put_core(struct out *o) {
    const struct doc *goals = doc_get(o->s->goals, "data");
    out_begin(o, "StrategicPlanCore");
    out_begin(o, "Organization");
    out_put(o, "Name", doc_get_text(o->s->plan, "organization"));
    out_identify(o, "/organization");
    out_end(o);
    for (size_t i = 0; i < doc_count(goals); i++)
        put_goal(o, doc_at(goals, i));
    out_end(o);
}

static void put_administration(struct out *o) {
    out_begin(o, "AdministrativeInformation");
    out_identify(o, "/plan");
    out_put(o, "StartDate", doc_get_text(o->s->plan, "starts_on"));
    out_put(o, "EndDate", doc_get_text(o->s->plan, "ends_on"));
    out_put(o, "Source", o->s->source);
    out_end(o);
    if (!o->s->contact)
        return;
    out_begin(o, "Submitter");
    out_put(o, "EmailAddress", o->s->contact + strlen("mailto:"));
    out_end(o);
}

static void put_plan(struct out *o) {
    const struct doc *plan = o->s->plan;
    note(o, xmlTextWriterStartElementNS(o->w, NULL, bytes("PerformancePlanOrReport"),
                                        bytes(NAMESPACE)));
    out_attribute(o, "Type", "Performance_Report");
    out_put(o, "Name", doc_get_text(plan, "title"));
    out_put(o, "Description", doc_get_text(plan, "overview"));
    if (doc_bool(doc_get(plan, "demo")))
        add_line(&o->text,
                 "Demonstration data: nothing in this document was reported by the city.");
    if (o->s->as_of) {
        add_line(&o->text, "As of ");
        words_add_date(&o->text, LANG_EN, o->s->as_of);
        buf_addc(&o->text, '.');
    }
    add_roll_up(o, doc_get(plan, "progress"));
    out_text(o, "OtherInformation");
    put_core(o);
    put_administration(o);
    out_end(o);
}

bool stratml_write(struct call *c, struct buf *b, const struct stratml *s) {
    if (doc_count(doc_get(s->goals, "data")) == 0)
        return fail(c, ERR_NOT_FOUND, "this plan has no goals, and StratML wants one at least");
    xmlInitParser(); /* once for all threads; after that, a look */
    xmlBuffer *made = xmlBufferCreate();
    struct out o = {.c = c, .s = s, .w = made ? xmlNewTextWriterMemory(made, 0) : NULL};
    if (o.w) {
        note(&o, xmlTextWriterSetIndent(o.w, 1));
        note(&o, xmlTextWriterStartDocument(o.w, NULL, "UTF-8", NULL));
        put_plan(&o);
        note(&o, xmlTextWriterEndDocument(o.w));
        note(&o, xmlTextWriterFlush(o.w));
        xmlFreeTextWriter(o.w);
        buf_add(b, xmlBufferContent(made), (size_t)xmlBufferLength(made));
    }
    bool whole = o.w && !o.failed;
    buf_drop(&o.text);
    xmlBufferFree(made);
    if (c->err)
        return false;
    return whole ? buf_ok(c, b) : fail(c, ERR_NO_MEMORY, "no room for the plan as StratML");
}
