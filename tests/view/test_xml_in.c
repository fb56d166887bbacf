#include "view/xml_in.h"

#include <string.h>

#include "support/suite.h"
#include "view/open311.h"

static const char *const ROOTS[] = {"list", NULL};
static const char *const RECORDS[] = {"item", NULL};
static const struct xml_shape SHAPE = {ROOTS, RECORDS};

/* NULL for json: refused, with words among what is said. */
static void check_xml(const char *xml, const char *json, const char *words) {
    AUTO(call) struct call c;
    AUTO(buf) struct buf found = {0};
    call_init(&c, 1000);
    bool taken = xml_in(&c, &SHAPE, xml, strlen(xml), &found);
    ck_assert_msg(taken == (json != NULL), "%s: %s", xml, c.detail ? c.detail : "taken");
    if (json)
        ck_assert_str_eq(found.data, json);
    else
        ck_assert_msg(c.err == ERR_MALFORMED && strstr(c.detail, words), "%s: %s", xml, c.detail);
}

START_TEST(records_become_a_list) {
    check_xml("<list/>", "[]", NULL);
    check_xml(
        "<?xml version='1.0'?>\n<!-- c --><list>\n <item><a>1</a><b/></item><item></item></list>\n",
        "[{\"a\":\"1\"},{}]", NULL);
    check_xml("<list><item x='1'><a>a &lt;&amp;&#233;<![CDATA[<b>]]> \"</a></item></list>",
              "[{\"a\":\"a <&é<b> \\\"\"}]", NULL);
    check_xml("<n:list xmlns:n='urn:x'><n:item><n:a>1</n:a></n:item></n:list>", "[{\"a\":\"1\"}]",
              NULL);
    check_xml("<?xml version='1.0' encoding='ISO-8859-1'?><list><item><a>é</a></item></list>",
              "[{\"a\":\"é\"}]", NULL);
}
END_TEST

START_TEST(what_is_twice_stands_there_twice) {
    check_xml("<list><item><a>1</a><a>2</a></item></list>", "[{\"a\":\"1\",\"a\":\"2\"}]", NULL);
}
END_TEST

START_TEST(another_shape_is_refused) {
    check_xml("<other/>", NULL, "other");
    check_xml("<list><other/></list>", NULL, "other");
    check_xml("<list><item><a><b/></a></item></list>", NULL, "within a field");
    check_xml("<list>text</list>", NULL, "text");
    check_xml("<list><item>text</item></list>", NULL, "text");
}
END_TEST

START_TEST(a_document_type_is_refused_before_it_is_read) {
    check_xml("<!DOCTYPE list><list/>", NULL, "document type");
    check_xml("<!DOCTYPE list SYSTEM 'file:///etc/passwd'><list/>", NULL, "document type");
    check_xml("<!DOCTYPE list [<!ENTITY a 'b'>]><list><item><a>&a;</a></item></list>", NULL,
              "document type");
    check_xml("<!DOCTYPE list [ this is not even a declaration", NULL, "document type");
}
END_TEST

START_TEST(what_is_not_well_formed_is_refused) {
    static const char *const cases[] = {"x",
                                        "<list>",
                                        "<list></item>",
                                        "<list/><list/>",
                                        "<list><item><a>&a;</a></item></list>",
                                        "<list><item><a>&#0;</a></item></list>",
                                        "<list><item a=1/></list>",
                                        "<list><item><a>]]></a></item></list>"};
    for (size_t i = 0; i < COUNT(cases); i++)
        check_xml(cases[i], NULL, "well-formed");
    check_xml("", NULL, "empty");
    check_xml("<list>\xff</list>", NULL, "UTF-8");
}
END_TEST

START_TEST(depth_costs_no_stack) {
    AUTO(buf) struct buf deep = {0};
    buf_adds(&deep, "<list><item><a>");
    for (int i = 0; i < 100000; i++)
        buf_adds(&deep, "<b>");
    check_xml(deep.data, NULL, "within a field");
}
END_TEST

START_TEST(an_answer_of_open311_is_well_formed) {
    static const char JSON[] =
        "{\"service_request_updates\":[{\"update_id\":\"a<b\",\"service_request_id\":null,"
        "\"status\":422,\"outcome\":\"refused\",\"location\":null,\"detail\":\"no\"}],"
        "\"dry_run\":true}";
    AUTO(call) struct call c;
    AUTO(buf) struct buf xml = {0};
    call_init(&c, 1000);
    ck_assert(open311_write(&c, JSON, strlen(JSON), &xml));
    ck_assert_str_eq(xml.data, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                               "<service_request_updates>\n<request_update>\n"
                               "<update_id>a&lt;b</update_id>\n<status>422</status>\n"
                               "<outcome>refused</outcome>\n<detail>no</detail>\n"
                               "</request_update>\n<dry_run>true</dry_run>\n"
                               "</service_request_updates>\n");
}
END_TEST

int main(void) {
    const TTest *const tests[] = {
        records_become_a_list,
        what_is_twice_stands_there_twice,
        another_shape_is_refused,
        a_document_type_is_refused_before_it_is_read,
        what_is_not_well_formed_is_refused,
        depth_costs_no_stack,
        an_answer_of_open311_is_well_formed,
    };
    xml_in_start();
    return suite_run("view/xml_in", tests, COUNT(tests));
}
