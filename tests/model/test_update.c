#include "model/update.h"

#include <stdio.h>
#include <string.h>

#include "faults.h"
#include "support/suite.h"

static void check_places(const char *body, const char *places) {
    AUTO(call) struct call c;
    AUTO(buf) struct buf found = {0};
    call_init(&c, 1000);
    bool taken = operation_check(&c, &update_post, body, strlen(body));
    faults_places(&c, &found);
    ck_assert_msg(strcmp(found.data, places) == 0, "%s: \"%s\", not \"%s\"", body, found.data,
                  places);
    ck_assert_int_eq(taken, !*places);
    ck_assert_int_eq(c.err, *places ? ERR_INVALID : ERR_NONE);
}

/* The cell's text without the blanks round it; *line moves behind its bar. */
static char *cell(char **line) {
    char *text = strsep(line, "|\n");
    text += strspn(text, " ");
    size_t len = strlen(text);
    while (len && text[len - 1] == ' ')
        text[--len] = '\0';
    return text;
}

static void add_member(struct buf *b, const char *name, const char *value, bool quoted) {
    if (strcmp(value, "-") == 0)
        return;
    const char *mark = quoted && strcmp(value, "null") != 0 ? "\"" : "";
    buf_addf(b, ",\"%s\":%s%s%s", name, mark, value, mark);
}

static void check_line(char *line) {
    AUTO(buf) struct buf body = {0};
    buf_addf(&body,
             "{\"objective\":\"7.1\",\"as_of\":\"2026-10-31\",\"summary\":\"s\",\"kind\":\"%s\"",
             cell(&line));
    add_member(&body, "status", cell(&line), true);
    add_member(&body, "percent_complete", cell(&line), false);
    add_member(&body, "reason", cell(&line), true);
    buf_addc(&body, '}');
    check_places(body.data, cell(&line));
}

START_TEST(kind_status_and_percent_agree) {
    FILE *in = fopen(TEST_DATA "/update/rules.txt", "r");
    ck_assert_ptr_nonnull(in);
    char line[200];
    int seen = 0;
    while (fgets(line, sizeof(line), in))
        if (strchr(line, '|') && *line != '#') {
            check_line(line);
            seen++;
        }
    fclose(in);
    ck_assert_int_ge(seen, 50);
}
END_TEST

START_TEST(a_whole_update_is_taken) {
    check_places(
        "{\"objective\":\"3.10\",\"as_of\":\"2026-10-31\",\"kind\":\"progress\",\"status\":\"on_track\","
        "\"percent_complete\":40,\"summary\":\"s\",\"details\":\"d\",\"next_steps\":\"n\","
        "\"links\":[{\"label\":\"l\",\"url\":\"https://x.y\"}],\"measurements\":[],\"source\":\"gogov\","
        "\"external_id\":\"a b/c\",\"source_updated_at\":\"2026-10-31T08:00:00-07:00\","
        "\"supersedes\":\"17\",\"reason\":\"r\"}",
        "");
}
END_TEST

START_TEST(what_is_optional_may_be_null_and_lists_may_not) {
    check_places(
        "{\"objective\":\"3.1\",\"as_of\":\"2026-10-31\",\"kind\":\"note\",\"summary\":\"s\",\"details\":null,"
        "\"next_steps\":null,\"external_id\":null,\"source_updated_at\":null,\"supersedes\":null,\"reason\":null}",
        "");
    check_places(
        "{\"objective\":\"3.1\",\"as_of\":\"2026-10-31\",\"kind\":\"note\",\"summary\":\"s\","
        "\"links\":null,\"measurements\":null,\"source\":null}",
        "#/links #/measurements #/source");
}
END_TEST

START_TEST(faults_of_fields_and_rules_come_together) {
    check_places(
        "{\"as_of\":\"2026-02-30\",\"kind\":\"progress\",\"percent_complete\":120,\"summary\":\"\","
        "\"links\":[{\"url\":\"ftp://x\"}],\"mood\":\"good\"}",
        "#/as_of #/percent_complete #/summary #/links/0/url #/links/0/label #/mood #/objective #/status");
    check_places("{}", "#/objective #/as_of #/kind #/summary");
    check_places("[]", "#");
}
END_TEST

START_TEST(a_measurement_names_its_measure_and_a_number) {
    check_places(
        "{\"objective\":\"3.1\",\"as_of\":\"2026-10-31\",\"kind\":\"note\",\"summary\":\"s\","
        "\"measurements\":[{\"measure\":\"response-time\",\"actual\":-4.50,\"target\":null,"
        "\"as_of\":\"2026-09-30\"}]}",
        "");
    check_places(
        "{\"objective\":\"3.1\",\"as_of\":\"2026-10-31\",\"kind\":\"note\",\"summary\":\"s\","
        "\"measurements\":[{\"measure\":\"Response\",\"actual\":\"4\"},{\"actual\":null,\"x\":1},"
        "{\"measure\":\"a\",\"actual\":1e15,\"target\":-1e15,\"as_of\":\"2026\"},7]}",
        "#/measurements/0/measure #/measurements/0/actual #/measurements/1/actual "
        "#/measurements/1/x #/measurements/1/measure #/measurements/2/actual "
        "#/measurements/2/target #/measurements/2/as_of #/measurements/3");
}
END_TEST

static void check_limit(const char *name, const char *piece, size_t most) {
    for (int over = 0; over < 2; over++) {
        AUTO(buf) struct buf body = {0};
        char place[64];
        snprintf(place, sizeof(place), "#/%s", name);
        buf_adds(&body, "{\"objective\":\"3.1\",\"as_of\":\"2026-10-31\",\"kind\":\"note\",");
        if (strcmp(name, "summary") != 0)
            buf_adds(&body, "\"summary\":\"s\",");
        buf_addf(&body, "\"%s\":\"", name);
        for (size_t i = 0; i < most + (size_t)over; i++)
            buf_adds(&body, piece);
        buf_adds(&body, "\"}");
        check_places(body.data, over ? place : "");
    }
}

START_TEST(the_limits_of_texts_are_those_of_the_contract) {
    static const struct {
        const char *name;
        size_t most;
    } cases[] = {
        {"summary", 500}, {"details", 10000},   {"next_steps", 2000},
        {"reason", 2000}, {"external_id", 200},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        check_limit(cases[i].name, "x", cases[i].most);
        check_limit(cases[i].name, "\xe4\xb8\xad", cases[i].most);
    }
}
END_TEST

START_TEST(twenty_links_are_the_most) {
    for (int count = 20; count <= 21; count++) {
        AUTO(buf) struct buf body = {0};
        buf_adds(
            &body,
            "{\"objective\":\"3.1\",\"as_of\":\"2026-10-31\",\"kind\":\"note\",\"summary\":\"s\",\"links\":[");
        for (int i = 0; i < count; i++)
            buf_addf(&body, "%s{\"label\":\"l\",\"url\":\"http://x/%d\"}", i ? "," : "", i);
        buf_adds(&body, "]}");
        check_places(body.data, count > 20 ? "#/links" : "");
    }
}
END_TEST

START_TEST(faults_of_an_imported_update_lie_under_its_place) {
    static const char body[] = "{\"kind\":\"progress\",\"percent_complete\":1}";
    AUTO(call) struct call c;
    AUTO(buf) struct buf found = {0};
    call_init(&c, 1000);
    AUTO(doc) struct doc *d = doc_parse(&c, body, strlen(body));
    update_check(&c, d, "#/updates/3");
    faults_places(&c, &found);
    ck_assert_str_eq(found.data, "#/updates/3/status");
}
END_TEST

START_TEST(a_retraction_states_its_reason_and_a_publication_nothing) {
    static const struct {
        const struct operation *op;
        const char *body;
        const char *places;
    } cases[] = {
        {&update_retract, "{\"reason\":\"wrong objective\"}", ""},
        {&update_retract, "{}", "#/reason"},
        {&update_retract, "{\"reason\":null}", "#/reason"},
        {&update_retract, "{\"reason\":\" \"}", "#/reason"},
        {&update_retract, "{\"reason\":\"r\",\"who\":\"me\"}", "#/who"},
        {&update_publish, "", ""},
        {&update_publish, "{}", ""},
        {&update_publish, "{\"comment\":\"x\"}", "#/comment"},
        {&update_discard, "", ""},
        {&update_discard, "[]", "#"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        AUTO(call) struct call c;
        AUTO(buf) struct buf found = {0};
        call_init(&c, 1000);
        bool taken = operation_check(&c, cases[i].op, cases[i].body, strlen(cases[i].body));
        faults_places(&c, &found);
        ck_assert_msg(strcmp(found.data, cases[i].places) == 0, "%s: %s", cases[i].body,
                      found.data);
        ck_assert_int_eq(taken, !*cases[i].places);
    }
}
END_TEST

START_TEST(a_refused_status_is_told_only_what_can_be_posted) {
    static const char body[] =
        "{\"objective\":\"7.1\",\"as_of\":\"2026-10-31\",\"kind\":\"progress\","
        "\"status\":\"no_information\",\"summary\":\"s\"}";
    AUTO(call) struct call c;
    call_init(&c, 1000);
    ck_assert(!operation_check(&c, &update_post, body, strlen(body)));
    ck_assert_ptr_nonnull(c.faults);
    ck_assert_ptr_null(c.faults->next);
    ck_assert_str_eq(c.faults->where, "#/status");
    ck_assert_ptr_nonnull(strstr(c.faults->detail, "not_started"));
    ck_assert_ptr_null(strstr(c.faults->detail, "no_information"));
}
END_TEST

int main(void) {
    const TTest *const tests[] = {
        kind_status_and_percent_agree,
        a_whole_update_is_taken,
        what_is_optional_may_be_null_and_lists_may_not,
        faults_of_fields_and_rules_come_together,
        a_measurement_names_its_measure_and_a_number,
        the_limits_of_texts_are_those_of_the_contract,
        twenty_links_are_the_most,
        faults_of_an_imported_update_lie_under_its_place,
        a_retraction_states_its_reason_and_a_publication_nothing,
        a_refused_status_is_told_only_what_can_be_posted,
    };
    return suite_run("model/update", tests, COUNT(tests));
}
