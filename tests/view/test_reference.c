#include "view/reference.h"

#include <stdio.h>
#include <string.h>

#include "base/secret.h"
#include "generated/contract.h"
#include "support/suite.h"

#define SMALL                                                                                      \
    "{'info':{'description':'Of all:\\n\\n## Rules\\n\\n- one'},"                                  \
    "'tags':[{'name':'Things','description':'All of them.'},{'name':'Empty'}],"                    \
    "'paths':{'/things/{id}':{'parameters':[{'$ref':'#/components/parameters/Trace'}],"            \
    "'get':{'operationId':'getThing','tags':['Things'],'summary':'One `thing`',"                   \
    "'description':'Read <it>.','security':[],'parameters':[{'name':'id','in':'path',"             \
    "'required':true,'schema':{'type':'string','pattern':'^[0-9]+$'},'example':7}],"               \
    "'responses':{'200':{'description':'It.','headers':{'ETag':{'description':'Its tag.'}},"       \
    "'content':{'application/json':{'schema':{'$ref':'#/components/schemas/Thing'},"               \
    "'examples':{'some':{'summary':'Some','value':{'a':[1,2.5,null,true,'<x>'],'b':{},'c':[]}},"   \
    "'said':{'value':'text'}}}}},'404':{'$ref':'#/components/responses/Gone'}}},"                  \
    "'put':{'operationId':'putThing','tags':['Things'],'summary':'Keep it',"                       \
    "'security':[{'key':[]}],'requestBody':{'description':'A body.','content':{"                   \
    "'application/json':{'schema':{'$ref':'#/components/schemas/Thing'}}}},"                       \
    "'responses':{'default':{'description':'Whatever.'}}}}},"                                      \
    "'components':{'parameters':{'Trace':{'name':'X-Trace','in':'header','description':'An id.',"  \
    "'schema':{'type':'string','maxLength':9},'example':'abc'}},"                                  \
    "'responses':{'Gone':{'description':'Not there.','headers':{'X':{'description':'unseen'}},"    \
    "'content':{'application/json':{'schema':{'type':'object'},'examples':{'no':{'value':1}}}}}}," \
    "'schemas':{'Thing':{'type':'object','description':'A thing.','required':['a'],"               \
    "'allOf':[{'description':'The one with the other.'}],"                                         \
    "'properties':{'a':{'type':'array','items':{'$ref':'#/components/schemas/Part'},"              \
    "'maxItems':3},'b':{'type':['string','null'],'enum':['x',null],'default':'x'},"                \
    "'c':{'oneOf':[{'$ref':'#/components/schemas/Part'},{'type':'null'}]},'d':{'const':true},"     \
    "'e':{'type':'array','items':{'type':'object','properties':{'deep':{}}}}}},"                   \
    "'Part':{'type':'number','minimum':0,'maximum':100}}}}"

static struct call c;

static struct doc *parse(const char *text) {
    char *json = call_strdup(&c, text);
    for (char *p = json; *p; p++)
        if (*p == '\'')
            *p = '"';
    struct doc *d = doc_parse(&c, json, strlen(json));
    ck_assert_msg(d != NULL, "%s", c.detail);
    return d;
}

static void holds(const struct buf *b, const char *text) {
    ck_assert_msg(strstr(b->data, text) != NULL, "\"%s\" is missing in\n%s", text, b->data);
}

static void lacks(const struct buf *b, const char *text) {
    ck_assert_msg(strstr(b->data, text) == NULL, "\"%s\" is there", text);
}

START_TEST(an_operation_tells_all_that_it_takes_and_gives) {
    AUTO(buf) struct buf b = {0};
    call_init(&c, 1000);
    AUTO(doc) struct doc *contract = parse(SMALL);
    ck_assert(reference_operation(&c, &b, contract, "getThing"));
    holds(&b, "<h1>One <code>thing</code></h1>");
    holds(&b, "<code><b>GET</b> /things<wbr>/{id}</code>");
    holds(&b, "<p>Read &lt;it&gt;.</p>");
    holds(&b, "It is open to everybody.");
    holds(&b, "<dt><code>id</code> in the path <strong>required</strong></dt>");
    holds(&b, "string, matches <code>^[0-9]+$</code></p>\n<p>For example <code>7</code></p>");
    holds(&b, "<code>X-Trace</code> in the header</dt>");
    holds(&b, "length ≤ <code>9</code></p>\n<p>An id.</p>\n<p>For example <code>abc</code></p>");
    ck_assert(strstr(b.data, "in the path") < strstr(b.data, "in the header"));
    holds(&b, "<dt><code>ETag</code></dt>\n<dd><p>Its tag.</p>");
    holds(&b,
          "<summary>Example: Some</summary>\n<pre><code>{\n  &quot;a&quot;: [\n    1,\n    2.5,\n"
          "    null,\n    true,\n    &quot;&lt;x&gt;&quot;\n  ],\n  &quot;b&quot;: {},\n"
          "  &quot;c&quot;: []\n}</code></pre>");
    holds(&b, "<summary>Example: said</summary>\n<pre><code>text</code></pre>");
    holds(&b,
          "<p>Not there.</p>\n<p class=\"kind\"><code>application/json</code>: object</p>\n</dd>");
    lacks(&b, "unseen");
    lacks(&b, "id=\"body\"");
}
END_TEST

START_TEST(schemas_stand_beside_the_operation_that_needs_them) {
    AUTO(buf) struct buf b = {0};
    call_init(&c, 1000);
    AUTO(doc) struct doc *contract = parse(SMALL);
    ck_assert(reference_operation(&c, &b, contract, "putThing"));
    holds(&b, "It needs a key.");
    holds(&b, "<p>A body.</p>\n<p class=\"kind\"><code>application/json</code>: "
              "<a href=\"#schema-Thing\">Thing</a></p>");
    holds(&b, "<dt id=\"answer-default\"><code>any other</code></dt>");
    holds(&b, "<section id=\"schema-Thing\">\n<h3>Thing</h3>");
    holds(&b, "<li>The one with the other.</li>");
    holds(&b, "<dt><code>a</code> <strong>required</strong></dt>\n<dd><p class=\"kind\">list of "
              "<a href=\"#schema-Part\">Part</a>, items ≤ <code>3</code></p>");
    holds(&b,
          "string or null: one of <code>x</code>, <code>null</code>, <code>x</code> unless given");
    holds(&b, "<a href=\"#schema-Part\">Part</a> or null");
    holds(&b, "<p class=\"kind\"><code>true</code></p>");
    holds(&b,
          "list of object</p>\n<dl>\n<dt><code>deep</code></dt>\n<dd><p class=\"kind\">anything");
    holds(&b, "<section id=\"schema-Part\">\n<h3>Part</h3>\n<p class=\"kind\">number, "
              "≥ <code>0</code>, ≤ <code>100</code></p>");
}
END_TEST

START_TEST(the_list_is_by_tag_and_can_be_searched) {
    static const struct {
        const char *words, *said;
        bool get, put, all;
    } cases[] = {
        {NULL, ">2 operations.<", true, true, true},
        {"", ">2 operations.<", true, true, true},
        {"THING", "2 of 2 operations speak of “THING”.", true, true, false},
        {"keep", "1 of 2 operations", false, true, false},
        {"get  it", "1 of 2 operations", true, false, false},
        {"x-trace", "2 of 2 operations", true, true, false},
        {"<nothing>", "0 of 2 operations speak of “&lt;nothing&gt;”.", false, false, false},
    };
    call_init(&c, 1000);
    AUTO(doc) struct doc *contract = parse(SMALL);
    for (size_t i = 0; i < COUNT(cases); i++) {
        AUTO(buf) struct buf b = {0};
        ck_assert(reference_list(&c, &b, contract, cases[i].words));
        holds(&b, cases[i].said);
        (cases[i].get ? holds : lacks)(&b, "<a href=\"/docs/getThing\">One <code>thing</code></a>");
        (cases[i].put ? holds : lacks)(&b, "<a href=\"/docs/putThing\">Keep it</a>");
        (cases[i].all ? holds : lacks)(&b, "<h3>Rules</h3>");
        lacks(&b, "Empty");
    }
}
END_TEST

START_TEST(an_operation_that_nobody_has_is_not_found) {
    AUTO(buf) struct buf b = {0};
    call_init(&c, 1000);
    AUTO(doc) struct doc *contract = parse(SMALL);
    ck_assert(!reference_operation(&c, &b, contract, "getNothing"));
    ck_assert_int_eq(c.err, ERR_NOT_FOUND);
}
END_TEST

/* Every link within the page leads to something on it. */
static void leads_somewhere(const struct buf *b, const char *id) {
    static const char LINK[] = "href=\"#";
    for (const char *at = b->data; (at = strstr(at, LINK)); at++) {
        char target[200];
        const char *name = at + sizeof LINK - 1;
        snprintf(target, sizeof target, "id=\"%.*s\"", (int)strcspn(name, "\""), name);
        ck_assert_msg(strstr(b->data, target) != NULL, "%s: there is no %s", id, target);
    }
}

START_TEST(every_operation_of_the_contract_has_its_page) {
    AUTO(buf) struct buf list = {0};
    call_init(&c, 60000);
    AUTO(doc) struct doc *contract = doc_parse(&c, OPENAPI[1].bytes, OPENAPI[1].len);
    ck_assert(reference_list(&c, &list, contract, NULL));
    size_t count = 0;
    for (const char *at = list.data; (at = strstr(at, "\"/docs/")); count++) {
        AUTO(buf) struct buf page = {0};
        at += strlen("\"/docs/");
        char id[100];
        snprintf(id, sizeof id, "%.*s", (int)strcspn(at, "\""), at);
        ck_assert_msg(reference_operation(&c, &page, contract, id), "%s", id);
        leads_somewhere(&page, id);
    }
    ck_assert_uint_gt(count, 70);
}
END_TEST

START_TEST(the_policy_allows_what_the_pages_have) {
    static const char *const TAGS[] = {"style", "script"};
    AUTO(buf) struct buf b = {0};
    call_init(&c, 1000);
    AUTO(doc) struct doc *contract = parse(SMALL);
    ck_assert(reference_list(&c, &b, contract, NULL));
    const char *policy = reference_policy(&c);
    size_t count = 0;
    for (size_t i = 0; i < COUNT(TAGS); i++) {
        const char *open = call_printf(&c, "<%s>", TAGS[i]);
        const char *close = call_printf(&c, "</%s>", TAGS[i]);
        for (const char *at = b.data; (at = strstr(at, open)); count++) {
            uint8_t digest[SHA256_SIZE];
            char hash[SHA256_SIZE * 2];
            at += strlen(open);
            sha256(at, (size_t)(strstr(at, close) - at), digest);
            base64url_encode(digest, sizeof digest, hash);
            ck_assert_ptr_nonnull(strstr(policy, call_printf(&c, "'sha256-%s='", hash)));
        }
    }
    ck_assert_uint_eq(count, 3);
    ck_assert_ptr_null(strstr(policy, "unsafe"));
    lacks(&b, "style=");
    lacks(&b, "onclick");
}
END_TEST

int main(void) {
    const TTest *const tests[] = {
        an_operation_tells_all_that_it_takes_and_gives,
        schemas_stand_beside_the_operation_that_needs_them,
        the_list_is_by_tag_and_can_be_searched,
        an_operation_that_nobody_has_is_not_found,
        every_operation_of_the_contract_has_its_page,
        the_policy_allows_what_the_pages_have,
    };
    return suite_run("view/reference", tests, COUNT(tests));
}
