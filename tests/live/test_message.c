/* Signatures against the specification's own example, and the schedule of attempts. */
#include "message.h"

#include <stdio.h>
#include <string.h>

#include "support/suite.h"

/* From the tests of the reference libraries. */
#define SECRET "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
#define ID     "msg_p5jXN8AQM9LWM0D4loKWxJek"
#define BODY   "{\"test\": 2432232314}"
#define SIGNED "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
enum { AT = 1614265330 };

START_TEST(the_published_example_is_signed_as_published) {
    AUTO(call) struct call c;
    AUTO(buf) struct buf out = {0};
    call_init(&c, 1000);
    ck_assert(message_sign(&c, SECRET, ID, AT, BODY, &out));
    ck_assert_str_eq(out.data, SIGNED);
}
END_TEST

START_TEST(every_secret_signs_in_its_order) {
    static const char other[] = "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    AUTO(call) struct call c;
    AUTO(buf) struct buf both = {0};
    AUTO(buf) struct buf alone = {0};
    char secrets[200];
    call_init(&c, 1000);
    ck_assert(message_sign(&c, other, ID, AT, BODY, &alone));
    (void)snprintf(secrets, sizeof secrets, "%s %s", other, SECRET);
    ck_assert(message_sign(&c, secrets, ID, AT, BODY, &both));
    ck_assert_int_eq(strncmp(both.data, alone.data, alone.len), 0);
    ck_assert_str_eq(both.data + alone.len, " " SIGNED);
}
END_TEST

START_TEST(what_is_no_secret_signs_nothing) {
    static const char *const cases[] = {
        "", "whsec_", "whsec_A", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_MfKQ-r8G",
        SECRET " whsec_", SECRET "  " SECRET,
        /* longer than a key may be */
        "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
        "AAAA"};
    for (size_t i = 0; i < COUNT(cases); i++) {
        AUTO(call) struct call c;
        AUTO(buf) struct buf out = {0};
        call_init(&c, 1000);
        ck_assert_msg(!message_sign(&c, cases[i], ID, AT, BODY, &out), "%s", cases[i]);
        ck_assert_int_eq(c.err, ERR_INTERNAL);
        ck_assert_msg(!strstr(c.detail, "whsec_"), "%s", c.detail);
    }
}
END_TEST

START_TEST(attempts_spread_over_three_days_and_end) {
    static const int64_t seconds[] = {5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400};
    int64_t total[2] = {0, 0};
    ck_assert_uint_eq(COUNT(seconds), MESSAGE_ATTEMPTS - 1);
    for (int i = 1; i < MESSAGE_ATTEMPTS; i++) {
        int64_t nominal = seconds[i - 1] * 1000;
        int64_t least = message_retry_ms(i, 0), most = message_retry_ms(i, UINT32_MAX);
        ck_assert_int_eq(least, nominal - nominal / 10);
        ck_assert_int_gt(most, nominal);
        ck_assert_int_le(most, nominal + nominal / 10);
        ck_assert_int_eq(message_retry_ms(i, UINT32_C(1) << 31), nominal);
        total[0] += least;
        total[1] += most;
    }
    const int64_t day = INT64_C(24) * 3600 * 1000;
    ck_assert_int_gt(total[0], 2 * day);
    ck_assert_int_lt(total[1], 4 * day);
    ck_assert_int_eq(message_retry_ms(MESSAGE_ATTEMPTS, 0), -1);
    ck_assert_int_eq(message_retry_ms(MESSAGE_ATTEMPTS + 1000, UINT32_MAX), -1);
    ck_assert_int_eq(message_retry_ms(0, 0), -1);
}
END_TEST

int main(void) {
    const TTest *const tests[] = {
        the_published_example_is_signed_as_published,
        every_secret_signs_in_its_order,
        what_is_no_secret_signs_nothing,
        attempts_spread_over_three_days_and_end,
    };
    return suite_run("live/message", tests, COUNT(tests));
}
