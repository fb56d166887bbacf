#include "base/spool.h"

#include <stdlib.h>
#include <string.h>

#include "support/suite.h"

START_TEST(what_fits_stays_in_memory) {
    AUTO(call) struct call c;
    AUTO(spool) struct spool s = {.most = 10};
    call_init(&c, 1000);
    buf_adds(&s.text, "0123456789");
    ck_assert(spool_flow(&c, &s));
    ck_assert(spool_end(&c, &s));
    ck_assert_int_eq(s.file, 0);
    ck_assert_str_eq(s.text.data, "0123456789");
}
END_TEST

START_TEST(what_does_not_is_in_the_file_whole_and_in_order) {
    AUTO(call) struct call c;
    AUTO(spool) struct spool s = {.most = 10};
    AUTO(buf) struct buf whole = {0};
    char back[4000];
    uint8_t of_file[SHA256_SIZE], of_whole[SHA256_SIZE];
    size_t got = 0;
    ptrdiff_t step;
    call_init(&c, 1000);
    for (int i = 0; i < 300; i++) {
        buf_addf(&s.text, "line %d\n", i);
        buf_addf(&whole, "line %d\n", i);
        ck_assert(spool_flow(&c, &s));
        ck_assert_uint_le(s.text.len, 10);
    }
    ck_assert(spool_end(&c, &s));
    ck_assert_uint_eq(s.text.len, 0);
    ck_assert_uint_eq(s.filed, whole.len);
    while ((step = spool_read(&s, got, back + got, 7)) > 0)
        got += (size_t)step;
    ck_assert_int_eq(step, 0);
    ck_assert_uint_eq(got, whole.len);
    ck_assert_mem_eq(back, whole.data, got);
    digest_end(&s.digest, of_file);
    sha256(whole.data, whole.len, of_whole);
    ck_assert_mem_eq(of_file, of_whole, SHA256_SIZE);
}
END_TEST

START_TEST(without_a_place_for_the_file_it_fails) {
    AUTO(call) struct call c;
    AUTO(spool) struct spool s = {.most = 1};
    call_init(&c, 1000);
    setenv("TMPDIR", "/no/such/folder", 1);
    buf_adds(&s.text, "more than one");
    ck_assert(!spool_flow(&c, &s));
    ck_assert_int_eq(c.err, ERR_UNAVAILABLE);
    unsetenv("TMPDIR");
}
END_TEST

int main(void) {
    const TTest *const tests[] = {
        what_fits_stays_in_memory,
        what_does_not_is_in_the_file_whole_and_in_order,
        without_a_place_for_the_file_it_fails,
    };
    return suite_run("base/spool", tests, COUNT(tests));
}
