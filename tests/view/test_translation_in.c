#include "view/translation_in.h"

#include <string.h>

#include "support/suite.h"

#define NAMES "lang,entity,code,field,source,text,reviewed,outdated,revision,made_from\r\n"

/* NULL for json: refused, and places, each ended by a space, are the faults' places, or for what is
 * no table at all a word of what is said. */
static void check_table(const char *table, const char *json, const char *places) {
    AUTO(call) struct call c;
    AUTO(buf) struct buf found = {0};
    AUTO(buf) struct buf told = {0};
    call_init(&c, 1000);
    bool taken = translation_read(&c, table, strlen(table), &found);
    ck_assert_msg(taken == (json != NULL), "%s: %s", table, c.detail ? c.detail : found.data);
    if (json) {
        ck_assert_str_eq(found.data, json);
        return;
    }
    for (const struct fault *f = c.faults; f; f = f->next)
        buf_addf(&told, "%s ", f->where);
    if (told.len)
        ck_assert_str_eq(told.data, places);
    else
        ck_assert_msg(strstr(c.detail, places), "%s: %s", table, c.detail);
}

START_TEST(a_row_becomes_an_item) {
    check_table(
        NAMES "ko,goal,7,statement,A,가,true,false,3,Of old\r\n",
        "{\"items\":[{\"lang\":\"ko\",\"entity\":\"goal\",\"code\":\"7\",\"field\":\"statement\","
        "\"source\":\"A\",\"text\":\"가\",\"reviewed\":true,\"outdated\":false,\"revision\":3}],"
        "\"rows\":[2]}",
        NULL);
}
END_TEST

START_TEST(empty_cells_say_nothing_and_empty_rows_are_no_items) {
    check_table(
        NAMES ",,,,,,,,,\r\nko,plan,,title,A,,,,,\r\n\r\n",
        "{\"items\":[{\"lang\":\"ko\",\"entity\":\"plan\",\"field\":\"title\",\"source\":\"A\"}],"
        "\"rows\":[3]}",
        NULL);
    check_table(NAMES, "{\"items\":[],\"rows\":[]}", NULL);
}
END_TEST

START_TEST(what_spreadsheets_do_is_undone) {
    check_table("\xef\xbb\xbflang;entity;code;field;source;text;reviewed\n"
                "ko;action;3.3/2;text;'=A;'-\"\"가\n",
                NULL, "quote");
    check_table(
        "\xef\xbb\xbflang;entity;code;field;source;text;reviewed\n"
        "ko;action;3.3/2;text;'=A;\"'-\"\"가\nb\";TRUE\n",
        "{\"items\":[{\"lang\":\"ko\",\"entity\":\"action\",\"code\":\"3.3/2\",\"field\":\"text\","
        "\"source\":\"=A\",\"text\":\"-\\\"가\\nb\",\"reviewed\":true}],\"rows\":[2]}",
        NULL);
}
END_TEST

START_TEST(faults_name_the_row_and_the_column) {
    check_table(NAMES
                "xx,goal,7,statement,A,B,maybe,,,\r\n,,,,,,,,,\r\nko,goal,7,name,A,B,,,1.5,\r\n",
                NULL, "#/rows/2/lang #/rows/2/reviewed #/rows/4/field #/rows/4/revision ");
}
END_TEST

START_TEST(columns_are_known_by_their_names) {
    check_table(
        "text,source,field,code,entity,lang\nB,A,statement,7,goal,ko\n",
        "{\"items\":[{\"text\":\"B\",\"source\":\"A\",\"field\":\"statement\",\"code\":\"7\","
        "\"entity\":\"goal\",\"lang\":\"ko\"}],\"rows\":[2]}",
        NULL);
    check_table("lang,entity,code,field,source,source,kode\n", NULL,
                "#/columns/source #/columns/kode #/columns/text ");
}
END_TEST

START_TEST(what_is_no_table_is_refused) {
    check_table("", NULL, "a line of names");
    check_table(NAMES "ko,goal,7\r\n", NULL, "row 2: has 3 cells");
    check_table(NAMES "\"ko,goal\r\n", NULL, "row 2: a quote is not closed");
}
END_TEST

START_TEST(such_a_table_is_known_by_its_first_names) {
    static const struct {
        const char *bytes;
        bool is;
    } cases[] = {
        {"lang,entity,code", true},
        {"\xef\xbb\xbflang;entity;", true},
        {"lang\tentity\tcode\n", true},
        {"lang,entity", false},
        {"language,entity,", false},
        {"{\"items\":[]}", false},
        {"lang", false},
        {"", false},
    };
    for (size_t i = 0; i < COUNT(cases); i++)
        ck_assert_msg(translation_is_table(cases[i].bytes, strlen(cases[i].bytes)) == cases[i].is,
                      "%s", cases[i].bytes);
}
END_TEST

int main(void) {
    const TTest *const tests[] = {
        a_row_becomes_an_item,
        empty_cells_say_nothing_and_empty_rows_are_no_items,
        what_spreadsheets_do_is_undone,
        faults_name_the_row_and_the_column,
        columns_are_known_by_their_names,
        what_is_no_table_is_refused,
        such_a_table_is_known_by_its_first_names,
    };
    return suite_run("view/translation_in", tests, COUNT(tests));
}
