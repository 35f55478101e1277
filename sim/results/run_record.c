#include "sim/results/run_record.h"

#include <string.h>

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static const char *const status_names[] = {
    [RUN_COMPLETE] = "complete",
    [RUN_INTERRUPTED] = "interrupted",
};

static const char *const verdict_names[] = {
    [RUN_HOLDS] = "holds",
    [RUN_FAILS] = "fails",
    [RUN_UNDECIDED] = "undecided",
};

/* `count` when no name of the list is `name`. */
static unsigned find(const char *const *names, unsigned count, const char *name)
{
    unsigned i = 0;
    while (i < count && strcmp(names[i], name) != 0)
        i++;
    return i;
}

const char *run_status_name(enum run_status status)
{
    return status_names[status];
}

const char *run_verdict_name(enum run_verdict verdict)
{
    return verdict_names[verdict];
}

bool run_status_find(const char *name, enum run_status *out)
{
    unsigned i = find(status_names, COUNT(status_names), name);
    if (i < COUNT(status_names))
        *out = (enum run_status)i;
    return i < COUNT(status_names);
}

bool run_verdict_find(const char *name, enum run_verdict *out)
{
    unsigned i = find(verdict_names, COUNT(verdict_names), name);
    if (i < COUNT(verdict_names))
        *out = (enum run_verdict)i;
    return i < COUNT(verdict_names);
}

const struct run_metric *run_record_metric(const struct run_record *r, const char *name)
{
    for (size_t i = 0; i < r->metric_count; i++)
        if (strcmp(r->metrics[i].name, name) == 0)
            return &r->metrics[i];
    return NULL;
}

const char *const run_tcp_states[] = {
    "CLOSED",     "LISTEN",     "SYN_SENT",   "SYN_RECEIVED", "ESTABLISHED",
    "FIN_WAIT_1", "FIN_WAIT_2", "CLOSE_WAIT", "CLOSING",      "LAST_ACK",
    "TIME_WAIT",  "BOUND",      NULL};
