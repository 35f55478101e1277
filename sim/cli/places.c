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

/* PORTSIM_SHARE; NULL when it is not set. */
static const char *share_set(void)
{
    const char *set = getenv("PORTSIM_SHARE");
    return set && *set ? set : NULL;
}

/* The folder that holds scenarios/ and plots/. */
static char *find_share(void)
{
    char program[PATH_MAX];
    const char *set = share_set();
    if (set)
        return is_share(set) ? memory_text(set, strlen(set)) : NULL;
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
    char *share = find_share();
    if (!share)
        return NULL;
    char *folder = memory_print("%s/%s", share, name);
    free(share);
    return folder;
}

char *places_missing(void)
{
    const char *set = share_set();
    if (set)
        return memory_print("PORTSIM_SHARE is %s, which does not hold scenarios/ and "
                            "plots/",
                            set);
    return memory_print("the folders scenarios/ and plots/ of portsim were not found; "
                        "PORTSIM_SHARE can say where they are");
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
