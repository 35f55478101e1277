#include "sim/results/safe_file.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sha2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sim/base/bug.h"
#include "sim/base/memory.h"
#include "sim/results/quiet_write.h"

#define BUFFER_BYTES 65536

/* Other writers of the same name in this process, or what a killed one left. */
#define TEMPORARY_TRIES 100

struct safe_file {
    const struct safe_directory *directory;
    char name[SAFE_NAME_SIZE];
    char temporary[SAFE_NAME_SIZE + 64];
    int handle;    /* -1 once it was closed */
    int code;      /* errno of the first failure; 0: none */
    bool staged;   /* whole, on the disk, under the temporary name */
    bool gone;     /* the temporary name is no more: published or removed */
    size_t filled; /* of `buffer` */
    SHA2_CTX hash;
    struct file_sum sum; /* `size` counts what was put, written or not */
    unsigned char buffer[BUFFER_BYTES];
};

bool safe_name(const char *name)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                  "0123456789_-.";
    size_t length = strlen(name);
    return length > 0 && length < SAFE_NAME_SIZE && name[0] != '.' &&
           strspn(name, letters) == length;
}

/* --- directories ------------------------------------------------------------------ */

bool safe_directory_open(struct safe_directory *d, const char *path,
                         struct results_error *error)
{
    *d =
        (struct safe_directory){.handle = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
    if (d->handle < 0)
        return results_fail(error, errno, "cannot open the directory %s", path);
    d->path = memory_print("%s", path);
    return true;
}

bool safe_directory_of(struct safe_directory *d, const char *file, const char **name,
                       struct results_error *error)
{
    const char *slash = strrchr(file, '/');
    char *folder =
        slash ? memory_text(file, (size_t)(slash - file)) : memory_text(".", 1);
    *name = slash ? slash + 1 : file;
    bool opened = safe_name(*name)
                      ? safe_directory_open(d, *folder ? folder : "/", error)
                      : results_fail(error, 0,
                                     "\"%s\" is no name for a file: letters, digits, "
                                     "\".\", \"_\" and \"-\", not beginning with "
                                     "\".\", at most 80",
                                     file);
    free(folder);
    return opened;
}

bool safe_directory_enter(struct safe_directory *inner, const struct safe_directory *d,
                          const char *name, struct results_error *error)
{
    *inner = (struct safe_directory){.handle = -1};
    if (safe_name(name) && mkdirat(d->handle, name, 0777) != 0 && errno != EEXIST)
        return results_fail(error, errno, "cannot make the directory %s/%s", d->path,
                            name);
    return safe_directory_inside(inner, d, name, error);
}

bool safe_directory_inside(struct safe_directory *inner, const struct safe_directory *d,
                           const char *name, struct results_error *error)
{
    *inner = (struct safe_directory){.handle = -1};
    if (!safe_name(name))
        return results_fail(error, 0, "\"%s\" is not a name for a directory of results",
                            name);
    inner->handle =
        openat(d->handle, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (inner->handle < 0)
        return results_fail(error, errno, "cannot open the directory %s/%s", d->path,
                            name);
    inner->path = memory_print("%s/%s", d->path, name);
    return true;
}

void safe_directory_close(struct safe_directory *d)
{
    if (d->handle >= 0)
        close(d->handle);
    free(d->path);
    *d = (struct safe_directory){.handle = -1};
}

/* Some file systems cannot sync a directory and say EINVAL; there is nothing to do. */
static bool directory_sync(const struct safe_directory *d, struct results_error *error)
{
    if (fsync(d->handle) != 0 && errno != EINVAL && errno != ENOTSUP)
        return results_fail(error, errno, "cannot bring the directory %s to the disk",
                            d->path);
    return true;
}

/* --- writing ---------------------------------------------------------------------- */

static void flush(struct safe_file *f)
{
    size_t done = 0;
    while (done < f->filled && !f->code) {
        ssize_t written = quiet_write(f->handle, f->buffer + done, f->filled - done);
        if (written > 0)
            done += (size_t)written;
        else if (written == 0 || errno != EINTR)
            f->code = written == 0 ? EIO : errno;
    }
    f->filled = 0;
}

struct safe_file *safe_file_new(const struct safe_directory *d, const char *name,
                                struct results_error *error)
{
    if (!safe_name(name)) {
        results_fail(error, 0, "\"%s\" is not a name for a result file", name);
        return NULL;
    }
    struct safe_file *f = memory_new(1, sizeof *f);
    f->directory = d;
    memcpy(f->name, name, strlen(name) + 1);
    f->handle = -1;
    for (int i = 0; i < TEMPORARY_TRIES && f->handle < 0; i++) {
        snprintf(f->temporary, sizeof f->temporary, SAFE_TEMPORARY "%ld-%d-%s",
                 (long)getpid(), i, name);
        f->handle = openat(d->handle, f->temporary,
                           O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
        if (f->handle < 0 && errno != EEXIST)
            break;
    }
    if (f->handle < 0) {
        results_fail(error, errno, "cannot write %s/%s", d->path, name);
        free(f);
        return NULL;
    }
    SHA256Init(&f->hash);
    return f;
}

void safe_file_put(struct safe_file *f, const void *bytes, size_t length)
{
    SIM_ASSERT(!f->staged && f->handle >= 0);
    f->sum.size += length;
    if (f->code)
        return;
    SHA256Update(&f->hash, bytes, length);
    const unsigned char *p = bytes;
    while (length > 0) {
        size_t room = BUFFER_BYTES - f->filled;
        size_t part = length < room ? length : room;
        memcpy(f->buffer + f->filled, p, part);
        f->filled += part;
        p += part;
        length -= part;
        if (f->filled == BUFFER_BYTES)
            flush(f);
    }
}

static void remove_temporary(struct safe_file *f)
{
    if (f->handle >= 0)
        close(f->handle);
    f->handle = -1;
    if (!f->gone)
        unlinkat(f->directory->handle, f->temporary, 0);
    f->gone = true;
}

bool safe_file_stage(struct safe_file *f, struct results_error *error)
{
    SIM_ASSERT(!f->staged && f->handle >= 0);
    flush(f);
    if (!f->code && fsync(f->handle) != 0)
        f->code = errno;
    int closed = close(f->handle);
    f->handle = -1;
    if (!f->code && closed != 0)
        f->code = errno;
    if (f->code) {
        remove_temporary(f);
        return results_fail(error, f->code,
                            "cannot write %s/%s (%" PRIu64 " bytes needed)",
                            f->directory->path, f->name, f->sum.size);
    }
    SHA256End(&f->hash, f->sum.sha256);
    f->staged = true;
    return true;
}

bool safe_file_publish(struct safe_file *f, struct results_error *error)
{
    SIM_ASSERT(f->staged && !f->gone);
    int at = f->directory->handle;
    if (renameat(at, f->temporary, at, f->name) != 0) {
        int code = errno;
        remove_temporary(f);
        return results_fail(error, code, "cannot put %s/%s in place", f->directory->path,
                            f->name);
    }
    f->gone = true;
    return directory_sync(f->directory, error);
}

const struct file_sum *safe_file_sum(const struct safe_file *f)
{
    SIM_ASSERT(f->staged);
    return &f->sum;
}

const char *safe_file_name(const struct safe_file *f)
{
    return f->name;
}

void safe_file_free(struct safe_file *f)
{
    if (f)
        remove_temporary(f);
    free(f);
}

bool safe_file_write(const struct safe_directory *d, const char *name, const void *bytes,
                     size_t length, struct results_error *error)
{
    struct safe_file *f = safe_file_new(d, name, error);
    if (!f)
        return false;
    safe_file_put(f, bytes, length);
    bool done = safe_file_stage(f, error) && safe_file_publish(f, error);
    safe_file_free(f);
    return done;
}

bool safe_file_remove(const struct safe_directory *d, const char *name,
                      struct results_error *error)
{
    if (unlinkat(d->handle, name, 0) != 0 && errno != ENOENT)
        return results_fail(error, errno, "cannot remove %s/%s", d->path, name);
    return true;
}

/* --- reading ---------------------------------------------------------------------- */

bool safe_file_exists(const struct safe_directory *d, const char *name)
{
    return faccessat(d->handle, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

/* O_NONBLOCK: a FIFO of that name must not keep us waiting for a writer. */
int safe_file_open(const struct safe_directory *d, const char *name,
                   struct results_error *error)
{
    struct stat s;
    int handle = openat(d->handle, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (handle < 0) {
        results_fail(error, errno, "cannot read %s/%s", d->path, name);
        return -1;
    }
    if (fstat(handle, &s) == 0 && S_ISREG(s.st_mode))
        return handle;
    close(handle);
    results_fail(error, 0, "cannot read %s/%s: it is not a regular file", d->path, name);
    return -1;
}

/* Reads up to `size` bytes, fewer only at the end of the file; -1 on an error. */
static ssize_t read_fully(int handle, char *bytes, size_t size)
{
    size_t length = 0;
    while (length < size) {
        ssize_t got = read(handle, bytes + length, size - length);
        if (got == 0)
            break;
        if (got > 0)
            length += (size_t)got;
        else if (errno != EINTR)
            return -1;
    }
    return (ssize_t)length;
}

char *safe_file_read(const struct safe_directory *d, const char *name, size_t limit,
                     size_t *length, struct results_error *error)
{
    int handle = safe_file_open(d, name, error);
    if (handle < 0)
        return NULL;
    struct stat s = {0};
    bool known = fstat(handle, &s) == 0;
    size_t expected = (uint64_t)s.st_size > limit ? limit : (size_t)s.st_size;
    char *bytes = memory_new(expected + 2, 1);
    ssize_t got = known ? read_fully(handle, bytes, expected + 1) : -1;
    int code = errno;
    close(handle);
    if (got >= 0 && (size_t)got <= expected) {
        *length = (size_t)got;
        bytes[got] = '\0';
        return bytes;
    }
    free(bytes);
    if (got < 0)
        results_fail(error, code, "cannot read %s/%s", d->path, name);
    else if (expected == limit)
        results_fail(error, 0, "cannot read %s/%s: it has more than %zu bytes", d->path,
                     name, limit);
    else
        results_fail(error, 0, "cannot read %s/%s: it grew meanwhile", d->path, name);
    return NULL;
}

bool safe_file_measure(const struct safe_directory *d, const char *name,
                       struct file_sum *out, struct results_error *error)
{
    int handle = safe_file_open(d, name, error);
    if (handle < 0)
        return false;
    SHA2_CTX hash;
    SHA256Init(&hash);
    *out = (struct file_sum){0};
    char *buffer = memory_new(BUFFER_BYTES, 1);
    ssize_t got;
    while ((got = read_fully(handle, buffer, BUFFER_BYTES)) > 0) {
        SHA256Update(&hash, (const uint8_t *)buffer, (size_t)got);
        out->size += (uint64_t)got;
    }
    int code = errno;
    free(buffer);
    close(handle);
    if (got < 0)
        return results_fail(error, code, "cannot read %s/%s", d->path, name);
    SHA256End(&hash, out->sha256);
    return true;
}
