#include "model/field.h"

#include <stdio.h>
#include <string.h>

#include "faults.h"
#include "support/suite.h"

static const char *const COLOURS[] = {"red", "green", NULL};
static const struct field LINK[] = {
    {"label", FIELD_TEXT, FIELD_REQUIRED, 5, NULL, NULL},
    {"url", FIELD_URL, FIELD_REQUIRED, 0, NULL, NULL},
    {0},
};
static const struct field A_LINK = {"", FIELD_OBJECT, FIELD_NOT_NULL, 0, NULL, LINK};
static const struct field ROW[] = {{"links", FIELD_LIST, FIELD_NOT_NULL, 3, NULL, &A_LINK}, {0}};
static const struct field A_ROW = {"", FIELD_OBJECT, FIELD_NOT_NULL, 0, NULL, ROW};
static const struct field A_TAG = {"", FIELD_TEXT, FIELD_NOT_NULL, 3, NULL, NULL};

static const struct field FIELDS[] = {
    {"text", FIELD_TEXT, FIELD_OPTIONAL, 5, NULL, NULL},
    {"name", FIELD_NAME, FIELD_OPTIONAL, 0, NULL, NULL},
    {"slug", FIELD_SLUG, FIELD_OPTIONAL, 0, NULL, NULL},
    {"id", FIELD_ID, FIELD_OPTIONAL, 0, NULL, NULL},
    {"code", FIELD_CODE, FIELD_OPTIONAL, 0, NULL, NULL},
    {"date", FIELD_DATE, FIELD_OPTIONAL, 0, NULL, NULL},
    {"time", FIELD_TIME, FIELD_OPTIONAL, 0, NULL, NULL},
    {"choice", FIELD_CHOICE, FIELD_OPTIONAL, 0, COLOURS, NULL},
    {"percent", FIELD_PERCENT, FIELD_OPTIONAL, 0, NULL, NULL},
    {"weight", FIELD_WEIGHT, FIELD_OPTIONAL, 0, NULL, NULL},
    {"amount", FIELD_AMOUNT, FIELD_OPTIONAL, 0, NULL, NULL},
    {"fiscal_year", FIELD_FISCAL_YEAR, FIELD_OPTIONAL, 0, NULL, NULL},
    {"integer", FIELD_INTEGER, FIELD_OPTIONAL, 12, NULL, NULL},
    {"bool", FIELD_BOOL, FIELD_OPTIONAL, 0, NULL, NULL},
    {"url", FIELD_URL, FIELD_OPTIONAL, 0, NULL, NULL},
    {"external", FIELD_EXTERNAL, FIELD_OPTIONAL, 5, NULL, NULL},
    {"any", FIELD_ANY, FIELD_OPTIONAL, 0, NULL, NULL},
    {"tags", FIELD_LIST, FIELD_NOT_NULL, 2, NULL, &A_TAG},
    {"rows", FIELD_LIST, FIELD_OPTIONAL, 0, NULL, &A_ROW},
    {"a/b~c", FIELD_BOOL, FIELD_OPTIONAL, 0, NULL, NULL},
    {0},
};

static const struct field REQUIRED[] = {
    {"must", FIELD_TEXT, FIELD_REQUIRED, 5, NULL, NULL},
    {"also", FIELD_INTEGER, FIELD_REQUIRED, 9, NULL, NULL},
    {"never_null", FIELD_BOOL, FIELD_NOT_NULL, 0, NULL, NULL},
    {0},
};

/* The places of the faults of a body against a table, "" where it is taken. */
static void check_body(const struct field *fields, const char *body, const char *places) {
    AUTO(call) struct call c;
    AUTO(buf) struct buf found = {0};
    call_init(&c, 1000);
    AUTO(doc) struct doc *d = doc_parse(&c, body, strlen(body));
    ck_assert_msg(d != NULL, "%s: %s", body, c.detail);
    field_check(&c, fields, d, "#");
    faults_places(&c, &found);
    ck_assert_msg(strcmp(found.data, places) == 0, "%s: \"%s\", not \"%s\"", body, found.data,
                  places);
    for (const struct fault *f = c.faults; f; f = f->next)
        ck_assert_msg(f->place == FAULT_POINTER && f->detail && *f->detail, "%s", f->where);
}

struct values {
    const char *name;
    const char *values[40]; /* as JSON */
};

static const struct values TAKEN[] = {
    {"text", {"\"x\"", "\"12345\"", "\" x \"", "\"a\\nb\"", "\"\\u200b\"", "\"\\u3000x\"", "null"}},
    {"name",
     {"\"gogov\"", "\"a\"", "\"a1._-z\"", "null",
      "\"a234567890123456789012345678901234567890123456789012345678901234\""}},
    {"slug", {"\"public-works\"", "\"a\"", "\"1\"", "\"a-1-b\""}},
    {"id", {"\"17\"", "\"0\"", "\"123456789012345678\""}},
    {"code", {"\"1.1\"", "\"3.10\"", "\"10.3\"", "\"9999.9999\""}},
    {"date", {"\"2026-10-31\"", "\"2024-02-29\"", "\"1900-01-01\""}},
    {"time",
     {"\"2026-11-02T17:04:11Z\"", "\"2026-11-02T17:04:11.123456+05:30\"",
      "\"2026-11-02T17:04:11-15:59\""}},
    {"choice", {"\"red\"", "\"green\"", "null"}},
    {"percent", {"0", "100", "-0", "33.33", "33.3", "1e1", "99.99", "0.01", "100.00", "null"}},
    {"weight", {"0", "1", "2.5", "0.125", "1000000", "null"}},
    {"amount",
     {"0", "0.01", "0.1", "-31415.92", "999999999999.99", "-999999999999.99", "33.30", "1e11",
      "70368744177.66", "null"}},
    {"fiscal_year", {"\"2026-27\"", "\"2099-00\"", "\"2109-10\"", "null"}},
    {"integer", {"1", "12", "null"}},
    {"bool", {"true", "false", "null"}},
    {"url",
     {"\"https://cerritos.gov/news\"", "\"http://a.b/c?d=e#f\"", "\"https://1.2.3.4:8080/\""}},
    {"external", {"\"x\"", "\"a/b\"", "\" \"", "\"12345\"", "\"\\u00e9\\u4e2d\""}},
    {"any", {"1", "null", "\"\"", "[]", "{}", "[[1]]"}},
    {"tags", {"[]", "[\"a\",\"b\"]"}},
    {"rows", {"[]", "null", "[{}]", "[{\"links\":[{\"label\":\"l\",\"url\":\"http://x\"}]}]"}},
    {"a/b~c", {"true"}},
};

static const struct values REFUSED[] = {
    {"text",
     {"\"\"", "\" \"", "\"\\t\\n\"", "\"\\u00a0\"", "\"\\u2003\\u3000\"", "\"\\u2028\\u205f\"",
      "\"123456\"", "1", "true", "[]", "{}"}},
    {"name",
     {"\"\"", "\"1a\"", "\"Gogov\"", "\"go gov\"", "\"_a\"", "\"go/gov\"", "\"g\\u00e9\"", "1",
      "\"a2345678901234567890123456789012345678901234567890123456789012345\""}},
    {"slug", {"\"\"", "\"-a\"", "\"a-\"", "\"a--b\"", "\"A\"", "\"a_b\"", "\"a b\"", "7"}},
    {"amount", {"0.001", "1000000000000", "-1000000000000", "1e300", "\"1\"", "true"}},
    {"fiscal_year",
     {"\"\"", "\"2026\"", "\"2026-28\"", "\"2026-26\"", "\"2026-2027\"", "\"26-27\"", "\"2026/27\"",
      "\"2026-2x\"", "\"2026-27 \"", "202627"}},
    {"id", {"\"\"", "\"x\"", "\"-1\"", "\"1.0\"", "\" 1\"", "\"1234567890123456789\"", "17"}},
    {"code",
     {"\"\"", "\"1\"", "\"1.\"", "\".1\"", "\"1.1.1\"", "\"01.1\"", "\"1.01\"", "\"0.1\"",
      "\"1.0\"", "\"a.b\"", "\"1.1 \"", "\"10000.1\"", "\"1,1\"", "1.1"}},
    {"date",
     {"\"\"", "\"2026-02-30\"", "\"2026-13-01\"", "\"26-01-01\"", "\"2026-10-31T00:00:00Z\"",
      "\"31.10.2026\"", "\"1899-12-31\"", "20261031"}},
    {"time",
     {"\"2026-11-02T17:04:11+16:00\"", "\"\"", "\"2026-11-02\"", "\"2026-11-02T17:04:11\"",
      "\"2026-11-02 17:04:11Z\"", "\"2026-11-02T25:04:11Z\"", "1793639051"}},
    {"choice", {"\"\"", "\"blue\"", "\"Red\"", "\"red,green\"", "0"}},
    {"percent", {"-0.01", "100.01", "33.333", "0.001", "1e3", "1e300", "-1e300", "\"33\"", "true"}},
    {"weight", {"-1", "-0.001", "0.0001", "1000000.001", "1e9", "\"1\""}},
    {"integer", {"0", "-1", "13", "1.0", "1.5", "1e1", "\"1\"", "9223372036854775807"}},
    {"bool", {"0", "1", "\"true\"", "\"\"", "[]"}},
    {"url",
     {"\"\"", "\"ftp://x\"", "\"javascript:alert(1)\"", "\"https://\"", "\"http:///x\"", "\"//x\"",
      "\"https:// x\"", "\"http://x y\"", "\"http://x/<script>\"", "\"http://x/\\\"\"",
      "\"HTTPS://x\"", "\"http://ex\\u00e4mple\"", "\"http://x\\n\"", "7"}},
    {"external",
     {"\"\"", "\"123456\"", "\"a\\u0001\"", "\"a\\n\"", "\"\\u007f\"", "\"\\u0085\"", "\"\\u2028\"",
      "1"}},
    {"tags", {"null", "\"a\"", "{}", "[\"a\",\"b\",\"c\"]"}},
    {"rows", {"{}", "\"x\"", "1"}},
    {"a/b~c", {"1"}},
};

static void check_values(const struct values *v, bool taken) {
    for (size_t i = 0; i < COUNT(v->values) && v->values[i]; i++) {
        char body[300];
        char place[80];
        snprintf(body, sizeof(body), "{\"%s\":%s}", v->name, v->values[i]);
        snprintf(place, sizeof(place), "#/%s", strcmp(v->name, "a/b~c") == 0 ? "a~1b~0c" : v->name);
        check_body(FIELDS, body, taken ? "" : place);
    }
}

START_TEST(every_type_takes_what_it_should) {
    for (size_t i = 0; i < COUNT(TAKEN); i++)
        check_values(&TAKEN[i], true);
}
END_TEST

START_TEST(every_type_refuses_the_rest_at_its_place) {
    for (size_t i = 0; i < COUNT(REFUSED); i++)
        check_values(&REFUSED[i], false);
}
END_TEST

START_TEST(limits_count_code_points_not_bytes) {
    check_body(FIELDS,
               "{\"text\":\"\xe4\xb8\xad\xe4\xb8\xad\xe4\xb8\xad\xe4\xb8\xad\xe4\xb8\xad\"}", "");
    check_body(
        FIELDS,
        "{\"text\":\"\\ud83d\\ude00\\ud83d\\ude00\\ud83d\\ude00\\ud83d\\ude00\\ud83d\\ude00\"}",
        "");
    check_body(
        FIELDS,
        "{\"text\":\"\xe4\xb8\xad\xe4\xb8\xad\xe4\xb8\xad\xe4\xb8\xad\xe4\xb8\xad\xe4\xb8\xad\"}",
        "#/text");
    check_body(FIELDS, "{\"external\":\"\\u00e9\\u00e9\\u00e9\\u00e9\\u00e9\"}", "");
    check_body(FIELDS, "{\"external\":\"\\u00e9\\u00e9\\u00e9\\u00e9\\u00e9\\u00e9\"}",
               "#/external");
}
END_TEST

START_TEST(all_faults_come_at_once_in_order) {
    check_body(FIELDS, "{\"text\":\"\",\"unheard\":1,\"percent\":101,\"date\":\"x\"}",
               "#/text #/unheard #/percent #/date");
    check_body(REQUIRED, "{\"also\":\"x\",\"never_null\":null}", "#/also #/never_null #/must");
}
END_TEST

START_TEST(what_is_required_is_missed_and_may_not_be_null) {
    check_body(REQUIRED, "{}", "#/must #/also");
    check_body(REQUIRED, "{\"must\":null,\"also\":null}", "#/must #/also");
    check_body(REQUIRED, "{\"must\":\"x\",\"also\":1}", "");
    check_body(REQUIRED, "{\"must\":\"x\",\"also\":1,\"never_null\":null}", "#/never_null");
}
END_TEST

START_TEST(names_in_pointers_are_escaped) {
    check_body(FIELDS, "{\"x/y\":1,\"x~y\":1,\"~1\":1,\"\":1,\"\\u00e9\":1}",
               "#/x~1y #/x~0y #/~01 #/ #/\xc3\xa9");
}
END_TEST

START_TEST(faults_in_nested_lists_name_their_index) {
    check_body(FIELDS, "{\"tags\":[\"ok\",\"long\"]}", "#/tags/1");
    check_body(FIELDS, "{\"tags\":[null,1]}", "#/tags/0 #/tags/1");
    check_body(
        FIELDS,
        "{\"rows\":[{},{\"links\":[{\"label\":\"l\",\"url\":\"http://x\"},"
        "{\"label\":\"too long\",\"x\":1},7]},null]}",
        "#/rows/1/links/1/label #/rows/1/links/1/x #/rows/1/links/1/url #/rows/1/links/2 #/rows/2");
}
END_TEST

START_TEST(a_body_that_is_no_object_is_one_fault) {
    static const char *const bodies[] = {"[]", "null", "1", "\"x\"", "true"};
    for (size_t i = 0; i < COUNT(bodies); i++)
        check_body(FIELDS, bodies[i], "#");
}
END_TEST

START_TEST(a_hundred_faults_are_kept_and_all_are_refused) {
    AUTO(call) struct call c;
    AUTO(buf) struct buf body = {0};
    call_init(&c, 1000);
    buf_adds(&body, "{\"x0\":1");
    for (int i = 1; i < 2000; i++)
        buf_addf(&body, ",\"x%d\":1", i);
    buf_adds(&body, "}");
    AUTO(doc) struct doc *d = doc_parse(&c, body.data, body.len);
    field_check(&c, FIELDS, d, "#");
    size_t n = 0;
    for (const struct fault *f = c.faults; f; f = f->next)
        n++;
    ck_assert_uint_eq(n, 100);
    ck_assert(!fault_check(&c));
    ck_assert_int_eq(c.err, ERR_INVALID);
}
END_TEST

START_TEST(parameters_are_refused_by_the_same_rules) {
    static const struct {
        enum field_type type;
        size_t max;
        const char *text;
        bool taken;
    } cases[] = {
        {FIELD_INTEGER, 0, "7", true},       {FIELD_INTEGER, 0, "0", false},
        {FIELD_INTEGER, 0, "07", false},     {FIELD_INTEGER, 0, "-7", false},
        {FIELD_INTEGER, 0, "7.0", false},    {FIELD_INTEGER, 0, "1234567890", false},
        {FIELD_INTEGER, 0, "", false},       {FIELD_DATE, 0, "2026-10-31", true},
        {FIELD_DATE, 0, "yesterday", false}, {FIELD_CODE, 0, "3.10", true},
        {FIELD_CODE, 0, "3", false},         {FIELD_TEXT, 3, "abc", true},
        {FIELD_TEXT, 3, "abcd", false},      {FIELD_TEXT, 3, " ", false},
    };
    AUTO(call) struct call c;
    call_init(&c, 1000);
    for (size_t i = 0; i < COUNT(cases); i++) {
        const struct field f = {"p", cases[i].type, 0, cases[i].max, NULL, NULL};
        const char *why = field_refuses(&c, &f, cases[i].text);
        ck_assert_msg((why == NULL) == cases[i].taken, "\"%s\": %s", cases[i].text,
                      why ? why : "taken");
    }
    const struct field choice = {"p", FIELD_CHOICE, 0, 0, COLOURS, NULL};
    ck_assert_str_eq(field_refuses(&c, &choice, "blue"), "must be one of: red, green");
    ck_assert_int_eq(c.err, ERR_NONE);
}
END_TEST

int main(void) {
    const TTest *const tests[] = {
        every_type_takes_what_it_should,
        every_type_refuses_the_rest_at_its_place,
        limits_count_code_points_not_bytes,
        all_faults_come_at_once_in_order,
        what_is_required_is_missed_and_may_not_be_null,
        names_in_pointers_are_escaped,
        faults_in_nested_lists_name_their_index,
        a_body_that_is_no_object_is_one_fault,
        a_hundred_faults_are_kept_and_all_are_refused,
        parameters_are_refused_by_the_same_rules,
    };
    return suite_run("model/field", tests, COUNT(tests));
}
