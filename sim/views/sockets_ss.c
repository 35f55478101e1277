/* As `ss -tuanpo` of iproute2 6.1 prints, and without UDP sockets `ss -tanpo`: the widths
 * of its columns, its names of states, its way with small times. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"
#include "sim/views/sockets.h"
#include "sim/views/sockets_words.h"

/* From left to right; addresses stand against the colon behind them. */
enum {
    NETID,
    STATE,
    RECV_Q,
    SEND_Q,
    LOCAL,
    LOCAL_PORT,
    PEER,
    PEER_PORT,
    PROCESS,
    FIELDS
};

static const struct {
    const char *heading;
    const char *before; /* what stands between it and the field before */
    bool right;
} fields[FIELDS] = {
    {"Netid", "", false},        {"State", " ", false},        {"Recv-Q", " ", false},
    {"Send-Q", " ", false},      {"Local Address", " ", true}, {"Port", ":", false},
    {"Peer Address", " ", true}, {"Port", ":", false},         {"Process", "", false},
};

/* "users:((...)) timer:(...)" is the longest. */
#define FIELD_SIZE (SOCKETS_NAME + 100)

struct line {
    char text[FIELDS][FIELD_SIZE];
};

/* --- one line ------------------------------------------------------------------------
 */

static void address(const struct ip_address *a, enum pool pool, char out[FIELD_SIZE])
{
    char text[IP_ADDRESS_TEXT];
    bool six = a->family ? a->family == 6 : pool == POOL_TCP6 || pool == POOL_UDP6;
    const char *any = six ? "::" : "0.0.0.0";
    snprintf(out, FIELD_SIZE, six ? "[%s]" : "%s",
             a->family ? ip_address_text(a, text) : any);
}

static void port(uint16_t number, char out[FIELD_SIZE])
{
    snprintf(out, FIELD_SIZE, number ? "%u" : "*", (unsigned)number);
}

/* "59sec", "1min39sec", "5.123ms": as print_ms_timer() of misc/ss.c says it. */
static void duration(sim_ns left, char *out, size_t size)
{
    uint64_t ms = left > 0 ? (uint64_t)left / SIM_MS : 0;
    uint64_t minutes = ms / 60000, seconds = ms / 1000 % 60;
    size_t used = 0;
    ms %= 1000;
    out[0] = '\0';
    if (minutes) {
        used = (size_t)snprintf(out, size, "%" PRIu64 "min", minutes);
        ms = 0;
        seconds = minutes > 9 ? 0 : seconds;
    }
    if (seconds) {
        ms = seconds > 9 ? 0 : ms;
        used += (size_t)snprintf(out + used, size - used, "%" PRIu64 "%s", seconds,
                                 ms ? "." : "sec");
    }
    if (ms)
        snprintf(out + used, size - used, "%03" PRIu64 "ms", ms);
}

static void process(const struct socket_row *r, sim_ns now, struct sockets_descriptors *d,
                    char out[FIELD_SIZE])
{
    static const char *const timers[] = {"off", "on", "keepalive", "timewait"};
    char name[SOCKETS_NAME], left[40];
    size_t used = 0;
    out[0] = '\0';
    if (r->owned && r->pid)
        used = (size_t)snprintf(out, FIELD_SIZE, " users:((\"%s\",pid=%u,fd=%u))",
                                sockets_process_name(r, name), (unsigned)r->pid,
                                sockets_descriptor_next(d, r));
    if (r->timer == SOCKET_TIMER_OFF)
        return;
    duration(r->ends - now, left, sizeof left);
    snprintf(out + used, FIELD_SIZE - used, " timer:(%s,%s,0)", timers[r->timer], left);
}

static void fill(struct line *l, const struct socket_row *r, sim_ns now,
                 struct sockets_descriptors *d)
{
    snprintf(l->text[NETID], FIELD_SIZE, "%s", pool_is_udp(r->pool) ? "udp" : "tcp");
    snprintf(l->text[STATE], FIELD_SIZE, "%s", sockets_state_word(TOOL_SS, r));
    snprintf(l->text[RECV_Q], FIELD_SIZE, "0");
    snprintf(l->text[SEND_Q], FIELD_SIZE, "0");
    address(&r->local, r->pool, l->text[LOCAL]);
    port(r->local_port, l->text[LOCAL_PORT]);
    address(&r->remote, r->pool, l->text[PEER]);
    port(r->remote_port, l->text[PEER_PORT]);
    process(r, now, d, l->text[PROCESS]);
}

/* --- all of them ---------------------------------------------------------------------
 */

static void put(FILE *out, unsigned first, const int *width, const struct line *l)
{
    for (unsigned f = first; f < FIELDS; f++)
        fprintf(out, fields[f].right ? "%s%*s" : "%s%-*s",
                f == first ? "" : fields[f].before, width[f], l->text[f]);
    fputc('\n', out);
}

static void print(FILE *out, const struct sockets_view *v)
{
    struct sockets_descriptors *d = sockets_descriptors_new();
    struct line *lines = memory_new(v->count + 1, sizeof *lines);
    size_t count = 1;
    unsigned first = STATE;
    int width[FIELDS] = {0};
    for (unsigned f = 0; f < FIELDS; f++)
        snprintf(lines[0].text[f], FIELD_SIZE, "%s", fields[f].heading);
    for (size_t i = 0; i < v->count; i++) {
        const struct socket_row *r = &v->rows[i];
        if (!sockets_is_listed(TOOL_SS, r))
            continue;
        fill(&lines[count++], r, v->when, d);
        first = pool_is_udp(r->pool) ? NETID : first;
    }
    for (size_t i = 0; i < count; i++)
        for (unsigned f = 0; f < FIELDS; f++) {
            int length = (int)strlen(lines[i].text[f]);
            width[f] = length > width[f] ? length : width[f];
        }
    for (size_t i = 0; i < count; i++)
        put(out, first, width, &lines[i]);
    free(lines);
    sockets_descriptors_free(d);
}

const struct sockets_format sockets_format_ss = {"ss", "as `ss -tuanpo` on Linux", print,
                                                 true};
