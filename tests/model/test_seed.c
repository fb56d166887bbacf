#include "model/seed.h"

#include <stdio.h>
#include <string.h>

#include "support/database.h"
#include "support/suite.h"

/* Files in and out, on databases of their own. */
static struct database empty; /* migrated, without a plan */

static void read_file(const char *path, struct buf *out) {
    char piece[4096];
    FILE *in = fopen(path, "rb");
    ck_assert_msg(in != NULL, "%s", path);
    for (size_t n; (n = fread(piece, 1, sizeof(piece), in)) > 0;)
        buf_add(out, piece, n);
    fclose(in);
}

static struct pool *open_owner(const struct database *d) {
    AUTO(call) struct call c;
    call_init(&c, 10000);
    struct pool_config config = database_owner_pool(d);
    struct pool *p = pool_new(&c, &config);
    ck_assert_msg(p && pool_wait(&c, p), "%s", c.detail);
    return p;
}

static bool import(struct call *c, const struct database *d, const char *bytes,
                   const struct seed_options *options, struct buf *report) {
    struct pool *p = open_owner(d);
    call_init(c, 20000);
    bool done = seed_import(c, p, bytes, strlen(bytes), options, report);
    pool_free(p);
    return done;
}

static void import_seed(const struct database *d, const char *name, struct buf *report) {
    AUTO(call) struct call c = {0};
    AUTO(buf) struct buf file = {0};
    char path[400];
    struct seed_options options = {.publish = true};
    snprintf(path, sizeof(path), TEST_DATA "/../../seeds/%s", name);
    read_file(path, &file);
    bool done = import(&c, d, file.data, &options, report);
    ck_assert_msg(done, "%s: %s %s", name, c.detail, c.faults ? c.faults->detail : "");
}

static void export(const struct database *d, const char *plan, struct buf *out) {
    AUTO(call) struct call c;
    call_init(&c, 20000);
    struct pool *p = open_owner(d);
    ck_assert_msg(seed_export(&c, p, plan, out), "%s", c.detail);
    pool_free(p);
}

START_TEST(the_citys_plan_comes_in_once) {
    struct database d;
    AUTO(buf) struct buf first = {0};
    AUTO(buf) struct buf second = {0};
    char before[33];
    char after[33];
    database_copy(&d, &empty);
    import_seed(&d, "plan.json", &first);
    ck_assert_msg(strstr(first.data, "objectives: 42 created") != NULL, "%s", first.data);
    import_seed(&d, "public-record.json", &first);
    database_digest(&d, before);
    import_seed(&d, "plan.json", &second);
    import_seed(&d, "public-record.json", &second);
    database_digest(&d, after);
    ck_assert_str_eq(before, after);
    ck_assert_msg(strstr(second.data, "objectives: 42 unchanged") != NULL, "%s", second.data);
    ck_assert_msg(!strstr(second.data, "created"), "%s", second.data);
}
END_TEST

START_TEST(what_goes_out_comes_in_as_the_same) {
    static const char *const seeds[][2] = {{"plan.json", "public-record.json"},
                                           {"demo.json", NULL}};
    for (size_t i = 0; i < COUNT(seeds); i++) {
        struct database one;
        struct database other;
        AUTO(buf) struct buf report = {0};
        AUTO(buf) struct buf first = {0};
        AUTO(buf) struct buf second = {0};
        database_copy(&one, &empty);
        database_copy(&other, &empty);
        for (size_t j = 0; j < 2 && seeds[i][j]; j++)
            import_seed(&one, seeds[i][j], &report);
        char slug[80];
        database_ask(&one, "select slug from progress.plan", slug, sizeof(slug));
        export(&one, slug, &first);
        AUTO(call) struct call c = {0};
        struct seed_options options = {0};
        bool done = import(&c, &other, first.data, &options, &report);
        ck_assert_msg(done, "%s: %s %s %s", seeds[i][0], c.detail, c.faults ? c.faults->where : "",
                      c.faults ? c.faults->detail : "");
        export(&other, slug, &second);
        ck_assert_msg(strcmp(first.data, second.data) == 0, "%s goes out otherwise the second time",
                      seeds[i][0]);
    }
}
END_TEST

START_TEST(a_dry_import_records_nothing) {
    struct database d;
    AUTO(call) struct call c = {0};
    AUTO(buf) struct buf file = {0};
    AUTO(buf) struct buf report = {0};
    char before[33];
    char after[33];
    struct seed_options options = {.dry_run = true};
    database_copy(&d, &empty);
    database_digest(&d, before);
    read_file(TEST_DATA "/../../seeds/plan.json", &file);
    ck_assert_msg(import(&c, &d, file.data, &options, &report), "%s", c.detail);
    ck_assert_ptr_nonnull(strstr(report.data, "objectives: 42 created"));
    ck_assert_ptr_nonnull(strstr(report.data, "dry run"));
    database_digest(&d, after);
    ck_assert_str_eq(before, after);
}
END_TEST

START_TEST(a_faulty_file_is_refused_whole_with_every_fault) {
    static const struct {
        const char *bytes;
        enum err err;
        const char *where; /* of one of the faults; NULL: none */
    } cases[] = {
        {"", ERR_MALFORMED, NULL},
        {"{", ERR_MALFORMED, NULL},
        {"{\"format\":\"x\",\"format\":\"x\"}", ERR_MALFORMED, NULL},
        {"[]", ERR_INVALID, "#"},
        {"{}", ERR_INVALID, "#/format"},
        {"{\"format\":\"cerritos-in-progress/1\",\"plan\":{\"slug\":\"No Slug\",\"title\":\"\"},\"goals\":[{\"number\":0}]}",
         ERR_INVALID, "#/goals/0/statement"},
        {"{\"format\":\"cerritos-in-progress/1\",\"plan\":\"unknown\",\"updates\":[]}", ERR_INVALID,
         "#/plan"},
    };
    struct database d;
    char before[33];
    char after[33];
    database_copy(&d, &empty);
    database_digest(&d, before);
    for (size_t i = 0; i < COUNT(cases); i++) {
        AUTO(call) struct call c = {0};
        AUTO(buf) struct buf report = {0};
        struct seed_options options = {0};
        ck_assert_msg(!import(&c, &d, cases[i].bytes, &options, &report), "%s", cases[i].bytes);
        ck_assert_msg(c.err == cases[i].err, "%s: %d: %s", cases[i].bytes, (int)c.err, c.detail);
        bool found = !cases[i].where;
        for (const struct fault *f = c.faults; f; f = f->next)
            found |= cases[i].where && strcmp(f->where, cases[i].where) == 0;
        ck_assert_msg(found, "%s: %s is not among the faults (%s)", cases[i].bytes, cases[i].where,
                      c.faults ? c.faults->where : "none");
    }
    database_digest(&d, after);
    ck_assert_str_eq(before, after);
}
END_TEST

START_TEST(demo_data_and_real_data_never_meet) {
    static const char *const seeds[][2] = {{"plan.json", "demo.json"}, {"demo.json", "plan.json"}};
    for (size_t i = 0; i < COUNT(seeds); i++) {
        struct database d;
        AUTO(call) struct call c = {0};
        AUTO(buf) struct buf report = {0};
        AUTO(buf) struct buf file = {0};
        char path[400];
        struct seed_options options = {0};
        database_copy(&d, &empty);
        import_seed(&d, seeds[i][0], &report);
        if (i == 0)
            import_seed(&d, "public-record.json", &report);
        snprintf(path, sizeof(path), TEST_DATA "/../../seeds/%s", seeds[i][1]);
        read_file(path, &file);
        ck_assert_msg(!import(&c, &d, file.data, &options, &report), "%s after %s", seeds[i][1],
                      seeds[i][0]);
        ck_assert_int_eq(c.err, ERR_INVALID);
    }
}
END_TEST

START_TEST(translations_come_in_by_the_sheet) {
    static const char SHEET[] =
        "{\"items\":[{\"lang\":\"es\",\"entity\":\"goal\",\"code\":\"4\",\"field\":\"statement\","
        "\"source\":\"Growth.\",\"text\":\"Crecer.\"}]}";
    struct database d;
    AUTO(call) struct call c = {0};
    AUTO(buf) struct buf report = {0};
    struct seed_options options = {.shipped = true};
    database_copy(&d, &empty);
    import_seed(&d, "plan.json", &report);
    buf_clear(&report);
    ck_assert_msg(import(&c, &d, SHEET, &options, &report), "%s", c.detail);
    ck_assert_str_eq(report.data, "translations: 1 left out, since the plan says something else\n");
    options = (struct seed_options){.plan = "cerritos-in-progress"};
    call_drop(&c);
    buf_clear(&report);
    ck_assert_msg(import(&c, &d, SHEET, &options, &report), "%s", c.detail);
    ck_assert_str_eq(report.data, "translations: 1 created\n#/items/0/source: differs from today's "
                                  "words: it is taken, and outdated\n");
    call_drop(&c);
    ck_assert(!import(&c, &d, "{\"items\":[{\"lang\":\"en\"}]}", &options, &report));
    ck_assert_str_eq(c.faults->where, "#/items/0/lang");
}
END_TEST

START_TEST(without_an_active_plan_there_is_nothing_to_export) {
    AUTO(call) struct call c;
    AUTO(buf) struct buf out = {0};
    call_init(&c, 10000);
    struct pool *p = open_owner(&empty);
    ck_assert(!seed_export(&c, p, NULL, &out));
    ck_assert(c.err == ERR_NOT_FOUND || c.err == ERR_NO_ACTIVE_PLAN);
    call_reset(&c, 10000);
    ck_assert(!seed_export(&c, p, "unknown", &out));
    ck_assert_int_eq(c.err, ERR_NOT_FOUND);
    pool_free(p);
}
END_TEST

int main(void) {
    const TTest *const tests[] = {
        the_citys_plan_comes_in_once,
        what_goes_out_comes_in_as_the_same,
        a_dry_import_records_nothing,
        a_faulty_file_is_refused_whole_with_every_fault,
        demo_data_and_real_data_never_meet,
        translations_come_in_by_the_sheet,
        without_an_active_plan_there_is_nothing_to_export,
    };
    database_need("model/seed");
    database_make(&empty);
    database_migrate(&empty);
    int status = suite_run("model/seed", tests, COUNT(tests));
    database_drop_all();
    return status;
}
