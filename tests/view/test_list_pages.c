#include "pages.h"
#include "support/suite.h"

#define GOALS "{'data':[{'number':1,'statement':'To & fro'},{'number':2,'statement':'To stay'}]}"

#define FOUND(data, next) \
    "{'data':[" data "],'page':{'total':1},'links':{'self':'/objectives?q=x','next':" next "}}"

#define ONE                                                                               \
    "{'code':'1.1','goal':1,'statement':'First','status':'on_track','status_as_of':null," \
    "'percent_complete':null,'lead_department':null,'latest_update':null}"

#define NOTE                                                                              \
    "{'id':'9','objective':'1.1','kind':'note','state':'published','as_of':'2026-10-31'," \
    "'summary':'<b>','links':[],'measurements':[],'source':'clerk','published_at':"       \
    "'2026-11-02T17:04:11.120Z'}"

static void render_asked(struct buf *b, const char *asked, bool is_later, const struct part *parts,
                         bool (*write)(struct call *c, struct buf *b, const struct page *p)) {
    AUTO(call) struct call c;
    call_init(&c, 1000);
    AUTO(doc) struct doc *wanted = pages_parse(&c, asked);
    struct page p = A_PAGE;
    p.asked = wanted;
    p.is_later = is_later;
    pages_render(b, &p, parts, write);
}

START_TEST(a_search_shows_what_was_asked_and_what_was_found) {
    AUTO(buf) struct buf b = {0};
    render_asked(&b, "{'q':'a \\u0022b\\u0022','goal':'2','status':'at_risk','department':'x'}",
                 false,
                 (const struct part[]){{PART_OBJECTIVES, FOUND(ONE, "'/objectives?q=x&cursor=c'")},
                                       {PART_GOALS, GOALS},
                                       {PART_DEPARTMENTS, "{'data':[{'slug':'x','name':'X'}]}"},
                                       {0}},
                 page_objectives);
    pages_hold(&b, "name=\"q\" maxlength=\"200\" value=\"a &quot;b&quot;\">");
    pages_hold(&b, "<option value=\"1\">1. To &amp; fro</option>");
    pages_hold(&b, "<option value=\"2\" selected>2. To stay</option>");
    pages_hold(&b, "<option value=\"at_risk\" selected>At risk</option>");
    pages_hold(&b, "<option value=\"x\" selected>X</option>");
    pages_hold(&b, "<p id=\"found\">1 objective found</p>");
    pages_hold(&b, "<li id=\"objective-1.1\">");
    pages_hold(&b, "<a rel=\"next\" href=\"/objectives?q=x&amp;cursor=c\">Next page</a>");
    pages_lack(&b, "First page");
}
END_TEST

START_TEST(a_search_that_finds_nothing_says_what_to_do) {
    AUTO(buf) struct buf b = {0};
    render_asked(&b, "{}", true,
                 (const struct part[]){{PART_OBJECTIVES, FOUND("", "null")},
                                       {PART_GOALS, "{'data':[]}"},
                                       {PART_DEPARTMENTS, "{'data':[]}"},
                                       {0}},
                 page_objectives);
    pages_hold(&b, "<p id=\"found\">No objective fits.");
    pages_hold(&b, "<a href=\"/objectives?q=x\">First page</a>");
    pages_lack(&b, "Next page");
    pages_lack(&b, "find-department");
    pages_lack(&b, " selected");
}
END_TEST

START_TEST(updates_are_listed_by_what_they_are_of) {
    AUTO(buf) struct buf b = {0};
    const struct part parts[] = {{PART_UPDATES, "{'data':[" NOTE "],'page':{},'links':{}}"},
                                 {PART_GOALS, GOALS},
                                 {0}};
    render_asked(&b, "{}", false, parts, page_updates);
    pages_hold(&b, "<h1>Updates</h1>");
    pages_hold(&b,
               "<h2 id=\"about-9\"><a href=\"/updates/9\">Note as of October 31, 2026</a></h2>");
    pages_hold(&b, "<p class=\"said\">&lt;b&gt;</p>");
    pages_hold(&b, "<form class=\"find\" method=\"get\" action=\"/updates\">");
    pages_lack(&b, "class=\"pages\"");
    buf_clear(&b);
    render_asked(&b, "{'objective':'1.1'}", false, parts, page_updates);
    pages_hold(&b, "<h1>Updates of objective 1.1</h1>");
    pages_lack(&b, "action=\"/updates\"");
}
END_TEST

START_TEST(no_update_is_said_plainly) {
    static const char *const cases[][2] = {
        {"{}", "No update has been published for this plan yet."},
        {"{'goal':'1'}", "No update fits."},
        {"{'objective':'1.1'}", "No update has been published for this objective yet."},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        AUTO(buf) struct buf b = {0};
        render_asked(&b, cases[i][0], false,
                     (const struct part[]){{PART_UPDATES, "{'data':[],'page':{},'links':{}}"},
                                           {PART_GOALS, GOALS},
                                           {0}},
                     page_updates);
        pages_hold(&b, cases[i][1]);
    }
}
END_TEST

START_TEST(one_update_has_a_page_of_its_own) {
    AUTO(buf) struct buf b = {0};
    pages_render(&b, &A_PAGE,
                 (const struct part[]){{PART_UPDATE, NOTE},
                                       {PART_CONTEXT, "{'code':'1.1','statement':'First & only'}"},
                                       {0}},
                 page_update);
    pages_hold(&b, "<title>Note as of October 31, 2026 – Objective 1.1 – The &lt;Plan&gt;");
    pages_hold(&b, "<meta name=\"description\" content=\"&lt;b&gt;\">");
    pages_hold(&b, "<h1>Note as of October 31, 2026</h1>");
    pages_hold(&b, "<span class=\"code\">1.1</span> First &amp; only");
    pages_hold(&b, "<article id=\"update\" class=\"update\">");
    pages_hold(&b, "<link rel=\"alternate\" type=\"application/atom+xml\" "
                   "href=\"/updates.atom?objective=1.1\">");
}
END_TEST

#define GOAL(objectives, update)                                                                \
    "{'number':7,'statement':'To improve','progress':{'percent':8,'percent_is_minimum':true,"   \
    "'reported':1,'total':2,'counted':[{'code':'7.1','weight':2,'percent':12},"                 \
    "{'code':'7.2','weight':1,'percent':null}],'excluded':[{'code':'7.3','reason':'ongoing'}]," \
    "'status_counts':{'on_track':1,'no_information':1}},'objectives':" objectives               \
    ",'latest_update':" update "}"

START_TEST(a_goal_shows_its_objectives_and_its_sum) {
    AUTO(buf) struct buf b = {0};
    pages_render(&b, &A_PAGE, (const struct part[]){{PART_GOAL, GOAL("[" ONE "]", NOTE)}, {0}},
                 page_goal);
    pages_hold(&b, "<h1>Goal 7: To improve</h1>");
    pages_hold(&b, "At least 8% complete (1 of 2 objectives have reported a percent)");
    pages_hold(&b, "<p>(2 × 12 + 1 × 0) ÷ 3 = 8%</p>");
    pages_hold(&b, "<a href=\"/objectives/7.3\">7.3</a>: Ongoing");
    pages_hold(&b, "<li id=\"objective-1.1\">");
    pages_hold(&b, "<a href=\"/updates?goal=7\">All updates</a>");
    buf_clear(&b);
    pages_render(&b, &A_PAGE, (const struct part[]){{PART_GOAL, GOAL("[]", "null")}, {0}},
                 page_goal);
    pages_hold(&b, "This goal has no objectives yet.");
    pages_hold(&b, "No update has been published for this goal yet.");
}
END_TEST

int main(void) {
    const TTest *const tests[] = {
        a_search_shows_what_was_asked_and_what_was_found,
        a_search_that_finds_nothing_says_what_to_do,
        updates_are_listed_by_what_they_are_of,
        no_update_is_said_plainly,
        one_update_has_a_page_of_its_own,
        a_goal_shows_its_objectives_and_its_sum,
    };
    return suite_run("view/list_pages", tests, COUNT(tests));
}
