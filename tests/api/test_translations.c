#include <stdio.h>
#include <string.h>

#include "support/service.h"
#include "support/suite.h"

/* Translations by the sheet, as a list and as a table, and what documents show of them. */
static struct service s;

#define NAMES  "lang,entity,code,field,source,text,reviewed\n"
#define GOAL_4 "To continue driving economic growth."
#define ITEM   "'lang':'es','entity':'goal','code':'4','field':'statement','source':'" GOAL_4 "'"

static const struct answer *send(const char *key, int status, const char *body) {
    return EXPECT(&s, status, .method = "POST", .target = "/translations", .key = key,
                  .body = body);
}

static const struct answer *send_table(const char *key, int status, const char *table) {
    return EXPECT(&s, status, .method = "POST", .target = "/translations", .key = key,
                  .type = "text/csv; charset=utf-8", .raw = table);
}

START_TEST(a_sheet_is_shown_beside_the_citys_words) {
    service_open(&s);
    const char *key = service_key(&s, "edit", "clerk", NULL);
    HOLDS(GET(&s, "/goals/4?lang=es"), "translation", "null");
    HOLDS(send(key, 200, "{'items':[{" ITEM ",'text':'Crecer.'}]}"), "created", "1");
    const struct answer *a = GET(&s, "/goals/4?lang=es");
    HOLDS(a, "statement", GOAL_4);
    HOLDS(a, "translation/statement", "Crecer.");
    HOLDS(a, "translation/reviewed", "false");
    ck_assert_ptr_null(answer_at(GET(&s, "/goals/4"), "translation"));
    ck_assert_ptr_null(answer_at(GET(&s, "/goals/4?lang=en"), "translation"));
    service_close(&s);
}
END_TEST

START_TEST(a_table_is_taken_as_its_list) {
    service_open(&s);
    const char *key = service_key(&s, "edit", "clerk", NULL);
    HOLDS(send_table(key, 200, NAMES "es,goal,4,statement," GOAL_4 ",'=Crecer.,TRUE\n"), "created",
          "1");
    HOLDS(send(key, 200, "{'items':[{" ITEM ",'text':'=Crecer.','reviewed':true}]}"), "unchanged",
          "1");
    const struct answer *a = service_get(&s, "/translations.csv?lang=es&entity=goal&goal=4");
    ck_assert_msg(strstr(a->body, "es,goal,4,statement," GOAL_4 ",'=Crecer.,true,false,1,\r\n") !=
                      NULL,
                  "%s", a->body);
    service_close(&s);
}
END_TEST

START_TEST(bad_sheets_are_refused_whole_and_change_nothing) {
    static const struct {
        const char *list, *table;
        int status;
        const char *faults;
    } cases[] = {
        {"[]", NULL, 422, "invalid #"},
        {"{'items':[{}]}", NULL, 422, "invalid #/items/0/lang #/items/0/entity #/items/0/field"},
        {"{'items':[{" ITEM ",'text':'a'},{" ITEM ",'text':'b'}]}", NULL, 422,
         "invalid #/items/1/code"},
        {"{'items':[{" ITEM ",'text':'a'},{" ITEM ",'text':'b'}],'rows':[7,9]}", NULL, 422,
         "invalid #/rows/9/code"},
        {NULL, NAMES "es,goal,9,statement,a,b,\n", 422, "invalid #/rows/2/code"},
        {NULL, NAMES "en,goal,4,statement,a,b,x\n", 422, "invalid #/rows/2/lang #/rows/2/reviewed"},
        {NULL, "a,b\n", 422,
         "invalid #/columns/a #/columns/b #/columns/lang #/columns/entity #/columns/code "
         "#/columns/field #/columns/source #/columns/text"},
        {NULL, NAMES "es\n", 400, "malformed"},
    };
    char before[33], after[33];
    service_open(&s);
    const char *key = service_key(&s, "edit", "clerk", NULL);
    database_digest(&s.database, before);
    for (size_t i = 0; i < COUNT(cases); i++)
        REFUSES(cases[i].list ? send(key, cases[i].status, cases[i].list)
                              : send_table(key, cases[i].status, cases[i].table),
                cases[i].faults);
    database_digest(&s.database, after);
    ck_assert_str_eq(before, after);
    service_close(&s);
}
END_TEST

START_TEST(another_type_of_body_is_refused) {
    service_open(&s);
    const char *key = service_key(&s, "edit", "clerk", NULL);
    EXPECT(&s, 415, .method = "POST", .target = "/translations", .key = key, .type = "text/xml",
           .raw = "<a/>");
    EXPECT(&s, 415, .method = "POST", .target = "/departments", .key = key, .type = "text/csv",
           .raw = "a\n", .idempotency_key = "d");
    service_close(&s);
}
END_TEST

START_TEST(pages_of_texts_and_of_what_waits_follow_each_other) {
    service_open(&s);
    const char *key = service_key(&s, "edit", "clerk", NULL);
    send(key, 200, "{'items':[{" ITEM ",'text':'Crecer.'}]}");
    ck_assert_uint_eq(service_count(&s, "/translations?lang=es&limit=20"), 70);
    char path[400] = "/work-queue?limit=4&reason=untranslated";
    size_t pages = 0;
    for (; *path; pages++) {
        const struct answer *a = EXPECT(&s, 200, .method = "GET", .target = path, .key = key);
        const char *next = doc_text(answer_at(a, "links/next"));
        snprintf(path, sizeof(path), "%s", next ? next : "");
    }
    ck_assert_uint_eq(pages, 3); /* the plan and eight goals */
    service_close(&s);
}
END_TEST

int main(void) {
    const TTest *const tests[] = {
        a_sheet_is_shown_beside_the_citys_words,
        a_table_is_taken_as_its_list,
        bad_sheets_are_refused_whole_and_change_nothing,
        another_type_of_body_is_refused,
        pages_of_texts_and_of_what_waits_follow_each_other,
    };
    service_prepare("api/translations", false);
    int status = suite_run("api/translations", tests, COUNT(tests));
    service_clean_up();
    return status;
}
