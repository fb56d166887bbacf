/* Runs a harness on every input of its corpus, each in a process of its own: what a search once
 * found stays found. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fuzz.h"

enum { INPUT_MOST = 65536 };

static int is_visible(const struct dirent *entry) {
    return entry->d_name[0] != '.';
}

static void replay(const char *name) {
    char *path = NULL;
    if (asprintf(&path, "%s/%s", FUZZ_CORPUS, name) < 0)
        exit(1);
    FILE *file = fopen(path, "rb");
    free(path);
    uint8_t *bytes = malloc(INPUT_MOST);
    if (!file || !bytes)
        exit(1);
    size_t len = fread(bytes, 1, INPUT_MOST, file);
    fclose(file);
    /* Of its own size, so that the instruments see the first byte read too many. */
    uint8_t *input = malloc(len ? len : 1);
    if (!input)
        exit(1);
    memcpy(input, bytes, len);
    free(bytes);
    (void)LLVMFuzzerTestOneInput(input, len);
    free(input);
    exit(0);
}

static bool survives(const char *name) {
    int status = -1;
    fflush(stdout);
    pid_t child = fork();
    if (child == 0)
        replay(name);
    bool fine = child > 0 && waitpid(child, &status, 0) == child && status == 0;
    printf(fine ? "ok - fuzz/%s: %s\n" : "not ok - fuzz/%s: %s\n", FUZZ_NAME, name);
    return fine;
}

int main(void) {
    struct dirent **entries;
    int count = scandir(FUZZ_CORPUS, &entries, is_visible, alphasort);
    int failed = count > 0 ? 0 : 1;
    for (int i = 0; i < count; i++) {
        failed += !survives(entries[i]->d_name);
        free(entries[i]);
    }
    if (count > 0)
        free(entries);
    return failed ? 1 : 0;
}
