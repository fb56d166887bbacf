#include "base/call.h"

#include <string.h>

#include "base/clock.h"
#include "support/suite.h"

START_TEST(the_first_error_wins) {
    AUTO(call) struct call c;
    call_init(&c, 1000);
    ck_assert(!fail(&c, ERR_NOT_FOUND, "no goal %d", 9));
    ck_assert(!fail(&c, ERR_INTERNAL, "later"));
    ck_assert_int_eq(c.err, ERR_NOT_FOUND);
    ck_assert_str_eq(c.detail, "no goal 9");
}
END_TEST

START_TEST(an_error_without_memory_keeps_its_code) {
    AUTO(call) struct call c;
    call_init(&c, 1000);
    c.arena.limit = 1;
    ck_assert(!fail(&c, ERR_CONFLICT, "some %s sentence", "long"));
    ck_assert_int_eq(c.err, ERR_CONFLICT);
    ck_assert_str_eq(c.detail, "out of memory");
}
END_TEST

START_TEST(memory_past_the_limit_fails_the_call) {
    AUTO(call) struct call c;
    call_init(&c, 1000);
    ck_assert_str_eq(call_printf(&c, "%d-%s", 7, "x"), "7-x");
    ck_assert_str_eq(call_strdup(&c, "abc"), "abc");
    ck_assert_str_eq(call_strndup(&c, "abc", 2), "ab");
    ck_assert_int_eq(c.err, ERR_NONE);
    c.arena.limit = 1;
    ck_assert_ptr_null(call_alloc(&c, 100000));
    ck_assert_int_eq(c.err, ERR_NO_MEMORY);
}
END_TEST

START_TEST(no_call_may_take_all_memory) {
    AUTO(call) struct call c;
    call_init(&c, 1000);
    ck_assert_ptr_null(call_alloc(&c, (size_t)1 << 30));
    ck_assert_int_eq(c.err, ERR_NO_MEMORY);
}
END_TEST

START_TEST(no_fault_is_no_failure) {
    AUTO(call) struct call c;
    call_init(&c, 1000);
    ck_assert(fault_check(&c));
    ck_assert_int_eq(c.err, ERR_NONE);
}
END_TEST

START_TEST(a_single_fault_says_where_and_what) {
    AUTO(call) struct call c;
    call_init(&c, 1000);
    fault_add(&c, FAULT_POINTER, "#/percent_complete", "must be between %d and %d", 0, 100);
    ck_assert(!fault_check(&c));
    ck_assert_int_eq(c.err, ERR_INVALID);
    ck_assert_str_eq(c.detail, "percent_complete: must be between 0 and 100");
    ck_assert_str_eq(c.faults->where, "#/percent_complete");
    ck_assert_str_eq(c.faults->detail, "must be between 0 and 100");
}
END_TEST

START_TEST(the_place_of_a_fault_reads_well) {
    static const struct {
        enum fault_place place;
        const char *where;
        const char *detail;
        enum err err;
    } cases[] = {
        {FAULT_POINTER, "#/links/0/url", "links/0/url: no", ERR_INVALID},
        {FAULT_POINTER, "#", "body: no", ERR_INVALID},
        {FAULT_POINTER, "", "body: no", ERR_INVALID},
        {FAULT_POINTER, "/goals/1", "goals/1: no", ERR_INVALID},
        {FAULT_PARAMETER, "limit", "limit: no", ERR_MALFORMED},
        {FAULT_HEADER, "If-Match", "If-Match: no", ERR_MALFORMED},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        AUTO(call) struct call c;
        call_init(&c, 1000);
        fault_add(&c, cases[i].place, cases[i].where, "no");
        ck_assert(!fault_check(&c));
        ck_assert_str_eq(c.detail, cases[i].detail);
        ck_assert_int_eq(c.err, cases[i].err);
    }
}
END_TEST

START_TEST(faults_are_counted_and_kept_in_order) {
    AUTO(call) struct call c;
    call_init(&c, 1000);
    fault_add(&c, FAULT_POINTER, "#/a", "first");
    fault_add(&c, FAULT_POINTER, "#/b", "second");
    fault_add(&c, FAULT_POINTER, "#/c", "third");
    ck_assert(!fault_check(&c));
    ck_assert_int_eq(c.err, ERR_INVALID);
    ck_assert_str_eq(c.detail, "3 faults");
    ck_assert_str_eq(c.faults->detail, "first");
    ck_assert_str_eq(c.faults->next->next->detail, "third");
}
END_TEST

START_TEST(a_malformed_parameter_outranks_an_invalid_value) {
    AUTO(call) struct call c;
    call_init(&c, 1000);
    fault_add(&c, FAULT_POINTER, "#/a", "first");
    fault_add(&c, FAULT_PARAMETER, "dry_run", "second");
    ck_assert(!fault_check(&c));
    ck_assert_int_eq(c.err, ERR_MALFORMED);
    ck_assert_str_eq(c.detail, "2 faults");
}
END_TEST

START_TEST(at_most_100_faults_are_kept) {
    AUTO(call) struct call c;
    call_init(&c, 1000);
    for (int i = 0; i < 5000; i++)
        fault_add(&c, FAULT_POINTER, "#/a", "number %d", i);
    ck_assert(!fault_check(&c));
    ck_assert_str_eq(c.detail, "100 faults");
}
END_TEST

START_TEST(a_fault_without_memory_still_fails_the_call) {
    AUTO(call) struct call c;
    call_init(&c, 1000);
    c.arena.limit = 1;
    fault_add(&c, FAULT_POINTER, "#/a", "lost");
    ck_assert(!fault_check(&c));
    ck_assert_int_eq(c.err, ERR_NO_MEMORY);
}
END_TEST

START_TEST(the_deadline_counts_down_to_zero) {
    AUTO(call) struct call c;
    call_init(&c, 60000);
    ck_assert_int_gt(call_left_ms(&c), 50000);
    ck_assert_int_le(call_left_ms(&c), 60000);
    c.deadline_us = clock_mono_us() - 1;
    ck_assert_int_eq(call_left_ms(&c), 0);
    call_reset(&c, INT64_MAX);
    ck_assert_int_gt(call_left_ms(&c), INT64_C(1000) * 365 * 86400);
    call_reset(&c, 0);
    ck_assert_int_eq(call_left_ms(&c), 0);
}
END_TEST

START_TEST(a_reset_forgets_everything_but_the_limit) {
    AUTO(call) struct call c;
    clock_fix(1777777777000000);
    call_init(&c, 1000);
    size_t limit = c.arena.limit;
    ck_assert_int_eq(c.now_us, 1777777777000000);
    fault_add(&c, FAULT_POINTER, "#/a", "one");
    ck_assert(!fault_check(&c));
    strcpy(c.request_id, "abc");
    c.location = "/updates/1";
    c.retry_after_s = 3;
    call_reset(&c, 1000);
    ck_assert_int_eq(c.err, ERR_NONE);
    ck_assert_ptr_null(c.detail);
    ck_assert_ptr_null(c.location);
    ck_assert_ptr_null(c.who);
    ck_assert_int_eq(c.retry_after_s, 0);
    ck_assert_str_eq(c.request_id, "");
    ck_assert_uint_eq(c.arena.limit, limit);
    ck_assert(fault_check(&c));
    fault_add(&c, FAULT_PARAMETER, "limit", "two");
    ck_assert(!fault_check(&c));
    ck_assert_str_eq(c.detail, "limit: two");
}
END_TEST

int main(void) {
    const TTest *const tests[] = {
        the_first_error_wins,
        an_error_without_memory_keeps_its_code,
        memory_past_the_limit_fails_the_call,
        no_call_may_take_all_memory,
        no_fault_is_no_failure,
        a_single_fault_says_where_and_what,
        the_place_of_a_fault_reads_well,
        faults_are_counted_and_kept_in_order,
        a_malformed_parameter_outranks_an_invalid_value,
        at_most_100_faults_are_kept,
        a_fault_without_memory_still_fails_the_call,
        the_deadline_counts_down_to_zero,
        a_reset_forgets_everything_but_the_limit,
    };
    return suite_run("base/call", tests, COUNT(tests));
}
