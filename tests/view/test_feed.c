#include "view/feed.h"

#include <string.h>

#include "entry.h"
#include "support/suite.h"
#include "xml.h"

#define HEAD                                                                          \
    "{\"plan\":\"p\",\"title\":\"A & B\",\"organization\":\"City <of>\",\"demo\":%s," \
    "\"founded\":\"2026-01-01T00:00:00.000Z\"}"
#define UPDATE                                                                                   \
    "{\"id\":\"17\",\"objective\":\"7.1\",\"kind\":\"progress\",\"state\":\"%s\","               \
    "\"as_of\":\"2026-10-31\",\"status\":\"on_track\",\"percent_complete\":40.5,"                \
    "\"summary\":\"]]> <b>&\\u0001 \\uffff \\\"x\\\" \\ud83d\\ude80\",\"details\":\"a\\r\\nb\"," \
    "\"links\":[{\"label\":\"<i>\",\"url\":\"https://x.org/?a=1&b='2'\"}],%s"                    \
    "\"published_at\":\"2026-11-01T00:00:00.000Z\",\"changed_at\":\"2026-11-02T00:00:00.000Z\"}"

static struct call c;
static struct buf out;
static struct doc *head, *page;

static struct feed made(bool demo, const char *state, const char *more) {
    AUTO(buf) struct buf text = {0};
    call_init(&c, 1000);
    buf_addf(&text, HEAD, demo ? "true" : "false");
    head = doc_parse(&c, text.data, text.len);
    buf_clear(&text);
    buf_adds(&text, "{\"data\":[");
    if (state)
        buf_addf(&text, UPDATE, state, more);
    buf_adds(&text, "]}");
    page = doc_parse(&c, text.data, text.len);
    ck_assert_msg(head && page, "%s", c.detail);
    return (struct feed){.head = head,
                         .page = page,
                         .base = "https://plan.example.org",
                         .self = "/updates.atom?goal=7&cursor=x",
                         .first = "/updates.atom?goal=7",
                         .next = "/updates.atom?goal=7&cursor=y",
                         .suffix = "?plan=p"};
}

static void unmake(void) {
    doc_free(page);
    doc_free(head);
    buf_drop(&out);
    call_drop(&c);
}

static void holds(const char *text) {
    ck_assert_msg(strstr(out.data, text), "no %s in\n%s", text, out.data);
}

static void lacks(const char *text) {
    ck_assert_msg(!strstr(out.data, text), "%s in\n%s", text, out.data);
}

START_TEST(xml_holds_no_character_that_it_cannot) {
    static const char *const cases[][2] = {
        {"a<b>&\"'", "a&lt;b&gt;&amp;&quot;'"},
        {"]]>", "]]&gt;"},
        {"\t\n\r", "\t\n&#13;"},
        {"\x01\x1f\x7f", "\xef\xbf\xbd\xef\xbf\xbd\x7f"},
        {"\xef\xbf\xbe\xef\xbf\xbf\xef\xbf\xbd", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},
        {"\xf0\x9f\x9a\x80", "\xf0\x9f\x9a\x80"},
        {"\xed\xa0\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},
        {"\xff", "\xef\xbf\xbd"},
        {"", ""},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        AUTO(buf) struct buf b = {0};
        buf_adds(&b, "");
        xml_add(&b, cases[i][0]);
        ck_assert_str_eq(b.len ? b.data : "", cases[i][1]);
    }
}
END_TEST

START_TEST(atom_says_what_was_reported) {
    struct feed f = made(false, "published", "");
    ck_assert(feed_atom(&c, &out, &f));
    holds("<title>A &amp; B: progress</title>");
    holds("<updated>2026-11-02T00:00:00.000Z</updated>\n<author>\n<name>City &lt;of&gt;</name>");
    holds("rel=\"self\" type=\"application/atom+xml\" "
          "href=\"https://plan.example.org/updates.atom?goal=7&amp;cursor=x\"");
    holds("rel=\"first\" type=\"application/atom+xml\" "
          "href=\"https://plan.example.org/updates.atom?goal=7\"");
    holds("rel=\"next\"");
    holds("href=\"https://plan.example.org/updates/17?plan=p\"");
    holds("<published>2026-11-01T00:00:00.000Z</published>");
    holds("On track, 40.5% complete, as of October 31, 2026");
    holds("<title>Objective 7.1: ]]&gt; &lt;b&gt;&amp;\xef\xbf\xbd");
    holds("\xf0\x9f\x9a\x80");
    holds("&lt;p&gt;]]&amp;gt; &amp;lt;b&amp;gt;");
    holds("href=&quot;https://x.org/?a=1&amp;amp;b=&amp;#39;2&amp;#39;&quot;");
    lacks("\x01");
    lacks("\xef\xbf\xbf");
    lacks("<b>");
    unmake();
}
END_TEST

START_TEST(an_empty_feed_is_as_old_as_its_plan) {
    struct feed f = made(true, NULL, NULL);
    f.next = NULL;
    ck_assert(feed_atom(&c, &out, &f));
    holds("<updated>2026-01-01T00:00:00.000Z</updated>");
    holds("progress (demonstration data)</title>");
    holds("<category term=\"demo\"");
    lacks("rel=\"next\"");
    lacks("<entry>");
    unmake();
}
END_TEST

START_TEST(corrections_and_withdrawals_say_so_first) {
    static const struct {
        const char *state, *more, *title, *first;
    } cases[] = {
        {"superseded", "\"superseded_by\":\"19\",",
         "Corrected since: Objective 7.1: ", "Corrected since, by update 19."},
        {"published", "\"supersedes\":\"12\",\"reason\":\"It was 40.\",",
         "Correction: Objective 7.1: ", "This corrects update 12."},
        {"retracted",
         "\"retraction\":{\"at\":\"2026-11-02T09:00:00.000Z\",\"reason\":\"Not so.\"},",
         "Withdrawn: Objective 7.1: ", "Withdrawn on 2026-11-02:</strong> Not so."},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct feed f = made(false, cases[i].state, cases[i].more);
        const struct doc *update = doc_at(doc_get(page, "data"), 0);
        entry_add_title(&out, update);
        ck_assert_msg(strncmp(out.data, cases[i].title, strlen(cases[i].title)) == 0, "%s",
                      out.data);
        buf_clear(&out);
        entry_add_html(&out, &c, update);
        holds(cases[i].first);
        ck_assert(strstr(out.data, cases[i].first) < strstr(out.data, "On track"));
        buf_clear(&out);
        ck_assert(feed_json(&c, &out, &f));
        holds(cases[i].state);
        unmake();
    }
}
END_TEST

START_TEST(ids_depend_on_plan_and_name_alone) {
    char one[ENTRY_ID_SIZE], two[ENTRY_ID_SIZE], demo[ENTRY_ID_SIZE], other[ENTRY_ID_SIZE];
    struct feed f = made(false, "published", "");
    entry_id(&f, "/updates/17", one);
    f.base = "http://localhost";
    entry_id(&f, "/updates/17", two);
    entry_id(&f, "/updates/1", other);
    unmake();
    f = made(true, "retracted", "");
    entry_id(&f, "/updates/17", demo);
    unmake();
    ck_assert_str_eq(one, two);
    ck_assert_str_ne(one, other);
    ck_assert_str_ne(one, demo);
    ck_assert_uint_eq(strlen(one), ENTRY_ID_SIZE - 1);
    ck_assert_int_eq(one[9 + 14], '8');
    ck_assert_ptr_nonnull(strchr("89ab", one[9 + 19]));
}
END_TEST

START_TEST(json_feed_has_its_members) {
    struct feed f = made(false, "published", "");
    ck_assert(feed_json(&c, &out, &f));
    AUTO(doc) struct doc *d = doc_parse(&c, out.data, out.len);
    ck_assert_msg(d != NULL, "%s\n%s", c.detail, out.data);
    ck_assert_str_eq(doc_get_text(d, "version"), "https://jsonfeed.org/version/1.1");
    ck_assert_str_eq(doc_get_text(d, "feed_url"),
                     "https://plan.example.org/updates.atom?goal=7&cursor=x");
    const struct doc *item = doc_at(doc_get(d, "items"), 0);
    ck_assert_str_eq(doc_get_text(item, "url"), "https://plan.example.org/updates/17?plan=p");
    ck_assert_ptr_nonnull(strstr(doc_get_text(item, "content_html"), "&lt;b&gt;&amp;"));
    ck_assert_uint_eq(doc_count(doc_get(item, "tags")), 4);
    unmake();
}
END_TEST

int main(void) {
    const TTest *const tests[] = {
        xml_holds_no_character_that_it_cannot, atom_says_what_was_reported,
        an_empty_feed_is_as_old_as_its_plan,   corrections_and_withdrawals_say_so_first,
        ids_depend_on_plan_and_name_alone,     json_feed_has_its_members,
    };
    return suite_run("view/feed", tests, COUNT(tests));
}
