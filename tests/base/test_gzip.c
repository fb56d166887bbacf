#include "base/gzip.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "base/buf.h"
#include "base/secret.h"
#include "support/suite.h"

static void unpack(const struct buf *packed, size_t skip, char *out, size_t cap, size_t *len) {
    z_stream z = {0};
    ck_assert_int_eq(inflateInit2(&z, 15 + 16), Z_OK);
    z.next_in = (unsigned char *)packed->data + skip;
    z.avail_in = (unsigned)(packed->len - skip);
    z.next_out = (unsigned char *)out;
    z.avail_out = (unsigned)cap;
    ck_assert_int_eq(inflate(&z, Z_FINISH), Z_STREAM_END);
    ck_assert_uint_eq(z.avail_in, 0);
    *len = z.total_out;
    inflateEnd(&z);
}

static void round_trip(const void *bytes, size_t len) {
    AUTO(buf) struct buf packed = {0};
    gzip_add(&packed, bytes, len);
    ck_assert(!packed.failed);
    char *out = malloc(len + 1);
    size_t got = 0;
    unpack(&packed, 0, out, len + 1, &got);
    ck_assert_uint_eq(got, len);
    ck_assert_int_eq(memcmp(out, bytes, len), 0);
    free(out);
}

START_TEST(what_goes_in_comes_out) {
    round_trip("", 0);
    round_trip("a", 1);
    round_trip("a\0b", 3);
    size_t len = 1 << 20;
    char *same = calloc(len, 1);
    round_trip(same, len);
    char *noise = malloc(len);
    ck_assert(secret_random(noise, len));
    round_trip(noise, len);
    for (size_t odd = 4000; odd < 4200; odd += 7)
        round_trip(noise, odd);
    free(same);
    free(noise);
}
END_TEST

START_TEST(it_appends_behind_what_is_there) {
    AUTO(buf) struct buf packed = {0};
    buf_adds(&packed, "head");
    gzip_add(&packed, "text", 4);
    ck_assert_mem_eq(packed.data, "head\x1f\x8b", 6);
    char out[16];
    size_t got = 0;
    unpack(&packed, 4, out, sizeof(out), &got);
    ck_assert_uint_eq(got, 4);
    ck_assert_mem_eq(out, "text", 4);
}
END_TEST

START_TEST(equal_input_gives_equal_bytes_without_a_time) {
    AUTO(buf) struct buf a = {0};
    AUTO(buf) struct buf b = {0};
    gzip_add(&a, "the same text", 13);
    gzip_add(&b, "the same text", 13);
    ck_assert_uint_eq(a.len, b.len);
    ck_assert_mem_eq(a.data, b.data, a.len);
    ck_assert_mem_eq(a.data + 4, "\0\0\0\0", 4);
}
END_TEST

START_TEST(a_failed_buffer_stays_failed_and_untouched) {
    AUTO(buf) struct buf b = {0};
    buf_adds(&b, "kept");
    b.failed = true;
    gzip_add(&b, "text", 4);
    ck_assert(b.failed);
    ck_assert_str_eq(b.data, "kept");
}
END_TEST

int main(void) {
    const TTest *const tests[] = {
        what_goes_in_comes_out,
        it_appends_behind_what_is_there,
        equal_input_gives_equal_bytes_without_a_time,
        a_failed_buffer_stays_failed_and_untouched,
    };
    return suite_run("base/gzip", tests, COUNT(tests));
}
