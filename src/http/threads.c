#include "threads.h"

#include <dirent.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/macros.h"

enum {
    FILES_ASIDE = 192,  /* database, logs, outgoing calls */
    THREADS_ASIDE = 64, /* those that are no workers */
    LINE = 512
};

/* <sys/prctl.h> of Linux 6.16; older ones do not name it. */
#ifndef PR_FUTEX_HASH
enum { PR_FUTEX_HASH = 78, PR_FUTEX_HASH_SET_SLOTS = 1 };
#endif

enum { FUTEX_SLOTS = 4096 }; /* 64 bytes each */

struct bound {
    long most; /* LONG_MAX: none */
    const char *name;
};

/* Each worker may hold one connection, and as many may wait in the library's queue. */
static long by_files(void) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return LONG_MAX;
    rlim_t wanted = 2 * THREADS_MOST + FILES_ASIDE;
    if (limit.rlim_cur < wanted && limit.rlim_cur < limit.rlim_max) {
        struct rlimit raised = {limit.rlim_max < wanted ? limit.rlim_max : wanted, limit.rlim_max};
        if (setrlimit(RLIMIT_NOFILE, &raised) == 0)
            limit = raised;
    }
    if (limit.rlim_cur >= wanted)
        return LONG_MAX;
    long files = (long)limit.rlim_cur - FILES_ASIDE;
    return files > 0 ? files / 2 : 0;
}

/* The number in a file; LONG_MAX for "max" or where there is no such file. */
static long number_in(const char *folder, const char *name) {
    char path[2 * LINE];
    (void)snprintf(path, sizeof(path), "%s/%s", folder, name);
    FILE *file = fopen(path, "re");
    if (!file)
        return LONG_MAX;
    char line[LINE] = "";
    char *end = line;
    long n = fgets(line, sizeof(line), file) ? strtol(line, &end, 10) : LONG_MAX;
    (void)fclose(file);
    return end > line ? n : LONG_MAX;
}

/* What a control group and all above it leave; the folder is cut short on the way up. */
static long room_in(char *folder, size_t root) {
    long least = LONG_MAX;
    while (strlen(folder) >= root) {
        long most = number_in(folder, "pids.max");
        long now = number_in(folder, "pids.current");
        long room = most == LONG_MAX ? LONG_MAX
                                     : most - (now == LONG_MAX ? 0 : now) - THREADS_ASIDE;
        least = room < least ? room : least;
        char *slash = strrchr(folder, '/');
        if (!slash || slash == folder)
            break;
        *slash = '\0';
    }
    return least;
}

/* Control groups in both versions: "0::/a/b", or "8:pids:/a/b". */
static long by_pids(void) {
    FILE *file = fopen("/proc/self/cgroup", "re");
    if (!file)
        return LONG_MAX;
    long least = LONG_MAX;
    char line[LINE];
    while (fgets(line, sizeof(line), file)) {
        line[strcspn(line, "\n")] = '\0';
        const char *kind = strchr(line, ':');
        const char *path = kind ? strchr(kind + 1, ':') : NULL;
        bool unified = path && path == kind + 1;
        if (!path || (!unified && strncmp(kind, ":pids:", 6) != 0))
            continue;
        const char *root = unified ? "/sys/fs/cgroup" : "/sys/fs/cgroup/pids";
        char folder[2 * LINE];
        (void)snprintf(folder, sizeof(folder), "%s%s", root, path + 1);
        long room = room_in(folder, strlen(root));
        least = room < least ? room : least;
    }
    (void)fclose(file);
    return least;
}

/* Threads that live under this user's name: a process shows its own as folders. */
static long tasks_of(uid_t user) {
    long count = 0;
    DIR *dir = opendir("/proc");
    for (const struct dirent *e; dir && (e = readdir(dir));) {
        char path[PATH_MAX];
        struct stat st;
        (void)snprintf(path, sizeof(path), "/proc/%s/task", e->d_name);
        if (e->d_name[0] >= '1' && e->d_name[0] <= '9' && stat(path, &st) == 0 && st.st_uid == user)
            count += (long)st.st_nlink - 2;
    }
    if (dir)
        (void)closedir(dir);
    return count;
}

/* Which the kernel does not ask of root. */
static long by_user(void) {
    struct rlimit limit;
    if (geteuid() == 0 || getrlimit(RLIMIT_NPROC, &limit) != 0 ||
        limit.rlim_cur > THREADS_MOST * 64)
        return LONG_MAX;
    return (long)limit.rlim_cur - tasks_of(geteuid()) - THREADS_ASIDE;
}

/* The first of them is what binds. */
static long least_of(const struct bound *bounds, size_t count, const char **name) {
    long least = LONG_MAX;
    for (size_t i = 0; i < count; i++) {
        if (bounds[i].most >= least)
            continue;
        least = bounds[i].most;
        *name = bounds[i].name;
    }
    return least;
}

int threads_choose(int wished, char why[THREADS_WHY]) {
    const struct bound bounds[] = {
        {by_files(), "open files (ulimit -n)"},
        {by_pids(), "processes (pids.max)"},
        {by_user(), "the user's processes (ulimit -u)"},
    };
    const char *name = "";
    long most = least_of(bounds, COUNT(bounds), &name);
    long threads = wished > 0 ? wished : THREADS_MOST;
    if (threads <= most) {
        (void)snprintf(why, THREADS_WHY, "%ld threads, as %s", threads,
                       wished > 0 ? "the settings say" : "many as are useful");
        return (int)threads;
    }
    threads = most < THREADS_LEAST ? THREADS_LEAST : most;
    (void)snprintf(why, THREADS_WHY, "%ld threads: the limit of %s leaves room for no more",
                   threads, name);
    return (int)threads;
}

/*
 * Idle workers all sleep on one condition of the library's. The kernel keeps the sleepers of a
 * process in a hash table, since Linux 6.16 in one of its own with few slots on a small machine:
 * a lock of ours that falls into the slot of those 2,000 walks past them whenever it wakes
 * somebody. Seen in one start of six: twice the cost of a request. Before 6.16 the table is
 * everybody's and large, and the call is refused.
 */
void threads_part(void) {
    (void)prctl(PR_FUTEX_HASH, PR_FUTEX_HASH_SET_SLOTS, FUTEX_SLOTS, 0, 0);
}
