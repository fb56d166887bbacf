#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/suite.h"

static const char *const ALL[] = {
    "DATABASE_URL",           "PROGRESS_MIGRATE_URL",
    "PROGRESS_LISTEN",        "PROGRESS_PORT",
    "PROGRESS_DATA",          "PROGRESS_THREADS",
    "PROGRESS_POOL",          "PROGRESS_CACHE_MB",
    "PROGRESS_PREPARE",       "PROGRESS_READ_LIMIT",
    "PROGRESS_WRITE_LIMIT",   "PROGRESS_TRUSTED_PROXIES",
    "PROGRESS_PUBLIC_HOST",   "PROGRESS_SECURITY_CONTACT",
    "PROGRESS_KEEP_ALIVE_MS", "PROGRESS_HEAD_MS",
    "PROGRESS_BODY_MS",       "PROGRESS_ANSWER_MS",
    "PROGRESS_BUDGET_MS",     "PROGRESS_DRAIN_MS",
    "PROGRESS_STREAMS",       "PROGRESS_HEARTBEAT_MS",
    "PROGRESS_WEBHOOKS",      "PROGRESS_WEBHOOK_HTTP",
    "PROGRESS_WEBHOOK_ALLOW", "PROGRESS_WEBHOOK_CA",
    "PROGRESS_LOG_LEVEL",     "PROGRESS_NOW",
    "PROGRESS_PUBLIC_URL",    "PROGRESS_MAIL_FROM",
    "PROGRESS_SMTP_URL",      "PROGRESS_SMTP_USER",
    "PROGRESS_SMTP_PASSWORD", "PROGRESS_SENDMAIL",
    "PROGRESS_CONTACT",       "PROGRESS_LICENSE",
    "PROGRESS_CHANGES_DAYS",  "PROGRESS_EMBED_HOSTS",
};

static void forget_environment(void) {
    for (size_t i = 0; i < COUNT(ALL); i++)
        unsetenv(ALL[i]);
}

START_TEST(every_setting_has_a_row_and_is_known_here) {
    AUTO(call) struct call c;
    AUTO(buf) struct buf table = {0};
    call_init(&c, 1000);
    forget_environment();
    ck_assert(config_read(&c));
    config_print(&table, true);
    size_t rows = 0;
    for (const char *at = table.data; (at = strstr(at, "\n| `")); at++)
        rows++;
    ck_assert_uint_eq(rows, SET_COUNT);
    ck_assert_uint_eq(rows, COUNT(ALL));
    for (size_t i = 0; i < COUNT(ALL); i++)
        ck_assert_msg(strstr(table.data, ALL[i]) != NULL, "%s", ALL[i]);
}
END_TEST

START_TEST(defaults_pass_their_own_checks) {
    AUTO(call) struct call c;
    call_init(&c, 1000);
    forget_environment();
    ck_assert_msg(config_read(&c), "%s", c.detail);
    ck_assert_ptr_null(config_text(SET_DATABASE_URL));
    ck_assert_ptr_null(config_text(SET_NOW));
    ck_assert_str_eq(config_text(SET_LISTEN), "127.0.0.1");
    ck_assert_int_eq(config_int(SET_PORT), 8080);
    ck_assert_int_eq(config_int(SET_POOL), 8);
    ck_assert_int_eq(config_int(SET_READ_LIMIT), 600);
    ck_assert_str_eq(config_text(SET_LOG_LEVEL), "info");
}
END_TEST

START_TEST(the_environment_wins_and_empty_is_unset) {
    AUTO(call) struct call c;
    call_init(&c, 1000);
    forget_environment();
    setenv("PROGRESS_PORT", "0", 1);
    setenv("PROGRESS_POOL", "", 1);
    setenv("DATABASE_URL", "postgresql://x", 1);
    ck_assert(config_read(&c));
    ck_assert_int_eq(config_int(SET_PORT), 0);
    ck_assert_int_eq(config_int(SET_POOL), 8);
    ck_assert_str_eq(config_text(SET_MIGRATE_URL), "postgresql://x");
    setenv("PROGRESS_MIGRATE_URL", "postgresql://y", 1);
    ck_assert(config_read(&c));
    ck_assert_str_eq(config_text(SET_DATABASE_URL), "postgresql://x");
    ck_assert_str_eq(config_text(SET_MIGRATE_URL), "postgresql://y");
}
END_TEST

START_TEST(a_faulty_setting_is_refused_by_name) {
    static const char *const cases[][2] = {
        {"PROGRESS_PORT", "65536"},
        {"PROGRESS_PORT", "-1"},
        {"PROGRESS_PORT", "80 "},
        {"PROGRESS_PORT", "0x50"},
        {"PROGRESS_PORT", "eighty"},
        {"PROGRESS_PORT", "99999999999999999999"},
        {"PROGRESS_POOL", "0"},
        {"PROGRESS_POOL", "65"},
        {"PROGRESS_PREPARE", "yes"},
        {"PROGRESS_PREPARE", "on,off"},
        {"PROGRESS_PREPARE", "o"},
        {"PROGRESS_LOG_LEVEL", "loud"},
        {"PROGRESS_LOG_LEVEL", "INFO"},
        {"PROGRESS_NOW", "yesterday"},
        {"PROGRESS_NOW", "2026-11-02"},
        {"PROGRESS_KEEP_ALIVE_MS", "1"},
        {"PROGRESS_BUDGET_MS", "1.5"},
        {"PROGRESS_THREADS", "4097"},
        {"PROGRESS_PUBLIC_URL", "plan.example.org"},
        {"PROGRESS_PUBLIC_URL", "ftp://x"},
        {"PROGRESS_PUBLIC_URL", "https://x/"},
        {"PROGRESS_PUBLIC_URL", "https://"},
        {"PROGRESS_PUBLIC_URL", "https://x?y"},
        {"PROGRESS_PUBLIC_URL", "https://x\"y"},
        {"PROGRESS_PUBLIC_URL", "https://x\ny"},
        {"PROGRESS_CONTACT", "plan@example.org"},
        {"PROGRESS_CONTACT", "https://example.org"},
        {"PROGRESS_CONTACT", "mailto:plan"},
        {"PROGRESS_CONTACT", "mailto:@example.org"},
        {"PROGRESS_CONTACT", "mailto:plan@example"},
        {"PROGRESS_CONTACT", "mailto:plan@.org"},
        {"PROGRESS_CONTACT", "mailto:plan@example."},
        {"PROGRESS_CONTACT", "mailto:plan@example.org?subject=x"},
        {"PROGRESS_CONTACT", "mailto:a@b.org,c@d.org"},
        {"PROGRESS_LICENSE", "CC0"},
        {"PROGRESS_LICENSE", "https://x/</script>"},
        {"PROGRESS_EMBED_HOSTS", "www.example.org"},
        {"PROGRESS_EMBED_HOSTS", "https://"},
        {"PROGRESS_EMBED_HOSTS", "https"},
        {"PROGRESS_EMBED_HOSTS", "https://.org"},
        {"PROGRESS_EMBED_HOSTS", "https://www.example.org/"},
        {"PROGRESS_EMBED_HOSTS", "https://www.example.org:"},
        {"PROGRESS_EMBED_HOSTS", "https://www.example.org:654321"},
        {"PROGRESS_EMBED_HOSTS", "https://www.*.org"},
        {"PROGRESS_EMBED_HOSTS", "https://*"},
        {"PROGRESS_EMBED_HOSTS", "*"},
        {"PROGRESS_EMBED_HOSTS", "ftp://example.org"},
        {"PROGRESS_EMBED_HOSTS", "https://a.example; script-src *"},
        {"PROGRESS_EMBED_HOSTS", "https://a.example, b.example"},
        {"PROGRESS_EMBED_HOSTS", "https://a.example\nX: y"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        AUTO(call) struct call c;
        call_init(&c, 1000);
        forget_environment();
        setenv(cases[i][0], cases[i][1], 1);
        ck_assert_msg(!config_read(&c), "%s=%s", cases[i][0], cases[i][1]);
        ck_assert_msg(strncmp(c.detail, cases[i][0], strlen(cases[i][0])) == 0, "%s", c.detail);
    }
}
END_TEST

START_TEST(addresses_that_are_fine_pass) {
    static const char *const cases[][2] = {
        {"PROGRESS_PUBLIC_URL", "https://example.org/plan"},
        {"PROGRESS_CONTACT", "mailto:city.plan+data@data.example.org"},
        {"PROGRESS_LICENSE", "https://creativecommons.org/publicdomain/zero/1.0/"},
        {"PROGRESS_EMBED_HOSTS", "https://www.example.org"},
        {"PROGRESS_EMBED_HOSTS",
         "https://a.example, https://*.b.example:8443 http://localhost:80,"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        AUTO(call) struct call c;
        call_init(&c, 1000);
        forget_environment();
        setenv(cases[i][0], cases[i][1], 1);
        ck_assert_msg(config_read(&c), "%s", c.detail);
    }
}
END_TEST

START_TEST(all_faulty_settings_come_at_once) {
    AUTO(call) struct call c;
    call_init(&c, 1000);
    forget_environment();
    setenv("PROGRESS_PORT", "x", 1);
    setenv("PROGRESS_POOL", "x", 1);
    setenv("PROGRESS_NOW", "x", 1);
    ck_assert(!config_read(&c));
    ck_assert_ptr_nonnull(strstr(c.detail, "PROGRESS_PORT: "));
    ck_assert_ptr_nonnull(strstr(c.detail, "\nPROGRESS_POOL: "));
    ck_assert_ptr_nonnull(strstr(c.detail, "\nPROGRESS_NOW: "));
}
END_TEST

START_TEST(secrets_are_never_printed) {
    AUTO(call) struct call c;
    AUTO(buf) struct buf out = {0};
    call_init(&c, 1000);
    forget_environment();
    setenv("DATABASE_URL", "postgresql://user:hunter2@host/db", 1);
    ck_assert(config_read(&c));
    config_print(&out, false);
    config_print(&out, true);
    ck_assert_ptr_null(strstr(out.data, "hunter2"));
    ck_assert_ptr_nonnull(strstr(out.data, "(set)"));
}
END_TEST

int main(void) {
    const TTest *const tests[] = {
        every_setting_has_a_row_and_is_known_here,
        defaults_pass_their_own_checks,
        the_environment_wins_and_empty_is_unset,
        a_faulty_setting_is_refused_by_name,
        addresses_that_are_fine_pass,
        all_faulty_settings_come_at_once,
        secrets_are_never_printed,
    };
    return suite_run("config", tests, COUNT(tests));
}
