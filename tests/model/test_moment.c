#include "model/moment.h"

#include <stdio.h>
#include <string.h>

#include "support/suite.h"

#define DATABASE "0123456789abcdef-"

START_TEST(what_postgresql_writes_is_read) {
    struct moment m;
    ck_assert(moment_read(DATABASE "730:735:731,734", &m));
    ck_assert_str_eq(m.snapshot, "730:735:731,734");
    ck_assert_uint_eq(m.end, 735);
    ck_assert(moment_read(DATABASE "1:1:", &m));
    ck_assert(moment_read(DATABASE "4294967296:999999999999999999:4294967296", &m));
}
END_TEST

START_TEST(what_postgresql_would_refuse_is_not) {
    static const char *const refused[] = {
        "",
        "x",
        DATABASE,
        "0123456789abcde-1:1:",
        "0123456789ABCDEF-1:1:",
        "0123456789abcdef1:1:",
        DATABASE "0:1:",
        DATABASE "9:3:",
        DATABASE "1:1",
        DATABASE "1:9:9",
        DATABASE "3:9:2",
        DATABASE "1:9:7,3",
        DATABASE "1:9:3,3",
        DATABASE "1:9:3,",
        DATABASE "1:9:,3",
        DATABASE "1:9:3;4",
        DATABASE "-1:9:",
        DATABASE "1:9: ",
        DATABASE "1:1000000000000000000:",
    };
    struct moment m;
    ck_assert(!moment_read(NULL, &m));
    for (size_t i = 0; i < COUNT(refused); i++)
        ck_assert_msg(!moment_read(refused[i], &m), "%s", refused[i]);
}
END_TEST

START_TEST(a_text_without_end_is_not_read) {
    char text[MOMENT_MOST + 64] = DATABASE "1:999999999:";
    size_t len = strlen(text);
    for (int n = 100000; len + 8 < sizeof text; n++)
        len += (size_t)snprintf(text + len, sizeof text - len, "%s%d", n > 100000 ? "," : "", n);
    struct moment m;
    ck_assert_uint_gt(len, MOMENT_MOST);
    ck_assert(!moment_read(text, &m));
    *strrchr(text, ',') = '\0';
    while (strlen(text) > MOMENT_MOST)
        *strrchr(text, ',') = '\0';
    ck_assert(moment_read(text, &m));
}
END_TEST

START_TEST(it_covers_what_was_committed_and_not_what_was_under_way_or_came_later) {
    struct moment m;
    ck_assert(moment_read(DATABASE "730:735:731,734", &m));
    static const struct {
        uint64_t xid;
        bool covered;
    } cases[] = {{3, true},   {729, true},  {730, true},  {731, false}, {732, true},
                 {733, true}, {734, false}, {735, false}, {736, false}, {73, true}};
    for (size_t i = 0; i < COUNT(cases); i++)
        ck_assert_msg(moment_covers(&m, cases[i].xid) == cases[i].covered, "%d", (int)i);
}
END_TEST

START_TEST(a_database_is_told_from_another) {
    ck_assert(moment_same_database(DATABASE "1:1:", DATABASE "7:9:8"));
    ck_assert(!moment_same_database(DATABASE "1:1:", "1123456789abcdef-1:1:"));
}
END_TEST

int main(void) {
    const TTest *const tests[] = {
        what_postgresql_writes_is_read,
        what_postgresql_would_refuse_is_not,
        a_text_without_end_is_not_read,
        it_covers_what_was_committed_and_not_what_was_under_way_or_came_later,
        a_database_is_told_from_another,
    };
    return suite_run("model/moment", tests, COUNT(tests));
}
