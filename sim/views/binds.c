#include "sim/views/binds.h"

enum column {
    COLUMN_TIME,
    COLUMN_HOST,
    COLUMN_MEMBER,
    COLUMN_PROCESS,
    COLUMN_PID,
    COLUMN_APP,
    COLUMN_POOL,
    COLUMN_CALL,
    COLUMN_LOCAL,
    COLUMN_REMOTE,
    COLUMN_PROBES,
    COLUMN_STATUS,
    COLUMN_NAME,
    COLUMN_COUNT
};

static const struct table_column columns[COLUMN_COUNT] = {
    [COLUMN_TIME] = {"t", "t_s", "when, in seconds", CELL_SECONDS},
    [COLUMN_HOST] = {"host", NULL, "whose port it is", CELL_TEXT},
    [COLUMN_MEMBER] = {"member", NULL, "of the host's entry, from 0", CELL_NUMBER},
    [COLUMN_PROCESS] = {"process", NULL, "that asked for it", CELL_TEXT},
    [COLUMN_PID] = {"pid", NULL, "its number", CELL_NUMBER},
    [COLUMN_APP] = {"app", NULL, "on whose behalf", CELL_TEXT},
    [COLUMN_POOL] = {"pool", NULL, "tcp4, tcp6, udp4, udp6", CELL_TEXT},
    [COLUMN_CALL] = {"call", NULL, "connect, bind-zero, bind, translate", CELL_TEXT},
    [COLUMN_LOCAL] = {"local", NULL, "the address, and the port unless there was none",
                      CELL_ADDRESS},
    [COLUMN_REMOTE] = {"remote", NULL, "the destination", CELL_ADDRESS},
    [COLUMN_PROBES] = {"probes", NULL, "candidates looked at", CELL_NUMBER},
    [COLUMN_STATUS] = {"status", NULL, "0 or errno; of Windows 0x0, 0x209", CELL_TEXT},
    [COLUMN_NAME] = {"name", NULL, "of a status of Windows", CELL_TEXT},
};

static struct cell cell(const void *rows, size_t row, uint32_t column)
{
    const struct run_bind *b = (const struct run_bind *)rows + row;
    switch ((enum column)column) {
    case COLUMN_TIME:
        return (struct cell){.number = sim_seconds(b->when)};
    case COLUMN_HOST:
        return (struct cell){.text = b->host};
    case COLUMN_MEMBER:
        return (struct cell){.number = b->member};
    case COLUMN_PROCESS:
        return (struct cell){.text = b->process};
    case COLUMN_PID:
        return (struct cell){.number = b->pid};
    case COLUMN_APP:
        return (struct cell){.text = b->app};
    case COLUMN_POOL:
        return (struct cell){.text = pool_name(b->pool)};
    case COLUMN_CALL:
        return (struct cell){.text = b->call};
    case COLUMN_LOCAL:
        return (struct cell){.address = b->local, .port = b->local_port};
    case COLUMN_REMOTE:
        return (struct cell){.address = b->remote, .port = b->remote_port};
    case COLUMN_PROBES:
        return (struct cell){.number = b->probes};
    case COLUMN_STATUS:
        return (struct cell){.text = b->status};
    case COLUMN_NAME:
        return (struct cell){.text = b->name};
    case COLUMN_COUNT:
        break;
    }
    return (struct cell){.text = NULL};
}

struct table binds_table(const struct stored_binds *binds)
{
    return (struct table){.columns = columns,
                          .column_count = COLUMN_COUNT,
                          .cell = cell,
                          .rows = binds->rows,
                          .row_count = binds->count};
}

bool binds_failed(const struct stored_binds *binds, size_t row)
{
    return ((const struct run_bind *)binds->rows)[row].local_port == 0;
}
