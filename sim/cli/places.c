#include "sim/cli/places.h"

#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sim/base/memory.h"

static bool is_folder(const char *path)
{
    struct stat s;
    return stat(path, &s) == 0 && S_ISDIR(s.st_mode);
}

static bool is_file(const char *path)
{
    struct stat s;
    return stat(path, &s) == 0 && !S_ISDIR(s.st_mode);
}

static bool is_share(const char *path)
{
    char *plots = memory_print("%s/plots", path);
    char *scenarios = memory_print("%s/scenarios", path);
    bool both = is_folder(plots) && is_folder(scenarios);
    free(plots);
    free(scenarios);
    return both;
}

char *places_share(void)
{
    const char *set = getenv("PORTSIM_SHARE");
    if (set && *set)
        return memory_text(set, strlen(set));
    char program[PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", program, sizeof program - 1);
    if (length <= 0)
        return NULL;
    program[length] = '\0';
    *strrchr(program, '/') = '\0';
    static const char *const beside[] = {".", "..", "../..", "../share/portsim"};
    for (size_t i = 0; i < sizeof beside / sizeof beside[0]; i++) {
        char *path = memory_print("%s/%s", program, beside[i]);
        char *real = is_share(path) ? realpath(path, NULL) : NULL;
        free(path);
        if (real)
            return real;
    }
    return NULL;
}

char *places_folder(const char *name)
{
    char *share = places_share();
    if (!share)
        return NULL;
    char *folder = memory_print("%s/%s", share, name);
    free(share);
    return folder;
}

char *places_scenario(const char *name)
{
    char *library = strchr(name, '/') ? NULL : places_folder("scenarios");
    char *found = NULL;
    static const char *const endings[] = {"", ".json"};
    for (size_t i = 0; library && !is_file(name) && !found && i < 2; i++) {
        char *path = memory_print("%s/%s%s", library, name, endings[i]);
        if (is_file(path))
            found = path;
        else
            free(path);
    }
    free(library);
    return found ? found : memory_text(name, strlen(name));
}
