#include "reaper.h"

#include <string.h>

#include "support/suite.h"

enum { THREADS = 100, S = 1000000 };

static const struct reaper_policy policy = {.threads = THREADS,
                                            .now_us = 1000LL * S,
                                            .quiet_us = S};

static struct sight sights[THREADS];
static size_t count;

/* Connections from an address in that phase, the first `age` seconds in it and each next one a
 * millisecond less. */
static void add(size_t many, const char *address, enum phase phase, int64_t age) {
    for (size_t i = 0; i < many; i++) {
        struct sight *s = &sights[count];
        *s = (struct sight){.slot = count,
                            .phase = phase,
                            .since_us = policy.now_us - age * S + (int64_t)i * 1000};
        ck_assert(address_parse(address, strlen(address), &s->peer));
        count++;
    }
}

static size_t cut_by(enum cut cut) {
    size_t cuts = 0;
    for (size_t i = 0; i < count; i++)
        cuts += sights[i].cut == cut;
    return cuts;
}

static enum cut cut_of(size_t slot) {
    for (size_t i = 0; i < count; i++) {
        if (sights[i].slot == slot)
            return sights[i].cut;
    }
    return CUT_COUNT;
}

START_TEST(each_phase_ends_at_its_deadline) {
    static const struct {
        enum phase phase;
        enum cut cut;
    } cases[] = {
        {PHASE_HEAD, CUT_HEAD}, {PHASE_BODY, CUT_BODY},     {PHASE_ANSWER, CUT_ANSWER},
        {PHASE_IDLE, CUT_HEAD}, {PHASE_LINGER, CUT_LINGER},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        count = 0;
        add(3, "192.0.2.1", cases[i].phase, 0);
        sights[0].deadline_us = policy.now_us;
        sights[1].deadline_us = policy.now_us + 1;
        ck_assert(!reaper_judge(&policy, sights, count));
        ck_assert_int_eq(sights[0].cut, cases[i].cut);
        ck_assert_int_eq(sights[1].cut, CUT_NONE);
        ck_assert_int_eq(sights[2].cut, CUT_NONE);
    }
}
END_TEST

START_TEST(below_three_quarters_nobody_makes_room) {
    count = 0;
    for (int i = 0; i < 5; i++)
        add(15,
            (const char *[]){"192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.4", "192.0.2.5"}[i],
            PHASE_IDLE, 60);
    ck_assert(!reaper_judge(&policy, sights, count));
    ck_assert_uint_eq(cut_by(CUT_NONE), 75);
}
END_TEST

START_TEST(above_three_quarters_the_longest_idle_make_room) {
    count = 0;
    add(25, "192.0.2.1", PHASE_IDLE, 5);
    add(25, "192.0.2.2", PHASE_IDLE, 90);
    add(25, "192.0.2.3", PHASE_WORK, 99);
    add(10, "192.0.2.4", PHASE_HEAD, 2);
    ck_assert(!reaper_judge(&policy, sights, count));
    ck_assert_uint_eq(cut_by(CUT_ROOM), 10);
    for (size_t slot = 25; slot < 35; slot++)
        ck_assert_int_eq(cut_of(slot), CUT_ROOM);
}
END_TEST

START_TEST(who_was_served_a_moment_ago_is_not_idle) {
    count = 0;
    for (int i = 0; i < 4; i++)
        add(20, (const char *[]){"192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.4"}[i], PHASE_IDLE,
            0);
    ck_assert(reaper_judge(&policy, sights, count));
    ck_assert_uint_eq(cut_by(CUT_NONE), 80);
}
END_TEST

START_TEST(those_cut_already_count_as_room) {
    count = 0;
    add(25, "192.0.2.1", PHASE_BODY, 50);
    add(25, "192.0.2.2", PHASE_IDLE, 5);
    add(25, "192.0.2.3", PHASE_IDLE, 5);
    add(5, "192.0.2.4", PHASE_WORK, 5);
    for (size_t i = 0; i < 5; i++)
        sights[i].deadline_us = 1;
    ck_assert(!reaper_judge(&policy, sights, count));
    ck_assert_uint_eq(cut_by(CUT_BODY), 5);
    ck_assert_uint_eq(cut_by(CUT_ROOM), 0);
}
END_TEST

START_TEST(an_address_holds_a_quarter_at_most) {
    count = 0;
    add(10, "192.0.2.9", PHASE_IDLE, 90);
    add(5, "192.0.2.1", PHASE_WORK, 80);
    add(25, "192.0.2.1", PHASE_IDLE, 50);
    ck_assert(!reaper_judge(&policy, sights, count));
    ck_assert_uint_eq(cut_by(CUT_ADDRESS), 5);
    for (size_t slot = 15; slot < 20; slot++)
        ck_assert_int_eq(cut_of(slot), CUT_ADDRESS);
}
END_TEST

START_TEST(a_trusted_proxy_holds_as_many_as_it_likes) {
    count = 0;
    add(60, "10.0.0.1", PHASE_IDLE, 50);
    for (size_t i = 0; i < count; i++)
        sights[i].exempt = true;
    ck_assert(!reaper_judge(&policy, sights, count));
    ck_assert_uint_eq(cut_by(CUT_NONE), 60);
}
END_TEST

START_TEST(for_want_of_descriptors_a_quarter_goes_the_longest_idle_first) {
    struct reaper_policy starved = policy;
    starved.starved = true;
    count = 0;
    add(5, "192.0.2.1", PHASE_WORK, 99);
    add(20, "192.0.2.2", PHASE_IDLE, 50);
    add(10, "192.0.2.3", PHASE_IDLE, 0);
    ck_assert(!reaper_judge(&starved, sights, count));
    ck_assert_uint_eq(cut_by(CUT_ROOM), 35 / 4 + 1);
    for (size_t slot = 5; slot < 5 + 35 / 4 + 1; slot++)
        ck_assert_int_eq(cut_of(slot), CUT_ROOM);
}
END_TEST

START_TEST(a_drain_ends_the_surely_idle) {
    struct reaper_policy drain = policy;
    drain.close_idle = true;
    count = 0;
    add(2, "192.0.2.1", PHASE_IDLE, 5);
    add(2, "192.0.2.1", PHASE_HEAD, 5);
    add(2, "192.0.2.1", PHASE_IDLE, 0);
    add(2, "192.0.2.1", PHASE_WORK, 5);
    add(2, "192.0.2.1", PHASE_ANSWER, 5);
    ck_assert(!reaper_judge(&drain, sights, count));
    ck_assert_uint_eq(cut_by(CUT_DRAIN), 4);
    for (size_t slot = 4; slot < 10; slot++)
        ck_assert_int_eq(cut_of(slot), CUT_NONE);
}
END_TEST

int main(void) {
    const TTest *const tests[] = {
        each_phase_ends_at_its_deadline,
        below_three_quarters_nobody_makes_room,
        above_three_quarters_the_longest_idle_make_room,
        who_was_served_a_moment_ago_is_not_idle,
        those_cut_already_count_as_room,
        an_address_holds_a_quarter_at_most,
        a_trusted_proxy_holds_as_many_as_it_likes,
        for_want_of_descriptors_a_quarter_goes_the_longest_idle_first,
        a_drain_ends_the_surely_idle,
    };
    return suite_run("http/reaper", tests, COUNT(tests));
}
