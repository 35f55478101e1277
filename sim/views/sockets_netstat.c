/* As `netstat -anp` of net-tools 2.10 prints on Linux, without UNIX sockets. */
#include <string.h>

#include "sim/views/sockets.h"
#include "sim/views/sockets_words.h"

/* netstat cuts an address that is longer than its column. */
#define ADDRESS 23

static void put_address(FILE *out, const struct ip_address *a, enum pool pool,
                        uint16_t port)
{
    char text[IP_ADDRESS_TEXT], number[8] = "*", line[IP_ENDPOINT_TEXT];
    bool six = a->family ? a->family == 6 : pool == POOL_TCP6 || pool == POOL_UDP6;
    const char *any = six ? "::" : "0.0.0.0";
    if (port)
        snprintf(number, sizeof number, "%u", (unsigned)port);
    int room = ADDRESS - 1 - (int)strlen(number);
    snprintf(line, sizeof line, "%.*s:%s", room,
             a->family ? ip_address_text(a, text) : any, number);
    fprintf(out, "%-*s ", ADDRESS, line);
}

static void print_row(FILE *out, const struct socket_row *r)
{
    static const char *const protos[POOL_COUNT] = {"tcp", "tcp6", "udp", "udp6"};
    char name[SOCKETS_NAME], program[SOCKETS_NAME + 12] = "-";
    if (r->owned && r->pid)
        snprintf(program, sizeof program, "%u/%s", (unsigned)r->pid,
                 sockets_process_name(r, name));
    fprintf(out, "%-5s %6d %6d ", protos[r->pool], 0, 0);
    put_address(out, &r->local, r->pool, r->local_port);
    put_address(out, &r->remote, r->pool, r->remote_port);
    fprintf(out, "%-11s %-20s\n", sockets_state_word(TOOL_NETSTAT, r), program);
}

static void print(FILE *out, const struct sockets_view *v)
{
    fputs("Active Internet connections (servers and established)\n"
          "Proto Recv-Q Send-Q Local Address           Foreign Address         State     "
          "  PID/Program name    \n",
          out);
    for (size_t i = 0; i < v->count; i++)
        if (sockets_is_listed(TOOL_NETSTAT, &v->rows[i]))
            print_row(out, &v->rows[i]);
}

const struct sockets_format sockets_format_netstat = {
    "netstat", "as `netstat -anp` on Linux", print, true};
