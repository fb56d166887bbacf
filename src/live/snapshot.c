#include "live/snapshot.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/secret.h"

/*
 * cerritos-in-progress snapshot 1 EDITION
 * KEY-LENGTH TAGS ERR MADE-US PART-LENGTH…     and the key and the parts behind it, as they are
 * …
 * SHA-256 in hex of everything before it
 */
#define FIRST_LINE "cerritos-in-progress snapshot 1 "

enum {
    FILE_MOST = 16 << 20,
    ONE_MOST = 1 << 20,
    FIELDS = 4 + BLOB_PARTS,
    FIELD_DIGITS = 20,
    SEAL = SHA256_HEX /* the hash, and a line break for its NUL */
};

/* ---- out ---- */

static void add_entry(void *context, const char *key, unsigned tags, struct blob *b) {
    struct buf *out = context;
    if (b->size > ONE_MOST || out->len + b->size > FILE_MOST - ONE_MOST || strstr(key, "cursor="))
        return;
    buf_addf(out, "%zu %u %d %lld", strlen(key), tags, (int)b->err, (long long)b->made_us);
    for (size_t i = 0; i < BLOB_PARTS; i++)
        buf_addf(out, " %zu", b->part[i].len);
    buf_addc(out, '\n');
    buf_adds(out, key);
    for (size_t i = 0; i < BLOB_PARTS; i++)
        buf_add(out, b->part[i].at, b->part[i].len);
}

static bool write_all(int fd, const char *at, size_t len) {
    while (len > 0) {
        ssize_t n = write(fd, at, len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        at += n;
        len -= (size_t)n;
    }
    return fsync(fd) == 0;
}

/* The name in its folder must last too. */
static bool sync_folder(struct call *c, const char *path) {
    const char *slash = strrchr(path, '/');
    const char *folder = slash ? call_strndup(c, path, (size_t)(slash - path) + 1) : ".";
    int fd = folder ? open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    bool done = fd >= 0 && fsync(fd) == 0;
    if (fd >= 0)
        (void)close(fd);
    return done;
}

static bool replace(struct call *c, const char *path, const struct buf *bytes) {
    const char *fresh = call_printf(c, "%s.new", path);
    if (!fresh)
        return false;
    int fd = open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    bool written = fd >= 0 && write_all(fd, bytes->data, bytes->len);
    int why = errno;
    if (fd >= 0)
        (void)close(fd);
    if (written && rename(fresh, path) == 0 && sync_folder(c, path))
        return true;
    why = written ? errno : why;
    (void)unlink(fresh);
    return fail(c, ERR_UNAVAILABLE, "%s: %s", path, strerror(why));
}

bool snapshot_save(struct call *c, struct cache *k, const char *path, const char *edition) {
    AUTO(buf) struct buf out = {0};
    char seal[SHA256_HEX];
    buf_addf(&out, FIRST_LINE "%s\n", edition);
    cache_each(k, add_entry, &out);
    if (!buf_ok(c, &out))
        return false;
    sha256_hex(out.data, out.len, seal);
    buf_addf(&out, "%s\n", seal);
    return buf_ok(c, &out) && replace(c, path, &out);
}

/* ---- in ---- */

static bool read_file(struct call *c, const char *path, struct buf *out) {
    char piece[4096];
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0)
        return fail(c, errno == ENOENT ? ERR_NOT_FOUND : ERR_UNAVAILABLE, "%s: %s", path,
                    strerror(errno));
    ssize_t n;
    while ((n = read(fd, piece, sizeof piece)) > 0 && out->len <= FILE_MOST)
        buf_add(out, piece, (size_t)n);
    (void)close(fd);
    return buf_ok(c, out) &&
           (n == 0 || fail(c, ERR_INVALID, "%s: cannot be read to its end", path));
}

/* Cuts the seal off. */
static bool is_sealed(struct buf *file) {
    char seal[SHA256_HEX];
    if (file->len < SEAL)
        return false;
    file->len -= SEAL;
    sha256_hex(file->data, file->len, seal);
    return memcmp(seal, file->data + file->len, SHA256_HEX - 1) == 0;
}

/* What is left to read. */
struct rest {
    const char *at;
    size_t len;
};

/* A number and the byte that ends it. */
static bool take_number(struct rest *r, char end, int64_t *out) {
    size_t digits = 0;
    int64_t n = 0;
    while (digits < r->len && digits < FIELD_DIGITS - 2 && r->at[digits] >= '0' &&
           r->at[digits] <= '9')
        n = n * 10 + (r->at[digits++] - '0');
    if (digits == 0 || digits >= r->len || r->at[digits] != end)
        return false;
    r->at += digits + 1;
    r->len -= digits + 1;
    *out = n;
    return true;
}

static bool take_bytes(struct rest *r, int64_t len, struct blob_bytes *out) {
    if (len < 0 || (size_t)len > r->len)
        return false;
    *out = (struct blob_bytes){r->at, (size_t)len};
    r->at += len;
    r->len -= (size_t)len;
    return true;
}

static bool take_entry(struct call *c, struct rest *r, struct cache *k, size_t *count) {
    int64_t field[FIELDS];
    struct blob_bytes key, parts[BLOB_PARTS];
    for (size_t i = 0; i < FIELDS; i++)
        if (!take_number(r, i + 1 < FIELDS ? ' ' : '\n', &field[i]))
            return false;
    if (!take_bytes(r, field[0], &key) || field[2] >= ERR_COUNT)
        return false;
    for (size_t i = 0; i < BLOB_PARTS; i++)
        if (!take_bytes(r, field[4 + i], &parts[i]))
            return false;
    struct blob *b = blob_new(c, parts, (enum err)field[2], field[3]);
    const char *name = call_strndup(c, key.at, key.len);
    if (b && name)
        *count += cache_restore(k, name, (unsigned)field[1], b);
    blob_release(b);
    return b && name;
}

bool snapshot_load(struct call *c, struct cache *k, const char *path, const char *edition,
                   size_t *count) {
    AUTO(buf) struct buf file = {0};
    *count = 0;
    const char *first = call_printf(c, FIRST_LINE "%s\n", edition);
    if (!first || !read_file(c, path, &file))
        return false;
    if (!is_sealed(&file))
        return fail(c, ERR_INVALID, "%s: damaged: its checksum does not fit", path);
    struct rest r = {file.data, file.len};
    size_t len = strlen(first);
    if (r.len < len || memcmp(r.at, first, len) != 0)
        return fail(c, ERR_NOT_FOUND, "%s: written by another edition of this program", path);
    r.at += len;
    r.len -= len;
    while (r.len > 0)
        if (!take_entry(c, &r, k, count))
            return fail(c, ERR_INVALID, "%s: damaged", path);
    return true;
}
