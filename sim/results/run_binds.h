/* Every local port that was asked for, a line each: binds.csv of a run directory.
 *
 * What a trace of bind and connect calls would hold.  A record gives its rows one by one,
 * for there may be many; at most BINDS_MAX of them, the first.  Nobody reads the file
 * with the rest of a run: run_binds_read() does when it is asked for.
 */
#ifndef SIM_RESULTS_RUN_BINDS_H
#define SIM_RESULTS_RUN_BINDS_H

#include "sim/base/texts.h"
#include "sim/results/csv_rows.h"
#include "sim/results/run_record.h"

#define RUN_BINDS "binds.csv"

#define BINDS_MAX 1000000

struct run_bind {
    sim_ns when;
    const char *host;
    uint32_t member;
    const char *process; /* NULL: a gateway's flow has none */
    uint32_t pid;
    const char *app;
    enum pool pool;
    const char *call;        /* "connect", "bind-zero", "bind", "translate" */
    struct ip_address local; /* where a port was asked for */
    uint16_t local_port;     /* 0: none was found */
    struct ip_address remote;
    uint16_t remote_port;
    uint32_t probes;    /* candidates looked at */
    const char *status; /* Windows: "0x0", "0x209"; elsewhere "0" or the errno */
    const char *name;   /* Windows: "STATUS_TOO_MANY_ADDRESSES"; elsewhere NULL */
};

/* The rows of a run under way, for run_record. */
struct run_binds {
    struct run_bind (*row)(const void *context, size_t index);
    const void *context;
    size_t count;   /* kept */
    uint64_t asked; /* met, of the kind that was wanted */
};

void run_binds_write(const struct run_binds *binds, struct safe_file *file);

/* Rows read back; {0} is none. */
struct stored_binds {
    struct texts texts;
    void *rows; /* struct run_bind */
    size_t count;
};

/* Of the run in that directory; false, with a way out, if it kept none. */
bool run_binds_read(const char *directory, struct stored_binds *out,
                    struct results_error *error);
void stored_binds_free(struct stored_binds *b);

#endif
