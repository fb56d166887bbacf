#include "model/batch.h"

#include <stdio.h>
#include <string.h>

#include "contact.h"
#include "faults.h"
#include "support/suite.h"

#define ITEM "{\"objective\":\"7.1\",\"as_of\":\"2026-01-31\",\"kind\":\"note\",\"summary\":\"s\""

/* The places of the faults and, in spare, of those that were set aside. */
static void check_batch(const struct operation *op, const char *body, bool spare,
                        const char *places, const char *aside) {
    AUTO(call) struct call c;
    AUTO(buf) struct buf found = {0}, refused = {0};
    call_init(&c, 1000);
    bool taken = batch_check(&c, op, body, strlen(body), spare, &refused);
    faults_places(&c, &found);
    ck_assert_msg(strcmp(found.data, places) == 0, "%s: \"%s\", not \"%s\"", body, found.data,
                  places);
    ck_assert_int_eq(taken, !*places);
    ck_assert_msg(!taken || strcmp(refused.data, aside) == 0, "%s: %s", body, refused.data);
}

START_TEST(faults_lie_under_the_item_that_has_them) {
    static const char BODY[] = "{\"items\":[" ITEM "}," ITEM ",\"percent_complete\":3},7," ITEM
                               ",\"external_id\":\"x\",\"supersedes\":\"1\"}]}";
    check_batch(&updates_batch, "{\"items\":[" ITEM "}]}", false, "", "{}");
    check_batch(&updates_batch, BODY, false,
                "#/items/1/percent_complete #/items/2 #/items/3/supersedes", "");
    check_batch(
        &updates_batch, BODY, true, "",
        "{\"1\":[{\"pointer\":\"#/items/1/percent_complete\",\"detail\":\"must be absent: a "
        "note moves nothing\"}],\"2\":[{\"pointer\":\"#/items/2\",\"detail\":\"must be an "
        "object\"}],\"3\":[{\"pointer\":\"#/items/3/supersedes\",\"detail\":\"must be "
        "absent: external_id names the update\"}]}");
}
END_TEST

START_TEST(what_is_no_batch_is_never_spared) {
    check_batch(&updates_batch, "[]", true, "#", "");
    check_batch(&updates_batch, "{}", true, "#/items", "");
    check_batch(&updates_batch, "{\"items\":{}}", true, "#/items", "");
    check_batch(&updates_batch, "{\"items\":[],\"more\":1}", true, "#/more", "");
    check_batch(&open311_json, "{}", true, "#", "");
}
END_TEST

START_TEST(a_thousand_items_are_the_most) {
    static const struct {
        const struct operation *op;
        const char *head, *tail, *place;
    } cases[] = {{&updates_batch, "{\"items\":[", "]}", "#/items"}, {&open311_json, "[", "]", "#"}};
    for (size_t i = 0; i < COUNT(cases); i++) {
        AUTO(buf) struct buf body = {0};
        buf_adds(&body, cases[i].head);
        for (size_t n = 0; n < BATCH_MOST + 1; n++)
            buf_adds(&body, n ? ",0" : "0");
        buf_adds(&body, cases[i].tail);
        check_batch(cases[i].op, body.data, true, cases[i].place, "");
    }
}
END_TEST

START_TEST(updates_of_open311_have_fields_of_their_own) {
    check_batch(&open311_json,
                "[{\"update_id\":\"1\",\"service_request_id\":\"2\",\"status\":\"open\","
                "\"updated_datetime\":\"2026-01-31T00:00:00Z\",\"description\":null}]",
                false, "", "{}");
    check_batch(&open311_json, "[{\"update_id\":1,\"status\":\"Open\",\"summary\":\"s\"}]", false,
                "#/0/update_id #/0/status #/0/summary #/0/service_request_id "
                "#/0/updated_datetime",
                "");
}
END_TEST

START_TEST(a_service_names_itself_and_its_figures_are_sound) {
    static const struct {
        const char *service, *places;
    } cases[] = {
        {"{\"name\":\"n\",\"open\":0,\"median_days_to_close\":0.5}", ""},
        {"{\"case_id\":\"c\",\"state\":\"open\",\"raw_state\":\"New\"}", ""},
        {"null", ""},
        {"{}", "#/items/0/service"},
        {"7", "#/items/0/service"},
        {"{\"name\":\"n\",\"open\":1.0}", "#/items/0/service/open"},
        {"{\"name\":\"n\",\"closed\":1000000000}", "#/items/0/service/closed"},
        {"{\"name\":\"n\",\"overdue\":-1}", "#/items/0/service/overdue"},
        {"{\"name\":\"n\",\"median_days_to_close\":-1}", "#/items/0/service/median_days_to_close"},
        {"{\"name\":\"n\",\"raw_state\":\"New\"}", "#/items/0/service/state"},
        {"{\"name\":\"n\",\"period\":{\"from\":\"2026-01-02\",\"to\":\"2026-01-01\"}}",
         "#/items/0/service/period/to"},
        {"{\"name\":\"n\",\"period\":{}}",
         "#/items/0/service/period/from #/items/0/service/period/to"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        AUTO(buf) struct buf body = {0};
        buf_addf(&body,
                 "{\"items\":[{\"objective\":\"7.1\",\"as_of\":\"2026-01-31\",\"kind\":"
                 "\"service_status\",\"summary\":\"s\",\"service\":%s}]}",
                 cases[i].service);
        check_batch(&updates_batch, body.data, false, cases[i].places, "{}");
    }
}
END_TEST

START_TEST(names_of_contacts_are_known_in_any_spelling) {
    static const char *const contacts[] = {"phone",      "Phone-Number", "E-MAIL",   "eMailAddress",
                                           "callerName", "home_address", "Name",     "first name",
                                           "Reporter",   "contact_info", "zip_code", "mobile2"};
    static const char *const others[] = {"", "summary", "open", "names", "nickname", "service"};
    for (size_t i = 0; i < COUNT(contacts); i++)
        ck_assert_msg(is_contact(contacts[i]), "%s", contacts[i]);
    for (size_t i = 0; i < COUNT(others); i++)
        ck_assert_msg(!is_contact(others[i]), "%s", others[i]);
}
END_TEST

int main(void) {
    const TTest *const tests[] = {
        faults_lie_under_the_item_that_has_them,
        what_is_no_batch_is_never_spared,
        a_thousand_items_are_the_most,
        updates_of_open311_have_fields_of_their_own,
        a_service_names_itself_and_its_figures_are_sound,
        names_of_contacts_are_known_in_any_spelling,
    };
    return suite_run("model/batch", tests, COUNT(tests));
}
