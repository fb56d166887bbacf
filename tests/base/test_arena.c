#include "base/arena.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "support/suite.h"

START_TEST(memory_is_zeroed_and_aligned) {
    struct arena a;
    arena_init(&a, 0);
    for (size_t size = 0; size < 300; size++) {
        unsigned char *bytes = arena_alloc(&a, size);
        ck_assert_ptr_nonnull(bytes);
        ck_assert_uint_eq((uintptr_t)bytes % alignof(max_align_t), 0);
        for (size_t i = 0; i < size; i++)
            ck_assert_uint_eq(bytes[i], 0);
        memset(bytes, 0xff, size);
    }
    arena_drop(&a);
}
END_TEST

START_TEST(memory_is_zeroed_again_after_a_reset) {
    struct arena a;
    arena_init(&a, 0);
    memset(arena_alloc(&a, 1000), 0xff, 1000);
    arena_reset(&a);
    const unsigned char *bytes = arena_alloc(&a, 1000);
    for (size_t i = 0; i < 1000; i++)
        ck_assert_uint_eq(bytes[i], 0);
    arena_drop(&a);
}
END_TEST

START_TEST(loans_do_not_overlap) {
    struct arena a;
    arena_init(&a, 0);
    char *texts[500];
    for (int i = 0; i < 500; i++)
        texts[i] = arena_printf(&a, "loan number %d", i);
    for (int i = 0; i < 500; i++) {
        char expected[32];
        snprintf(expected, sizeof(expected), "loan number %d", i);
        ck_assert_str_eq(texts[i], expected);
    }
    arena_drop(&a);
}
END_TEST

START_TEST(a_limit_refuses_and_lends_again_what_fits) {
    struct arena a;
    arena_init(&a, 10000);
    ck_assert_ptr_null(arena_alloc(&a, 10001));
    ck_assert_ptr_nonnull(arena_alloc(&a, 6000));
    ck_assert_ptr_null(arena_alloc(&a, 6000));
    ck_assert_ptr_nonnull(arena_alloc(&a, 2000));
    ck_assert_uint_le(a.taken, 10000);
    arena_drop(&a);
}
END_TEST

START_TEST(a_limit_below_the_first_block_still_lends) {
    struct arena a;
    arena_init(&a, 200);
    ck_assert_ptr_nonnull(arena_alloc(&a, 100));
    ck_assert_ptr_null(arena_alloc(&a, 100));
    arena_drop(&a);
}
END_TEST

START_TEST(a_size_that_overflows_is_refused) {
    struct arena a;
    arena_init(&a, 0);
    volatile size_t huge = SIZE_MAX;
    ck_assert_ptr_null(arena_alloc(&a, huge));
    ck_assert_ptr_null(arena_alloc(&a, huge - 16));
    ck_assert_ptr_null(arena_strndup(&a, "x", huge));
    arena_drop(&a);
}
END_TEST

START_TEST(a_reset_keeps_one_small_block) {
    struct arena a;
    arena_init(&a, 0);
    arena_alloc(&a, 10);
    size_t first = a.taken;
    for (int i = 0; i < 100; i++)
        arena_alloc(&a, 10000);
    ck_assert_uint_gt(a.taken, 1000000);
    arena_reset(&a);
    ck_assert_uint_eq(a.taken, first);
    arena_alloc(&a, 10);
    ck_assert_uint_eq(a.taken, first);
    arena_drop(&a);
}
END_TEST

START_TEST(an_empty_arena_resets_and_drops) {
    struct arena a;
    arena_init(&a, 0);
    arena_reset(&a);
    arena_drop(&a);
    arena_drop(&a);
    ck_assert_ptr_null(a.newest);
    ck_assert_uint_eq(a.taken, 0);
}
END_TEST

START_TEST(copies_end_in_nul) {
    struct arena a;
    arena_init(&a, 0);
    ck_assert_str_eq(arena_strndup(&a, "goals and more", 5), "goals");
    ck_assert_str_eq(arena_strndup(&a, NULL, 0), "");
    ck_assert_str_eq(arena_strdup(&a, ""), "");
    ck_assert_str_eq(arena_printf(&a, "%s", ""), "");
    char *with_nul = arena_strndup(&a, "a\0b", 3);
    ck_assert_mem_eq(with_nul, "a\0b", 4);
    arena_drop(&a);
}
END_TEST

int main(void) {
    const TTest *const tests[] = {
        memory_is_zeroed_and_aligned,
        memory_is_zeroed_again_after_a_reset,
        loans_do_not_overlap,
        a_limit_refuses_and_lends_again_what_fits,
        a_limit_below_the_first_block_still_lends,
        a_size_that_overflows_is_refused,
        a_reset_keeps_one_small_block,
        an_empty_arena_resets_and_drops,
        copies_end_in_nul,
    };
    return suite_run("base/arena", tests, COUNT(tests));
}
