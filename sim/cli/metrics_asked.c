#include "sim/cli/metrics_asked.h"

#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"
#include "sim/cli/terminal.h"
#include "sim/study/compare/compare_metrics.h"
#include "sim/trial/trial.h"
#include "sim/views/human.h"

static bool any_is_like(const struct trial_numbers *numbers, const char *pattern)
{
    for (uint32_t i = 0; i < numbers->count; i++)
        if (compare_matches(pattern, numbers->rows[i].name))
            return true;
    return false;
}

/* A pattern that is like some metric: what was asked for inside a longer name
 * ("probes"), or its last word with any path ("hosts.a.probes").  NULL: neither is. */
static char *wider_pattern(const struct trial_numbers *numbers, const char *pattern)
{
    const char *dot = strrchr(pattern, '.');
    char *wider[] = {memory_print("*.%s", pattern), memory_print("*%s*", pattern),
                     memory_print("*%s", dot ? dot : "")};
    char *found = NULL;
    for (size_t i = 0; i < sizeof wider / sizeof wider[0]; i++)
        if (!found && wider[i][1] && any_is_like(numbers, wider[i]))
            found = wider[i];
        else
            free(wider[i]);
    return found;
}

/* True: it is. */
static bool check_is_like_any(const struct trial_numbers *numbers, const char *pattern)
{
    if (any_is_like(numbers, pattern))
        return true;
    char *wider = wider_pattern(numbers, pattern);
    fputs("portsim: no metric is like \"", stderr);
    terminal_print(stderr, pattern);
    fputs(wider ? "\"; did you mean \"" : "\" (`portsim list metrics')\n", stderr);
    if (wider) {
        terminal_print(stderr, wider);
        fputs("\"?\n", stderr);
    }
    free(wider);
    return false;
}

static bool ends_in_star(const char *pattern)
{
    size_t length = strlen(pattern);
    return length > 0 && pattern[length - 1] == '*';
}

static void add_if_asked(struct metrics_asked *asked, const char *name,
                         const struct text_list *patterns)
{
    bool like_any = false, always = false;
    for (uint32_t i = 0; i < patterns->count; i++)
        if (compare_matches(patterns->at[i], name)) {
            like_any = true;
            always |= !ends_in_star(patterns->at[i]);
        }
    if (like_any)
        asked->at[asked->count++] = (struct metric_asked){
            .name = memory_text(name, strlen(name)), .always = always};
}

bool metrics_ask(struct metrics_asked *asked, const struct trial_plan *plan,
                 const struct text_list *patterns)
{
    /* A run knows its metrics before its first event. */
    static const volatile sig_atomic_t at_once = 1;
    struct trial_watch watch = {.keeps = TRIAL_NUMBERS, .stop = &at_once};
    *asked = (struct metrics_asked){.count = 0};
    if (!patterns->count)
        return true;
    struct trial_result *r = trial_run(plan, plan->config->seed, 1, &watch);
    bool known = true;
    for (uint32_t i = 0; known && i < patterns->count; i++)
        known = check_is_like_any(r->numbers, patterns->at[i]);
    asked->at = memory_new(r->numbers->count, sizeof *asked->at);
    for (uint32_t i = 0; known && i < r->numbers->count; i++)
        add_if_asked(asked, r->numbers->rows[i].name, patterns);
    trial_result_free(r);
    return known;
}

void metrics_asked_free(struct metrics_asked *asked)
{
    for (uint32_t i = 0; i < asked->count; i++)
        free(asked->at[i].name);
    free(asked->at);
}

/* A metric that the record has, or that is shown although it is "none". */
static bool is_shown(const struct metric_asked *a, const struct run_record *record)
{
    return a->always || run_record_metric(record, a->name);
}

/* "3.154 probes", "11,768", "294.2/s", "62.5 ms". */
static void print_value(FILE *out, const struct run_metric *m)
{
    char value[HUMAN_INTERVAL];
    if (!m || isnan(m->value)) {
        fputs(m ? "null" : "none", out);
        return;
    }
    if (strcmp(m->unit, "s") == 0) {
        fputs(human_seconds_interval(m->value, m->half_width, value), out);
        return;
    }
    fputs(human_value_interval(m->value, m->half_width, m->unit, value), out);
    if (strncmp(m->unit, "1/", 2) == 0)
        fputs(m->unit + 1, out);
    else if (strcmp(m->unit, "1") != 0)
        fprintf(out, " %s", m->unit);
}

void metrics_asked_print(FILE *out, const struct metrics_asked *asked,
                         const struct run_record *record)
{
    unsigned width = 0;
    for (uint32_t i = 0; i < asked->count; i++)
        if (is_shown(&asked->at[i], record) && human_columns(asked->at[i].name) > width)
            width = human_columns(asked->at[i].name);
    /* A summary ends with an empty line where nothing is required. */
    if (asked->count && record->requirement_count)
        fputc('\n', out);
    if (asked->count && !width)
        fputs("nothing happened that --metric asks for\n", out);
    for (uint32_t i = 0; i < asked->count; i++) {
        const char *name = asked->at[i].name;
        if (!is_shown(&asked->at[i], record))
            continue;
        fprintf(out, "%-*s  ", (int)width, name);
        print_value(out, run_record_metric(record, name));
        fputc('\n', out);
    }
}
