#include "live/snapshot.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "model/tag.h"
#include "support/suite.h"

#define EDITION "1.0 progress_0123456789ab"

static struct call c;
static char folder[64], path[96];

static void setup(void) {
    call_init(&c, 5000);
    strcpy(folder, "/tmp/cip-snapshot-XXXXXX");
    ck_assert(mkdtemp(folder));
    (void)snprintf(path, sizeof path, "%s/snapshot", folder);
}

static void teardown(void) {
    (void)unlink(path);
    (void)rmdir(folder);
    call_drop(&c);
}

static struct cache *new_cache(void) {
    struct cache *k = cache_new(&c, 8 << 20);
    ck_assert(k);
    return k;
}

static void put(struct cache *k, const char *key, const char *head, const char *body,
                enum err err) {
    struct lease *lease;
    struct cache_hit hit;
    const struct blob_bytes parts[BLOB_PARTS] = {
        [BLOB_HEAD] = {head, strlen(head)},
        [BLOB_BODY] = {body, strlen(body)},
        [BLOB_BODY_GZIP] = {"\0\n\1", 3},
    };
    ck_assert(cache_lease(&c, k, key, TAG_GOALS, &lease, &hit) && lease);
    struct blob *b = blob_new(&c, parts, err, 1790000000123456);
    ck_assert(b);
    cache_put(lease, b);
    blob_release(b);
}

static void save_two(void) {
    struct cache *k = new_cache();
    cache_confirm(k, clock_mono_us());
    put(k, "J/goals", "HTTP/1.1 200 OK\r\n", "{\"data\":[]}\n", ERR_NONE);
    put(k, "J/goals/99", "", "there is no such goal", ERR_NOT_FOUND);
    put(k, "J/updates?cursor=x", "HTTP/1.1 200 OK\r\n", "{}", ERR_NONE);
    ck_assert_msg(snapshot_save(&c, k, path, EDITION), "%s", c.detail);
    cache_free(k);
}

/* What the cache has to give when the database is away. */
static struct cache_hit lent(struct cache *k, const char *key, int64_t now_us) {
    AUTO(call) struct call own;
    struct cache_hit hit;
    struct lease *lease;
    call_init(&own, 1000);
    own.now_us = now_us;
    ck_assert(cache_lease(&own, k, key, TAG_GOALS, &lease, &hit) && lease);
    (void)fail(&own, ERR_UNAVAILABLE, "away");
    (void)cache_give_up(lease, &own, &hit);
    return hit;
}

static void expect(struct cache *k, const char *key, const char *head, const char *body,
                   enum err err) {
    struct cache_hit hit = lent(k, key, 1790000003123456);
    ck_assert_msg(hit.blob, "%s is not there", key);
    ck_assert_str_eq(hit.blob->part[BLOB_HEAD].at, head);
    ck_assert_str_eq(hit.blob->part[BLOB_BODY].at, body);
    ck_assert_int_eq(hit.blob->err, err);
    ck_assert_uint_eq(hit.blob->part[BLOB_BODY_GZIP].len, 3);
    ck_assert_int_eq(memcmp(hit.blob->part[BLOB_BODY_GZIP].at, "\0\n\1", 3), 0);
    ck_assert_int_eq(hit.age_s, 3);
    blob_release(hit.blob);
}

START_TEST(what_was_saved_comes_back_with_its_age) {
    setup();
    save_two();
    struct cache *k = new_cache();
    size_t count;
    ck_assert_msg(snapshot_load(&c, k, path, EDITION, &count), "%s", c.detail);
    ck_assert_uint_eq(count, 2); /* pages behind cursors are not worth it */
    expect(k, "J/goals", "HTTP/1.1 200 OK\r\n", "{\"data\":[]}\n", ERR_NONE);
    expect(k, "J/goals/99", "", "there is no such goal", ERR_NOT_FOUND);
    cache_free(k);
    teardown();
}
END_TEST

START_TEST(the_file_is_for_its_owner_alone) {
    setup();
    save_two();
    struct stat st;
    ck_assert_int_eq(stat(path, &st), 0);
    ck_assert_int_eq(st.st_mode & 0777, 0600);
    teardown();
}
END_TEST

static enum err load_error(const char *edition) {
    AUTO(call) struct call own;
    struct cache *k = new_cache();
    size_t count;
    call_init(&own, 1000);
    bool loaded = snapshot_load(&own, k, path, edition, &count);
    ck_assert(!loaded && !lent(k, "J/goals", own.now_us).blob);
    cache_free(k);
    return own.err;
}

START_TEST(another_edition_and_no_file_count_as_absent) {
    setup();
    ck_assert_int_eq(load_error(EDITION), ERR_NOT_FOUND);
    save_two();
    ck_assert_int_eq(load_error("1.1 progress_0123456789ab"), ERR_NOT_FOUND);
    teardown();
}
END_TEST

/* The file's bytes, one of them turned, or cut short. */
static void damage(size_t at, size_t keep) {
    char bytes[4096];
    FILE *in = fopen(path, "rb");
    ck_assert(in);
    size_t len = fread(bytes, 1, sizeof bytes, in);
    (void)fclose(in);
    ck_assert_uint_lt(len, sizeof bytes);
    if (at < len)
        bytes[at] ^= 1;
    FILE *out = fopen(path, "wb");
    ck_assert(out);
    ck_assert_uint_eq(fwrite(bytes, 1, keep < len ? keep : len, out), keep < len ? keep : len);
    (void)fclose(out);
}

START_TEST(a_damaged_file_is_refused_whatever_byte_it_is) {
    setup();
    save_two();
    struct stat st;
    ck_assert_int_eq(stat(path, &st), 0);
    size_t size = (size_t)st.st_size;
    for (size_t at = 0; at + 1 < size; at += 3) { /* the last is the seal's line break */
        save_two();
        damage(at, size);
        ck_assert_int_eq(load_error(EDITION), ERR_INVALID);
    }
    for (size_t keep = 0; keep < size; keep += 7) {
        save_two();
        damage(size, keep);
        ck_assert_int_eq(load_error(EDITION), ERR_INVALID);
    }
    teardown();
}
END_TEST

START_TEST(a_disk_that_refuses_leaves_the_file_as_it_was) {
    setup();
    save_two();
    struct cache *k = new_cache();
    char fresh[112];
    (void)snprintf(fresh, sizeof fresh, "%s.new", path);
    ck_assert_int_eq(mkdir(fresh, 0700), 0); /* nobody can write there, not even root */
    ck_assert(!snapshot_save(&c, k, path, EDITION));
    ck_assert_int_eq(c.err, ERR_UNAVAILABLE);
    ck_assert_int_eq(rmdir(fresh), 0);
    size_t count;
    call_reset(&c, 1000);
    ck_assert(snapshot_load(&c, k, path, EDITION, &count));
    ck_assert_uint_eq(count, 2);
    cache_free(k);
    teardown();
}
END_TEST

int main(void) {
    const TTest *const tests[] = {
        what_was_saved_comes_back_with_its_age,
        the_file_is_for_its_owner_alone,
        another_edition_and_no_file_count_as_absent,
        a_damaged_file_is_refused_whatever_byte_it_is,
        a_disk_that_refuses_leaves_the_file_as_it_was,
    };
    return suite_run("live/snapshot", tests, COUNT(tests));
}
