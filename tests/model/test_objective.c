#include "model/objective.h"

#include <string.h>

#include "faults.h"
#include "model/goal.h"
#include "support/suite.h"

static void check_places(const struct operation *op, const char *body, const char *places) {
    AUTO(call) struct call c;
    AUTO(buf) struct buf found = {0};
    call_init(&c, 1000);
    bool taken = operation_check(&c, op, body, strlen(body));
    faults_places(&c, &found);
    ck_assert_msg(strcmp(found.data, places) == 0, "%s: \"%s\", not \"%s\"", body, found.data,
                  places);
    ck_assert_int_eq(taken, !*places);
}

START_TEST(edit_fields_are_taken_each_alone) {
    static const char *const bodies[] = {
        "{}",
        "{\"statement\":\"s\"}",
        "{\"description\":null}",
        "{\"description\":\"d\",\"description_position\":\"after\"}",
        "{\"lead_department\":\"public-works\",\"supporting_departments\":[\"a\",\"b-c\"]}",
        "{\"owner_role\":null,\"start_on\":null,\"due_on\":null}",
        "{\"start_on\":\"2026-01-01\",\"due_on\":\"2026-01-01\"}",
        "{\"update_frequency\":\"quarterly\",\"weight\":0,\"tags\":[],\"archived\":false}",
        "{\"milestones\":[],\"relationships\":[],\"funding\":[],\"external_refs\":[]}",
        "{\"milestones\":[{\"title\":\"t\",\"due_on\":null,\"achieved_on\":\"2026-01-01\"}]}",
        "{\"relationships\":[{\"type\":\"depends_on\",\"objective\":\"7.2\"}]}",
        "{\"funding\":[{\"fiscal_year\":\"2026-27\",\"gl_account\":\"0110\",\"spent\":0.5}]}",
        "{\"external_refs\":[{\"system\":\"tyler\",\"type\":\"project\",\"id\":\"007\"}]}",
    };
    for (size_t i = 0; i < COUNT(bodies); i++)
        check_places(&objective_patch, bodies[i], "");
}
END_TEST

START_TEST(a_due_date_does_not_come_before_the_start) {
    check_places(&objective_patch, "{\"start_on\":\"2026-01-02\",\"due_on\":\"2026-01-01\"}",
                 "#/due_on");
}
END_TEST

START_TEST(update_fields_are_not_edited) {
    check_places(
        &objective_patch,
        "{\"status\":\"completed\",\"percent_complete\":100,\"code\":\"1.2\",\"revision\":9}",
        "#/status #/percent_complete #/code #/revision");
    check_places(&goal_patch, "{\"progress\":{},\"number\":9,\"percent\":1}",
                 "#/progress #/number #/percent");
}
END_TEST

START_TEST(what_has_a_default_is_never_null) {
    check_places(
        &objective_patch,
        "{\"statement\":null,\"supporting_departments\":null,\"update_frequency\":null,\"weight\":null,"
        "\"tags\":null,\"archived\":null}",
        "#/statement #/supporting_departments #/update_frequency #/weight #/tags #/archived");
    check_places(
        &goal_patch,
        "{\"statement\":null,\"weight\":null,\"short_name\":null,\"short_name_source\":null}",
        "#/statement #/weight");
}
END_TEST

START_TEST(lists_name_the_faulty_item) {
    check_places(&objective_patch,
                 "{\"tags\":[\"ok\",\"\"],\"supporting_departments\":[\"ok\",\"Not OK\"]}",
                 "#/tags/1 #/supporting_departments/1");
}
END_TEST

int main(void) {
    const TTest *const tests[] = {
        edit_fields_are_taken_each_alone, a_due_date_does_not_come_before_the_start,
        update_fields_are_not_edited,     what_has_a_default_is_never_null,
        lists_name_the_faulty_item,
    };
    return suite_run("model/objective", tests, COUNT(tests));
}
