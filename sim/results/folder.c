#include "sim/results/folder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sim/base/memory.h"

bool folder_make(const char *path, bool *made, struct results_error *error)
{
    char *part = memory_text(path, strlen(path));
    bool good = true;
    for (char *p = part; good && *p; p++) {
        bool end = *p != '/' && (p[1] == '/' || p[1] == '\0');
        if (!end)
            continue;
        char next = p[1];
        p[1] = '\0';
        *made = mkdir(part, 0777) == 0;
        if (!*made && errno != EEXIST)
            good = results_fail(error, errno, "cannot make the directory %s", part);
        p[1] = next;
    }
    free(part);
    return good;
}

bool folder_prepare(const char *path, struct results_error *error)
{
    struct safe_directory d = {.handle = -1};
    bool made;
    bool there = folder_make(path, &made, error) && safe_directory_open(&d, path, error);
    safe_directory_close(&d);
    return there;
}

bool folder_lock(const struct safe_directory *d)
{
    return flock(d->handle, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK;
}

DIR *folder_entries(const struct safe_directory *d, struct results_error *error)
{
    int handle = openat(d->handle, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *list = handle < 0 ? NULL : fdopendir(handle);
    if (!list) {
        results_fail(error, errno, "cannot list the directory %s", d->path);
        if (handle >= 0)
            close(handle);
    }
    return list;
}
