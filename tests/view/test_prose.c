#include "prose.h"

#include <string.h>

#include "support/suite.h"

static const struct {
    const char *text, *html;
} CASES[] = {
    {NULL, ""},
    {"", ""},
    {"One.", "<p>One.</p>\n"},
    {"One,\ntwo.\n\nThree.", "<p>One,\ntwo.</p>\n<p>Three.</p>\n"},
    {"a < b & `x < y`", "<p>a &lt; b &amp; <code>x &lt; y</code></p>\n"},
    {"A `span\nthat` goes on.", "<p>A <code>span\nthat</code> goes on.</p>\n"},
    {"One `that never ends.\n\nNext.", "<p>One <code>that never ends.</code></p>\n<p>Next.</p>\n"},
    {"Text:\n\n- one,\n  more of it;\n- two.\n\nAfter.",
     "<p>Text:</p>\n<ul>\n<li>one,\n  more of it;</li>\n<li>two.</li>\n</ul>\n<p>After.</p>\n"},
    {"1. First.\n2. Second.\n10. Tenth.",
     "<ol>\n<li>First.</li>\n<li>Second.</li>\n<li>Tenth.</li>\n</ol>\n"},
    {"- a\n1. b", "<ul>\n<li>a</li>\n</ul>\n<ol>\n<li>b</li>\n</ol>\n"},
    {"2026 was the year.", "<p>2026 was the year.</p>\n"},
    {"## In `code`\nText.", "<h4>In <code>code</code></h4>\n<p>Text.</p>\n"},
    {"Do:\n```sh\ncurl 'http://x/?a&b' | less\n\n- no `item`\n```\nDone.",
     "<p>Do:</p>\n<pre><code>curl &#39;http://x/?a&amp;b&#39; | less\n\n- no `item`\n</code></pre>\n"
     "<p>Done.</p>\n"},
    {"```\nopen", "<pre><code>open\n</code></pre>\n"},
    {"| a | b |\n|---|---|\n| `c` | d e |\nAfter.",
     "<table>\n<thead>\n<tr><th scope=\"col\">a</th><th scope=\"col\">b</th></tr>\n</thead>\n<tbody>\n"
     "<tr><td><code>c</code></td><td>d e</td></tr>\n</tbody>\n</table>\n<p>After.</p>\n"},
};

START_TEST(texts_become_what_they_mean) {
    for (size_t i = 0; i < COUNT(CASES); i++) {
        AUTO(buf) struct buf b = {0};
        buf_adds(&b, "");
        prose_add(&b, CASES[i].text, 4);
        ck_assert_str_eq(b.data ? b.data : "", CASES[i].html);
    }
}
END_TEST

START_TEST(a_line_has_no_blocks) {
    AUTO(buf) struct buf b = {0};
    prose_add_line(&b, "- `a` and `b");
    ck_assert_str_eq(b.data, "- <code>a</code> and <code>b</code>");
    prose_add_line(&b, NULL);
    ck_assert_str_eq(b.data, "- <code>a</code> and <code>b</code>");
}
END_TEST

int main(void) {
    const TTest *const tests[] = {
        texts_become_what_they_mean,
        a_line_has_no_blocks,
    };
    return suite_run("view/prose", tests, COUNT(tests));
}
