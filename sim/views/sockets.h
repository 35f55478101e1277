/* The sockets of a host, or of all, at one moment of a run, as an operator would see
 * them.
 *
 * Rows come from a snapshot (sim/results/run_record.h), kept by the run or simulated
 * again.  They can be read as a table of named columns (where.h, count_by.h) and printed
 * in the layout of the tool the operator has at hand: one format is one file and one line
 * in SOCKETS_FORMATS.
 */
#ifndef SIM_VIEWS_SOCKETS_H
#define SIM_VIEWS_SOCKETS_H

#include <stdbool.h>

#include "sim/results/run_record.h"
#include "sim/views/table.h"

struct sockets_view {
    const struct run_record *record; /* for the pools and the knobs turned */
    sim_ns when;
    const struct socket_row *rows;
    size_t count;
};

/* The columns of a socket; `rows` of the table is the view. */
struct table sockets_table(const struct sockets_view *view);

struct sockets_format {
    const char *name;
    const char *summary;
    void (*print)(FILE *out, const struct sockets_view *view);
    bool one_host; /* a tool that sees its own host only */
};

/* In the order of the help text. */
#define SOCKETS_FORMATS(X)                                                               \
    X(table)                                                                             \
    X(ss)                                                                                \
    X(netstat)                                                                           \
    X(netstat_ano)                                                                       \
    X(netstat_anob)                                                                      \
    X(netstat_anobq)                                                                     \
    X(csv)                                                                               \
    X(json)

/* The i-th one; NULL behind the last. */
const struct sockets_format *sockets_format_at(uint32_t index);

/* NULL if there is none of that name. */
const struct sockets_format *sockets_format_find(const char *name);

/* Prints the rows in that format; where a tool sees one host only, host by host, each
 * under its name.  Rows of one host stand together. */
void sockets_print(FILE *out, const struct sockets_format *format,
                   const struct sockets_view *view);

/* Brings rows of one host together, hosts in the order in which they first come. */
void sockets_by_host(struct socket_row *rows, size_t count);

/* A line for each pool of which these sockets hold ports: how many, of how many. */
void sockets_print_pools(FILE *out, const struct sockets_view *view);

#endif
