#include "support/suite.h"

#include <stdio.h>
#include <stdlib.h>

/* Long enough for an instrumented build on a busy machine. */
static const double PATIENCE_S = 60;

static void report(const char *name, TestResult *result) {
    const char *test = tr_tcname(result);
    if (tr_rtype(result) == CK_PASS) {
        printf("ok - %s: %s\n", name, test);
        return;
    }
    const char *file = tr_lfile(result);
    printf("not ok - %s: %s\n", name, test);
    printf("# %s:%d: %s\n", file ? file : "?", tr_lno(result), tr_msg(result));
}

int suite_run(const char *name, const TTest *const *tests, size_t count) {
    Suite *suite = suite_create(name);
    for (size_t i = 0; i < count; i++) {
        TCase *one = tcase_create(tests[i]->name);
        tcase_set_timeout(one, PATIENCE_S);
        tcase_add_test(one, tests[i]);
        suite_add_tcase(suite, one);
    }

    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_SILENT);
    int run = srunner_ntests_run(runner);
    int failed = srunner_ntests_failed(runner);
    TestResult **results = srunner_results(runner);
    for (int i = 0; i < run; i++)
        report(name, results[i]);
    free(results);
    srunner_free(runner);
    return failed == 0 && run == (int)count ? 0 : 1;
}
