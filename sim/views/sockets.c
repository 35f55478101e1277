#include "sim/views/sockets.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"

/* --- columns -------------------------------------------------------------------------
 */

enum column {
    PROTO,
    RECV_Q,
    SEND_Q,
    LOCAL,
    REMOTE,
    STATE,
    TIMER,
    LEFT,
    PROCESS,
    PID,
    AGE,
    HOST,
    MEMBER,
    POOL,
    APP,
    DESTINATION,
    LOCAL_ADDRESS,
    LOCAL_PORT,
    REMOTE_ADDRESS,
    REMOTE_PORT,
    REMOTE_HOST,
    EPHEMERAL,
    OWNED,
    PASSIVE,
    TRANSLATED,
    NUMBER,
    PEER,
    COLUMN_COUNT
};

static const struct table_column columns[COLUMN_COUNT] = {
    [PROTO] = {"proto", NULL, "tcp, tcp6, udp, udp6", CELL_TEXT},
    [RECV_Q] = {"recv-q", NULL, "0: data is only a duration", CELL_NUMBER},
    [SEND_Q] = {"send-q", NULL, "likewise", CELL_NUMBER},
    [LOCAL] = {"local", NULL, "address and port", CELL_ADDRESS},
    [REMOTE] = {"remote", "peer-address", "address and port", CELL_ADDRESS},
    [STATE] = {"state", NULL, "RFC 9293, BOUND, UNCONN", CELL_TEXT},
    [TIMER] = {"timer", NULL, "off, on, keepalive, timewait", CELL_TEXT},
    [LEFT] = {"left", NULL, "until the timer fires", CELL_SECONDS},
    [PROCESS] = {"process", "owner", "whose descriptor it is or was", CELL_TEXT},
    [PID] = {"pid", NULL, "0: the kernel's", CELL_NUMBER},
    [AGE] = {"age", NULL, "in this state", CELL_SECONDS},
    [HOST] = {"host", NULL, "entry of the scenario", CELL_TEXT},
    [MEMBER] = {"member", NULL, "of that entry, from 0", CELL_NUMBER},
    [POOL] = {"pool", NULL, "tcp4, tcp6, udp4, udp6", CELL_TEXT},
    [APP] = {"app", NULL, "on whose behalf", CELL_TEXT},
    [DESTINATION] = {"destination", NULL, "host:port it was opened to", CELL_TEXT},
    [LOCAL_ADDRESS] = {"local-address", "src", "without the port", CELL_ADDRESS},
    [LOCAL_PORT] = {"local-port", "sport", "", CELL_NUMBER},
    [REMOTE_ADDRESS] = {"remote-address", "dst", "without the port", CELL_ADDRESS},
    [REMOTE_PORT] = {"remote-port", "dport", "", CELL_NUMBER},
    [REMOTE_HOST] = {"remote-host", NULL, "entry that has that address", CELL_TEXT},
    [EPHEMERAL] = {"ephemeral", NULL, "holds a port of the host's range", CELL_FLAG},
    [OWNED] = {"owned", NULL, "a process has its descriptor", CELL_FLAG},
    [PASSIVE] = {"passive", NULL, "it listens, or was accepted", CELL_FLAG},
    [TRANSLATED] = {"translated", NULL, "a flow of a gateway, no socket", CELL_FLAG},
    [NUMBER] = {"number", NULL, "of the socket, for `portsim trace`", CELL_NUMBER},
    [PEER] = {"peer", NULL, "number of the other end, 0: unknown", CELL_NUMBER},
};

static const char *const protos[POOL_COUNT] = {"tcp", "tcp6", "udp", "udp6"};
static const char *const timers[] = {"off", "on", "keepalive", "timewait"};

static struct cell text_cell(const char *text)
{
    return (struct cell){.text = text};
}

static struct cell number_cell(double number)
{
    return (struct cell){.number = number};
}

static struct cell address_cell(const struct ip_address *a, uint16_t port)
{
    return (struct cell){.address = *a, .port = port};
}

static double seconds_left(const struct sockets_view *v, const struct socket_row *r)
{
    return r->timer == SOCKET_TIMER_OFF ? (double)NAN : sim_seconds(r->ends - v->when);
}

static struct cell endpoint_cell(const struct socket_row *r, uint32_t column)
{
    switch ((enum column)column) {
    case LOCAL:
        return address_cell(&r->local, r->local_port);
    case REMOTE:
        return address_cell(&r->remote, r->remote_port);
    case LOCAL_ADDRESS:
        return address_cell(&r->local, 0);
    case LOCAL_PORT:
        return number_cell(r->local_port);
    case REMOTE_ADDRESS:
        return address_cell(&r->remote, 0);
    case REMOTE_PORT:
        return number_cell(r->remote_port);
    case REMOTE_HOST:
        return text_cell(r->remote_host);
    case DESTINATION:
        return r->passive || !r->remote_host
                   ? text_cell(NULL)
                   : (struct cell){.text = r->remote_host, .port = r->remote_port};
    default:
        return text_cell(NULL);
    }
}

static struct cell owner_cell(const struct socket_row *r, uint32_t column)
{
    switch ((enum column)column) {
    case PROCESS:
        return text_cell(r->process);
    case PID:
        return number_cell(r->pid);
    case HOST:
        return text_cell(r->host);
    case MEMBER:
        return number_cell(r->member);
    case POOL:
        return text_cell(pool_name(r->pool));
    case APP:
        return text_cell(r->app);
    case EPHEMERAL:
        return number_cell(r->ephemeral);
    case OWNED:
        return number_cell(r->owned);
    case PASSIVE:
        return number_cell(r->passive);
    case TRANSLATED:
        return number_cell(r->translated);
    default:
        return endpoint_cell(r, column);
    }
}

static struct cell socket_cell(const void *rows, size_t row, uint32_t column)
{
    const struct sockets_view *v = rows;
    const struct socket_row *r = &v->rows[row];
    switch ((enum column)column) {
    case PROTO:
        return text_cell(protos[r->pool]);
    case RECV_Q:
    case SEND_Q:
        return number_cell(0);
    case STATE:
        return text_cell(r->state);
    case TIMER:
        return text_cell(timers[r->timer]);
    case LEFT:
        return number_cell(seconds_left(v, r));
    case AGE:
        return number_cell(sim_seconds(v->when - r->since));
    case NUMBER:
        return number_cell(r->number);
    case PEER:
        return number_cell(r->peer_number);
    default:
        return owner_cell(r, column);
    }
}

struct table sockets_table(const struct sockets_view *view)
{
    return (struct table){.columns = columns,
                          .column_count = COLUMN_COUNT,
                          .cell = socket_cell,
                          .rows = view,
                          .row_count = view->count};
}

/* --- formats -------------------------------------------------------------------------
 */

#define X(name) extern const struct sockets_format sockets_format_##name;
SOCKETS_FORMATS(X)
#undef X

const struct sockets_format *sockets_format_at(uint32_t index)
{
    static const struct sockets_format *const formats[] = {
#define X(name) &sockets_format_##name,
        SOCKETS_FORMATS(X)
#undef X
    };
    return index < sizeof formats / sizeof formats[0] ? formats[index] : NULL;
}

const struct sockets_format *sockets_format_find(const char *name)
{
    const struct sockets_format *f;
    for (uint32_t i = 0; (f = sockets_format_at(i)); i++)
        if (strcmp(f->name, name) == 0)
            return f;
    return NULL;
}

/* --- host by host --------------------------------------------------------------------
 */

static bool same_host(const struct socket_row *a, const struct socket_row *b)
{
    return strcmp(a->host, b->host) == 0;
}

void sockets_by_host(struct socket_row *rows, size_t count)
{
    struct socket_row *from = memory_new(count, sizeof *from);
    const char **hosts = memory_new(count, sizeof *hosts);
    size_t host_count = 0, out = 0;
    memcpy(from, rows, count * sizeof *from);
    for (size_t i = 0; i < count; i++) {
        size_t k = 0;
        while (k < host_count && strcmp(hosts[k], from[i].host) != 0)
            k++;
        if (k == host_count)
            hosts[host_count++] = from[i].host;
    }
    for (size_t k = 0; k < host_count; k++)
        for (size_t i = 0; i < count; i++)
            if (strcmp(hosts[k], from[i].host) == 0)
                rows[out++] = from[i];
    free(hosts);
    free(from);
}

void sockets_print(FILE *out, const struct sockets_format *format,
                   const struct sockets_view *view)
{
    if (!format->one_host || view->count == 0) {
        format->print(out, view);
        return;
    }
    for (size_t i = 0, end; i < view->count; i = end) {
        struct sockets_view part = {view->record, view->when, view->rows + i, 0};
        for (end = i; end < view->count && same_host(&view->rows[end], &view->rows[i]);)
            end++;
        part.count = end - i;
        if (part.count < view->count)
            fprintf(out, "%s# %s\n", i ? "\n" : "", part.rows->host);
        format->print(out, &part);
    }
}
