#include "base/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void spool_drop(struct spool *s) {
    buf_drop(&s->text);
    if (s->file > 0)
        close(s->file);
    *s = (struct spool){0};
}

void spool_auto(struct spool *s) {
    spool_drop(s);
}

/* Not every file system can make a file without a name. */
static int open_named(struct call *c, const char *folder) {
    char *name = call_printf(c, "%s/progressd-XXXXXX", folder);
    int file = name ? mkostemp(name, O_CLOEXEC) : -1;
    if (file >= 0)
        (void)unlink(name);
    return file;
}

/* Descriptor 0 is standard input's, and stays so: serve has it open. */
static bool open_file(struct call *c, struct spool *s) {
    const char *given = getenv("TMPDIR");
    const char *folder = given && *given ? given : "/tmp";
    int file = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (file < 0)
        file = open_named(c, folder);
    if (file < 0)
        return fail(c, ERR_UNAVAILABLE, "no room for a large answer: %s: %s", folder,
                    strerror(errno));
    s->file = file;
    digest_begin(&s->digest);
    return true;
}

static bool write_all(int file, const char *bytes, size_t len) {
    while (len > 0) {
        ssize_t done = write(file, bytes, len);
        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0)
            return false;
        bytes += done;
        len -= (size_t)done;
    }
    return true;
}

static bool spill(struct call *c, struct spool *s) {
    if (s->file <= 0 && !open_file(c, s))
        return false;
    if (!write_all(s->file, s->text.data, s->text.len))
        return fail(c, ERR_UNAVAILABLE, "no room for a large answer: %s", strerror(errno));
    digest_add(&s->digest, s->text.data, s->text.len);
    s->filed += s->text.len;
    buf_clear(&s->text);
    return true;
}

bool spool_flow(struct call *c, struct spool *s) {
    return buf_ok(c, &s->text) && (s->text.len <= s->most || spill(c, s));
}

bool spool_end(struct call *c, struct spool *s) {
    if (!spool_flow(c, s))
        return false;
    return s->file <= 0 || s->text.len == 0 || spill(c, s);
}

ptrdiff_t spool_read(const struct spool *s, size_t offset, void *out, size_t len) {
    ssize_t got;
    do
        got = pread(s->file, out, len, (off_t)offset);
    while (got < 0 && errno == EINTR);
    return got;
}
