#include "tests/scratch.h"

#include <dirent.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sim/base/bug.h"
#include "sim/base/memory.h"

/* Memory, where there is a file system in it: the code under test syncs a lot. */
static const char *root(void)
{
    const char *chosen = getenv("TMPDIR");
    if (chosen)
        return chosen;
    return access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
}

char *scratch_new(void)
{
    char *path = memory_print("%s/portsim-test-XXXXXX", root());
    SIM_ASSERT(mkdtemp(path));
    return path;
}

static int remove_entry(const char *path, const struct stat *s, int kind, struct FTW *w)
{
    (void)s;
    (void)kind;
    (void)w;
    return remove(path);
}

void scratch_free(char *path)
{
    nftw(path, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
    free(path);
}

int scratch_entries(const char *path)
{
    DIR *list = opendir(path);
    if (!list)
        return -1;
    int count = -2;
    while (readdir(list))
        count++;
    closedir(list);
    return count;
}

bool scratch_exists(const char *directory, const char *name)
{
    struct stat s;
    char *path = memory_print("%s/%s", directory, name);
    bool there = lstat(path, &s) == 0;
    free(path);
    return there;
}

void scratch_put(const char *directory, const char *name, const char *bytes,
                 size_t length)
{
    char *path = memory_print("%s/%s", directory, name);
    FILE *f = fopen(path, "wb");
    SIM_ASSERT(f && fwrite(bytes, 1, length, f) == length);
    SIM_ASSERT(fclose(f) == 0);
    free(path);
}

char *scratch_get(const char *directory, const char *name)
{
    size_t length;
    return scratch_read(directory, name, &length);
}

char *scratch_read(const char *directory, const char *name, size_t *length)
{
    char *path = memory_print("%s/%s", directory, name);
    FILE *f = fopen(path, "rb");
    free(path);
    if (!f)
        return NULL;
    char *bytes = NULL;
    size_t capacity = 0, got;
    *length = 0;
    do {
        capacity = memory_grown(capacity, *length + 4097);
        bytes = memory_resize(bytes, capacity, 1);
        got = fread(bytes + *length, 1, capacity - *length - 1, f);
        *length += got;
    } while (got);
    bytes[*length] = '\0';
    fclose(f);
    return bytes;
}

int scratch_child(int (*body)(void *), void *argument)
{
    fflush(NULL);
    pid_t child = fork();
    SIM_ASSERT(child >= 0);
    if (child == 0)
        _exit(body(argument));
    int status;
    SIM_ASSERT(waitpid(child, &status, 0) == child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}
