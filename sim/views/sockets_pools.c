/* How full the pools are of which a view's sockets hold ports: what an operator reads off
 * the count under the connection table ("approaching 16K"). */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"
#include "sim/views/human.h"
#include "sim/views/sockets.h"

/* From this share on a pool is near its end: what clouds alert at [Azure baseline
 * alerts: SNAT port utilization]. */
#define NEAR_PERCENT 80

/* One port of a member's range that is held. */
struct held {
    struct ip_address local;
    uint32_t member;
    uint16_t port;
};

static int by_port(const void *a, const void *b)
{
    const struct held *x = a, *y = b;
    int order = memcmp(&x->local, &y->local, sizeof x->local);
    if (order != 0)
        return order;
    if (x->member != y->member)
        return x->member < y->member ? -1 : 1;
    return x->port - y->port;
}

static bool is_of(const struct socket_row *r, const struct run_pool *p)
{
    return r->ephemeral && strcmp(r->host, p->host) == 0 &&
           strcmp(pool_name(r->pool), p->pool) == 0;
}

/* Ports of the pool that any of the sockets holds. */
static size_t count_ports(const struct sockets_view *v, const struct run_pool *p,
                          struct held *room)
{
    size_t count = 0, ports = 0;
    for (size_t i = 0; i < v->count; i++)
        if (is_of(&v->rows[i], p))
            room[count++] =
                (struct held){v->rows[i].local, v->rows[i].member, v->rows[i].local_port};
    qsort(room, count, sizeof *room, by_port);
    for (size_t i = 0; i < count; i++)
        ports += i == 0 || by_port(&room[i - 1], &room[i]) != 0;
    return ports;
}

/* The range at that moment: as the run began, or as a knob was turned since. */
static uint32_t range_size(const struct sockets_view *v, const struct run_pool *p)
{
    unsigned low = p->low, high = p->high;
    char *path = memory_print("hosts.%s.tcp.range = [", p->host);
    bool tcp = strncmp(p->pool, "tcp", 3) == 0;
    for (size_t i = 0; i < v->record->log_count && tcp; i++) {
        const struct run_event *e = &v->record->log[i];
        unsigned a, b;
        if (e->when < v->when && strcmp(e->kind, "change") == 0 &&
            strncmp(e->detail, path, strlen(path)) == 0 &&
            sscanf(e->detail + strlen(path), "%u, %u", &a, &b) == 2 && a <= b) {
            low = a;
            high = b;
        }
    }
    free(path);
    return high - low + 1 - p->reserved;
}

/* Whether all of them go from one address to one destination: then the ports of one
 * address are all there is, whatever the scope. */
static const struct socket_row *only_way(const struct sockets_view *v,
                                         const struct run_pool *p)
{
    const struct socket_row *first = NULL;
    for (size_t i = 0; i < v->count; i++) {
        const struct socket_row *r = &v->rows[i];
        if (!is_of(r, p))
            continue;
        if (!first)
            first = r;
        if (!ip_address_equal(&r->local, &first->local) ||
            !ip_address_equal(&r->remote, &first->remote) ||
            r->remote_port != first->remote_port)
            return NULL;
    }
    return first;
}

static void print_pool(FILE *out, const struct sockets_view *v, const struct run_pool *p,
                       size_t ports)
{
    char held[HUMAN_TEXT], most[HUMAN_TEXT];
    const struct socket_row *way = only_way(v, p);
    uint64_t each = range_size(v, p);
    uint64_t capacity = way ? each : each * p->addresses * p->members;
    fprintf(out, "%s %s", p->host, p->pool);
    if (way) {
        char from[IP_ENDPOINT_TEXT], to[IP_ENDPOINT_TEXT];
        fprintf(out, ", %s to %s", ip_endpoint_text(&way->local, 0, from),
                ip_endpoint_text(&way->remote, way->remote_port, to));
    }
    fprintf(out, ": %s of %s ports (%.1f %%)%s\n", human_count((double)ports, held),
            human_count((double)capacity, most), 100 * (double)ports / (double)capacity,
            ports >= capacity                        ? ", none is left"
            : ports * 100 >= capacity * NEAR_PERCENT ? ", near the limit"
                                                     : "");
}

void sockets_print_pools(FILE *out, const struct sockets_view *view)
{
    struct held *room = memory_new(view->count, sizeof *room);
    for (size_t i = 0; i < view->record->pool_count; i++) {
        const struct run_pool *p = &view->record->pools[i];
        size_t ports = count_ports(view, p, room);
        if (ports)
            print_pool(out, view, p, ports);
    }
    free(room);
}
