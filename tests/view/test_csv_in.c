#include "view/csv_in.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/suite.h"
#include "view/csv.h"
#include "view/table_in.h"

static void read_file(const char *folder, const char *name, const char *end, struct buf *out) {
    char path[1000], piece[4096];
    snprintf(path, sizeof path, TEST_DATA "/csv/%s/%.*s%s", folder, (int)strcspn(name, "."), name,
             end);
    FILE *file = fopen(path, "rb");
    ck_assert_msg(file != NULL, "%s", path);
    for (size_t n; (n = fread(piece, 1, sizeof piece, file)) > 0;)
        buf_add(out, piece, n);
    fclose(file);
    buf_adds(out, "");
}

static bool add_row(void *context, struct call *c, size_t row, const struct cell *cells,
                    size_t count) {
    struct buf *out = context;
    (void)c;
    buf_adds(out, row > 1 ? ", [" : "[");
    for (size_t i = 0; i < count; i++) {
        buf_adds(out, i ? ", " : "");
        buf_add_json_n(out, cells[i].text, cells[i].len);
        ck_assert_int_eq(cells[i].text[cells[i].len], '\0');
    }
    buf_addc(out, ']');
    return true;
}

typedef void try_case(const char *name);

static void each_case(const char *folder, try_case *try) {
    char path[1000];
    size_t count = 0;
    snprintf(path, sizeof path, TEST_DATA "/csv/%s", folder);
    DIR *d = opendir(path);
    ck_assert_msg(d != NULL, "%s", path);
    for (struct dirent *e; (e = readdir(d));)
        if (strstr(e->d_name, ".csv")) {
            try(e->d_name);
            count++;
        }
    closedir(d);
    ck_assert_uint_ge(count, 7);
}

static void is_taken(const char *name) {
    AUTO(call) struct call c;
    AUTO(buf) struct buf bytes = {0}, wanted = {0}, rows = {0};
    call_init(&c, 1000);
    read_file("taken", name, ".csv", &bytes);
    read_file("taken", name, ".json", &wanted);
    buf_addc(&rows, '[');
    ck_assert_msg(csv_read(&c, bytes.data, bytes.len, add_row, &rows), "%s: %s", name, c.detail);
    buf_adds(&rows, "]\n");
    ck_assert_msg(strcmp(rows.data, wanted.data) == 0, "%s: %s", name, rows.data);
}

static void is_refused(const char *name) {
    AUTO(call) struct call c;
    AUTO(buf) struct buf bytes = {0}, wanted = {0}, rows = {0};
    call_init(&c, 1000);
    read_file("refused", name, ".csv", &bytes);
    read_file("refused", name, ".txt", &wanted);
    wanted.data[strcspn(wanted.data, "\n")] = '\0';
    ck_assert_msg(!csv_read(&c, bytes.data, bytes.len, add_row, &rows), "%s", name);
    ck_assert_int_eq(c.err, ERR_MALFORMED);
    ck_assert_msg(strncmp(c.detail, wanted.data, strlen(wanted.data)) == 0, "%s: %s", name,
                  c.detail);
}

START_TEST(what_the_grammar_allows_is_taken) {
    each_case("taken", is_taken);
}
END_TEST

START_TEST(what_it_does_not_allow_is_refused_by_its_row) {
    each_case("refused", is_refused);
}
END_TEST

START_TEST(the_guard_is_undone_and_nothing_else_is) {
    static const char *const cases[][2] = {
        {"'=1+1", "=1+1"}, {"''=x", "'=x"}, {"'-", "-"}, {"'plain", "'plain"},
        {"=x", "=x"},      {"'", "'"},      {"", ""},    {"'@a", "@a"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct cell given = {cases[i][0], strlen(cases[i][0])};
        ck_assert_str_eq(csv_unguarded(&given).text, cases[i][1]);
        ck_assert_uint_eq(csv_unguarded(&given).len, strlen(cases[i][1]));
    }
}
END_TEST

/* What the statements are given of a table; ' stands for " in both. */
static void gives(enum csv_dialect d, bool is_json, const char *bytes, const char *wanted) {
    AUTO(call) struct call c;
    AUTO(buf) struct buf given = {0};
    call_init(&c, 1000);
    bool read = table_read(&c, &(struct table_manner){NULL, d, is_json}, bytes, strlen(bytes),
                           &given);
    ck_assert_msg(read, "%s: %s", bytes, c.detail);
    ck_assert_msg(strstr(given.data, wanted) != NULL, "%s: %s", bytes, given.data);
}

static void refuses(const char *bytes, enum err err, const char *words) {
    AUTO(call) struct call c;
    AUTO(buf) struct buf given = {0};
    call_init(&c, 1000);
    ck_assert_msg(!table_read(&c, &(struct table_manner){0}, bytes, strlen(bytes), &given), "%s",
                  bytes);
    ck_assert_int_eq(c.err, err);
    ck_assert_msg(strstr(c.detail, words) != NULL, "%s: %s", bytes, c.detail);
}

static void refuses_column(const char *bytes, const char *where, const char *detail) {
    AUTO(call) struct call c;
    AUTO(buf) struct buf given = {0};
    call_init(&c, 1000);
    ck_assert(!table_read(&c, &(struct table_manner){0}, bytes, strlen(bytes), &given));
    ck_assert_ptr_nonnull(c.faults);
    ck_assert_str_eq(c.faults->where, where);
    ck_assert_str_eq(c.faults->detail, detail);
}

START_TEST(cells_become_what_their_columns_hold) {
    gives(CSV_PLAIN, false, "code,revision,owner_role,tags,status\n1.1,2,'=x,\"[\"\"a\"\"]\",\n",
          "\"data\":[{\"code\":\"1.1\",\"revision\":2,\"owner_role\":\"=x\",\"tags\":[\"a\"],"
          "\"status\":null}]");
    gives(CSV_RFC4180, false, "code,owner_role\n1.1,'=x\n", "\"owner_role\":\"'=x\"");
    gives(CSV_EXCEL, false, "code;weight;due_on;demo\n1.1;2,5;6/30/2027;FALSE\n",
          "{\"code\":\"1.1\",\"weight\":2.5,\"due_on\":\"2027-06-30\",\"demo\":\"false\"}");
    gives(CSV_PLAIN, false, "code,due_on\n1.1,6/30/2027\n", "\"error_count\":1");
    gives(CSV_EXCEL, false, "code,due_on\n1.1,2/30/2027\n", "\"error_count\":1");
    gives(CSV_PLAIN, false, "code,archived\n1.1,true\n1.2,yes\n", "\"bad\":[3]");
    gives(CSV_PLAIN, false, "code,weight\n1.1,007\n1.2,1.\n1.3,-\n1.4,.5\n1.5,1e3\n",
          "\"bad\":[2,3,4,5,6]");
}
END_TEST

START_TEST(columns_of_one_object_become_it) {
    static const char head[] = "objective,as_of,kind,summary,service_period_to,service_open,"
                               "service_name,service_period_from\n";
    AUTO(buf) struct buf text = {0};
    buf_adds(&text, head);
    buf_adds(&text, "7.1,2026-01-31,service_status,s,2026-01-31,3,Graffiti,2026-01-01\n");
    gives(CSV_PLAIN, false, text.data,
          "\"service\":{\"name\":\"Graffiti\",\"open\":3,\"period\":{\"from\":\"2026-01-01\","
          "\"to\":\"2026-01-31\"}}}]");
    buf_clear(&text);
    buf_adds(&text, head);
    buf_adds(&text, "7.1,2026-01-31,note,s,,,,\n");
    gives(CSV_PLAIN, false, text.data, "\"service\":null");
}
END_TEST

START_TEST(faults_name_the_row_and_the_column) {
    gives(CSV_PLAIN, false, "code,funding\n1.1,[]\n\n1.2,\"[{\"\"gl_account\"\":\"\"1\"\"}]\"\n",
          "\"errors\":[{\"row\":4,\"column\":\"funding\",\"detail\":\"0/fiscal_year: is "
          "required\"}],\"data\":[{\"code\":\"1.1\",\"funding\":[]},null,");
    gives(CSV_PLAIN, false, "code,weight\n1.1\n", "has fewer cells than there are names");
    gives(CSV_PLAIN, false, "code,weight\n1.1,1,x\n", "has more cells than there are names");
    gives(CSV_PLAIN, false, "code,\n1.1,x\n", "has a cell under no name");
    gives(CSV_PLAIN, true, "[{\"code\":\"1.1\",\"budget\":5},{\"weight\":1},7]", "\"bad\":[1,2,3]");
}
END_TEST

/* The first as the search of tests/fuzz found it. */
START_TEST(what_is_given_on_is_a_document_whatever_the_table_holds) {
    refuses_column("objective,as_of,kind,summary,service,service_period_from\n7.1,,,,,2027-01-01\n",
                   "#/columns/service_period_from", "is a part of what has a column of its own");
    AUTO(buf) struct buf text = {0};
    buf_adds(&text, "code,weight\n1.1,");
    for (int i = 0; i < 2000; i++)
        buf_addc(&text, '7');
    buf_adds(&text, "\n1.2,3\n");
    gives(CSV_PLAIN, false, text.data, "\"bad\":[2]");
    gives(CSV_PLAIN, false, text.data, "\"column\":\"weight\",\"detail\":\"must be a number\"");
    gives(CSV_PLAIN, false, text.data, "{\"code\":\"1.2\",\"weight\":3}]");
}
END_TEST

START_TEST(the_columns_tell_which_table_it_is) {
    gives(CSV_PLAIN, false, "number,short_name\n", "{\"table\":\"goals\"");
    gives(CSV_PLAIN, false, "slug,name,unit\n", "{\"table\":\"measures\"");
    gives(CSV_PLAIN, false, "slug,name,public_contact\n", "{\"table\":\"departments\"");
    gives(CSV_PLAIN, false, "objective,fiscal_year,gl_account,spent\n", "{\"table\":\"funding\"");
    gives(CSV_PLAIN, false, "objective,as_of,kind,summary\n", "{\"table\":\"updates\"");
    gives(CSV_PLAIN, true, "{\"data\":[{\"code\":\"1.1\",\"links\":{}}],\"page\":{}}",
          "{\"table\":\"objectives\"");
    refuses("slug,name\n", ERR_INVALID, "which table");
    refuses("", ERR_INVALID, "there is no table");
    refuses("code,budget\n", ERR_INVALID, "columns/budget: is no column of this table");
    refuses("code,code\n", ERR_INVALID, "columns/code: is there twice");
}
END_TEST

START_TEST(no_more_rows_than_are_taken_are_read) {
    AUTO(buf) struct buf text = {0};
    buf_adds(&text, "code\n");
    for (int i = 0; i < 10001; i++)
        buf_adds(&text, "1.1\n");
    refuses(text.data, ERR_INVALID, "at most 10000 rows");
    buf_clear(&text);
    buf_adds(&text, "code\n");
    for (int i = 0; i < 20001; i++)
        buf_adds(&text, "\n");
    refuses(text.data, ERR_INVALID, "too many rows are empty");
}
END_TEST

START_TEST(a_table_that_nobody_knows_is_refused_by_its_name) {
    AUTO(call) struct call c;
    AUTO(buf) struct buf given = {0};
    call_init(&c, 1000);
    ck_assert(!table_read(&c, &(struct table_manner){.table = "people"}, "code\n", 5, &given));
    ck_assert_int_eq(c.err, ERR_MALFORMED);
    ck_assert_str_eq(c.faults->where, "table");
}
END_TEST

int main(void) {
    const TTest *const tests[] = {
        what_the_grammar_allows_is_taken,
        what_it_does_not_allow_is_refused_by_its_row,
        the_guard_is_undone_and_nothing_else_is,
        cells_become_what_their_columns_hold,
        columns_of_one_object_become_it,
        faults_name_the_row_and_the_column,
        what_is_given_on_is_a_document_whatever_the_table_holds,
        the_columns_tell_which_table_it_is,
        no_more_rows_than_are_taken_are_read,
        a_table_that_nobody_knows_is_refused_by_its_name,
    };
    return suite_run("view/csv_in", tests, COUNT(tests));
}
