#include "reaper.h"

#include <stdlib.h>
#include <string.h>

enum {
    FULL_PERCENT = 75,  /* of the threads: from here on idle connections make room */
    SHARE_PERCENT = 25, /* of the threads: what one address may hold */
    STARVED_PERCENT =
        25, /* of the connections: how many idle ones make room for want of descriptors */
};

static const enum cut cut_of[] = {
    [PHASE_CLOSED] = CUT_NONE,   [PHASE_HEAD] = CUT_HEAD,     [PHASE_WORK] = CUT_NONE,
    [PHASE_BODY] = CUT_BODY,     [PHASE_ANSWER] = CUT_ANSWER, [PHASE_IDLE] = CUT_HEAD,
    [PHASE_LINGER] = CUT_LINGER, [PHASE_STREAM] = CUT_STREAM,
};

/* Nothing is known to be on its way: the client had its answer, or never asked. */
static bool is_idle(const struct reaper_policy *p, const struct sight *s) {
    bool waits = s->phase == PHASE_IDLE || s->phase == PHASE_HEAD;
    return waits && s->cut == CUT_NONE && p->now_us - s->since_us >= p->quiet_us;
}

static int by_age(const void *a, const void *b) {
    const struct sight *left = a;
    const struct sight *right = b;
    return (left->since_us > right->since_us) - (left->since_us < right->since_us);
}

static int by_address(const void *a, const void *b) {
    const struct sight *left = a;
    const struct sight *right = b;
    int order = memcmp(left->peer.byte, right->peer.byte, sizeof(left->peer.byte));
    return order ? order : by_age(a, b);
}

/* Cuts up to `most` of the idle ones, in the order they stand in. Returns how many. */
static size_t cut_idle(const struct reaper_policy *p, struct sight *sights, size_t count,
                       size_t most, enum cut cut) {
    size_t done = 0;
    for (size_t i = 0; i < count && done < most; i++) {
        if (!is_idle(p, &sights[i]))
            continue;
        sights[i].cut = cut;
        done++;
    }
    return done;
}

static void judge_deadlines(const struct reaper_policy *p, struct sight *sights, size_t count) {
    for (size_t i = 0; i < count; i++) {
        struct sight *s = &sights[i];
        if (s->deadline_us != 0 && p->now_us >= s->deadline_us)
            s->cut = cut_of[s->phase];
    }
}

static void judge_addresses(const struct reaper_policy *p, struct sight *sights, size_t count) {
    size_t share = p->threads * SHARE_PERCENT / 100;
    if (count <= share)
        return;
    qsort(sights, count, sizeof(*sights), by_address);
    size_t end;
    for (size_t start = 0; start < count; start = end) {
        for (end = start + 1; end < count && address_equal(&sights[end].peer, &sights[start].peer);
             end++)
            continue;
        if (end - start > share && !sights[start].exempt)
            cut_idle(p, sights + start, end - start, end - start - share, CUT_ADDRESS);
    }
}

static void judge_descriptors(const struct reaper_policy *p, struct sight *sights, size_t count) {
    qsort(sights, count, sizeof(*sights), by_age);
    cut_idle(p, sights, count, count * STARVED_PERCENT / 100 + 1, CUT_ROOM);
}

static bool judge_room(const struct reaper_policy *p, struct sight *sights, size_t count) {
    size_t full = p->threads * FULL_PERCENT / 100;
    if (count <= full)
        return false;
    qsort(sights, count, sizeof(*sights), by_age);
    size_t leaving = 0;
    for (size_t i = 0; i < count; i++)
        leaving += sights[i].cut != CUT_NONE;
    size_t needed = count - full;
    if (leaving >= needed)
        return false;
    needed -= leaving;
    return cut_idle(p, sights, count, needed, CUT_ROOM) < needed;
}

bool reaper_judge(const struct reaper_policy *p, struct sight *sights, size_t count) {
    judge_deadlines(p, sights, count);
    if (p->close_idle)
        cut_idle(p, sights, count, count, CUT_DRAIN);
    judge_addresses(p, sights, count);
    if (p->starved)
        judge_descriptors(p, sights, count);
    return judge_room(p, sights, count);
}
