#include "http/route.h"

#include "support/suite.h"

static bool match(const char *pattern, const char *path, struct route_args *args) {
    struct call c;
    struct request rq = {.path = path};
    call_init(&c, 1000);
    ck_assert(request_parse_target(&c, &rq));
    bool met = route_match(pattern, &rq, args);
    call_drop(&c);
    return met;
}

static const struct {
    const char *pattern, *path;
    bool meets;
} cases[] = {
    {"/", "/", true},
    {"/", "/goals", false},
    {"/goals", "/goals", true},
    {"/goals", "/goals/", false},
    {"/goals", "/Goals", false},
    {"/goals", "/", false},
    {"/goals", "/goals/7", false},
    {"/goals/{number}", "/goals/7", true},
    {"/goals/{number}", "/goals/007", true},
    {"/goals/{number}", "/goals/", false},
    {"/goals/{number}", "/goals/x", false},
    {"/goals/{number}", "/goals/-7", false},
    {"/goals/{number}", "/goals/123456789012345678", true},
    {"/goals/{number}", "/goals/1234567890123456789", false},
    {"/goals/{number}/objectives", "/goals/7/objectives", true},
    {"/goals/{number}/objectives", "/goals/7/updates", false},
    {"/objectives/{code}", "/objectives/7.1", true},
    {"/objectives/{code}", "/objectives//", false},
    {"/updates/{id}", "/updates/17", true},
    {"/updates/{id}", "/updates/gogov", false},
    {"/updates/{source}/{external_id}", "/updates/gogov/a%2Fb", true},
    {"/updates/{source}/{external_id}", "/updates/GoGov/a", false},
    {"/updates/{source}/{external_id}", "/updates/1gov/a", false},
    {"/updates/{source}/{external_id}", "/updates/go-gov_1.x/a", true},
    {"/updates/{source}/{external_id}", "/updates/gogov/", false},
    {"/updates/{id}/publication", "/updates/17/publication", true},
    {"/updates/{id}/publication", "/updates/17/publication/x", false},
    {"/openapi.json", "/openapi.json", true},
    {"/openapi.json", "/openapi%2Ejson", true},
    {"/goal/{number}.svg", "/goal/7.svg", true},
    {"/goal/{number}.svg", "/goal/7%2Esvg", true},
    {"/goal/{number}.svg", "/goal/7", false},
    {"/goal/{number}.svg", "/goal/.svg", false},
    {"/goal/{number}.svg", "/goal/x.svg", false},
    {"/goal/{number}.svg", "/goal/7.svg.svg", false},
    {"/goal/{number}.svg", "/goal/svg", false},
    {"/objective/{code}.svg", "/objective/5.5.svg", true},
    {"/objective/{code}.svg",
     "/objective/1234567890123456789012345678901234567890123456789012345678901234.svg", false},
    {"/widget-{edition}.js", "/widget-0123456789abcdef.js", true},
    {"/widget-{edition}.js", "/widget-0123456789abcde.js", false},
    {"/widget-{edition}.js", "/widget-0123456789ABCDEF.js", false},
    {"/widget-{edition}.js", "/widget.js", false},
    {"/widget-{edition}.js", "/Widget-0123456789abcdef.js", false},
};

START_TEST(paths_meet_their_patterns_only) {
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct route_args args;
        ck_assert_msg(match(cases[i].pattern, cases[i].path, &args) == cases[i].meets, "%s %s",
                      cases[i].pattern, cases[i].path);
    }
}
END_TEST

START_TEST(captures_are_decoded_and_named) {
    struct call c;
    struct route_args args;
    struct request rq = {.path = "/updates/gogov/a%20b"};
    call_init(&c, 1000);
    ck_assert(request_parse_target(&c, &rq));
    ck_assert(route_match("/updates/{source}/{external_id}", &rq, &args));
    ck_assert_uint_eq(args.count, 2);
    ck_assert_str_eq(args.arg[0].name, "source");
    ck_assert_str_eq(route_arg(&args, "source"), "gogov");
    ck_assert_str_eq(route_arg(&args, "external_id"), "a b");
    ck_assert_ptr_null(route_arg(&args, "id"));
    call_drop(&c);
}
END_TEST

START_TEST(a_name_within_a_segment_is_cut_out) {
    struct call c;
    struct route_args args;
    struct request rq = {.path = "/objective/5.5.svg"};
    call_init(&c, 1000);
    ck_assert(request_parse_target(&c, &rq));
    ck_assert(route_match("/objective/{code}.svg", &rq, &args));
    ck_assert_uint_eq(args.count, 1);
    ck_assert_str_eq(route_arg(&args, "code"), "5.5");
    call_drop(&c);
}
END_TEST

int main(void) {
    const TTest *const tests[] = {
        paths_meet_their_patterns_only,
        captures_are_decoded_and_named,
        a_name_within_a_segment_is_cut_out,
    };
    return suite_run("http/route", tests, COUNT(tests));
}
