#include "view/paste.h"

#include <stdio.h>
#include <string.h>

#include "base/secret.h"
#include "support/suite.h"
#include "view/widget.h"

static const char SUMMARY[] =
    "{\"title\":\"The <Plan>\",\"goals\":[{\"number\":7,\"statement\":\"To \\\"win\\\" & <go>\","
    "\"links\":{\"self\":\"/goals/7\"}}]}";
static const char OBJECTIVES[] =
    "{\"data\":[{\"code\":\"5.5\",\"statement\":\"Words\",\"links\":{\"self\":\"/objectives/5.5\"}}]}";

static void write(struct buf *b, struct paste p) {
    AUTO(call) struct call c;
    call_init(&c, 1000);
    AUTO(doc) struct doc *summary = doc_parse(&c, SUMMARY, strlen(SUMMARY));
    AUTO(doc) struct doc *objectives = doc_parse(&c, OBJECTIVES, strlen(OBJECTIVES));
    p.summary = summary;
    p.objectives = objectives;
    buf_clear(b);
    ck_assert(paste_page(&c, b, &p));
}

static void holds(const struct buf *b, const char *text) {
    ck_assert_msg(strstr(b->data, text) != NULL, "\"%s\" is missing", text);
}

static void lacks(const struct buf *b, const char *text) {
    ck_assert_msg(strstr(b->data, text) == NULL, "\"%s\" is there", text);
}

START_TEST(each_thing_has_its_four_lines) {
    AUTO(buf) struct buf b = {0};
    write(&b, (struct paste){.base = "https://plan.example.org"});
    holds(&b, "&lt;cerritos-progress goal=&quot;7&quot;&gt;");
    holds(
        &b,
        "&lt;iframe src=&quot;https://plan.example.org/embed/goal/7&quot; title=&quot;Goal 7&quot;");
    holds(&b, "&lt;img src=&quot;https://plan.example.org/badges/objective/5.5.svg&quot;");
    holds(&b, "<code>https://plan.example.org/fragments/plan</code>");
    holds(&b, "script-src https://plan.example.org; connect-src https://plan.example.org\n");
    holds(&b, "<pre><code>https://plan.example.org</code></pre>");
    holds(&b, "<title>Put the progress on your page</title>");
}
END_TEST

/* A browser that shows the lines unescapes once; the page they are pasted into does once more. */
START_TEST(words_are_escaped_for_both_pages) {
    AUTO(buf) struct buf b = {0};
    write(&b, (struct paste){.base = "https://plan.example.org"});
    holds(&b, "To &quot;win&quot; &amp; &lt;go&gt;</span></summary>");
    holds(&b, "To &amp;quot;win&amp;quot; &amp;amp; &amp;lt;go&amp;gt;&lt;/span&gt;");
    lacks(&b, "<go>");
    lacks(&b, "<Plan>");
}
END_TEST

START_TEST(plan_language_and_hosts_are_kept) {
    AUTO(buf) struct buf b = {0};
    write(&b, (struct paste){.base = "https://example.org/plan",
                             .plan = "next",
                             .hosts = "https://a.example",
                             .lang = LANG_KO});
    holds(&b, "<html lang=\"ko\">");
    holds(&b, "plan=&quot;next&quot;");
    holds(&b, "/embed/goal/7?plan=next&amp;amp;lang=ko&quot; title=&quot;목표 7&quot;");
    holds(&b, "connect-src https://example.org\n");
    holds(&b, "<pre><code>https://example.org https://a.example</code></pre>");
    write(&b, (struct paste){.base = "https://example.org", .lang = LANG_ES});
    holds(&b, "/embed/goal/7?lang=es&quot;");
}
END_TEST

START_TEST(the_live_ones_are_this_services_own) {
    AUTO(call) struct call c;
    AUTO(buf) struct buf b = {0};
    call_init(&c, 1000);
    write(&b, (struct paste){.base = "https://plan.example.org"});
    holds(&b, "<iframe src=\"/embed/plan\"");
    holds(&b, "<img src=\"/badges/plan.svg\"");
    holds(&b, "<script type=\"module\" src=\"/widget.js\"></script>");
    lacks(&b, "style=\"");
    const char *policy = paste_policy(&c);
    ck_assert_ptr_nonnull(
        strstr(policy, "script-src 'self'; connect-src 'self'; frame-src 'self'"));
    ck_assert_ptr_nonnull(strstr(policy, "frame-ancestors 'self'"));
    ck_assert_ptr_null(strstr(policy, "unsafe"));
}
END_TEST

START_TEST(an_edition_is_named_by_what_is_in_it) {
    AUTO(buf) struct buf b = {0};
    char hex[SHA256_HEX], edition[WIDGET_EDITION], integrity[WIDGET_INTEGRITY], line[100];
    const struct embedded_file *file = widget_file();
    ck_assert_str_eq(file->name, "widget.js");
    sha256_hex(file->bytes, file->len, hex);
    widget_edition(edition);
    ck_assert_uint_eq(strlen(edition), 16);
    ck_assert_mem_eq(edition, hex, 16);
    widget_integrity(integrity);
    ck_assert_uint_eq(strlen(integrity), WIDGET_INTEGRITY - 1);
    write(&b, (struct paste){.base = "https://plan.example.org"});
    snprintf(line, sizeof(line), "/widget-%s.js&quot;\n  integrity=&quot;", edition);
    holds(&b, line);
    holds(&b, integrity);
}
END_TEST

int main(void) {
    const TTest *const tests[] = {
        each_thing_has_its_four_lines,        words_are_escaped_for_both_pages,
        plan_language_and_hosts_are_kept,     the_live_ones_are_this_services_own,
        an_edition_is_named_by_what_is_in_it,
    };
    return suite_run("view/paste", tests, COUNT(tests));
}
