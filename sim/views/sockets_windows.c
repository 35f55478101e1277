/* As netstat of Windows prints: -ano with process numbers, -anob with programs, -anobq
 * also with sockets that are bound and no more [Microsoft Learn, netstat; layout of
 * Windows 10]. */
#include <string.h>

#include "sim/views/sockets.h"
#include "sim/views/sockets_words.h"

static void put_address(FILE *out, const struct ip_address *a, enum pool pool,
                        uint16_t port)
{
    char text[IP_ADDRESS_TEXT], line[IP_ENDPOINT_TEXT];
    bool six = a->family ? a->family == 6 : pool == POOL_TCP6 || pool == POOL_UDP6;
    const char *any = six ? "::" : "0.0.0.0";
    snprintf(line, sizeof line, six ? "[%s]:%u" : "%s:%u",
             a->family ? ip_address_text(a, text) : any, (unsigned)port);
    fprintf(out, "%-21s  ", line);
}

static void print_row(FILE *out, const struct socket_row *r, bool programs)
{
    char name[SOCKETS_NAME];
    bool udp = pool_is_udp(r->pool);
    fprintf(out, "  %-5s  ", udp ? "UDP" : "TCP");
    put_address(out, &r->local, r->pool, r->local_port);
    if (udp)
        fprintf(out, "%-21s  ", "*:*");
    else
        put_address(out, &r->remote, r->pool, r->remote_port);
    fprintf(out, "%-15s %u\n", udp ? "" : sockets_state_word(TOOL_WINDOWS, r),
            (unsigned)r->pid);
    if (programs && r->pid) {
        sockets_process_name(r, name);
        size_t length = strlen(name);
        bool suffixed = length > 4 && strcmp(name + length - 4, ".exe") == 0;
        fprintf(out, " [%s%s]\n", name, suffixed ? "" : ".exe");
    }
}

static void print_all(FILE *out, const struct sockets_view *v, bool programs, bool bound)
{
    fprintf(out, "\nActive Connections\n\n  %-5s  %-21s  %-21s  %-15s PID\n", "Proto",
            "Local Address", "Foreign Address", "State");
    for (size_t i = 0; i < v->count; i++) {
        const struct socket_row *r = &v->rows[i];
        if (sockets_is_listed(TOOL_WINDOWS, r) &&
            (bound || strcmp(r->state, "BOUND") != 0))
            print_row(out, r, programs);
    }
}

static void print_ano(FILE *out, const struct sockets_view *v)
{
    print_all(out, v, false, false);
}

static void print_anob(FILE *out, const struct sockets_view *v)
{
    print_all(out, v, true, false);
}

static void print_anobq(FILE *out, const struct sockets_view *v)
{
    print_all(out, v, true, true);
}

const struct sockets_format sockets_format_netstat_ano = {
    "netstat-ano", "as `netstat -ano` on Windows", print_ano, true};
const struct sockets_format sockets_format_netstat_anob = {
    "netstat-anob", "as `netstat -anob` on Windows", print_anob, true};
const struct sockets_format sockets_format_netstat_anobq = {
    "netstat-anobq", "as `netstat -anobq` on Windows: with BOUND", print_anobq, true};
