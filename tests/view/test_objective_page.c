#include <string.h>

#include "pages.h"
#include "support/suite.h"

#define OBJECTIVE(more)                                                                        \
    "{'code':'7.1','goal':7,'statement':'Expand <it>','description':'Before & all',"           \
    "'description_position':'before','actions':[{'position':1,'text':'Act <1>','done':true},"  \
    "{'position':2,'text':'Act 2','done':false},{'position':3,'text':'Act 3','done':null}],"   \
    "'lead_department':'finance','supporting_departments':['works','nobody'],"                 \
    "'owner_role':'Manager','start_on':'2026-01-01','due_on':'2026-12-31','update_frequency':" \
    "'quarterly','milestones':[{'title':'Signed','due_on':null,'achieved_on':'2026-02-01'},"   \
    "{'title':'Built','due_on':'2026-05-01','achieved_on':null},{'title':'Some day','due_on':" \
    "null,'achieved_on':null}],'relationships':[{'type':'completes','objective':'5.2','note':" \
    "'as agreed'}],'status':'at_risk','status_as_of':'2026-10-31','percent_complete':40,"      \
    "'next_update_due':'2027-01-31','updates_count':230" more "}"

#define EMPTY                                                                                     \
    "{'code':'7.2','goal':7,'statement':'Wait','description':'After','description_position':"     \
    "'after','actions':[],'lead_department':null,'supporting_departments':[],'owner_role':null,"  \
    "'start_on':null,'due_on':null,'update_frequency':'none','milestones':[],'relationships':[]," \
    "'status':'no_information','status_as_of':null,'percent_complete':null,'updates_count':0,"    \
    "'latest_update':null,'measures':[]}"

#define MEASURES                                                                                  \
    ",'latest_update':{'next_steps':'Go on'},'measures':[{'slug':'days','name':'Days <x>',"       \
    "'unit':'days','direction':'decrease','baseline':12.5,'baseline_on':'2025-12-31','target':7," \
    "'target_on':null,'lower_limit':1,'upper_limit':20,'description':'How long','latest':"        \
    "{'as_of':'2026-03-31','actual':9},'attainment':{'percent':63.6,'within_limits':true}},"      \
    "{'slug':'none','name':'Nothing','unit':'pieces','direction':'maintain','baseline':null,"     \
    "'target':null,'latest':null,'attainment':{'percent':null,'within_limits':false}}]"

#define VALUES                                                 \
    "{'data':[{'as_of':'2026-03-31','actual':9,'update':'4'}," \
    "{'as_of':'2026-01-31','actual':12,'update':'3'}]}"

#define HISTORY                                                                           \
    "{'data':[{'id':'9','state':'published','as_of':'2026-10-31','percent_complete':40}," \
    "{'id':'8','state':'superseded','as_of':'2026-10-31','percent_complete':80},"         \
    "{'id':'7','state':'published','as_of':'2026-06-30','percent_complete':null},"        \
    "{'id':'6','state':'published','as_of':'2026-01-31','percent_complete':10}]}"

#define UPDATES                                                                                   \
    "{'data':[{'id':'9','objective':'7.1','kind':'progress','state':'published','as_of':"         \
    "'2026-10-31','status':'at_risk','percent_complete':40,'summary':'It goes','details':"        \
    "'Line 1\\nLine 2','next_steps':'More','links':[{'label':'A <source>','url':"                 \
    "'https://example.org/?a=1&b=2'}],'measurements':[{'measure':'days','as_of':'2026-10-31',"    \
    "'actual':9},{'measure':'other','actual':null}],'source':'gogov','supersedes':'8',"           \
    "'superseded_by':null,'reason':'It was 40','retraction':null,'redaction':null,"               \
    "'published_at':'2026-11-02T17:04:11.120Z'},"                                                 \
    "{'id':'8','objective':'7.1','kind':'progress','state':'superseded','as_of':'2026-10-31',"    \
    "'status':'on_track','percent_complete':80,'summary':'Too much','links':[],"                  \
    "'measurements':[],'source':'gogov','supersedes':null,'superseded_by':'9','retraction':null," \
    "'redaction':{'at':'2026-11-03T10:00:00.000Z','fields':['details'],'reason':'An address'},"   \
    "'published_at':'2026-11-01T17:04:11.120Z'},"                                                 \
    "{'id':'5','objective':'7.1','kind':'note','state':'retracted','as_of':'2026-05-31',"         \
    "'status':null,'percent_complete':null,'summary':null,'links':[],'measurements':[],"          \
    "'source':'clerk','retraction':{'at':'2026-06-01T10:00:00.000Z','reason':'Wrong <one>'},"     \
    "'published_at':null},"                                                                       \
    "{'id':'4','objective':'7.1','kind':'service_status','state':'published','as_of':"            \
    "'2026-04-30','status':null,'percent_complete':null,'summary':'Lights','links':[],"           \
    "'measurements':[],'service':{'name':'Street lights','open':12,'closed':0,'overdue':null,"    \
    "'median_days_to_close':3.5},'source':'gogov','published_at':'2026-05-01T00:00:00.000Z'}],"   \
    "'page':{'has_more':true},'links':{}}"

#define DEPARTMENTS                                                                        \
    "{'data':[{'slug':'finance','name':'Finance','public_contact':'call (562) 555-0100'}," \
    "{'slug':'works','name':'Works','public_contact':null}]}"

static void render_in(struct buf *b, enum lang lang, const char *objective) {
    AUTO(call) struct call c;
    call_init(&c, 1000);
    AUTO(doc) struct doc *values = pages_parse(&c, VALUES);
    AUTO(doc) struct doc *none = pages_parse(&c, "{'data':[]}");
    const struct doc *const both[] = {values, none};
    struct page p = A_PAGE;
    p.path = "/objectives/7.1";
    p.values = both;
    p.lang = lang;
    p.as_of = "2026-11-30";
    pages_render(b, &p,
                 (const struct part[]){{PART_OBJECTIVE, objective},
                                       {PART_UPDATES, UPDATES},
                                       {PART_HISTORY, HISTORY},
                                       {PART_DEPARTMENTS, DEPARTMENTS},
                                       {0}},
                 page_objective);
}

START_TEST(the_citys_words_stand_where_the_city_put_them) {
    AUTO(buf) struct buf b = {0};
    render_in(&b, LANG_EN, OBJECTIVE(MEASURES));
    pages_hold(&b, "<title>Objective 7.1: Expand &lt;it&gt; – The &lt;Plan&gt; &amp; more</title>");
    pages_hold(&b, "<h1>Objective 7.1: Expand &lt;it&gt;</h1>");
    pages_order(&b, "Before &amp; all", "Act &lt;1&gt; (done)");
    pages_hold(&b, "<li>Act 2 (not done)</li>");
    pages_hold(&b, "<li>Act 3</li>");
    pages_hold(&b, "<a href=\"/goals/7?as_of=2026-11-30\">Goal 7</a>");
}
END_TEST

START_TEST(how_it_stands_is_said_in_words) {
    AUTO(buf) struct buf b = {0};
    render_in(&b, LANG_EN, OBJECTIVE(MEASURES));
    pages_hold(&b, "</svg> At risk</span> 40% complete");
    pages_hold(&b, "(behind; it may miss its date or budget)");
    pages_hold(&b, "<dt>Next step</dt><dd><span class=\"said\">Go on</span></dd>");
    pages_hold(&b, "<dd><span>Finance</span>, <span>call (562) 555-0100</span></dd>");
    pages_hold(&b, "<dd><span>Works</span><br><span>nobody</span></dd>");
    pages_hold(&b, "<dt>Due on</dt><dd>December 31, 2026</dd>");
    pages_hold(&b, "<dt>Reported</dt><dd>quarterly</dd>");
    pages_hold(&b, "<li><span>Signed</span> <span class=\"quiet\">(achieved on <time");
    pages_hold(&b, "<li><span>Built</span> <span class=\"quiet\">(planned for <time");
    pages_hold(&b, "<li><span>Some day</span></li>");
    pages_hold(&b, ">Completes objective 5.2</a> <span>as agreed</span>");
}
END_TEST

START_TEST(only_what_stands_is_drawn) {
    AUTO(buf) struct buf b = {0};
    render_in(&b, LANG_EN, OBJECTIVE(MEASURES));
    pages_hold(&b, "<desc id=\"percents-told\">From 10% on January 31, 2026 to 40% on October 31, "
                   "2026.</desc>");
    pages_hold(&b, "d=\"M50.0 129.0L344.0 90.0\"");
    pages_hold(&b, "<a href=\"/updates/6?as_of=2026-11-30\">January 31, 2026</a></th><td>10%</td>");
    pages_lack(&b, "<td>80%</td>");
}
END_TEST

START_TEST(a_measure_has_its_picture_and_its_table) {
    AUTO(buf) struct buf b = {0};
    render_in(&b, LANG_EN, OBJECTIVE(MEASURES));
    pages_hold(&b, "<h3>Days &lt;x&gt;</h3>");
    pages_hold(&b, "<span>days</span>; Less is better");
    pages_hold(&b, "<dt>Baseline</dt><dd>12.5, December 31, 2025</dd>");
    pages_hold(&b, "<dt>Latest value</dt><dd>9, March 31, 2026</dd>");
    pages_hold(&b, "<dd>63.6%; within its limits</dd>");
    pages_hold(&b, "aria-labelledby=\"measure-1-title measure-1-told\"");
    pages_hold(&b, "<a href=\"/updates/4?as_of=2026-11-30\">March 31, 2026</a></th><td>9</td>");
    pages_hold(&b, "<span>pieces</span>; To be kept as it is");
    pages_hold(&b, "<dd>beyond its limits</dd>");
    pages_hold(&b, "No value has been reported yet.");
    pages_lack(&b, "measure-2-title");
}
END_TEST

START_TEST(what_became_of_an_update_comes_first) {
    AUTO(buf) struct buf b = {0};
    render_in(&b, LANG_EN, OBJECTIVE(MEASURES));
    pages_hold(&b, ">Correction as of October 31, 2026</a>");
    pages_hold(&b, "<a href=\"/updates/8\">Corrects update 8</a> Reason: <span>It was 40</span>");
    pages_hold(&b, ">Corrected since: update as of October 31, 2026</a>");
    pages_order(&b, "<a href=\"/updates/9\">Corrected by update 9</a>", "Too much");
    pages_hold(&b, "Words of this update were removed on <time datetime=\"2026-11-03\">");
    pages_hold(&b, "Reason: <span>An address</span>");
    pages_hold(&b, ">Retracted: update as of May 31, 2026</a>");
    pages_hold(
        &b,
        "<time datetime=\"2026-06-01\">June 1, 2026</time>. It does not count any more. Reason: <span>Wrong &lt;one&gt;");
    pages_hold(&b, "<li id=\"update-5\"><article class=\"update gone\"");
}
END_TEST

START_TEST(an_update_says_all_of_it) {
    AUTO(buf) struct buf b = {0};
    render_in(&b, LANG_EN, OBJECTIVE(MEASURES));
    pages_hold(&b, "<p class=\"said\">Line 1\nLine 2</p>");
    pages_hold(&b, "<b>Next step</b> <span class=\"said\">More</span>");
    pages_hold(&b, "<li><span>days</span>: 9</li>\n<li><span>other</span>: –</li>");
    pages_hold(
        &b, "<a rel=\"nofollow\" href=\"https://example.org/?a=1&amp;b=2\">A &lt;source&gt;</a>");
    pages_hold(&b,
               "<strong>Street lights</strong> · 12 open · 0 closed · median days to close: 3.5");
    pages_lack(&b, "overdue");
    pages_hold(&b,
               "Reported through gogov · <time datetime=\"2026-11-02T17:04:11.120Z\">published on "
               "November 2, 2026, 17:04 UTC</time>");
    pages_hold(&b, "?objective=7.1&amp;as_of=2026-11-30\">230 updates of objective 7.1</a>");
}
END_TEST

START_TEST(an_objective_without_reports_says_so) {
    AUTO(buf) struct buf b = {0};
    pages_render(&b, &A_PAGE,
                 (const struct part[]){{PART_OBJECTIVE, EMPTY},
                                       {PART_UPDATES, "{'data':[],'page':{'has_more':false}}"},
                                       {PART_HISTORY, "{'data':[]}"},
                                       {PART_DEPARTMENTS, "{'data':[]}"},
                                       {0}},
                 page_objective);
    pages_hold(&b, "Not yet reported");
    pages_hold(&b, "No department has been named yet");
    pages_hold(&b, "No percent has been reported for this objective yet.");
    pages_hold(&b, "No update has been published for this objective yet.");
    pages_hold(&b, "<p class=\"said\">After</p>");
    static const char *const absent[] = {"<svg class",    "milestones", "id=\"measures\"",
                                         "relations",     "<dt>Due on", "<dt>Reported",
                                         "class=\"late\""};
    for (size_t i = 0; i < COUNT(absent); i++)
        pages_lack(&b, absent[i]);
}
END_TEST

#define TRANSLATED                                                                               \
    MEASURES ",'translation':{'lang':'ko','statement':'확대 <하기>','description':'설명'," \
             "'reviewed':false,'outdated':true}"

START_TEST(a_translation_comes_first_and_beside_the_citys_own_words) {
    AUTO(buf) struct buf b = {0};
    render_in(&b, LANG_KO, OBJECTIVE(TRANSLATED));
    pages_hold(&b, "<h1>세부 목표 7.1: 확대 &lt;하기&gt;</h1>");
    pages_hold(&b,
               "<p class=\"original\"><span class=\"said\" lang=\"en\">Expand &lt;it&gt;</span>");
    pages_hold(&b, "아직 검토되지 않은 비공식 번역; 번역한 뒤에 영어 원문이 바뀌었습니다)");
    pages_order(&b, "설명", "Before &amp; all");
    pages_hold(&b, "<span lang=\"en\">Act 3</span>");
    pages_hold(&b, "<figcaption><span lang=\"en\">Days &lt;x&gt;</span></figcaption>");
    pages_hold(&b, "<span lang=\"en\">days</span></th>");
}
END_TEST

int main(void) {
    const TTest *const tests[] = {
        the_citys_words_stand_where_the_city_put_them,
        how_it_stands_is_said_in_words,
        only_what_stands_is_drawn,
        a_measure_has_its_picture_and_its_table,
        what_became_of_an_update_comes_first,
        an_update_says_all_of_it,
        an_objective_without_reports_says_so,
        a_translation_comes_first_and_beside_the_citys_own_words,
    };
    return suite_run("view/objective_page", tests, COUNT(tests));
}
