#include "address.h"

#include <string.h>

#include "support/suite.h"

static struct address parsed(const char *text) {
    struct address a;
    ck_assert_msg(address_parse(text, strlen(text), &a), "%s", text);
    return a;
}

/* Whom a request from peer speaks for, with 10.0.0.0/8, 2001:db8::1 and 192.0.2.7 trusted. */
static void check_client(const char *peer, const char *first, const char *second,
                         const char *expected) {
    struct call c;
    struct proxies p;
    char text[ADDRESS_TEXT];
    call_init(&c, 1000);
    ck_assert(proxies_parse(&c, " 10.0.0.0/8, 2001:db8::1 ,192.0.2.7,", &p));
    struct request rq = {0};
    if (first)
        rq.headers[rq.nheaders++] = (struct pair){"x-forwarded-for", first};
    if (second)
        rq.headers[rq.nheaders++] = (struct pair){"X-Forwarded-For", second};
    struct address a = parsed(peer);
    a = proxies_client(&p, &a, &rq);
    address_client_text(&a, text);
    ck_assert_str_eq(text, expected);
    call_drop(&c);
}

START_TEST(addresses_are_read_strictly) {
    static const char *const bad[] = {"",          "1.2.3", "1.2.3.4.5",  "256.1.1.1", "01.2.3.4x",
                                      "localhost", ":::",   "1.2.3.4:80", "[::1]"};
    struct address a;
    for (size_t i = 0; i < COUNT(bad); i++)
        ck_assert_msg(!address_parse(bad[i], strlen(bad[i]), &a), "%s", bad[i]);
    struct address mapped = parsed("::ffff:192.0.2.1");
    struct address v4 = parsed("192.0.2.1");
    ck_assert(address_equal(&mapped, &v4));
    struct address loopback = parsed("127.8.8.8");
    ck_assert(address_is_loopback(&loopback));
    loopback = parsed("::1");
    ck_assert(address_is_loopback(&loopback));
    ck_assert(!address_is_loopback(&v4));
}
END_TEST

START_TEST(a_stranger_speaks_for_nobody_but_himself) {
    check_client("198.51.100.9", NULL, NULL, "198.51.100.9");
    check_client("198.51.100.9", "203.0.113.1", NULL, "198.51.100.9");
}
END_TEST

START_TEST(behind_a_trusted_proxy_the_last_address_counts) {
    check_client("10.1.2.3", "203.0.113.1", NULL, "203.0.113.1");
    check_client("10.1.2.3", "1.1.1.1, 203.0.113.1", NULL, "203.0.113.1");
    check_client("10.1.2.3", "1.1.1.1, 203.0.113.1, 10.9.9.9", NULL, "203.0.113.1");
    check_client("10.1.2.3", "1.1.1.1", "203.0.113.1", "203.0.113.1");
    check_client("10.1.2.3", "203.0.113.1", "192.0.2.7", "203.0.113.1");
}
END_TEST

START_TEST(a_chain_of_proxies_alone_ends_with_the_first) {
    check_client("10.1.2.3", NULL, NULL, "10.1.2.3");
    check_client("10.1.2.3", "10.4.4.4, 10.5.5.5", NULL, "10.4.4.4");
}
END_TEST

START_TEST(nonsense_stops_the_search) {
    check_client("10.1.2.3", "203.0.113.1, unknown", NULL, "10.1.2.3");
    check_client("10.1.2.3", "203.0.113.1,", NULL, "10.1.2.3");
    check_client("10.1.2.3", "203.0.113.1, unknown, 10.7.7.7", NULL, "10.7.7.7");
}
END_TEST

START_TEST(ports_and_brackets_are_understood) {
    check_client("10.1.2.3", "203.0.113.1:4711", NULL, "203.0.113.1");
    check_client("10.1.2.3", "[2001:db8:a:b:c:d:e:f]:443", NULL, "2001:db8:a:b::/64");
    check_client("10.1.2.3", "2001:db8:a:b:c:d:e:f", NULL, "2001:db8:a:b::/64");
}
END_TEST

START_TEST(ipv6_counts_by_its_64) {
    check_client("2001:db8:1:2:aaaa::1", NULL, NULL, "2001:db8:1:2::/64");
    check_client("::ffff:198.51.100.9", NULL, NULL, "198.51.100.9");
}
END_TEST

START_TEST(proxies_match_by_their_bits) {
    static const struct {
        const char *list, *address;
        bool trusted;
    } cases[] = {
        {"192.0.2.0/24", "192.0.2.255", true},
        {"192.0.2.0/24", "192.0.3.0", false},
        {"192.0.2.128/25", "192.0.2.127", false},
        {"192.0.2.128/25", "192.0.2.128", true},
        {"0.0.0.0/0", "8.8.8.8", true},
        {"0.0.0.0/0", "2001:db8::1", false},
        {"2001:db8::/33", "2001:db8:7fff::1", true},
        {"2001:db8::/33", "2001:db8:8000::1", false},
        {"", "127.0.0.1", false},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct call c;
        struct proxies p;
        call_init(&c, 1000);
        ck_assert(proxies_parse(&c, cases[i].list, &p));
        struct address a = parsed(cases[i].address);
        ck_assert_msg(proxies_trust(&p, &a) == cases[i].trusted, "%s %s", cases[i].list,
                      cases[i].address);
        call_drop(&c);
    }
}
END_TEST

START_TEST(a_list_of_proxies_with_a_fault_is_refused) {
    static const char *const bad[] = {"nginx",      "10.0.0.0/33",    "10.0.0.0/",
                                      "10.0.0.0/x", "2001:db8::/129", "10.0.0.0/8 10.0.0.1"};
    for (size_t i = 0; i < COUNT(bad); i++) {
        struct call c;
        struct proxies p;
        call_init(&c, 1000);
        ck_assert_msg(!proxies_parse(&c, bad[i], &p), "%s", bad[i]);
        ck_assert_int_eq(c.err, ERR_MALFORMED);
        ck_assert_ptr_nonnull(strstr(c.detail, bad[i]));
        call_drop(&c);
    }
}
END_TEST

int main(void) {
    const TTest *const tests[] = {
        addresses_are_read_strictly,
        a_stranger_speaks_for_nobody_but_himself,
        behind_a_trusted_proxy_the_last_address_counts,
        a_chain_of_proxies_alone_ends_with_the_first,
        nonsense_stops_the_search,
        ports_and_brackets_are_understood,
        ipv6_counts_by_its_64,
        proxies_match_by_their_bits,
        a_list_of_proxies_with_a_fault_is_refused,
    };
    return suite_run("http/address", tests, COUNT(tests));
}
