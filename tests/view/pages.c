#include "pages.h"

#include <string.h>

#include "support/suite.h"

const struct page A_PAGE = {
    .path = "/somewhere",
    .self = "/somewhere?a=1&b=2",
    .base = "https://plan.example.org",
    .lang = LANG_EN,
};

struct doc *pages_parse(struct call *c, const char *text) {
    char *json = call_strdup(c, text);
    for (char *p = json; *p; p++)
        if (*p == '\'')
            *p = '"';
    struct doc *d = doc_parse(c, json, strlen(json));
    ck_assert_msg(d != NULL, "%s", c->detail);
    return d;
}

void pages_render(struct buf *b, const struct page *p, const struct part *parts,
                  bool (*write)(struct call *c, struct buf *b, const struct page *p)) {
    static const char HEAD[] =
        "{'plan':'p','title':'The <Plan> & more','organization':'City','demo':false}";
    AUTO(call) struct call c;
    struct page page = *p;
    struct doc *made[PART_COUNT] = {0};
    call_init(&c, 1000);
    made[PART_HEAD] = pages_parse(&c, HEAD);
    for (; parts->json; parts++) {
        doc_free(made[parts->part]);
        made[parts->part] = pages_parse(&c, parts->json);
    }
    for (size_t i = 0; i < PART_COUNT; i++)
        page.doc[i] = made[i];
    ck_assert_msg(write(&c, b, &page), "%s", c.detail);
    for (size_t i = 0; i < PART_COUNT; i++)
        doc_free(made[i]);
}

void pages_hold(const struct buf *b, const char *text) {
    ck_assert_msg(strstr(b->data, text) != NULL, "\"%s\" is missing", text);
}

void pages_lack(const struct buf *b, const char *text) {
    ck_assert_msg(strstr(b->data, text) == NULL, "\"%s\" is there", text);
}

void pages_order(const struct buf *b, const char *first, const char *second) {
    const char *one = strstr(b->data, first), *other = strstr(b->data, second);
    ck_assert_msg(one && other && one < other, "\"%s\" is not before \"%s\"", first, second);
}
