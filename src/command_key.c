#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "command.h"
#include "config.h"
#include "model/key.h"

enum { PATIENCE_MS = 10000 };

#define DAY_US (24LL * 3600 * 1000000)

/* "30d", "6m" (of 30 days), "1y" (of 365 days) from now, or a date (its first moment in UTC). */
static bool parse_expiry(const char *text, int64_t now_us, int64_t *at_us) {
    static const struct {
        char unit;
        int days;
    } UNITS[] = {{'d', 1}, {'m', 30}, {'y', 365}};
    char *end;
    char whole[32];
    long count = strtol(text, &end, 10);
    snprintf(whole, sizeof whole, "%.10sT00:00:00Z", text);
    if (clock_is_date(text) && clock_parse_rfc3339(whole, at_us))
        return *at_us > now_us;
    for (size_t i = 0; i < COUNT(UNITS); i++)
        if (count > 0 && count <= 36500 && end[0] == UNITS[i].unit && end[1] == '\0') {
            *at_us = now_us + count * UNITS[i].days * DAY_US;
            return true;
        }
    return false;
}

static const char **place_of(struct key_request *r, const char **expires, const char *option) {
    const struct {
        const char *option;
        const char **place;
    } options[] = {
        {"--name", &r->name},     {"--scope", &r->scopes},         {"--source", &r->source},
        {"--holder", &r->holder}, {"--objective", &r->objectives}, {"--department", &r->department},
        {"--expires", expires},
    };
    for (size_t i = 0; i < COUNT(options); i++)
        if (strcmp(option, options[i].option) == 0)
            return options[i].place;
    return NULL;
}

static int refuse_request(const struct key_request *r) {
    unsigned scopes = 0;
    if (!r->name || !r->scopes || !r->holder)
        return command_misused("key", "create needs --name, --scope and --holder");
    if (!scopes_parse(r->scopes, &scopes))
        return command_misused("key", "--scope is a comma list of report, publish, edit, admin");
    if (!r->source && !(scopes & SCOPE_ADMIN))
        return command_misused(
            "key", "create needs --source: what the client's updates name as their source");
    return EXIT_OK;
}

/* The key alone on standard output, so that a script can catch it; what to do next on the other. */
static void say_created(const struct key_request *r, const char *key) {
    puts(key);
    fprintf(
        stderr,
        "\nThis is the key of %s, shown this once: only its hash is kept. Give it to its holder by a safe way.\n"
        "It goes into a header, never into a URL:\n\n"
        "  curl -H \"Authorization: Bearer $KEY\" -H 'Content-Type: application/json' \\\n"
        "       -H 'Idempotency-Key: \"my-first-update\"' http://127.0.0.1:%s/updates?dry_run=true \\\n"
        "       -d '{\"objective\":\"7.1\",\"as_of\":\"2026-10-31\",\"kind\":\"note\",\"summary\":\"…\"}'\n\n"
        "progressd key list shows it without its secret; progressd key revoke %.*s ends it.\n",
        r->name, config_text(SET_PORT), KEY_ID_LEN, key + 4);
}

static int create(int argc, char **argv) {
    AUTO(call) struct call c;
    struct key_request request = {0};
    const char *expires = NULL;
    char key[KEY_TEXT_SIZE];
    call_init(&c, PATIENCE_MS);
    for (int i = 1; i < argc; i += 2) {
        const char **place = place_of(&request, &expires, argv[i]);
        if (!place || i + 1 >= argc)
            return command_misused("key",
                                   place ? "%s needs a value" : "create does not know \"%s\"",
                                   argv[i]);
        *place = argv[i + 1];
    }
    int refused = refuse_request(&request);
    if (refused)
        return refused;
    if (expires && !parse_expiry(expires, c.now_us, &request.expires_us))
        return command_misused("key", "--expires is 30d, 6m, 1y or a date to come");
    struct pool *p = command_pool(&c, 1);
    bool done = p && key_create(&c, p, &request, key);
    pool_free(p);
    if (!done)
        return command_failed(&c);
    say_created(&request, key);
    return EXIT_OK;
}

static int list(void) {
    AUTO(call) struct call c;
    AUTO(buf) struct buf lines = {0};
    call_init(&c, PATIENCE_MS);
    struct pool *p = command_pool(&c, 1);
    bool done = p && key_list(&c, p, &lines);
    pool_free(p);
    if (!done)
        return command_failed(&c);
    fputs(lines.data, stdout);
    fputs("\nprogressd key revoke ID ends one.\n", stderr);
    return EXIT_OK;
}

static int revoke(const char *id) {
    AUTO(call) struct call c;
    call_init(&c, PATIENCE_MS);
    struct pool *p = command_pool(&c, 1);
    bool done = p && key_revoke(&c, p, id);
    pool_free(p);
    if (!done)
        return command_failed(&c);
    printf(
        "key %s is revoked: writes are refused from now on, drafts are hidden from it within a second\n",
        id);
    return EXIT_OK;
}

int command_key(int argc, char **argv) {
    if (argc >= 2 && strcmp(argv[1], "create") == 0)
        return create(argc - 1, argv + 1);
    if (argc == 2 && strcmp(argv[1], "list") == 0)
        return list();
    if (argc == 3 && strcmp(argv[1], "revoke") == 0)
        return revoke(argv[2]);
    return command_misused("key", "is followed by create, list or revoke ID");
}
