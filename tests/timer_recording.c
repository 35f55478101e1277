#include "tests/timer_recording.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char path[] = "tests/kernel/linux_timers.txt";

static sim_ns nanoseconds(const char *text, char **end)
{
    return (sim_ns)llround(strtod(text, end) * (double)SIM_S);
}

/* "0.1991/1.225,2.3" or "1.0034" */
static void read_life(const char *token, struct life *out)
{
    char *at;
    *out = (struct life){.begin = nanoseconds(token, &at)};
    while (*at == '/' || *at == ',') {
        assert_true(out->count < sizeof out->seen / sizeof out->seen[0]);
        out->seen[out->count++] = nanoseconds(at + 1, &at);
    }
    assert_int_equal(*at, '\0');
}

static void read_line(char *line, struct timer_recording *out)
{
    char *colon = strstr(line, " :");
    assert_non_null(colon);
    *colon = '\0';
    const char *numbers = strchr(line, ' ');
    snprintf(out->numbers, sizeof out->numbers, "%s ", numbers ? numbers : "");
    char *rest = NULL;
    for (char *t = strtok_r(colon + 2, " \n", &rest); t;
         t = strtok_r(NULL, " \n", &rest)) {
        assert_true(out->count < RECORDED_LIVES);
        read_life(t, &out->lives[out->count++]);
    }
}

void timer_recording_read(const char *name, struct timer_recording *out)
{
    *out = (struct timer_recording){0};
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    char *line = NULL;
    size_t size = 0, length = strlen(name);
    while (out->count == 0 && getline(&line, &size, file) > 0)
        if (strncmp(line, name, length) == 0 && line[length] == ' ')
            read_line(line, out);
    free(line);
    fclose(file);
    if (out->count == 0)
        fail_msg("%s has no experiment %s", path, name);
}

bool timer_recording_has(const struct timer_recording *r, const char *word)
{
    return strstr(r->numbers, word) != NULL;
}

double timer_recording_number(const struct timer_recording *r, const char *key,
                              double otherwise)
{
    char pattern[40];
    snprintf(pattern, sizeof pattern, " %s=", key);
    const char *at = strstr(r->numbers, pattern);
    return at ? strtod(at + strlen(pattern), NULL) : otherwise;
}
