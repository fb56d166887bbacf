#include "ask.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "model/update.h"

static const struct field PLAN = {"plan", FIELD_SLUG, FIELD_OPTIONAL, 0, NULL, NULL};
static const struct field AS_OF = {"as_of", FIELD_DATE, FIELD_OPTIONAL, 0, NULL, NULL};
static const struct field WORDS = {"q", FIELD_EXTERNAL, FIELD_OPTIONAL, 100, NULL, NULL};
static const struct field KNOWN_AT = {"known_at", FIELD_TIME, FIELD_OPTIONAL, 0, NULL, NULL};

/* ---- which names a route knows ---- */

static bool is_one_of(const char *name, const char *const *names) {
    for (; *names; names++)
        if (strcmp(name, *names) == 0)
            return true;
    return false;
}

static const struct field *filter_named(const struct entity *e, const char *name) {
    for (const struct field *f = e->filters; f && f->name; f++)
        if (strcmp(f->name, name) == 0)
            return f;
    return NULL;
}

/* What the path itself says of a filter: /goals/{number}/objectives, /objectives/{code}/updates,
 * /measures/{slug}/values, /webhooks/{id}/deliveries, /reports/{period}. */
static const char *in_path(const struct exchange *x, const char *filter) {
    return strcmp(filter, "goal") == 0        ? route_arg(&x->args, "number")
           : strcmp(filter, "objective") == 0 ? route_arg(&x->args, "code")
           : strcmp(filter, "measure") == 0   ? route_arg(&x->args, "slug")
           : strcmp(filter, "webhook") == 0   ? route_arg(&x->args, "id")
           : strcmp(filter, "period") == 0    ? route_arg(&x->args, "period")
                                              : NULL;
}

static const struct entity *entity_of(const struct exchange *x) {
    return x->reads_drafts ? &drafts : x->route->entity;
}

/* What a list takes beside its filters, by its form: a table is whole, a feed is not counted. */
static const char *const LIST_WORDS[][4] = {
    [FORM_JSON] = {"limit", "cursor", "count"},
    [FORM_HTML] = {"limit", "cursor", "count"},
    [FORM_CSV] = {"dialect"},
    [FORM_ATOM] = {"limit", "cursor"},
    [FORM_FEED] = {"limit", "cursor"},
    [FORM_ICAL] = {NULL},
    [FORM_SVG] = {NULL},
};

/* Its answer depends on who asks. */
static bool is_keyed(const struct exchange *x) {
    return x->reads_drafts || x->route->scope != SCOPE_PUBLIC;
}

static bool is_lacked(const struct entity *e, const char *name) {
    return e && (((e->lacks & ENTITY_LACKS_AS_OF) && strcmp(name, "as_of") == 0) ||
                 ((e->lacks & ENTITY_LACKS_PLAN) && strcmp(name, "plan") == 0));
}

/* What is no list and has filters is one document of what they say. */
static bool is_filtered(const struct entity *e, bool list) {
    return e && (list || !e->list);
}

/* known_at: what a draft said before is kept for the audit alone, and a feed tells what is new. */
static bool is_known(const struct exchange *x, bool list, const char *name) {
    static const char *const EVERY[] = {"plan", "as_of", NULL};
    const struct entity *e = entity_of(x);
    if (e && e->is_apart)
        return list && (is_one_of(name, LIST_WORDS[x->form]) ||
                        (filter_named(e, name) && !in_path(x, name)));
    if (is_lacked(e, name))
        return false;
    if (strcmp(name, "lang") == 0 && !(e && filter_named(e, name)))
        return !is_keyed(x) && is_worded(x);
    if (is_one_of(name, EVERY) || (list && is_one_of(name, LIST_WORDS[x->form])))
        return true;
    if (strcmp(name, "known_at") == 0)
        return !is_keyed(x) && x->form != FORM_ATOM && x->form != FORM_FEED;
    if (strcmp(name, "include") == 0)
        return e && e->includes && x->form == FORM_JSON;
    if (strcmp(name, "state") == 0)
        return x->route->flags & ROUTE_DRAFTS;
    bool is_settled = in_path(x, name) || (strcmp(name, "goal") == 0 && in_path(x, "objective"));
    return is_filtered(e, list) && filter_named(e, name) && !is_settled;
}

static bool is_repeated(const struct request *rq, size_t i) {
    for (size_t j = 0; j < i; j++)
        if (strcmp(rq->params[j].name, rq->params[i].name) == 0)
            return true;
    return false;
}

/* Names come from strangers: they are quoted in a fault's place, bounded. */
static void refuse(struct call *c, const char *name, const char *why) {
    const char *place = call_strndup(c, name, strnlen(name, 64));
    if (place)
        fault_add(c, FAULT_PARAMETER, place, "%s", why);
}

static void refuse_unknown(struct call *c, const struct exchange *x, bool list) {
    for (size_t i = 0; i < x->rq->nparams; i++) {
        const char *name = x->rq->params[i].name;
        if (!is_known(x, list, name))
            refuse(c, name, "is not a parameter of this path");
        else if (is_repeated(x->rq, i))
            refuse(c, name, "is given twice");
    }
}

/* ---- values ---- */

/* A form of a page sends the fields that nobody filled in too. */
static bool is_blank(const struct exchange *x, const char *text) {
    return x->form == FORM_HTML && !*text;
}

/* The parameter's value when it passes the field's rule, NULL (and a fault where it does not)
 * otherwise. */
static const char *value_of(struct call *c, const struct exchange *x, const struct field *f) {
    const char *text = request_param(x->rq, f->name);
    if (!text || is_blank(x, text))
        return NULL;
    const char *why = field_refuses(c, f, text);
    if (!why)
        return text;
    fault_add(c, FAULT_PARAMETER, f->name, "%s", why);
    return NULL;
}

static void refuse_lang(struct call *c) {
    AUTO(buf) struct buf tags = {0};
    for (int i = 0; i < LANG_COUNT; i++)
        buf_addf(&tags, "%s%s", i ? ", " : "", lang_tag((enum lang)i));
    if (buf_ok(c, &tags))
        fault_add(c, FAULT_PARAMETER, "lang", "must be one of %s", tags.data);
}

/* The language that the gate has chosen; English is the city's own. */
static const char *read_lang(struct call *c, const struct exchange *x) {
    const char *text = request_param(x->rq, "lang");
    if (text && is_worded(x) && lang_named(text) < 0)
        refuse_lang(c);
    return x->lang == LANG_EN ? NULL : lang_tag(x->lang);
}

static int read_limit(struct call *c, const struct exchange *x) {
    const char *text = request_param(x->rq, "limit");
    if (!text)
        return QUERY_LIMIT_DEFAULT;
    size_t digits = strspn(text, "0123456789");
    int limit = digits && digits < 5 && !text[digits] ? (int)strtol(text, NULL, 10) : 0;
    if (limit < 1 || limit > QUERY_LIMIT_MOST)
        fault_add(c, FAULT_PARAMETER, "limit", "must be a whole number from 1 to %d",
                  QUERY_LIMIT_MOST);
    return limit;
}

/* Sorted as the allow-list is, each once: what was asked in another order is the same document. */
static const char *read_include(struct call *c, const struct exchange *x) {
    const char *text = request_param(x->rq, "include");
    const struct entity *e = entity_of(x);
    const char *const *allowed = text && e && x->form == FORM_JSON ? e->includes : NULL;
    if (!allowed)
        return NULL;
    char *words = call_strdup(c, text);
    unsigned asked = 0;
    for (char *word; (word = strsep(&words, ","));) {
        size_t i = 0;
        while (allowed[i] && strcmp(allowed[i], word) != 0)
            i++;
        if (allowed[i])
            asked |= 1U << i;
        else
            refuse(c, "include", "names something that cannot be included here");
    }
    AUTO(buf) struct buf sorted = {0};
    for (size_t i = 0; allowed[i]; i++)
        if (asked & (1U << i))
            buf_addf(&sorted, "%s%s", sorted.len ? "," : "", allowed[i]);
    return buf_ok(c, &sorted) && sorted.len ? call_strdup(c, sorted.data) : NULL;
}

/* The filters of a list in the table's order, then what the path names: one text for one question.
 */
static const char *read_filters(struct call *c, const struct exchange *x) {
    AUTO(buf) struct buf b = {0};
    const struct entity *e = entity_of(x);
    buf_addc(&b, '{');
    for (const struct field *f = e->filters; f && f->name; f++) {
        const char *named = in_path(x, f->name);
        const char *text = named ? named : value_of(c, x, f);
        if (!text)
            continue;
        buf_addf(&b, "%s\"%s\":", b.len > 1 ? "," : "", f->name);
        buf_add_json(&b, text);
    }
    buf_addc(&b, '}');
    return buf_ok(c, &b) ? call_strdup(c, b.data) : NULL;
}

static const char *write_target(struct call *c, const struct exchange *x,
                                const char *const *without) {
    AUTO(buf) struct buf b = {0};
    buf_adds(&b, x->rq->path);
    char mark = '?';
    for (size_t i = 0; i < x->rq->nparams; i++) {
        if (is_one_of(x->rq->params[i].name, without) || is_blank(x, x->rq->params[i].value))
            continue;
        buf_addc(&b, mark);
        buf_add_uri(&b, x->rq->params[i].name);
        buf_addc(&b, '=');
        buf_add_uri(&b, x->rq->params[i].value);
        mark = '&';
    }
    return buf_ok(c, &b) ? call_strdup(c, b.data) : NULL;
}

static const char *write_self(struct call *c, const struct exchange *x) {
    return write_target(c, x, (const char *const[]){"cursor", "after", NULL});
}

const char *ask_page(struct call *c, const struct exchange *x) {
    return write_target(c, x, (const char *const[]){"lang", NULL});
}

/* A key sees the drafts of its own source; who may publish or edit sees all of them, within its
 * objectives. The audit is for administrators, within theirs; an import for its own client and
 * them. */
static const char *write_viewer(struct call *c) {
    AUTO(buf) struct buf b = {0};
    bool sees_all = c->who->scopes & (SCOPE_PUBLISH | SCOPE_EDIT | SCOPE_ADMIN);
    buf_adds(&b, "{\"source\":");
    buf_add_json(&b, sees_all ? NULL : c->who->source);
    buf_adds(&b, ",\"objective_ids\":");
    if (c->who->objective_ids)
        buf_addf(&b, "[%s]", c->who->objective_ids);
    else
        buf_adds(&b, "null");
    buf_adds(&b, ",\"client\":");
    buf_add_json(&b, c->who->scopes & SCOPE_ADMIN ? NULL : c->who->client_id);
    buf_addc(&b, '}');
    return buf_ok(c, &b) ? call_strdup(c, b.data) : NULL;
}

static bool read_count(struct call *c, const struct exchange *x) {
    const char *text = request_param(x->rq, "count");
    if (text && strcmp(text, "exact") != 0)
        fault_add(c, FAULT_PARAMETER, "count", "can only be exact");
    return text != NULL;
}

static enum csv_dialect read_dialect(struct call *c, const struct exchange *x) {
    const char *text = request_param(x->rq, "dialect");
    if (!text)
        return CSV_PLAIN;
    if (strcmp(text, "rfc4180") == 0)
        return CSV_RFC4180;
    if (strcmp(text, "excel") != 0)
        fault_add(c, FAULT_PARAMETER, "dialect", "must be one of excel, rfc4180");
    return CSV_EXCEL;
}

static void read_page(struct call *c, struct exchange *x, struct query *q) {
    bool is_whole = x->form == FORM_CSV || x->form == FORM_ICAL;
    if (x->form == FORM_CSV)
        x->dialect = read_dialect(c, x);
    if (!is_whole) {
        q->limit = read_limit(c, x);
        q->cursor = request_param(x->rq, "cursor");
        q->count_exact = read_count(c, x);
        q->self = write_self(c, x);
    }
    q->filters = read_filters(c, x);
}

bool ask_read(struct call *c, struct exchange *x, bool list, struct query *q) {
    const char *state = request_param(x->rq, "state");
    *q = (struct query){0};
    refuse_unknown(c, x, list);
    if (state && (x->route->flags & ROUTE_DRAFTS) && strcmp(state, "draft") != 0)
        refuse(c, "state", "can only be draft; published updates come without it");
    if (!entity_of(x) || !entity_of(x)->is_apart)
        q->plan = value_of(c, x, &PLAN);
    q->as_of = value_of(c, x, &AS_OF);
    q->known_at = value_of(c, x, &KNOWN_AT);
    q->lang = read_lang(c, x);
    q->include = read_include(c, x);
    if (list)
        read_page(c, x, q);
    else if (x->args.count)
        q->filters = exchange_args(c, x);
    else if (entity_of(x) && entity_of(x)->filters && is_filtered(entity_of(x), list))
        q->filters = read_filters(c, x);
    if (c->who)
        q->viewer = write_viewer(c);
    return fault_check(c) && !c->err;
}

/* What a path may name that no pattern bounds. */
static void check_names(struct call *c, const struct exchange *x) {
    static const struct field NAMES[] = {
        {"source", FIELD_NAME, FIELD_REQUIRED, 0, NULL, NULL},
        {"external_id", FIELD_EXTERNAL, FIELD_REQUIRED, 200, NULL, NULL},
    };
    for (size_t i = 0; i < COUNT(NAMES); i++) {
        const char *given = route_arg(&x->args, NAMES[i].name);
        const char *why = given ? field_refuses(c, &NAMES[i], given) : NULL;
        if (why)
            fault_add(c, FAULT_PARAMETER, NAMES[i].name, "%s", why);
    }
}

static const struct field *param_named(const struct exchange *x, const char *name) {
    const struct operation *op = x->route->operation;
    for (const struct field *f = op ? op->params : NULL; f && f->name; f++)
        if (strcmp(f->name, name) == 0)
            return f;
    return NULL;
}

static void refuse_all_but(struct call *c, const struct exchange *x, const char *const *known) {
    for (size_t i = 0; i < x->rq->nparams; i++) {
        const char *name = x->rq->params[i].name;
        if (!is_one_of(name, known) && !param_named(x, name))
            refuse(c, name, "is not a parameter of this path");
        else if (is_repeated(x->rq, i))
            refuse(c, name, "is given twice");
    }
}

/* The names in the path and the operation's own parameters; a path that names something has none
 * of these. */
static const char *write_args(struct call *c, const struct exchange *x) {
    AUTO(buf) struct buf b = {0};
    if (!x->route->operation->params)
        return exchange_args(c, x);
    buf_addc(&b, '{');
    for (const struct field *f = x->route->operation->params; f->name; f++) {
        const char *text = value_of(c, x, f);
        if (!text)
            continue;
        buf_addf(&b, "%s\"%s\":", b.len > 1 ? "," : "", f->name);
        buf_add_json(&b, text);
    }
    buf_addc(&b, '}');
    return buf_ok(c, &b) ? call_strdup(c, b.data) : NULL;
}

bool ask_write(struct call *c, struct exchange *x) {
    bool is_apart = x->route->operation->flags & OPERATION_APART;
    const char *lang = is_worded(x) ? "lang" : NULL;
    refuse_all_but(c, x, (const char *const[]){"dry_run", is_apart ? lang : "plan", lang, NULL});
    (void)read_lang(c, x);
    check_names(c, x);
    x->intent.plan = value_of(c, x, &PLAN);
    x->intent.args = write_args(c, x);
    x->intent.target = call_printf(c, "%s %s?%s", x->rq->method, x->rq->path,
                                   x->rq->query ? x->rq->query : "");
    return fault_check(c) && !c->err;
}

bool ask_changes(struct call *c, struct exchange *x, struct query *q) {
    static const char *const NAMES[] = {"plan", "after", "limit",     "entity",
                                        "op",   "goal",  "objective", NULL};
    refuse_all_but(c, x, NAMES);
    *q = (struct query){
        .plan = value_of(c, x, &PLAN),
        .limit = read_limit(c, x),
        .cursor = request_param(x->rq, "after"),
        .filters = read_filters(c, x),
        .self = write_self(c, x),
    };
    return fault_check(c) && !c->err;
}

bool ask_plan(struct call *c, const struct exchange *x, const char **plan) {
    refuse_all_but(c, x, (const char *const[]){"plan", NULL});
    *plan = value_of(c, x, &PLAN);
    return fault_check(c);
}

bool ask_words(struct call *c, const struct exchange *x, const char **words) {
    const char *text = request_param(x->rq, WORDS.name);
    refuse_all_but(c, x, (const char *const[]){WORDS.name, NULL});
    *words = text && *text ? value_of(c, x, &WORDS) : NULL;
    return fault_check(c);
}

bool ask_nothing(struct call *c, const struct exchange *x) {
    refuse_all_but(c, x, (const char *const[]){is_worded(x) ? "lang" : NULL, NULL});
    (void)read_lang(c, x);
    return fault_check(c);
}
