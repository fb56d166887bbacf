/* One tells and many listen, without a database. */
#include "live/hub.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "support/suite.h"

enum { EARS = 16, ROUNDS = 2000, LONG_MS = 10000, BEYOND = 300 };

static struct call c;
static struct hub *h;

static void setup(size_t most) {
    call_init(&c, 20000);
    h = hub_new(&c);
    ck_assert(h);
    hub_limit(h, most);
}

static void teardown(void) {
    hub_free(h);
    call_drop(&c);
}

static struct listener join(const char *expected) {
    struct listener l = {0};
    const char *moment;
    ck_assert_msg(hub_join(&c, h, &l, &moment), "%s", c.detail);
    ck_assert(expected ? moment && strcmp(moment, expected) == 0 : !moment);
    return l;
}

/* One change, whose number is its moment too. */
static void tell(unsigned number) {
    char moment[24];
    AUTO(call) struct call own;
    call_init(&own, 20000);
    snprintf(moment, sizeof moment, "m%u", number);
    struct change change = {.xid = number, .plan = "a-plan", .active = true, .doc = "{}"};
    ck_assert(hub_tell(&own, h, moment, &(struct changes){.at = &change, .count = 1}));
}

static void must_hear(struct listener *l, unsigned number) {
    AUTO(batch) struct batch *batch = NULL;
    char moment[24];
    snprintf(moment, sizeof moment, "m%u", number);
    ck_assert_int_eq(hub_hear(l, LONG_MS, &batch), HEARD);
    ck_assert_str_eq(batch->moment, moment);
    ck_assert_uint_eq(batch->count, 1);
    ck_assert_uint_eq(batch->list[0].xid, number);
    ck_assert_str_eq(batch->list[0].plan, "a-plan");
    ck_assert_str_eq(batch->list[0].doc, "{}");
}

START_TEST(each_hears_what_was_told_since_it_came_and_once) {
    setup(2);
    struct batch *batch;
    struct listener first = join(NULL);
    tell(1);
    struct listener second = join("m1");
    tell(2);
    must_hear(&first, 1);
    must_hear(&first, 2);
    must_hear(&second, 2);
    ck_assert_int_eq(hub_hear(&first, 0, &batch), HEARD_NOTHING);
    ck_assert_int_eq(hub_hear(&second, 1, &batch), HEARD_NOTHING);
    hub_leave(&first);
    hub_leave(&first);
    hub_leave(&second);
    teardown();
}
END_TEST

START_TEST(silence_is_kept_only_where_it_keeps_nothing_from_anybody) {
    setup(1);
    ck_assert(!hub_is_heard(h));
    ck_assert(hub_pass(h, "m1", true));
    struct listener l = join("m1");
    ck_assert(hub_is_heard(h));
    ck_assert(hub_pass(h, "m2", false));
    ck_assert(!hub_pass(h, "m3", true));
    ck_assert_str_eq(hub_moment(h), "m2");
    hub_leave(&l);
    teardown();
}
END_TEST

START_TEST(too_many_changes_and_another_history_are_a_reset) {
    setup(1);
    AUTO(batch) struct batch *many = NULL;
    AUTO(batch) struct batch *anew = NULL;
    struct listener l = join(NULL);
    ck_assert(hub_tell(&c, h, "m1", &(struct changes){.too_many = true}));
    ck_assert(hub_reset(&c, h, "m2"));
    ck_assert_int_eq(hub_hear(&l, LONG_MS, &many), HEARD);
    ck_assert_int_eq(hub_hear(&l, LONG_MS, &anew), HEARD);
    ck_assert_str_eq(many->reset, "too_many");
    ck_assert_str_eq(anew->reset, "new_history");
    ck_assert_uint_eq(many->count, 0);
    hub_leave(&l);
    teardown();
}
END_TEST

START_TEST(no_more_than_the_limit_listen_and_one_who_leaves_makes_room) {
    setup(1);
    struct listener l = join(NULL), other = {0};
    const char *moment;
    ck_assert(!hub_join(&c, h, &other, &moment));
    ck_assert_int_eq(c.err, ERR_UNAVAILABLE);
    ck_assert_int_gt(c.retry_after_s, 0);
    call_recover(&c);
    hub_leave(&other);
    hub_leave(&l);
    l = join(NULL);
    hub_leave(&l);
    teardown();
}
END_TEST

START_TEST(who_falls_behind_is_told_so_and_what_it_holds_stays_whole) {
    setup(2);
    AUTO(batch) struct batch *held = NULL;
    struct batch *batch;
    struct listener slow = join(NULL), quick = join(NULL);
    tell(1);
    ck_assert_int_eq(hub_hear(&slow, 0, &held), HEARD);
    must_hear(&quick, 1);
    for (unsigned n = 2; n < BEYOND; n++) {
        tell(n);
        must_hear(&quick, n);
    }
    ck_assert_int_eq(hub_hear(&slow, 0, &batch), HEARD_TOO_LATE);
    ck_assert_ptr_null(batch);
    ck_assert_str_eq(held->moment, "m1");
    ck_assert_str_eq(held->list[0].doc, "{}");
    hub_leave(&slow);
    hub_leave(&quick);
    teardown();
}
END_TEST

static void *listen_to_the_end(void *context) {
    struct listener *l = context;
    struct batch *batch;
    enum hearing heard = hub_hear(l, LONG_MS, &batch);
    hub_leave(l);
    return heard == HEARD_THE_END ? l : NULL;
}

START_TEST(closing_wakes_everybody_and_lets_nobody_in) {
    setup(2);
    struct listener l = join(NULL), late = {0};
    const char *moment;
    pthread_t thread;
    void *woken;
    ck_assert_int_eq(pthread_create(&thread, NULL, listen_to_the_end, &l), 0);
    hub_close(h);
    ck_assert_int_eq(pthread_join(thread, &woken), 0);
    ck_assert(woken == &l);
    ck_assert(!hub_join(&c, h, &late, &moment));
    hub_close(NULL);
    teardown();
}
END_TEST

/* Gives how often it heard something out of turn. */
static void *listen_to_all(void *context) {
    struct listener *l = context;
    uintptr_t wrong = 0;
    for (uint64_t n = 1; n <= ROUNDS;) {
        AUTO(batch) struct batch *batch = NULL;
        enum hearing heard = hub_hear(l, LONG_MS, &batch);
        if (heard == HEARD_TOO_LATE)
            break; /* it may be: the teller waits for nobody */
        wrong += heard != HEARD || batch->list[0].xid != n;
        n++;
    }
    hub_leave(l);
    return (void *)wrong;
}

START_TEST(many_threads_hear_everything_in_turn) {
    setup(EARS);
    static struct listener ears[EARS];
    pthread_t threads[EARS];
    for (int i = 0; i < EARS; i++)
        ears[i] = join(NULL);
    for (int i = 0; i < EARS; i++)
        ck_assert_int_eq(pthread_create(&threads[i], NULL, listen_to_all, &ears[i]), 0);
    for (unsigned n = 1; n <= ROUNDS; n++)
        tell(n);
    for (int i = 0; i < EARS; i++) {
        void *wrong;
        ck_assert_int_eq(pthread_join(threads[i], &wrong), 0);
        ck_assert_ptr_null(wrong);
    }
    teardown();
}
END_TEST

int main(void) {
    const TTest *const tests[] = {
        each_hears_what_was_told_since_it_came_and_once,
        silence_is_kept_only_where_it_keeps_nothing_from_anybody,
        too_many_changes_and_another_history_are_a_reset,
        no_more_than_the_limit_listen_and_one_who_leaves_makes_room,
        who_falls_behind_is_told_so_and_what_it_holds_stays_whole,
        closing_wakes_everybody_and_lets_nobody_in,
        many_threads_hear_everything_in_turn,
    };
    return suite_run("live/hub", tests, COUNT(tests));
}
