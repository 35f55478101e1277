#include "sim/scenario/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/base/memory.h"
#include "sim/scenario/json_scan.h"

#define FIRST_BLOCK ((size_t)65536)

/* All that `fd` gives, up to the limit; NULL with errno set. */
static char *read_all(int fd, size_t *length)
{
    size_t limit = JSON_SCAN_BYTES + 1, capacity = FIRST_BLOCK;
    char *bytes = memory_resize(NULL, capacity + 1, 1);
    *length = 0;
    while (*length < limit) {
        if (*length == capacity) {
            capacity = capacity * 2 < limit ? capacity * 2 : limit;
            bytes = memory_resize(bytes, capacity + 1, 1);
        }
        ssize_t got = read(fd, bytes + *length, capacity - *length);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0) {
            free(bytes);
            return NULL;
        }
        if (got == 0)
            break;
        *length += (size_t)got;
    }
    bytes[*length] = '\0';
    return bytes;
}

char *file_read(const char *path, size_t *length, struct place place, const char *subject,
                struct issues *issues)
{
    bool standard_input = strcmp(path, "-") == 0;
    int fd = standard_input ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    char *bytes = fd < 0 ? NULL : read_all(fd, length);
    if (!bytes) {
        issues_add(issues, place, subject, NULL, "%s cannot be read: %s",
                   standard_input ? "standard input" : path, strerror(errno));
        issues_unreadable(issues);
    }
    if (fd >= 0 && !standard_input)
        close(fd);
    return bytes;
}
