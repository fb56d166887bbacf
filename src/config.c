#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"

enum type { TEXT, SECRET, INTEGER, CHOICE, TIME, CONTACT, MAIL, ADDRESS, LINK, ORIGINS };

enum { ADDRESS_MOST = 256, ORIGINS_MOST = 1024 };

struct row {
    const char *name, *env;
    enum type type;
    const char *standard; /* NULL: none */
    int64_t least, most;
    const char *choices; /* of CHOICE: a comma list */
    const char *help;
};

static const struct row ROWS[SET_COUNT] = {
    [SET_DATABASE_URL] =
        {"database-url", "DATABASE_URL", SECRET, NULL, 0, 0, NULL,
         "libpq URL of the database that the service uses; `./run` sets it for its private one"},
    [SET_MIGRATE_URL] =
        {"migrate-url", "PROGRESS_MIGRATE_URL", SECRET, NULL, 0, 0, NULL,
         "URL for `migrate`, `import`, `export` and `key`, by a user who may own the schema; "
         "else DATABASE_URL"},
    [SET_LISTEN] =
        {"listen", "PROGRESS_LISTEN", TEXT, "127.0.0.1", 0, 0, NULL,
         "IPv4 address to listen on; anything but loopback belongs behind a proxy with TLS"},
    [SET_PORT] = {"port", "PROGRESS_PORT", INTEGER, "8080", 0, 65535, NULL,
                  "TCP port; 0 takes a free one"},
    [SET_DATA] =
        {"data", "PROGRESS_DATA", TEXT, ".data", 0, 0, NULL,
         "folder of `./run`: private database, development key, log; where it is there, the "
         "service keeps a snapshot of its answers in it"},
    [SET_THREADS] =
        {"threads", "PROGRESS_THREADS", INTEGER, "0", 0, 4096, NULL,
         "connections at a time, a thread each; 0: as many as ulimit -n, ulimit -u and pids.max allow, at most 2048"},
    [SET_POOL] = {"pool", "PROGRESS_POOL", INTEGER, "8", 1, 64, NULL, "connections to PostgreSQL"},
    [SET_CACHE] = {"cache-mb", "PROGRESS_CACHE_MB", INTEGER, "32", 0, 65536, NULL,
                   "ready answers kept in memory, megabytes; 0: none are kept"},
    [SET_PREPARE] =
        {"prepare", "PROGRESS_PREPARE", CHOICE, "on", 0, 0, "on,off",
         "named prepared statements; off behind a transaction pooler such as PgBouncer 1.18"},
    [SET_READ_LIMIT] = {"read-limit", "PROGRESS_READ_LIMIT", INTEGER, "600", 0, 1000000000, NULL,
                        "uncached reads a minute for each address; 0: no limit"},
    [SET_WRITE_LIMIT] = {"write-limit", "PROGRESS_WRITE_LIMIT", INTEGER, "600", 0, 1000000000, NULL,
                         "requests a minute for each key; 0: no limit"},
    [SET_TRUSTED_PROXIES] = {"trusted-proxies", "PROGRESS_TRUSTED_PROXIES", TEXT, "", 0, 0, NULL,
                             "comma list of addresses or CIDRs whose X-Forwarded-For is believed"},
    [SET_PUBLIC_HOST] = {"public-host", "PROGRESS_PUBLIC_HOST", TEXT, "localhost", 0, 0, NULL,
                         "host name that the public uses"},
    [SET_PUBLIC_URL] =
        {"public-url", "PROGRESS_PUBLIC_URL", ADDRESS, NULL, 0, 0, NULL,
         "what absolute links in feeds and catalogues begin with, such as https://plan.example.org; "
         "not set: https and PROGRESS_PUBLIC_HOST, or http://localhost and the port"},
    [SET_SECURITY_CONTACT] =
        {"security-contact", "PROGRESS_SECURITY_CONTACT", CONTACT, NULL, 0, 0, NULL,
         "who is told of a weakness, for `/.well-known/security.txt`: a mailto:, https: or tel: "
         "URI; not set: the path is 404"},
    [SET_CONTACT] =
        {"contact", "PROGRESS_CONTACT", MAIL, NULL, 0, 0, NULL,
         "whom the public asks about the data and the pages, for `/data.json`, `/plan.stratml.xml` "
         "and `/accessibility`: a mailto: URI; not set: nobody but the organization is named"},
    [SET_LICENSE] = {"license", "PROGRESS_LICENSE", LINK, NULL, 0, 0, NULL,
                     "URL of the licence of the data, for `/data.json` and the page; not set: none "
                     "is stated"},
    [SET_EMBED_HOSTS] =
        {"embed-hosts", "PROGRESS_EMBED_HOSTS", ORIGINS, "", 0, 0, NULL,
         "comma list of the sites that may show `/embed` pages in a frame, such as "
         "https://www.example.org or https://*.example.org; not set: this service alone"},
    [SET_KEEP_ALIVE] = {"keep-alive-ms", "PROGRESS_KEEP_ALIVE_MS", INTEGER, "15000", 100, 120000,
                        NULL, "life of an idle connection, milliseconds"},
    [SET_HEAD] = {"head-ms", "PROGRESS_HEAD_MS", INTEGER, "5000", 100, 60000, NULL,
                  "to send a request's head, milliseconds"},
    [SET_BODY] = {"body-ms", "PROGRESS_BODY_MS", INTEGER, "9000", 100, 120000, NULL,
                  "to send a request's body, milliseconds; then 408"},
    [SET_ANSWER] =
        {"answer-ms", "PROGRESS_ANSWER_MS", INTEGER, "8000", 100, 120000, NULL,
         "to take an answer, or each 64 KB of a large one, milliseconds; who is slower is cut off"},
    [SET_BUDGET] = {"budget-ms", "PROGRESS_BUDGET_MS", INTEGER, "1800", 100, 60000, NULL,
                    "of one request's work, milliseconds; then 503"},
    [SET_DRAIN] = {"drain-ms", "PROGRESS_DRAIN_MS", INTEGER, "30000", 100, 600000, NULL,
                   "longest wait for requests in flight at SIGTERM, milliseconds"},
    [SET_STREAMS] = {"streams", "PROGRESS_STREAMS", INTEGER, "256", 0, 512, NULL,
                     "clients of `/stream` at a time, never more than an eighth of the threads; 0: "
                     "it is not there"},
    [SET_HEARTBEAT] = {"heartbeat-ms", "PROGRESS_HEARTBEAT_MS", INTEGER, "15000", 100, 60000, NULL,
                       "between two signs of life to a client of `/stream`, milliseconds"},
    [SET_WEBHOOKS] = {"webhooks", "PROGRESS_WEBHOOKS", CHOICE, "on", 0, 0, "on,off",
                      "whether this instance sends what webhooks are owed"},
    [SET_WEBHOOK_HTTP] = {"webhook-http", "PROGRESS_WEBHOOK_HTTP", CHOICE, "off", 0, 0, "on,off",
                          "webhooks by http:// too; else by https:// alone"},
    [SET_WEBHOOK_ALLOW] = {"webhook-allow", "PROGRESS_WEBHOOK_ALLOW", TEXT, "", 0, 0, NULL,
                           "comma list of addresses or CIDRs that webhooks may reach beyond the "
                           "public internet, such as the city's own"},
    [SET_WEBHOOK_CA] = {"webhook-ca", "PROGRESS_WEBHOOK_CA", TEXT, NULL, 0, 0, NULL,
                        "PEM file of the authorities that vouch for receivers of webhooks; not "
                        "set: the system's"},
    [SET_MAIL_FROM] = {"mail-from", "PROGRESS_MAIL_FROM", TEXT, NULL, 0, 0, NULL,
                       "address that `remind` sends from"},
    [SET_SMTP_URL] = {"smtp-url", "PROGRESS_SMTP_URL", TEXT, NULL, 0, 0, NULL,
                      "mail server for `remind`, such as smtp://mail.example.org:587; not set: "
                      "PROGRESS_SENDMAIL is used"},
    [SET_SMTP_USER] = {"smtp-user", "PROGRESS_SMTP_USER", TEXT, NULL, 0, 0, NULL,
                       "name at the mail server"},
    [SET_SMTP_PASSWORD] = {"smtp-password", "PROGRESS_SMTP_PASSWORD", SECRET, NULL, 0, 0, NULL,
                           "password at the mail server; with it only TLS is spoken"},
    [SET_SENDMAIL] = {"sendmail", "PROGRESS_SENDMAIL", TEXT, "/usr/sbin/sendmail", 0, 0, NULL,
                      "program that takes mail on this machine"},
    [SET_CHANGES_DAYS] =
        {"changes-days", "PROGRESS_CHANGES_DAYS", INTEGER, "400", 0, 36500, NULL,
         "for how long who pulls `/changes` may be away before it has to begin anew, days; 0: for "
         "ever"},
    [SET_LOG_LEVEL] = {"log-level", "PROGRESS_LOG_LEVEL", CHOICE, "info", 0, 0,
                       "debug,info,warn,error", "least level that is logged"},
    [SET_NOW] = {"now", "PROGRESS_NOW", TIME, NULL, 0, 0, NULL,
                 "for tests: a fixed clock, as an RFC 3339 time"},
};

static const char *const TYPE_WORDS[] = {
    [TEXT] = "text", [SECRET] = "secret", [INTEGER] = "integer", [CHOICE] = "choice",
    [TIME] = "time", [CONTACT] = "URI",   [MAIL] = "URI",        [ADDRESS] = "URL",
    [LINK] = "URL",  [ORIGINS] = "text",
};

/* Filled by config_read before any thread starts, read-only afterwards. */
static const char *values[SET_COUNT];

static bool is_choice(const char *choices, const char *text) {
    size_t len = strchr(text, ',') ? 0 : strlen(text);
    for (const char *at = choices; len && (at = strstr(at, text)); at += len)
        if ((at == choices || at[-1] == ',') && (at[len] == ',' || !at[len]))
            return true;
    return false;
}

static bool is_integer(const struct row *r, const char *text) {
    size_t digits = strspn(text, "0123456789");
    if (digits == 0 || digits > 10 || text[digits])
        return false;
    int64_t n = strtoll(text, NULL, 10);
    return n >= r->least && n <= r->most;
}

/* RFC 9116 2.5.3; a line of security.txt may hold nothing that ends it. */
static bool is_contact(const char *text) {
    bool scheme = strncmp(text, "mailto:", 7) == 0 || strncmp(text, "https:", 6) == 0 ||
                  strncmp(text, "tel:", 4) == 0;
    for (const char *at = text; *at; at++)
        if (*at <= ' ' || *at > '~')
            return false;
    return scheme;
}

/* One plain address (RFC 6068), as catalogues take it: nothing is percent-encoded. */
static bool is_mail(const char *text) {
    static const char LOCAL[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                "_~!$&'()*+,;=:.-";
    if (strncmp(text, "mailto:", strlen("mailto:")) != 0)
        return false;
    const char *local = text + strlen("mailto:");
    const char *at = local + strspn(local, LOCAL), *dot = strrchr(at, '.');
    bool is_host = *at == '@' && strspn(at + 1, LOCAL) == strlen(at + 1) &&
                   !strpbrk(at + 1, "~!$&'()*+,;=:");
    return at > local && is_host && dot && dot > at + 1 && dot[1];
}

/* An origin, perhaps with a path: nothing that a link or a document would have to escape. */
static bool is_link(const char *text) {
    size_t scheme = strncmp(text, "https://", 8) == 0  ? 8
                    : strncmp(text, "http://", 7) == 0 ? 7
                                                       : 0;
    size_t len = strlen(text);
    for (const char *at = text; *at; at++)
        if (*at <= ' ' || *at > '~' || strchr("?#\"'<>&\\^`{|}", *at))
            return false;
    return scheme && len > scheme && len < ADDRESS_MOST;
}

/* What a path can follow. */
static bool is_address(const char *text) {
    return is_link(text) && text[strlen(text) - 1] != '/';
}

/* "https://www.example.org:8443", or "*." before the host for all below it: what frame-ancestors
 * takes (CSP 3), and nothing that would end it. */
static bool is_origin(const char *text, size_t len) {
    static const char LETTERS[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                  "-.";
    const char *end = text + len;
    size_t scheme = strncmp(text, "https://", 8) == 0 ? 8 : 7;
    if (len < scheme || (scheme == 7 && strncmp(text, "http://", 7) != 0))
        return false;
    const char *host = text + scheme;
    host += strncmp(host, "*.", 2) == 0 ? 2 : 0;
    size_t letters = strspn(host, LETTERS);
    const char *port = host + letters;
    size_t digits = port < end && *port == ':' ? strspn(port + 1, "0123456789") : 0;
    return letters > 0 && *host != '.' && digits <= 5 && port + digits + (digits > 0) == end;
}

static bool is_origins(const char *text) {
    static const char MARKS[] = ", ";
    if (strlen(text) >= ORIGINS_MOST)
        return false;
    for (const char *at = text + strspn(text, MARKS); *at; at += strspn(at, MARKS)) {
        size_t len = strcspn(at, MARKS);
        if (!is_origin(at, len))
            return false;
        at += len;
    }
    return true;
}

static void check(struct buf *faults, const struct row *r, const char *text) {
    int64_t at;
    const char *mark = faults->len ? "\n" : "";
    if (!text)
        return;
    if (r->type == INTEGER && !is_integer(r, text))
        buf_addf(faults, "%s%s: must be a whole number from %lld to %lld, not \"%s\"", mark, r->env,
                 (long long)r->least, (long long)r->most, text);
    else if (r->type == CHOICE && !is_choice(r->choices, text))
        buf_addf(faults, "%s%s: must be one of %s, not \"%s\"", mark, r->env, r->choices, text);
    else if (r->type == CONTACT && !is_contact(text))
        buf_addf(faults, "%s%s: must be a mailto:, https: or tel: URI, not \"%s\"", mark, r->env,
                 text);
    else if (r->type == MAIL && !is_mail(text))
        buf_addf(faults, "%s%s: must be a mailto: URI of one address, not \"%s\"", mark, r->env,
                 text);
    else if (r->type == LINK && !is_link(text))
        buf_addf(faults, "%s%s: must be an http: or https: URL, not \"%s\"", mark, r->env, text);
    else if (r->type == ADDRESS && !is_address(text))
        buf_addf(faults,
                 "%s%s: must be an http: or https: URL without a slash at its end, not \"%s\"",
                 mark, r->env, text);
    else if (r->type == ORIGINS && !is_origins(text))
        buf_addf(faults,
                 "%s%s: must be a list of origins such as https://www.example.org, without paths, "
                 "not \"%s\"",
                 mark, r->env, text);
    else if (r->type == TIME && !clock_parse_rfc3339(text, &at))
        buf_addf(faults, "%s%s: must be a time as in RFC 3339, not \"%s\"", mark, r->env, text);
}

bool config_read(struct call *c) {
    AUTO(buf) struct buf faults = {0};
    for (size_t i = 0; i < SET_COUNT; i++) {
        const char *given = getenv(ROWS[i].env);
        values[i] = given && *given ? given : ROWS[i].standard;
        check(&faults, &ROWS[i], values[i]);
    }
    if (!values[SET_MIGRATE_URL])
        values[SET_MIGRATE_URL] = values[SET_DATABASE_URL];
    return buf_ok(c, &faults) && (faults.len == 0 || fail(c, ERR_MALFORMED, "%s", faults.data));
}

const char *config_text(enum setting s) {
    return values[s];
}

int64_t config_int(enum setting s) {
    return values[s] ? strtoll(values[s], NULL, 10) : 0;
}

static const char *shown(const struct row *r) {
    return r->standard && *r->standard ? r->standard : "–";
}

void config_print(struct buf *b, bool markdown) {
    if (markdown)
        buf_adds(b, "| setting | type | default | what it does |\n|---|---|---|---|\n");
    for (size_t i = 0; i < SET_COUNT; i++) {
        const struct row *r = &ROWS[i];
        if (markdown) {
            buf_addf(b, "| `%s` | %s | %s | %s |\n", r->env, TYPE_WORDS[r->type], shown(r),
                     r->help);
            continue;
        }
        const char *value = r->type == SECRET ? (values[i] ? "(set)" : "(not set)")
                                              : (values[i] && *values[i] ? values[i] : "–");
        buf_addf(b, "%-26s %-12s %s\n", r->env, value, r->help);
    }
}
