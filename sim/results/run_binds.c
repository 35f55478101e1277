#include "sim/results/run_binds.h"

#include <stdlib.h>

static const char *const pools[] = {"tcp4", "tcp6", "udp4", "udp6", NULL};

#define BIND(name, member, key)                                                          \
    {                                                                                    \
        name, CSV_MEMBER_##member, offsetof(struct run_bind, key), NULL                  \
    }

static const struct csv_column row[] = {
    BIND("t_s", TIME, when),
    BIND("host", TEXT, host),
    BIND("member", U32, member),
    BIND("process", NAME, process),
    BIND("pid", U32, pid),
    BIND("app", NAME, app),
    {"pool", CSV_MEMBER_WORD, offsetof(struct run_bind, pool), pools},
    BIND("call", TEXT, call),
    BIND("local", ADDRESS, local),
    BIND("local_port", U16, local_port),
    BIND("remote", ADDRESS, remote),
    BIND("remote_port", U16, remote_port),
    BIND("probes", U32, probes),
    BIND("status", TEXT, status),
    BIND("name", NAME, name),
};

static const struct csv_columns columns = {row, sizeof row / sizeof row[0],
                                           sizeof(struct run_bind)};

void run_binds_write(const struct run_binds *binds, struct safe_file *file)
{
    csv_rows_write(&columns, NULL, 0, file);
    for (size_t i = 0; i < binds->count; i++) {
        struct run_bind bind = binds->row(binds->context, i);
        csv_rows_append(&columns, &bind, 1, file);
    }
}

bool run_binds_read(const char *directory, struct stored_binds *out,
                    struct results_error *error)
{
    struct safe_directory d;
    *out = (struct stored_binds){.rows = NULL};
    if (!safe_directory_open(&d, directory, error))
        return false;
    bool good = safe_file_exists(&d, RUN_BINDS) ||
                results_fail(error, 0,
                             "the run in %s kept no choices of ports: portsim run "
                             "--trace-bind does",
                             directory);
    good = good && csv_rows_read(&columns, &d, RUN_BINDS, &out->texts, &out->rows,
                                 &out->count, error);
    safe_directory_close(&d);
    return good;
}

void stored_binds_free(struct stored_binds *b)
{
    texts_free(&b->texts);
    free(b->rows);
}
