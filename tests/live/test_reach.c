/* Which addresses webhooks may go to: tests/data/reach.txt says it for each, and why. */
#include "reach.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/un.h>

#include "base/buf.h"
#include "support/suite.h"

union any {
    struct sockaddr plain;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
    struct sockaddr_un local;
};

static union any address(const char *text) {
    union any a = {0};
    a.plain.sa_family = strchr(text, ':') ? AF_INET6 : AF_INET;
    void *place = strchr(text, ':') ? (void *)&a.v6.sin6_addr : (void *)&a.v4.sin_addr;
    ck_assert_msg(inet_pton(a.plain.sa_family, text, place) == 1, "%s", text);
    return a;
}

static struct reach reach_of(const char *list) {
    AUTO(call) struct call c;
    struct reach r;
    call_init(&c, 1000);
    ck_assert_msg(reach_parse(&c, list, &r), "%s", c.detail);
    return r;
}

START_TEST(each_case_is_as_its_file_says) {
    const struct reach r = reach_of(NULL);
    FILE *file = fopen(TEST_DATA "/reach.txt", "re");
    char line[200], word[16], text[64];
    size_t open = 0, closed = 0;
    ck_assert(file);
    while (fgets(line, sizeof line, file)) {
        if (*line == '#' || *line == '\n')
            continue;
        ck_assert_msg(sscanf(line, "%15s %63s", word, text) == 2, "%s", line);
        bool may = strcmp(word, "open") == 0;
        ck_assert_msg(may || strcmp(word, "closed") == 0, "%s", line);
        union any a = address(text);
        ck_assert_msg(reach_may(&r, &a.plain) == may, "%s", line);
        *(may ? &open : &closed) += 1;
    }
    (void)fclose(file);
    ck_assert_uint_ge(open, 10);
    ck_assert_uint_ge(closed, 50);
}
END_TEST

START_TEST(other_families_are_refused) {
    union any a = {0};
    const struct reach r = reach_of("0.0.0.0/0, ::/0");
    a.plain.sa_family = AF_UNIX;
    ck_assert(!reach_may(&r, &a.plain));
    a.plain.sa_family = AF_UNSPEC;
    ck_assert(!reach_may(&r, &a.plain));
}
END_TEST

START_TEST(networks_that_are_named_are_open_and_no_others) {
    static const struct {
        const char *list, *text;
        bool may;
    } cases[] = {
        {"10.1.0.0/16", "10.1.2.3", true},
        {"10.1.0.0/16", "10.2.2.3", false},
        {"127.0.0.1", "127.0.0.1", true},
        {"127.0.0.1", "127.0.0.2", false},
        {"127.0.0.1", "::ffff:127.0.0.1", false},
        {"::ffff:127.0.0.0/104", "::ffff:127.0.0.1", true},
        {"::ffff:127.0.0.0/104", "127.0.0.1", false},
        {"192.168.4.0/23", "192.168.5.255", true},
        {"192.168.4.0/23", "192.168.6.0", false},
        {"fd12:3456::/32, 10.0.0.0/8", "fd12:3456::1", true},
        {"fd12:3456::/32, 10.0.0.0/8", "10.255.0.1", true},
        {"fd12:3456::/32, 10.0.0.0/8", "fd12:3457::1", false},
        {"0.0.0.0/0", "127.0.0.1", true},
        {"0.0.0.0/0", "::1", false},
        {" ,, 10.0.0.1 ,", "10.0.0.1", true},
        {"", "10.0.0.1", false},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        const struct reach r = reach_of(cases[i].list);
        union any a = address(cases[i].text);
        ck_assert_msg(reach_may(&r, &a.plain) == cases[i].may, "%s with %s", cases[i].text,
                      cases[i].list);
    }
}
END_TEST

START_TEST(a_list_that_is_none_is_refused_by_its_member) {
    static const char *const cases[] = {
        "10.0.0.0/33",   "10.0.0/8", "localhost", "::/129",     "10.0.0.0/",    "10.0.0.0/8x",
        "10.0.0.0 /8",   "/8",       "::1/-1",    "0x7f.0.0.1", "fe80::1%eth0", "2130706433",
        "10.0.0.0/1234", "[::1]",
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        AUTO(call) struct call c;
        struct reach r;
        char list[100];
        call_init(&c, 1000);
        (void)snprintf(list, sizeof list, "192.0.2.1,%s", cases[i]);
        ck_assert_msg(!reach_parse(&c, list, &r), "%s", cases[i]);
        ck_assert_int_eq(c.err, ERR_MALFORMED);
        ck_assert_msg(strstr(c.detail, cases[i]) != NULL, "%s", c.detail);
    }
}
END_TEST

START_TEST(more_networks_than_fit_are_refused) {
    AUTO(call) struct call c;
    AUTO(buf) struct buf list = {0};
    struct reach r;
    call_init(&c, 1000);
    for (int i = 0; i < REACH_MOST; i++)
        buf_addf(&list, "10.0.%d.0/24,", i);
    ck_assert(reach_parse(&c, list.data, &r));
    buf_adds(&list, "10.1.0.0/24");
    ck_assert(!reach_parse(&c, list.data, &r));
}
END_TEST

int main(void) {
    const TTest *const tests[] = {
        each_case_is_as_its_file_says,
        other_families_are_refused,
        networks_that_are_named_are_open_and_no_others,
        a_list_that_is_none_is_refused_by_its_member,
        more_networks_than_fit_are_refused,
    };
    return suite_run("live/reach", tests, COUNT(tests));
}
