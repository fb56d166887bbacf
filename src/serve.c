#include "serve.h"

#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "api/api.h"
#include "api/limit.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/secret.h"
#include "config.h"
#include "generated/contract.h"
#include "generated/functions.h"
#include "generated/queries.h"
#include "http/server.h"
#include "live/cache.h"
#include "live/freshness.h"
#include "live/hub.h"
#include "live/importer.h"
#include "live/sender.h"
#include "live/snapshot.h"
#include "model/change.h"
#include "model/health.h"
#include "model/key.h"
#include "model/pull.h"
#include "pg/migrate.h"
#include "pg/pool.h"
#include "view/widget.h"
#include "view/xml_in.h"

enum { PUBLIC_URL_SIZE = 512 }; /* of the longest that config.c lets through */

/* The map of who knows whom: each member is made from those above it, and freed in reverse. */
struct house {
    struct log *log;
    char functions[FUNCTIONS_SCHEMA_SIZE];
    char search_path[FUNCTIONS_SCHEMA_SIZE + 16];
    struct pool_config database;
    struct pool *pool;
    struct pool_config bulk_database;
    struct pool *bulk;
    struct pool_config import_database;
    struct pool *imports;
    struct keyring *keyring;
    struct cache *cache;
    struct hub *hub;
    struct follower *follower;
    struct freshness *freshness;
    struct sender *sender;
    struct importer *importer;
    sem_t tables; /* turns to read one */
    char public_url[PUBLIC_URL_SIZE];
    char snapshot[PATH_MAX], edition[SHA256_HEX];
    size_t remembered; /* answers of an earlier life */
    struct keeper *keeper;
    struct limiter *reads;
    struct limiter *guesses;
    struct limiter *writes;
    struct api api;
    struct server *server;
    int64_t began_us;
};

enum {
    START_MS = 10000,
    SHORT_MS = 500, /* to wait for a database without which there is something to give */
    SWEEP_S = 3600,
    STREAM_SHARE = 8, /* of the threads, one in so many may be a stream's */
    BULK_CONNECTIONS = 2,
    BULK_MS = 30000,        /* that one statement of theirs may take */
    IMPORT_CONNECTIONS = 2, /* one does, one gives back what was cut short */
    IMPORT_MS = 300000,
};

/* What is asked of them: tables of any length, and many reports at once. */
static const struct stmt *const BULK[] = {
    &SQL_goals_sheet,          &SQL_objectives_sheet,  &SQL_updates_sheet, &SQL_measures_sheet,
    &SQL_measure_values_sheet, &SQL_departments_sheet, &SQL_reports_sheet, &SQL_periods_sheet,
    &SQL_translations_sheet,   &SQL_work_sheet,        &SQL_audit_sheet,   &SQL_updates_batch,
    &SQL_open311_post,         &SQL_translations_post, &SQL_imports_post,
};

static const struct stmt *const IMPORTS[] = {
    &SQL_import_begin,
    &SQL_import_run,
    &SQL_import_release,
};

static enum log_level level(void) {
    static const char *const NAMES[] = {"debug", "info", "warn", "error"};
    for (unsigned i = 0; i < COUNT(NAMES); i++)
        if (strcmp(config_text(SET_LOG_LEVEL), NAMES[i]) == 0)
            return (enum log_level)i;
    return LOG_INFO;
}

static bool draining(void *context) {
    const struct house *h = context;
    return h->server && server_draining(h->server);
}

static bool open_data(struct call *c, struct house *h) {
    functions_schema(SQL_FUNCTIONS, SQL_FUNCTIONS_COUNT, h->functions);
    snprintf(h->search_path, sizeof h->search_path, "%s, progress", h->functions);
    h->database = (struct pool_config){
        .url = config_text(SET_DATABASE_URL),
        .role = "progress_app",
        .search_path = h->search_path,
        .size = (size_t)config_int(SET_POOL),
        .checkout_ms = 250,
        .login_ms = 1000,
        .statement_ms = 3000,
        .prepare = strcmp(config_text(SET_PREPARE), "on") == 0,
        .statements = SQL_ALL,
        .statement_count = SQL_ALL_COUNT,
        .log = h->log,
    };
    h->pool = pool_new(c, &h->database);
    h->bulk_database = h->database;
    h->bulk_database.size = BULK_CONNECTIONS;
    h->bulk_database.statement_ms = BULK_MS;
    h->bulk_database.statements = BULK;
    h->bulk_database.statement_count = COUNT(BULK);
    h->bulk = h->pool ? pool_new(c, &h->bulk_database) : NULL;
    h->import_database = h->bulk_database;
    h->import_database.size = IMPORT_CONNECTIONS;
    h->import_database.statement_ms = IMPORT_MS;
    h->import_database.statements = IMPORTS;
    h->import_database.statement_count = COUNT(IMPORTS);
    h->imports = h->bulk ? pool_new(c, &h->import_database) : NULL;
    return h->imports && (h->keyring = keyring_new(c));
}

/* Where the public finds this, for links that are read elsewhere. A port that the system chooses is
 * for tests, and known too late. */
static void find_public_url(struct house *h) {
    const char *given = config_text(SET_PUBLIC_URL), *host = config_text(SET_PUBLIC_HOST);
    int port = (int)config_int(SET_PORT);
    if (given)
        snprintf(h->public_url, sizeof h->public_url, "%s", given);
    else if (strcmp(host, "localhost") != 0)
        snprintf(h->public_url, sizeof h->public_url, "https://%s", host);
    else if (port)
        snprintf(h->public_url, sizeof h->public_url, "http://localhost:%d", port);
    else
        snprintf(h->public_url, sizeof h->public_url, "http://localhost");
}

/* What answers depend on beside the database: those of another edition are none of ours. */
static void name_edition(struct house *h) {
    char widget[WIDGET_EDITION];
    widget_edition(widget);
    const char *words[] = {
        PROGRESS_VERSION,
        h->functions,
        h->public_url,
        config_text(SET_CONTACT),
        config_text(SET_LICENSE),
        config_text(SET_EMBED_HOSTS),
        widget,
    };
    struct piece pieces[COUNT(words)];
    for (size_t i = 0; i < COUNT(words); i++)
        pieces[i] = (struct piece){words[i] ? words[i] : "", words[i] ? strlen(words[i]) + 1 : 1};
    sha256_hex_pieces(pieces, COUNT(pieces), h->edition);
}

/* What the last life left, where it left something. */
static size_t load_snapshot(struct house *h) {
    AUTO(call) struct call c;
    struct stat folder;
    size_t count = 0;
    call_init(&c, START_MS);
    if (stat(config_text(SET_DATA), &folder) != 0 || !S_ISDIR(folder.st_mode))
        return 0;
    snprintf(h->snapshot, sizeof h->snapshot, "%s/snapshot", config_text(SET_DATA));
    name_edition(h);
    if (!snapshot_load(&c, h->cache, h->snapshot, h->edition, &count) && c.err != ERR_NOT_FOUND)
        log_say(h->log, LOG_WARN, "snapshot_unread", "%s", c.detail);
    return count;
}

static bool open_live(struct call *c, struct house *h) {
    size_t most = (size_t)config_int(SET_CACHE) << 20;
    bool streams = config_int(SET_STREAMS) > 0;
    if (most > 0 && !(h->cache = cache_new(c, most)))
        return false;
    if (streams && !(h->hub = hub_new(c)))
        return false;
    if (!h->cache && !h->hub)
        return true;
    h->remembered = h->cache ? load_snapshot(h) : 0;
    h->follower = follower_new(c, &h->database, h->pool);
    h->freshness = h->follower ? freshness_new(c, h->cache, h->hub, h->follower, h->log) : NULL;
    return h->freshness;
}

static bool is_on(enum setting s) {
    return strcmp(config_text(s), "on") == 0;
}

static bool open_sender(struct call *c, struct house *h) {
    if (!is_on(SET_WEBHOOKS))
        return true;
    h->sender = sender_new(c, &(struct sender_config){
                                  .pool = h->pool,
                                  .log = h->log,
                                  .allow = config_text(SET_WEBHOOK_ALLOW),
                                  .by_http = is_on(SET_WEBHOOK_HTTP),
                                  .authorities = config_text(SET_WEBHOOK_CA),
                                  .version = PROGRESS_VERSION,
                              });
    return h->sender;
}

/* Something was written here: who follows and who sends may want to know. */
static void spread(void *context) {
    const struct house *h = context;
    if (h->freshness)
        freshness_wrote(h->freshness);
    if (h->sender)
        sender_wake(h->sender);
}

/* By a request: it may have left an import too. */
static void wrote(void *context) {
    const struct house *h = context;
    spread(context);
    importer_wake(h->importer);
}

static bool open_importer(struct call *c, struct house *h) {
    h->importer = importer_new(c, &(struct importer_config){
                                      .pool = h->imports,
                                      .cache = h->cache,
                                      .wrote = spread,
                                      .context = h,
                                      .log = h->log,
                                  });
    return h->importer;
}

/* Each keeps a thread for as long as it likes. */
static size_t stream_limit(const struct server *s) {
    size_t wished = (size_t)config_int(SET_STREAMS);
    size_t most = (size_t)server_threads(s, NULL) / STREAM_SHARE;
    return wished < most ? wished : most;
}

static bool open_wire(struct call *c, struct house *h) {
    (void)sem_init(&h->tables, 0, API_TABLES); /* fails for a larger count alone */
    h->reads = limiter_new(c, config_int(SET_READ_LIMIT));
    h->guesses = limiter_new(c, config_int(SET_READ_LIMIT));
    h->writes = limiter_new(c, config_int(SET_WRITE_LIMIT));
    if (!h->reads || !h->guesses || !h->writes)
        return false;
    h->api = (struct api){
        .pool = h->pool,
        .bulk = h->bulk,
        .keyring = h->keyring,
        .cache = h->cache,
        .hub = h->hub,
        .heartbeat_ms = config_int(SET_HEARTBEAT),
        .wrote = wrote,
        .wrote_context = h,
        .tables = &h->tables,
        .reads = h->reads,
        .guesses = h->guesses,
        .writes = h->writes,
        .contract_json = &OPENAPI[1],
        .contract_yaml = &OPENAPI[0],
        .draining = draining,
        .draining_context = h,
        .started_us = h->began_us,
        .version = PROGRESS_VERSION,
        .security_contact = config_text(SET_SECURITY_CONTACT),
        .contact = config_text(SET_CONTACT),
        .license = config_text(SET_LICENSE),
        .embed_hosts = config_text(SET_EMBED_HOSTS),
        .public_host = config_text(SET_PUBLIC_HOST),
        .public_url = h->public_url,
        .webhooks_by_http = is_on(SET_WEBHOOK_HTTP),
    };
    h->server = server_new(c,
                           &(struct server_config){
                               .listen = config_text(SET_LISTEN),
                               .port = (int)config_int(SET_PORT),
                               .threads = (int)config_int(SET_THREADS),
                               .keep_alive_ms = config_int(SET_KEEP_ALIVE),
                               .head_ms = config_int(SET_HEAD),
                               .body_ms = config_int(SET_BODY),
                               .answer_ms = config_int(SET_ANSWER),
                               .budget_ms = config_int(SET_BUDGET),
                               .max_body = 16 * 1024 * 1024,
                               .public_host = config_text(SET_PUBLIC_HOST),
                               .trusted_proxies = config_text(SET_TRUSTED_PROXIES),
                               .log = h->log,
                           },
                           &(struct server_handler){api_run, api_recall, &h->api});
    if (h->server && h->hub)
        hub_limit(h->hub, stream_limit(h->server));
    return h->server != NULL;
}

/* Last, since it asks as everybody does. */
static bool open_keeper(struct call *c, struct house *h) {
    if (!h->snapshot[0])
        return true;
    h->keeper = keeper_new(c, &(struct keeper_config){
                                  .cache = h->cache,
                                  .path = h->snapshot,
                                  .edition = h->edition,
                                  .warm = api_warm,
                                  .context = &h->api,
                                  .log = h->log,
                              });
    return h->keeper;
}

/* Once before anybody is answered: what came with a backup from elsewhere must not be told. */
static void sweep_changes(struct call *c, const struct house *h) {
    if (!pull_sweep(c, h->pool, config_int(SET_CHANGES_DAYS)))
        log_say(h->log, LOG_WARN, "sweep_put_off", "%s", c->detail);
}

/* A database that is away at the start is no reason to end: the pool goes on asking, and answers
 * say 503 until then. */
static bool open_house(struct call *c, struct house *h) {
    h->log = log_new(STDERR_FILENO, level());
    if (!h->log)
        return fail(c, ERR_NO_MEMORY, "no room for the log");
    find_public_url(h);
    if (!open_data(c, h) || !open_live(c, h))
        return false;
    AUTO(call) struct call wait;
    AUTO(call) struct call sweep; /* has a time of its own, however long the first took */
    call_init(&wait, h->remembered ? SHORT_MS : START_MS / 5);
    bool there = pool_wait(&wait, h->pool);
    call_init(&sweep, START_MS / 5);
    if (there)
        sweep_changes(&sweep, h);
    else
        log_say(h->log, LOG_WARN, "database_away", "%s", wait.detail);
    if (there && h->freshness)
        (void)freshness_await(h->freshness, START_MS / 5);
    return open_sender(c, h) && open_importer(c, h) && open_wire(c, h) && open_keeper(c, h);
}

static void close_house(struct house *h) {
    hub_close(h->hub);
    server_free(h->server);
    keeper_free(h->keeper);
    limiter_free(h->writes);
    limiter_free(h->guesses);
    limiter_free(h->reads);
    importer_free(h->importer);
    sender_free(h->sender);
    freshness_free(h->freshness);
    follower_free(h->follower);
    hub_free(h->hub);
    cache_free(h->cache);
    keyring_free(h->keyring);
    pool_free(h->imports);
    pool_free(h->bulk);
    pool_free(h->pool);
    log_free(h->log);
}

static void say_ready(const struct house *h) {
    const char *why;
    int threads = server_threads(h->server, &why);
    log_line(h->log, LOG_INFO, "ready",
             (const struct log_field[]){
                 {"port", LOG_INT, NULL, server_port(h->server)},
                 {"milliseconds", LOG_INT, NULL, (clock_mono_us() - h->began_us) / 1000},
                 {"threads", LOG_INT, NULL, threads},
                 {"threads_because", LOG_TEXT, why, 0},
                 {"functions", LOG_TEXT, h->functions, 0},
                 {"version", LOG_TEXT, PROGRESS_VERSION, 0},
                 {0},
             });
}

/* Waits for SIGTERM or SIGINT; meanwhile, once an hour, forgets old idempotency keys and old
 * changes. */
static int await_signal(const struct house *h, const sigset_t *signals) {
    for (;;) {
        int signal = sigtimedwait(signals, NULL, &(struct timespec){.tv_sec = SWEEP_S});
        if (signal > 0)
            return signal;
        AUTO(call) struct call c;
        call_init(&c, START_MS);
        if (!health_sweep(&c, h->pool))
            log_say(h->log, LOG_WARN, "sweep_put_off", "%s", c.detail);
        else
            sweep_changes(&c, h);
    }
}

static void drain(const struct house *h, int signal) {
    log_say(h->log, LOG_INFO, "draining", "%s", strsignal(signal));
    hub_close(h->hub);          /* streams would outlast every patience, */
    importer_stop(h->importer); /* as would a table; the next life brings it in */
    bool clean = server_drain(h->server, config_int(SET_DRAIN));
    log_say(h->log, clean ? LOG_INFO : LOG_WARN, "stopped",
            clean ? "every request was answered" : "some requests were still in flight");
}

int serve(void) {
    AUTO(call) struct call c;
    struct house h = {.began_us = clock_mono_us()};
    sigset_t signals;
    call_init(&c, START_MS);

    /* Blocked before any thread is made, so that they come to this one alone. */
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    pthread_sigmask(SIG_BLOCK, &signals, NULL);
    signal(SIGPIPE, SIG_IGN);
    xml_in_start();

    bool open = open_house(&c, &h);
    if (open) {
        say_ready(&h);
        drain(&h, await_signal(&h, &signals));
    } else {
        fprintf(stderr, "progressd: %s\n", c.detail);
    }
    close_house(&h);
    return open ? EXIT_SUCCESS : EXIT_FAILURE;
}
