#include "base/map.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/suite.h"

static int values[5000];

static const char *key_of(char out[32], int i) {
    snprintf(out, 32, "key-%d", i);
    return out;
}

START_TEST(an_empty_map_has_nothing) {
    struct map m = {0};
    size_t at = 0;
    const char *key = NULL;
    void *value = NULL;
    ck_assert_ptr_null(map_get(&m, "a"));
    ck_assert_ptr_null(map_take(&m, "a"));
    ck_assert(!map_next(&m, &at, &key, &value));
    map_drop(&m);
}
END_TEST

START_TEST(a_put_replaces_and_gives_the_old_value) {
    struct map m = {0};
    void *old = &values[9];
    ck_assert(map_put(&m, "a", &values[1], &old));
    ck_assert_ptr_null(old);
    ck_assert(map_put(&m, "a", &values[2], &old));
    ck_assert_ptr_eq(old, &values[1]);
    ck_assert(map_put(&m, "a", &values[3], NULL));
    ck_assert_ptr_eq(map_get(&m, "a"), &values[3]);
    ck_assert_uint_eq(m.count, 1);
    map_drop(&m);
}
END_TEST

START_TEST(keys_are_copied) {
    struct map m = {0};
    char key[] = "goal";
    ck_assert(map_put(&m, key, &values[1], NULL));
    memcpy(key, "xxxx", 4);
    ck_assert_ptr_eq(map_get(&m, "goal"), &values[1]);
    ck_assert(map_put(&m, "", &values[2], NULL));
    ck_assert_ptr_eq(map_get(&m, ""), &values[2]);
    map_drop(&m);
}
END_TEST

START_TEST(many_keys_are_found_again) {
    struct map m = {0};
    char key[32];
    for (int i = 0; i < 5000; i++)
        ck_assert(map_put(&m, key_of(key, i), &values[i], NULL));
    ck_assert_uint_eq(m.count, 5000);
    for (int i = 0; i < 5000; i++)
        ck_assert_ptr_eq(map_get(&m, key_of(key, i)), &values[i]);
    ck_assert_ptr_null(map_get(&m, "key-5000"));
    map_drop(&m);
}
END_TEST

START_TEST(taken_keys_are_gone_and_the_others_stay) {
    struct map m = {0};
    char key[32];
    for (int i = 0; i < 1000; i++)
        ck_assert(map_put(&m, key_of(key, i), &values[i], NULL));
    for (int i = 0; i < 1000; i += 2)
        ck_assert_ptr_eq(map_take(&m, key_of(key, i)), &values[i]);
    ck_assert_uint_eq(m.count, 500);
    for (int i = 0; i < 1000; i++)
        ck_assert_ptr_eq(map_get(&m, key_of(key, i)), i % 2 ? &values[i] : NULL);
    map_drop(&m);
}
END_TEST

START_TEST(coming_and_going_does_not_grow_the_map) {
    struct map m = {0};
    char key[32];
    for (int i = 0; i < 100000; i++) {
        ck_assert(map_put(&m, key_of(key, i), &values[0], NULL));
        ck_assert_ptr_eq(map_take(&m, key), &values[0]);
    }
    ck_assert_uint_eq(m.count, 0);
    ck_assert_uint_le(m.cap, 16);
    map_drop(&m);
}
END_TEST

START_TEST(a_walk_meets_each_key_once_even_while_taking) {
    struct map m = {0};
    char text[32];
    for (int i = 0; i < 1000; i++)
        ck_assert(map_put(&m, key_of(text, i), &values[i], NULL));
    size_t at = 0;
    size_t met = 0;
    const char *key = NULL;
    void *value = NULL;
    while (map_next(&m, &at, &key, &value)) {
        ptrdiff_t i = (int *)value - values;
        ck_assert_str_eq(key, key_of(text, (int)i));
        ck_assert_int_eq(values[i]++, 0);
        met++;
        if (met % 3 == 0)
            ck_assert_ptr_eq(map_take(&m, text), value);
    }
    ck_assert_uint_eq(met, 1000);
    ck_assert_uint_eq(m.count, 667);
    map_drop(&m);
}
END_TEST

START_TEST(two_maps_hash_differently) {
    struct map a = {0};
    struct map b = {0};
    ck_assert(map_put(&a, "x", &values[0], NULL));
    ck_assert(map_put(&b, "x", &values[0], NULL));
    ck_assert_mem_ne(a.seed, b.seed, sizeof(a.seed));
    map_drop(&a);
    map_drop(&b);
}
END_TEST

int main(void) {
    const TTest *const tests[] = {
        an_empty_map_has_nothing,
        a_put_replaces_and_gives_the_old_value,
        keys_are_copied,
        many_keys_are_found_again,
        taken_keys_are_gone_and_the_others_stay,
        coming_and_going_does_not_grow_the_map,
        a_walk_meets_each_key_once_even_while_taking,
        two_maps_hash_differently,
    };
    return suite_run("base/map", tests, COUNT(tests));
}
