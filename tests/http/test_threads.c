#include "threads.h"

#include <grp.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/suite.h"

enum { NOBODY = 65534, ROOM = 400 };

static void limit(int what, rlim_t most) {
    const struct rlimit to = {most, most};
    if (setrlimit(what, &to) != 0)
        _exit(2);
}

static bool is_bound(int wished, int most, const char *word) {
    char why[THREADS_WHY];
    int threads = threads_choose(wished, why);
    return threads <= most && threads >= THREADS_LEAST && strstr(why, word);
}

/* The check, in a process whose limits may be spoilt. */
static void expect_in_child(bool (*check)(void)) {
    pid_t child = fork();
    ck_assert_int_ge(child, 0);
    if (child == 0)
        _exit(check() ? 0 : 1);
    int status;
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_int_eq(status, 0);
}

static bool few_files(void) {
    limit(RLIMIT_NOFILE, 512);
    return is_bound(0, 160, "open files") && is_bound(1000, 160, "open files") &&
           is_bound(32, 32, "the settings say");
}

/* The kernel binds ordinary users only. */
static bool few_processes(void) {
    if (geteuid() == 0 && (setgroups(0, NULL) != 0 || setgid(NOBODY) != 0 || setuid(NOBODY) != 0))
        _exit(3);
    limit(RLIMIT_NPROC, ROOM);
    return is_bound(0, ROOM, "ulimit -u");
}

START_TEST(the_limit_of_open_files_binds) {
    expect_in_child(few_files);
}
END_TEST

START_TEST(the_limit_of_a_users_processes_binds) {
    expect_in_child(few_processes);
}
END_TEST

int main(void) {
    const TTest *const tests[] = {
        the_limit_of_open_files_binds,
        the_limit_of_a_users_processes_binds,
    };
    return suite_run("http/threads", tests, COUNT(tests));
}
