/*
 * The route table as the build has it, for tests that ask every route: a line each, of words parted
 * by tabs: method, pattern, scopes ("public", or those of which one is enough), marks ("-" for
 * none). The marks: what a route or its operation asks for beside a key.
 */
#include <stdio.h>

#include "api/routes.h"
#include "base/macros.h"

struct word {
    unsigned bit;
    const char *text;
};

static const struct word SCOPES[] = {
    {SCOPE_REPORT, "report"},
    {SCOPE_PUBLISH, "publish"},
    {SCOPE_EDIT, "edit"},
    {SCOPE_ADMIN, "admin"},
};

static const struct word ROUTE_MARKS[] = {
    {ROUTE_FREE, "free"},     {ROUTE_DRAFTS, "drafts"}, {ROUTE_HTML, "html"},
    {ROUTE_AS_IS, "as-is"},   {ROUTE_STREAM, "stream"}, {ROUTE_CSV, "csv"},
    {ROUTE_ATOM, "atom"},     {ROUTE_FEED, "feed"},     {ROUTE_ICAL, "ical"},
    {ROUTE_CACHED, "cached"}, {ROUTE_SVG, "svg"},
};

static const struct word OPERATION_MARKS[] = {
    {OPERATION_KEYED, "keyed"},   {OPERATION_IF_MATCH, "if-match"},
    {OPERATION_MERGES, "merges"}, {OPERATION_BODILESS, "bodiless"},
    {OPERATION_ERASES, "erases"},
};

/* Gives how many there were. */
static int print_words(const struct word *words, size_t count, unsigned bits, int printed) {
    for (size_t i = 0; i < count; i++)
        if (bits & words[i].bit)
            printf("%s%s", printed++ ? "," : "", words[i].text);
    return printed;
}

static void print_route(const struct route *r) {
    printf("%s\t%s\t", r->method, r->pattern);
    if (!print_words(SCOPES, COUNT(SCOPES), r->scope, 0))
        printf("public");
    printf("\t");
    int marks = print_words(ROUTE_MARKS, COUNT(ROUTE_MARKS), r->flags, 0);
    if (r->operation)
        marks = print_words(OPERATION_MARKS, COUNT(OPERATION_MARKS), r->operation->flags, marks);
    printf("%s\n", marks ? "" : "-");
}

int main(void) {
    for (size_t i = 0; i < ROUTE_COUNT; i++)
        print_route(&ROUTES[i]);
    return 0;
}
