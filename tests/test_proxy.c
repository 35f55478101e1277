/* What real proxies do with their upstream connections, cell by cell of PROXIES.md's
 * first table: one connection followed by hand, its sockets at the proxy and at both of
 * its ends with their times.
 *
 * The round trip is 100 ms on both sides, so that every segment has a moment of its own:
 * the user comes at 1 s, its SYN, the proxy's SYN and the answer need 300 ms, the
 * lifetime is 1 s, so at 2.3 s the client closes, or the answer ends.  tcp_fin_timeout is
 * 4 s at the proxy, TIME_WAIT 60 s; a late server closes after 3 s, as in the captures.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "models/proxy.h"
#include "sim/base/memory.h"
#include "tests/run_text.h"
#include "tests/sockets_seen.h"

/* --- the stage ------------------------------------------------------------------------
 */

static const char scenario[] =
    "{\"name\": \"proxy\", \"duration\": \"1h\", \"network\": {\"rtt\": \"100ms\"},"
    "\"hosts\": {"
    " \"client\": {\"tcp\": {\"range\": [40000, 40001], \"allocator\": \"bsd44\","
    "   \"time_wait\": \"1s\"}},"
    " \"proxy\": {\"proxy\": \"%s\", \"proxying\": {%s}, \"tcp\": {\"range\": [50000, "
    "   50001], \"allocator\": \"bsd44\", \"time_wait\": \"60s\", \"fin_wait_2\": "
    "   \"4s\"}},"
    " \"server\": {\"tcp\": {\"time_wait\": \"1s\"}}},"
    "\"apps\": {\"a\": {\"from\": \"client\", \"through\": \"proxy\", \"to\": "
    "\"server:80\","
    "  \"arrivals\": {\"kind\": \"constant\", \"rate\": \"1/s\"},"
    "  \"lifetime\": {\"kind\": \"constant\", \"value\": \"1s\"}%s}},"
    "\"changes\": [{\"at\": \"%us\", \"set\": {\"apps.a.arrivals.rate\": \"0/s\"}}]}";

#define PROMPT ""
#define NEVER  ", \"server_close\": [{\"kind\": \"never\"}]"
#define RESETS ", \"server_close\": [{\"kind\": \"reset\"}]"
#define FIRST  ", \"closes_first\": \"server\""
#define LATE(s)                                                                          \
    ", \"server_close\": [{\"kind\": \"late\", \"delay\": {\"kind\": \"constant\", "     \
    "\"value\": \"" s "\"}}]"

struct step {
    unsigned ms;
    const char *client, *proxy, *server; /* NULL: not looked at */
};

/* The first `users` users of a proxy of this row with these fields. */
static void follow_users(unsigned users, const char *row, const char *fields,
                         const char *app, const struct step *steps)
{
    char *text = memory_print(scenario, row, fields, app, users);
    struct text_plan p = text_plan_read(text);
    struct world *w = world_new(&p.plan->config->world, p.plan->traces, 1, 1);
    world_run(w, users * SIM_S, UINT64_MAX);
    world_reconfigure(w, &p.plan->changes[0].config->world);
    for (const struct step *s = steps; s->ms; s++) {
        world_run(w, s->ms * SIM_MS, UINT64_MAX);
        if (s->client)
            expect_sockets(w, "client", s->client);
        if (s->proxy)
            expect_sockets(w, "proxy", s->proxy);
        if (s->server)
            expect_sockets(w, "server", s->server);
    }
    world_free(w);
    text_plan_free(&p);
    free(text);
}

static void follow(const char *row, const char *fields, const char *app,
                   const struct step *steps)
{
    follow_users(1, row, fields, app, steps);
}

#define END                                                                              \
    {                                                                                    \
        0, NULL, NULL, NULL                                                              \
    }

/* --- HAProxy, tcp ---------------------------------------------------------------------
 */

#define SERVER_8S "\"server_timeout\": \"8s\""

static void test_haproxy_tcp_passes_a_fin_on_and_pays_time_wait(void **state)
{
    (void)state;
    static const struct step steps[] = {
        {2299, "40000:ESTABLISHED", "40000:ESTABLISHED 50000:ESTABLISHED",
         "50000:ESTABLISHED"},
        {2300, "40000:FIN_WAIT_1", "40000:ESTABLISHED 50000:ESTABLISHED", NULL},
        {2350, NULL, "40000:CLOSE_WAIT 50000:FIN_WAIT_1", NULL},
        {2400, "40000:FIN_WAIT_2", "40000:CLOSE_WAIT 50000:FIN_WAIT_1", "50000:LAST_ACK"},
        {2450, NULL, "40000:LAST_ACK 50000:TIME_WAIT", "50000:LAST_ACK"},
        {2500, "40000:TIME_WAIT", NULL, ""},
        {2550, NULL, "50000:TIME_WAIT", ""},
        {62449, NULL, "50000:TIME_WAIT", ""},
        {62450, "", "", ""},
        END};
    follow("haproxy-tcp", SERVER_8S, PROMPT, steps);
}

/* Held, with the client side in CLOSE_WAIT, until timeout server after the last data at
 * 2.3 s: then RST, and FIN to the client.  tcp_fin_timeout, 4 s, has no part in it. */
static void test_haproxy_tcp_holds_fin_wait_2_until_timeout_server(void **state)
{
    (void)state;
    static const struct step steps[] = {
        {2450, "40000:FIN_WAIT_2", "40000:CLOSE_WAIT 50000:FIN_WAIT_2",
         "50000:CLOSE_WAIT"},
        {10299, "40000:FIN_WAIT_2", "40000:CLOSE_WAIT 50000:FIN_WAIT_2",
         "50000:CLOSE_WAIT"},
        {10300, "40000:FIN_WAIT_2", "40000:LAST_ACK", "50000:CLOSE_WAIT"},
        {10350, "40000:TIME_WAIT", "40000:LAST_ACK", ""},
        {10400, NULL, "", ""},
        END};
    follow("haproxy-tcp", SERVER_8S, NEVER, steps);
    follow("haproxy-tcp", SERVER_8S ", \"client_fin_timeout\": \"2s\"", NEVER, steps);
}

static void test_haproxys_timeout_server_counts_from_the_last_data(void **state)
{
    (void)state;
    static const struct step steps[] = {
        {9799, NULL, "40000:CLOSE_WAIT 50000:FIN_WAIT_2", "50000:CLOSE_WAIT"},
        {9800, NULL, "40000:LAST_ACK", "50000:CLOSE_WAIT"},
        END};
    follow("haproxy-tcp", SERVER_8S, NEVER ", \"quiet\": \"500ms\"", steps);
}

/* Its own FIN goes out at 2.35 s. */
static void test_haproxys_server_fin_counts_from_the_fin(void **state)
{
    (void)state;
    static const struct step steps[] = {
        {4349, NULL, "40000:CLOSE_WAIT 50000:FIN_WAIT_2", "50000:CLOSE_WAIT"},
        {4350, NULL, "40000:LAST_ACK", "50000:CLOSE_WAIT"},
        {4400, "40000:TIME_WAIT", "40000:LAST_ACK", ""},
        {4450, NULL, "", ""},
        END};
#define SERVER_FIN SERVER_8S ", \"server_fin_timeout\": \"2s\""
    follow("haproxy-tcp", SERVER_FIN, NEVER, steps);
    follow("haproxy-tcp", SERVER_FIN, NEVER ", \"quiet\": \"500ms\"", steps);
    follow("haproxy-tcp", SERVER_FIN, LATE("3s"), steps); /* too late: no TIME_WAIT */
}

static void test_haproxys_tunnel_timeout_replaces_timeout_server(void **state)
{
    (void)state;
    static const struct step steps[] = {
        {6299, NULL, "40000:CLOSE_WAIT 50000:FIN_WAIT_2", "50000:CLOSE_WAIT"},
        {6300, NULL, "40000:LAST_ACK", "50000:CLOSE_WAIT"},
        END};
#define TUNNEL SERVER_8S ", \"tunnel_timeout\": \"4s\""
    follow("haproxy-tcp", TUNNEL, NEVER, steps);
    static const struct step late[] = {
        {5449, NULL, "40000:CLOSE_WAIT 50000:FIN_WAIT_2", "50000:LAST_ACK"},
        {5450, NULL, "40000:LAST_ACK 50000:TIME_WAIT", "50000:LAST_ACK"},
        {65449, NULL, "50000:TIME_WAIT", ""},
        {65450, NULL, "", ""},
        END};
    follow("haproxy-tcp", TUNNEL, LATE("3s"), late);
    follow("haproxy-tcp", SERVER_8S, LATE("3s"), late);
}

static void
test_haproxy_tcp_resets_a_server_that_is_later_than_timeout_server(void **state)
{
    (void)state;
    static const struct step steps[] = {
        {10299, NULL, "40000:CLOSE_WAIT 50000:FIN_WAIT_2", "50000:CLOSE_WAIT"},
        {10350, NULL, "40000:LAST_ACK", ""},
        {15000, "", "", ""},
        END};
    follow("haproxy-tcp", SERVER_8S, LATE("9s"), steps);
}

/* The server's FIN arrives at 2.35 s and is passed on; the client closes at 2.4 s, and so
 * does the proxy when that arrives.  TIME_WAIT stays at the server, and on the proxy's
 * listening port, which needs no ephemeral port. */
static void test_a_server_that_closes_first_leaves_haproxy_no_time_wait(void **state)
{
    (void)state;
    static const struct step steps[] = {
        {2350, "40000:ESTABLISHED", "40000:FIN_WAIT_1 50000:CLOSE_WAIT",
         "50000:FIN_WAIT_1"},
        {2400, "40000:LAST_ACK", "40000:FIN_WAIT_1 50000:CLOSE_WAIT", "50000:FIN_WAIT_2"},
        {2450, "40000:LAST_ACK", "40000:TIME_WAIT 50000:LAST_ACK", "50000:FIN_WAIT_2"},
        {2500, "", "40000:TIME_WAIT 50000:LAST_ACK", "50000:TIME_WAIT"},
        {2550, "", "40000:TIME_WAIT", "50000:TIME_WAIT"},
        {62450, "", "", ""},
        END};
    follow("haproxy-tcp", SERVER_8S, FIRST, steps);
    follow("haproxy-tcp", SERVER_8S ", \"nolinger\": true", FIRST, steps);
}

static void test_a_server_that_resets_leaves_haproxy_nothing(void **state)
{
    (void)state;
    static const struct step steps[] = {
        {2400, NULL, "40000:CLOSE_WAIT 50000:FIN_WAIT_1", ""},
        {2450, "40000:FIN_WAIT_2", "40000:LAST_ACK", ""},
        {2550, "40000:TIME_WAIT", "", ""},
        END};
    follow("haproxy-tcp", SERVER_8S, RESETS, steps);
}

static void test_haproxys_nolinger_resets_in_place_of_its_fin(void **state)
{
    (void)state;
    static const struct step steps[] = {{2349, NULL, NULL, "50000:ESTABLISHED"},
                                        {2350, NULL, "40000:LAST_ACK", NULL},
                                        {2400, NULL, "40000:LAST_ACK", ""},
                                        {2450, NULL, "", ""},
                                        END};
#define NOLINGER SERVER_8S ", \"nolinger\": true"
    follow("haproxy-tcp", NOLINGER, PROMPT, steps);
    follow("haproxy-tcp", NOLINGER, NEVER, steps);
    follow("haproxy-tcp", NOLINGER, LATE("3s"), steps);
    follow("haproxy-tcp", NOLINGER, RESETS, steps);
}

/* The mirror image: the server has closed, the client never does.  client-fin counts from
 * the FIN the client got, sent at 2.35 s; without it timeout client counts from the last
 * data. */
static void test_haproxy_waits_for_a_client_that_does_not_close(void **state)
{
    (void)state;
    static const struct step fin[] = {
        {4349, "40000:CLOSE_WAIT", "40000:FIN_WAIT_2 50000:CLOSE_WAIT",
         "50000:FIN_WAIT_2"},
        {4350, NULL, "40000:FIN_WAIT_2 50000:LAST_ACK", NULL},
        {4450, "40000:CLOSE_WAIT", "40000:FIN_WAIT_2", "50000:TIME_WAIT"},
        {8349, NULL, "40000:FIN_WAIT_2", NULL},
        {8350, "40000:CLOSE_WAIT", "", NULL},
        END};
#define CLIENT_NEVER FIRST ", \"client_close\": [{\"kind\": \"never\"}]"
    follow("haproxy-tcp", "\"client_fin_timeout\": \"2s\"", CLIENT_NEVER, fin);
    static const struct step data[] = {
        {7299, NULL, "40000:FIN_WAIT_2 50000:CLOSE_WAIT", NULL},
        {7300, NULL, "40000:FIN_WAIT_2 50000:LAST_ACK", NULL},
        END};
    follow("haproxy-tcp", "\"client_timeout\": \"5s\"", CLIENT_NEVER, data);
}

/* Silent since 1.8 s, for longer than timeout server: cut at 2.1 s, before anybody
 * closes.
 */
static void test_a_silent_connection_is_cut(void **state)
{
    (void)state;
    static const struct step haproxy[] = {
        {2099, "40000:ESTABLISHED", "40000:ESTABLISHED 50000:ESTABLISHED", NULL},
        {2100, "40000:ESTABLISHED", "40000:FIN_WAIT_1", "50000:ESTABLISHED"},
        {2150, "40000:LAST_ACK", NULL, ""},
        {2250, "", "40000:TIME_WAIT", ""},
        END};
    follow("haproxy-tcp", "\"server_timeout\": \"300ms\"", ", \"quiet\": \"500ms\"",
           haproxy);
    static const struct step nginx[] = {
        {2099, "40000:ESTABLISHED", "40000:ESTABLISHED 50000:ESTABLISHED", NULL},
        {2100, NULL, "40000:FIN_WAIT_1 50000:FIN_WAIT_1", NULL},
        {2300, "", "40000:TIME_WAIT 50000:TIME_WAIT", ""},
        END};
    follow("nginx-stream", "\"proxy_timeout\": \"300ms\"", ", \"quiet\": \"500ms\"",
           nginx);
}

/* --- HAProxy, http --------------------------------------------------------------------
 */

/* Reset at the end of the answer, 2.3 s, whatever the server would do at a FIN; the
 * client has the answer at 2.35 s and closes. */
static void test_haproxy_http_resets_after_the_answer(void **state)
{
    (void)state;
    static const struct step steps[] = {
        {2299, "40000:ESTABLISHED", "40000:ESTABLISHED 50000:ESTABLISHED",
         "50000:ESTABLISHED"},
        {2300, "40000:ESTABLISHED", "40000:ESTABLISHED", "50000:ESTABLISHED"},
        {2350, "40000:FIN_WAIT_1", "40000:ESTABLISHED", ""},
        {2400, NULL, "40000:LAST_ACK", ""},
        {2500, "40000:TIME_WAIT", "", ""},
        END};
    follow("haproxy-http", "", PROMPT, steps);
    follow("haproxy-http", "", NEVER, steps);
    follow("haproxy-http", "", LATE("3s"), steps);
    follow("haproxy-http", "", RESETS, steps);
}

static void test_a_server_that_closes_first_leaves_no_proxy_time_wait(void **state)
{
    (void)state;
    static const char *const rows[] = {"haproxy-http", "haproxy-http-keepalive",
                                       "nginx-stream", "nginx-http", "explicit"};
    static const struct step steps[] = {
        {2300, "40000:ESTABLISHED", "40000:ESTABLISHED 50000:ESTABLISHED",
         "50000:FIN_WAIT_1"},
        {2350, "40000:ESTABLISHED", "40000:FIN_WAIT_1 50000:LAST_ACK", NULL},
        {2400, "40000:LAST_ACK", NULL, "50000:TIME_WAIT"},
        {2450, "40000:LAST_ACK", "40000:TIME_WAIT", "50000:TIME_WAIT"},
        END};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        follow(rows[i], "", FIRST, steps);
}

/* The first connection becomes idle at 2.3 s, the second finds it there at 3.3 s and is
 * reset; the idle one is after 15 s. */
static void test_haproxy_keeps_one_idle_connection_for_15_s(void **state)
{
    (void)state;
    static const struct step steps[] = {
        {2300, NULL,
         "40000:ESTABLISHED 40001:ESTABLISHED 50000:ESTABLISHED "
         "50001:ESTABLISHED",
         NULL},
        {3299, NULL, "40001:ESTABLISHED 50000:ESTABLISHED 50001:ESTABLISHED", NULL},
        {3300, NULL, "40001:ESTABLISHED 50000:ESTABLISHED", NULL},
        {17299, "", "50000:ESTABLISHED", "50000:ESTABLISHED"},
        {17300, "", "", "50000:ESTABLISHED"},
        {17350, "", "", ""},
        END};
    follow_users(2, "haproxy-http-keepalive", "", PROMPT, steps);
    follow_users(2, "haproxy-http-keepalive", "", NEVER, steps);
}

/* --- nginx, stream --------------------------------------------------------------------
 */

/* Also the generic explicit proxy. */
static void test_nginx_stream_closes_both_sides_at_once(void **state)
{
    (void)state;
    static const struct step steps[] = {
        {2350, "40000:FIN_WAIT_1", "40000:LAST_ACK 50000:FIN_WAIT_1",
         "50000:ESTABLISHED"},
        {2400, "40000:TIME_WAIT", "40000:LAST_ACK 50000:FIN_WAIT_1", "50000:LAST_ACK"},
        {2450, NULL, "50000:TIME_WAIT", "50000:LAST_ACK"},
        {62449, NULL, "50000:TIME_WAIT", ""},
        {62450, "", "", ""},
        END};
    follow("nginx-stream", "", PROMPT, steps);
    follow("explicit", "", PROMPT, steps);
}

static void test_nginx_stream_leaves_fin_wait_2_to_the_kernel(void **state)
{
    (void)state;
    static const struct step never[] = {
        {2450, NULL, "50000:FIN_WAIT_2", "50000:CLOSE_WAIT"},
        {6449, NULL, "50000:FIN_WAIT_2", "50000:CLOSE_WAIT"},
        {6450, "", "", "50000:CLOSE_WAIT"}, /* silently */
        {3600000, "", "", "50000:CLOSE_WAIT"},
        END};
    follow("nginx-stream", "", NEVER, never);
    static const struct step late[] = {{5449, NULL, "50000:FIN_WAIT_2", "50000:LAST_ACK"},
                                       {5450, NULL, "50000:TIME_WAIT", "50000:LAST_ACK"},
                                       {65449, NULL, "50000:TIME_WAIT", ""},
                                       {65450, NULL, "", ""},
                                       END};
    follow("nginx-stream", "", LATE("3s"), late);
    static const struct step resets[] = {
        {2400, NULL, "40000:LAST_ACK 50000:FIN_WAIT_1", ""}, {2450, NULL, "", ""}, END};
    follow("nginx-stream", "", RESETS, resets);
}

/* Held until proxy_timeout after the FIN passed on at 2.35 s, and then closed: FIN_WAIT_2
 * goes on as the kernel's, for tcp_fin_timeout. */
static void test_nginx_stream_with_half_close_holds_until_proxy_timeout(void **state)
{
    (void)state;
#define HALF_CLOSE "\"half_close\": true, \"proxy_timeout\": \"30s\""
    static const struct step never[] = {
        {2450, "40000:FIN_WAIT_2", "40000:CLOSE_WAIT 50000:FIN_WAIT_2",
         "50000:CLOSE_WAIT"},
        {32349, "40000:FIN_WAIT_2", "40000:CLOSE_WAIT 50000:FIN_WAIT_2", NULL},
        {32350, "40000:FIN_WAIT_2", "40000:LAST_ACK 50000:FIN_WAIT_2", NULL},
        {36349, "", "50000:FIN_WAIT_2", "50000:CLOSE_WAIT"},
        {36350, "", "", "50000:CLOSE_WAIT"},
        END};
    follow("nginx-stream", HALF_CLOSE, NEVER, never);
    static const struct step late[] = {
        {5449, NULL, "40000:CLOSE_WAIT 50000:FIN_WAIT_2", "50000:LAST_ACK"},
        {5450, NULL, "40000:LAST_ACK 50000:TIME_WAIT", "50000:LAST_ACK"},
        {65449, NULL, "50000:TIME_WAIT", ""},
        {65450, NULL, "", ""},
        END};
    follow("nginx-stream", HALF_CLOSE, LATE("3s"), late);
    static const struct step prompt[] = {
        {2450, NULL, "40000:LAST_ACK 50000:TIME_WAIT", "50000:LAST_ACK"},
        {62449, NULL, "50000:TIME_WAIT", ""},
        {62450, NULL, "", ""},
        END};
    follow("nginx-stream", HALF_CLOSE, PROMPT, prompt);
}

/* --- nginx, http ----------------------------------------------------------------------
 */

/* The proxy has the whole answer at 2.3 s and closes; the client has it at 2.35 s. */
static void test_nginx_http_closes_after_the_answer(void **state)
{
    (void)state;
    static const struct step prompt[] = {
        {2300, "40000:ESTABLISHED", "40000:ESTABLISHED 50000:FIN_WAIT_1", NULL},
        {2350, "40000:FIN_WAIT_1", NULL, "50000:LAST_ACK"},
        {2400, NULL, "40000:LAST_ACK 50000:TIME_WAIT", "50000:LAST_ACK"},
        {62399, NULL, "50000:TIME_WAIT", ""},
        {62400, NULL, "", ""},
        END};
    follow("nginx-http", "", PROMPT, prompt);
    static const struct step never[] = {
        {2400, NULL, "40000:LAST_ACK 50000:FIN_WAIT_2", "50000:CLOSE_WAIT"},
        {6399, NULL, "50000:FIN_WAIT_2", "50000:CLOSE_WAIT"},
        {6400, NULL, "", "50000:CLOSE_WAIT"},
        END};
    follow("nginx-http", "", NEVER, never);
    static const struct step late[] = {{5399, NULL, "50000:FIN_WAIT_2", "50000:LAST_ACK"},
                                       {5400, NULL, "50000:TIME_WAIT", "50000:LAST_ACK"},
                                       {65399, NULL, "50000:TIME_WAIT", ""},
                                       {65400, NULL, "", ""},
                                       END};
    follow("nginx-http", "", LATE("3s"), late);
    static const struct step resets[] = {
        {2350, NULL, NULL, ""}, {2400, NULL, "40000:LAST_ACK", ""}, END};
    follow("nginx-http", "", RESETS, resets);
}

static void test_nginx_keepalive_keeps_the_connection_for_60_s(void **state)
{
    (void)state;
    static const struct step prompt[] = {
        {2500, "40000:TIME_WAIT", "50000:ESTABLISHED", "50000:ESTABLISHED"},
        {62299, "", "50000:ESTABLISHED", "50000:ESTABLISHED"},
        {62300, "", "50000:FIN_WAIT_1", "50000:ESTABLISHED"},
        {62400, "", "50000:TIME_WAIT", "50000:LAST_ACK"},
        {122400, "", "", ""},
        END};
    follow("nginx-http-keepalive", "", PROMPT, prompt);
    static const struct step never[] = {
        {62400, "", "50000:FIN_WAIT_2", "50000:CLOSE_WAIT"},
        {66399, "", "50000:FIN_WAIT_2", "50000:CLOSE_WAIT"},
        {66400, "", "", "50000:CLOSE_WAIT"},
        END};
    follow("nginx-http-keepalive", "", NEVER, never);
    static const struct step resets[] = {
        {62399, "", "50000:FIN_WAIT_1", ""}, {62400, "", "", ""}, END};
    follow("nginx-http-keepalive", "", RESETS, resets);
}

/* Connection: close in the answer: FINs cross, both ends pay. */
static void test_nginx_keepalive_crosses_the_fin_of_a_server_that_closes(void **state)
{
    (void)state;
    static const struct step steps[] = {
        {2300, "40000:ESTABLISHED", "40000:FIN_WAIT_1 50000:FIN_WAIT_1",
         "50000:FIN_WAIT_1"},
        {2350, "40000:LAST_ACK", "40000:FIN_WAIT_1 50000:CLOSING", "50000:CLOSING"},
        {2400, NULL, "40000:TIME_WAIT 50000:TIME_WAIT", "50000:TIME_WAIT"},
        {62399, "", "40000:TIME_WAIT 50000:TIME_WAIT", ""},
        {62400, "", "", ""},
        END};
    follow("nginx-http-keepalive", "", FIRST, steps);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_haproxy_tcp_passes_a_fin_on_and_pays_time_wait),
        cmocka_unit_test(test_haproxy_tcp_holds_fin_wait_2_until_timeout_server),
        cmocka_unit_test(test_haproxys_timeout_server_counts_from_the_last_data),
        cmocka_unit_test(test_haproxys_server_fin_counts_from_the_fin),
        cmocka_unit_test(test_haproxys_tunnel_timeout_replaces_timeout_server),
        cmocka_unit_test(
            test_haproxy_tcp_resets_a_server_that_is_later_than_timeout_server),
        cmocka_unit_test(test_a_server_that_closes_first_leaves_haproxy_no_time_wait),
        cmocka_unit_test(test_a_server_that_resets_leaves_haproxy_nothing),
        cmocka_unit_test(test_haproxys_nolinger_resets_in_place_of_its_fin),
        cmocka_unit_test(test_haproxy_waits_for_a_client_that_does_not_close),
        cmocka_unit_test(test_a_silent_connection_is_cut),
        cmocka_unit_test(test_haproxy_http_resets_after_the_answer),
        cmocka_unit_test(test_a_server_that_closes_first_leaves_no_proxy_time_wait),
        cmocka_unit_test(test_haproxy_keeps_one_idle_connection_for_15_s),
        cmocka_unit_test(test_nginx_stream_closes_both_sides_at_once),
        cmocka_unit_test(test_nginx_stream_leaves_fin_wait_2_to_the_kernel),
        cmocka_unit_test(test_nginx_stream_with_half_close_holds_until_proxy_timeout),
        cmocka_unit_test(test_nginx_http_closes_after_the_answer),
        cmocka_unit_test(test_nginx_keepalive_keeps_the_connection_for_60_s),
        cmocka_unit_test(test_nginx_keepalive_crosses_the_fin_of_a_server_that_closes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
