#include "pools.h"

#include "base/clock.h"

struct database home;
const struct stmt PID = {"pid", "select pg_backend_pid()"};
const struct stmt ONE = {"one", "select 1"};

int pools_run(const char *name, const TTest *const *tests, size_t count) {
    database_need(name);
    database_make(&home);
    database_migrate(&home);
    int status = suite_run(name, tests, count);
    database_drop_all();
    return status;
}

struct pool_config pool_plain(const struct database *d, size_t size) {
    return (
        struct pool_config){.url = d->url, .size = size, .checkout_ms = 250, .statement_ms = 3000};
}

struct pool *pool_open(const struct pool_config *config) {
    AUTO(call) struct call c;
    call_init(&c, 20000);
    struct pool *p = pool_new(&c, config);
    ck_assert_msg(p && pool_wait(&c, p), "%s", c.detail);
    return p;
}

int64_t pool_since_ms(int64_t began_us) {
    return (clock_mono_us() - began_us) / 1000;
}

int64_t pool_number(struct pool *p, const struct stmt *s) {
    AUTO(call) struct call c;
    AUTO(rows) struct rows *rows = NULL;
    call_init(&c, 10000);
    ck_assert_msg(pool_read(&c, p, s, NULL, 0, &rows), "%s: %s", s->name, c.detail);
    return rows_int(rows, 0, 0);
}

void pool_fails(pool_runner *run, struct pool *p, const char *sql, int64_t budget_ms, enum err err,
                int64_t most_ms) {
    AUTO(call) struct call c;
    AUTO(rows) struct rows *rows = NULL;
    const struct stmt s = {"ad_hoc", sql};
    int64_t began = clock_mono_us();
    call_init(&c, budget_ms);
    ck_assert_msg(!run(&c, p, &s, NULL, 0, &rows), "%s", sql);
    ck_assert_msg(c.err == err, "%s: %d, not %d: %s", sql, (int)c.err, (int)err, c.detail);
    ck_assert_msg(pool_since_ms(began) <= most_ms, "%s: %lld ms", sql,
                  (long long)pool_since_ms(began));
    ck_assert_ptr_null(rows);
}

static void make_killers(struct database *d) {
    database_copy(d, &home);
    database_run(
        d,
        "set search_path = public; create extension dblink; create sequence tries;"
        "create table done (key text primary key, mark text);"
        "create function die() returns void language sql as $$"
        "  select pg_sleep(60) where pg_terminate_backend(pg_backend_pid()) $$;"
        "create function fails_first(times int, state text) returns bigint language plpgsql as $$"
        "declare n bigint := nextval('tries'); begin"
        "  if n <= times and state = 'die' then perform die(); end if;"
        "  if n <= times then raise exception using errcode = state, message = 'not yet'; end if;"
        "  return n; end $$;"
        "create function fails_first_after(times int, state text, mark text) returns bigint language plpgsql as $$"
        "begin insert into done values ('key', mark) on conflict do nothing;"
        "  return fails_first(times, state); end $$;"
        /* Recorded, and the connection dies before anybody hears of it. */
        "create function commits_and_dies(url text) returns text language plpgsql as $$"
        "begin if exists (select from done where key = 'key') then return 'replayed'; end if;"
        "  perform dblink_exec(url, 'insert into public.done values (''key'', ''first'')');"
        "  perform die(); return 'never'; end $$");
}

struct pool *pool_of_killers(struct database *d) {
    make_killers(d);
    struct pool_config config = pool_plain(d, 2);
    config.checkout_ms = 10000;
    return pool_open(&config);
}

int64_t pool_tries(const struct database *d) {
    return database_number(d, "select last_value from tries");
}
