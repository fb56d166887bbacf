#include "view/stratml.h"

#include <libxml/parser.h>
#include <libxml/relaxng.h>
#include <string.h>

#include "support/suite.h"

#define SCHEMA TEST_DATA "/stratml/part2.rng"

#define PROGRESS \
    "'progress':{'percent':20,'percent_is_minimum':true,'reported':1,'total':2,'status':'at_risk'}"
#define PLAN(demo, more)                                                                           \
    "{'slug':'p','title':'A <Plan> & more','organization':'City','overview':" more ",'demo':" demo \
    ",'starts_on':'2026-01-01','ends_on':null," PROGRESS "}"
#define GOALS                                                                     \
    "{'data':[{'number':3,'statement':'To win.','short_name':null," PROGRESS "}," \
    "{'number':10,'statement':'To \\uffff \\u0001 stay.','short_name':'Stay'," PROGRESS "}]}"
#define OBJECTIVE(code, goal, more)                                                         \
    "{'code':'" code "','goal':" goal ",'statement':'Do ]]> <it>.','lead_department':null," \
    "'supporting_departments':[],'owner_role':null," more "}"
#define QUIET                                                                                    \
    "'description':null,'description_position':null,'actions':[],'status':'no_information',"     \
    "'status_as_of':null,'percent_complete':null,'percent_as_of':null,'start_on':null,'due_on':" \
    "null,'archived_at':null,'latest_update':null"
#define TOLD(before, status, percent, percent_on)                                              \
    "'description':'All.','description_position':'" before "',"                                \
    "'actions':[{'text':'Act 1','done':true},{'text':'Act 2','done':null}],'status':'" status  \
    "','status_as_of':'2026-03-31','percent_complete':" percent ",'percent_as_of':" percent_on \
    ",'start_on':'2026-01-01','due_on':'2026-12-31',"                                          \
    "'archived_at':'2026-05-01T00:00:00.000Z',"                                                \
    "'latest_update':{'as_of':'2026-04-01','summary':'Said & done.'}"
#define MEASURES                                                                           \
    "{'data':[{'slug':'calls','name':'Calls','unit':'minutes','direction':'decrease',"     \
    "'baseline':12345678.25,'baseline_on':'2025-01-01','target':0.00001,'target_on':null," \
    "'lower_limit':null,'upper_limit':9,'data_source':'CAD','description':null,"           \
    "'objectives':['3.1','10.2'],'archived_at':null,"                                      \
    "'latest':{'as_of':'2026-02-28','actual':-1.5,'target':null,'update':'7'}},"           \
    "{'slug':'gone','name':'Gone','unit':'x','direction':'maintain','objectives':['3.1']," \
    "'archived_at':'2026-01-01T00:00:00.000Z','latest':null}]}"

static struct call c;
static struct buf out;

static struct doc *parse(const char *text) {
    char *json = call_strdup(&c, text);
    for (char *p = json; *p; p++)
        if (*p == '\'')
            *p = '"';
    struct doc *d = doc_parse(&c, json, strlen(json));
    ck_assert_msg(d != NULL, "%s in %s", c.detail, json);
    return d;
}

/* Complains to stderr by itself. */
static void check_against_schema(void) {
    xmlDoc *document = xmlReadMemory(out.data, (int)out.len, NULL, NULL, XML_PARSE_NONET);
    ck_assert(document != NULL);
    xmlRelaxNGParserCtxt *parser = xmlRelaxNGNewParserCtxt(SCHEMA);
    xmlRelaxNG *schema = xmlRelaxNGParse(parser);
    ck_assert_msg(schema != NULL, "%s", SCHEMA);
    xmlRelaxNGValidCtxt *judge = xmlRelaxNGNewValidCtxt(schema);
    ck_assert_msg(xmlRelaxNGValidateDoc(judge, document) == 0, "%s", out.data);
    xmlRelaxNGFreeValidCtxt(judge);
    xmlRelaxNGFree(schema);
    xmlRelaxNGFreeParserCtxt(parser);
    xmlFreeDoc(document);
}

static bool made(const char *plan, const char *goals, const char *objectives,
                 const struct stratml *more) {
    call_init(&c, 1000);
    AUTO(doc) struct doc *whole = parse(plan);
    AUTO(doc) struct doc *first = parse(goals);
    AUTO(doc) struct doc *second = parse(objectives);
    AUTO(doc) struct doc *measures = parse(MEASURES);
    AUTO(doc)
    struct doc *departments = parse("{'data':[{'slug':'it','name':'Technology & Data'}]}");
    struct stratml s = more ? *more : (struct stratml){0};
    s.plan = whole;
    s.goals = first;
    s.objectives = second;
    s.measures = measures;
    s.departments = departments;
    s.source = "https://plan.example.org/plan.stratml.xml?a=1&b=2";
    return stratml_write(&c, &out, &s);
}

static void make(const char *objectives, const struct stratml *more) {
    ck_assert_msg(made(PLAN("false", "'One.\\n\\nTwo.'"), GOALS, objectives, more), "%s", c.detail);
    check_against_schema();
}

static void unmake(void) {
    buf_drop(&out);
    call_drop(&c);
}

static void holds(const char *text) {
    ck_assert_msg(strstr(out.data, text), "no %s in\n%s", text, out.data);
}

static void lacks(const char *text) {
    ck_assert_msg(!strstr(out.data, text), "%s in\n%s", text, out.data);
}

static size_t count(const char *text) {
    size_t n = 0;
    for (const char *at = out.data; (at = strstr(at, text)); at++)
        n++;
    return n;
}

START_TEST(words_are_kept_and_what_xml_cannot_hold_is_replaced) {
    make("{'data':[" OBJECTIVE("3.1", "3", QUIET) "]}", NULL);
    holds("<Name>A &lt;Plan&gt; &amp; more</Name>");
    holds("<Description>One.\n\nTwo.</Description>");
    holds("<Name>Goal 3</Name>\n   <Description>To win.</Description>");
    holds("<Name>Stay</Name>\n   <Description>To \xef\xbf\xbd \xef\xbf\xbd stay.</Description>");
    holds("<Description>Do ]]&gt; &lt;it&gt;.</Description>");
    holds("<OtherInformation>At risk. At least 20% complete (1 of 2 objectives have reported a "
          "percent).</OtherInformation>");
    holds("plan.stratml.xml?a=1&amp;b=2</Source>");
    holds("<StartDate>2026-01-01</StartDate>\n  <Source>");
    lacks("Demonstration");
    lacks("Submitter");
    unmake();
}
END_TEST

START_TEST(nothing_reported_makes_no_indicator_of_progress) {
    make("{'data':[" OBJECTIVE("10.1", "10", QUIET) "]}", NULL);
    holds("<OtherInformation>Not yet reported.</OtherInformation>");
    lacks("PerformanceIndicator");
    lacks("EndDate");
    unmake();
}
END_TEST

START_TEST(status_and_percent_of_one_update_are_one_result) {
    make("{'data':[" OBJECTIVE("10.1", "10",
                               TOLD("before", "on_track", "40.5", "'2026-03-31'")) "]}",
         NULL);
    holds("<Description>Do ]]&gt; &lt;it&gt;.\nAll.\nAct 1\nAct 2</Description>");
    holds("<OtherInformation>Archived on 2026-05-01.\nOn track: to plan in time and budget; 40.5% "
          "complete; as of March 31, 2026.\nDone: Act 1\nLatest update, April 1, 2026: Said &amp; "
          "done.</OtherInformation>");
    holds("PerformanceIndicatorType=\"Quantitative\"");
    holds("<StartDate>2026-01-01</StartDate>\n       <EndDate>2026-12-31</EndDate>\n       "
          "<NumberOfUnits>100</NumberOfUnits>");
    holds("<EndDate>2026-03-31</EndDate>\n       <NumberOfUnits>40.5</NumberOfUnits>\n       "
          "<Descriptor>");
    ck_assert_uint_eq(count("<ActualResult>"), 1);
    unmake();
}
END_TEST

START_TEST(status_and_percent_of_two_updates_keep_their_days) {
    make("{'data':[" OBJECTIVE("10.1", "10", TOLD("after", "at_risk", "40", "'2026-01-31'")) "]}",
         NULL);
    holds("<Description>Do ]]&gt; &lt;it&gt;.\nAct 1\nAct 2\nAll.</Description>");
    holds("<EndDate>2026-01-31</EndDate>\n       <NumberOfUnits>40</NumberOfUnits>\n      "
          "</ActualResult>");
    holds("<EndDate>2026-03-31</EndDate>\n       <Descriptor>");
    unmake();
    make("{'data':[" OBJECTIVE("10.1", "10", TOLD("after", "ongoing", "null", "null")) "]}", NULL);
    holds("PerformanceIndicatorType=\"Qualitative\"");
    holds("<DescriptorValue>Ongoing</DescriptorValue>");
    lacks("NumberOfUnits");
    unmake();
}
END_TEST

START_TEST(measures_are_indicators_of_each_of_their_objectives) {
    make("{'data':[" OBJECTIVE("3.1", "3", QUIET) "," OBJECTIVE("10.2", "10", QUIET) "]}", NULL);
    ck_assert_uint_eq(count("<MeasurementDimension>Calls</MeasurementDimension>"), 2);
    holds("<UnitOfMeasurement>minutes</UnitOfMeasurement>");
    holds("<EndDate>2025-01-01</EndDate>\n       <NumberOfUnits>12345678.25</NumberOfUnits>\n      "
          " <Description>Baseline</Description>");
    holds("<NumberOfUnits>0.000010000000</NumberOfUnits>");
    holds("<EndDate>2026-02-28</EndDate>\n       <NumberOfUnits>-1.5</NumberOfUnits>");
    holds("<OtherInformation>Direction: decrease\nAt most: 9\nData source: CAD</OtherInformation>");
    lacks("Gone");
    /* The schema wants each Identifier once. */
    for (char *at = out.data; (at = strstr(at, "<Identifier>")); at++) {
        char *id = call_strndup(&c, at, strlen("<Identifier>_") + 36);
        ck_assert_uint_eq(count(id), 1);
    }
    unmake();
}
END_TEST

START_TEST(departments_are_told_by_name) {
    make("{'data':[{'code':'3.1','goal':3,'statement':'S','lead_department':'it',"
         "'supporting_departments':['it','hr'],'owner_role':'City Clerk'," QUIET "}]}",
         NULL);
    ck_assert_uint_eq(count("<Stakeholder StakeholderTypeType=\"Organization\">"), 3);
    ck_assert_uint_eq(count("<Name>Technology &amp; Data</Name>"), 2);
    holds("<Name>hr</Name>");
    holds("<Stakeholder>\n     <Name>City Clerk</Name>\n     <Role>\n      <Name>Owner</Name>");
    unmake();
}
END_TEST

START_TEST(a_demonstration_and_a_past_day_say_so_first) {
    static const char OBJECTIVES[] = "{'data':[]}";
    const struct stratml more = {.as_of = "2026-02-01", .contact = "mailto:plan@example.org"};
    ck_assert(made(PLAN("true", "null"), GOALS, OBJECTIVES, &more));
    check_against_schema();
    holds("<OtherInformation>Demonstration data: nothing in this document was reported by the "
          "city.\nAs of February 1, 2026.\nAt risk. ");
    holds("<EmailAddress>plan@example.org</EmailAddress>");
    AUTO(buf) struct buf demo = {0};
    buf_adds(&demo, strstr(out.data, "<Identifier>"));
    unmake();
    make(OBJECTIVES, NULL);
    ck_assert_msg(strncmp(demo.data, strstr(out.data, "<Identifier>"), 50) != 0,
                  "a demonstration has names of its own");
    unmake();
}
END_TEST

START_TEST(a_plan_without_goals_has_no_form) {
    ck_assert(!made(PLAN("false", "null"), "{'data':[]}", "{'data':[]}", NULL));
    ck_assert_int_eq(c.err, ERR_NOT_FOUND);
    unmake();
}
END_TEST

int main(void) {
    const TTest *const tests[] = {
        words_are_kept_and_what_xml_cannot_hold_is_replaced,
        nothing_reported_makes_no_indicator_of_progress,
        status_and_percent_of_one_update_are_one_result,
        status_and_percent_of_two_updates_keep_their_days,
        measures_are_indicators_of_each_of_their_objectives,
        departments_are_told_by_name,
        a_demonstration_and_a_past_day_say_so_first,
        a_plan_without_goals_has_no_form,
    };
    return suite_run("view/stratml", tests, COUNT(tests));
}
