#include "sim/study/processors.h"

#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"

/* Linux Documentation/admin-guide/cgroup-v2.rst: cpu.max holds "QUOTA PERIOD", in
 * microseconds, or "max PERIOD". */
static unsigned limit_of(const char *folder)
{
    char *path = memory_print("%s/cpu.max", folder), text[64];
    FILE *file = fopen(path, "re");
    free(path);
    if (!file)
        return 0;
    char *line = fgets(text, sizeof text, file), *rest;
    fclose(file);
    unsigned long quota = line ? strtoul(line, &rest, 10) : 0;
    unsigned long period = quota > 0 ? strtoul(rest, NULL, 10) : 0;
    if (period == 0 || quota > UINT32_MAX)
        return 0;
    return (unsigned)((quota + period - 1) / period);
}

/* The smaller, 0 being no limit. */
static unsigned tighter(unsigned a, unsigned b)
{
    return a == 0 || (b != 0 && b < a) ? b : a;
}

unsigned processors_limit(const char *root, const char *group)
{
    char *folder = memory_print("%s%s", root, group);
    unsigned limit = 0;
    while (strlen(folder) >= strlen(root)) {
        limit = tighter(limit, limit_of(folder));
        char *slash = strrchr(folder, '/');
        if (!slash)
            break;
        *slash = '\0';
    }
    free(folder);
    return limit;
}

/* The group of this process: the line "0::/its/path". */
static unsigned own_limit(void)
{
    FILE *file = fopen("/proc/self/cgroup", "re");
    char line[4096];
    unsigned limit = 0;
    while (file && fgets(line, sizeof line, file)) {
        line[strcspn(line, "\n")] = '\0';
        if (strncmp(line, "0::/", 4) == 0)
            limit = processors_limit("/sys/fs/cgroup", line + 3);
    }
    if (file)
        fclose(file);
    return limit;
}

unsigned processors_here(void)
{
    cpu_set_t set;
    unsigned bound = 1; /* of a machine with more processors than the set has room for */
    if (sched_getaffinity(0, sizeof set, &set) == 0)
        bound = (unsigned)CPU_COUNT(&set);
    return tighter(bound, own_limit());
}
