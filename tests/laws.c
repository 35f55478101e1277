#include "tests/laws.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sim/base/bug.h"
#include "sim/base/memory.h"

/* One row, five columns, tabs between them: tests/laws.sh reads it. */
static void write_row(const char *const columns[5])
{
    const char *directory = getenv("PORTSIM_LAWS");
    if (!directory)
        return;
    char *path = memory_print("%s/%s", directory, program_invocation_short_name);
    FILE *f = fopen(path, "a");
    SIM_ASSERT(f);
    for (int i = 0; i < 5; i++) {
        SIM_ASSERT(!strpbrk(columns[i], "\t\n"));
        fprintf(f, "%s%c", columns[i], i < 4 ? '\t' : '\n');
    }
    SIM_ASSERT(fclose(f) == 0);
    free(path);
}

void law_checked(const char *law, const char *what, const char *recorded,
                 const char *simulated, bool holds)
{
    const char *verdict = holds ? "holds" : "differs";
    write_row((const char *const[5]){law, what, recorded, simulated, verdict});
    if (!holds)
        fail_msg("%s, %s: recorded %s, simulated %s", law, what, recorded, simulated);
}

void law_not_expressed(const char *law, const char *what, const char *why)
{
    write_row((const char *const[5]){law, what, "", "", why});
}
