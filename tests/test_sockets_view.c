/* The socket table of a moment in every layout: what real tools print, held to text that
 * was compared with `ss -tuanpo` (iproute2 6.1) and `netstat -anp` (net-tools 2.10) of a
 * machine, and read back by the reader of real captures. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sim/base/memory.h"
#include "sim/views/capture.h"
#include "sim/views/sockets.h"

#define NOW (600 * SIM_S)

#define CLIENT                                                                           \
    {                                                                                    \
        4,                                                                               \
        {                                                                                \
            10, 0, 0, 1                                                                  \
        }                                                                                \
    }
#define SERVER                                                                           \
    {                                                                                    \
        4,                                                                               \
        {                                                                                \
            192, 0, 2, 10                                                                \
        }                                                                                \
    }
#define SIX                                                                              \
    {                                                                                    \
        6,                                                                               \
        {                                                                                \
            0x20, 1, 0xd, 0xb8, [15] = 1                                                 \
        }                                                                                \
    }

static const struct socket_row rows[] = {
    {.host = "client",
     .state = "LISTEN",
     .process = "sshd",
     .pid = 900,
     .local_port = 22,
     .owned = true,
     .passive = true},
    {.host = "client",
     .pool = POOL_TCP6,
     .state = "LISTEN",
     .process = "bad\" name\n",
     .pid = 901,
     .local_port = 8080,
     .owned = true,
     .passive = true},
    {.host = "client",
     .state = "ESTABLISHED",
     .app = "pages",
     .process = "browser",
     .pid = 1000,
     .local = CLIENT,
     .remote = SERVER,
     .local_port = 50000,
     .remote_port = 443,
     .remote_host = "server",
     .ephemeral = true,
     .owned = true,
     .since = 590 * SIM_S,
     .timer = SOCKET_TIMER_KEEPALIVE,
     .ends = NOW + 99 * SIM_S,
     .number = 7,
     .peer_number = 8},
    {.host = "client",
     .state = "TIME_WAIT",
     .app = "pages",
     .process = "browser",
     .local = CLIENT,
     .remote = SERVER,
     .local_port = 50001,
     .remote_port = 443,
     .remote_host = "server",
     .ephemeral = true,
     .since = 540500 * SIM_MS,
     .timer = SOCKET_TIMER_TIMEWAIT,
     .ends = NOW + 868 * SIM_MS + 4 * SIM_S},
    {.host = "client",
     .pool = POOL_TCP6,
     .state = "FIN_WAIT_2",
     .process = "browser",
     .local = SIX,
     .remote = SIX,
     .local_port = 50002,
     .remote_port = 80,
     .remote_host = "server",
     .ephemeral = true,
     .timer = SOCKET_TIMER_TIMEWAIT,
     .ends = NOW + 610 * SIM_S},
    {.host = "client",
     .state = "BOUND",
     .process = "leaky.exe",
     .pid = 1004,
     .local = CLIENT,
     .local_port = 50003,
     .ephemeral = true,
     .owned = true},
    {.host = "client",
     .pool = POOL_UDP4,
     .state = "UNCONN",
     .process = "dns",
     .pid = 1008,
     .local = CLIENT,
     .local_port = 50000,
     .ephemeral = true,
     .owned = true},
    {.host = "client",
     .state = "ESTABLISHED",
     .local = CLIENT,
     .remote = SERVER,
     .local_port = 50009,
     .remote_port = 443,
     .remote_host = "server",
     .ephemeral = true,
     .translated = true},
};

#define ROWS (sizeof rows / sizeof rows[0])

static const struct run_pool pools[] = {
    {.host = "client",
     .pool = "tcp4",
     .low = 50000,
     .high = 50009,
     .addresses = 1,
     .members = 1},
    {.host = "client",
     .pool = "udp4",
     .low = 50000,
     .high = 50009,
     .addresses = 2,
     .members = 3},
};

static const struct run_event knobs[] = {
    {500 * SIM_S, NULL, NULL, "change", "hosts.client.tcp.range = [50000, 50004]"},
    {700 * SIM_S, NULL, NULL, "change", "hosts.client.tcp.range = [50000, 65000]"},
};

static const struct run_record record = {
    .pools = pools, .pool_count = 2, .log = knobs, .log_count = 2};

static char *printed(const char *format, const struct socket_row *at, size_t count)
{
    struct sockets_view view = {&record, NOW, at, count};
    char *out;
    size_t length;
    FILE *stream = open_memstream(&out, &length);
    sockets_print(stream, sockets_format_find(format), &view);
    fclose(stream);
    char *text = memory_text(out, length);
    free(out);
    return text;
}

static void expect_printed(const char *format, const char *expected)
{
    char *out = printed(format, rows, ROWS);
    assert_string_equal(out, expected);
    free(out);
}

static void test_ss(void **state)
{
    (void)state;
    expect_printed(
        "ss", "Netid State      Recv-Q Send-Q Local Address:Port   Peer Address:Port"
              "Process                                                         \n"
              "tcp   LISTEN     0      0            0.0.0.0:22          0.0.0.0:*   "
              " users:((\"sshd\",pid=900,fd=3))                                  \n"
              "tcp   LISTEN     0      0               [::]:8080           [::]:*   "
              " users:((\"bad??name?\",pid=901,fd=3))                            \n"
              "tcp   ESTAB      0      0           10.0.0.1:50000    192.0.2.10:443 "
              " users:((\"browser\",pid=1000,fd=3)) timer:(keepalive,1min39sec,0)\n"
              "tcp   TIME-WAIT  0      0           10.0.0.1:50001    192.0.2.10:443 "
              " timer:(timewait,4.868ms,0)                                     \n"
              "tcp   FIN-WAIT-2 0      0      [2001:db8::1]:50002 [2001:db8::1]:80  "
              " timer:(timewait,10min,0)                                       \n"
              "udp   UNCONN     0      0           10.0.0.1:50000       0.0.0.0:*   "
              " users:((\"dns\",pid=1008,fd=3))                                  \n");
}

static void test_netstat_of_linux(void **state)
{
    (void)state;
    expect_printed(
        "netstat",
        "Active Internet connections (servers and established)\n"
        "Proto Recv-Q Send-Q Local Address           Foreign Address         State       "
        "PID/Program name    \n"
        "tcp        0      0 0.0.0.0:22              0.0.0.0:*               LISTEN      "
        "900/sshd            \n"
        "tcp6       0      0 :::8080                 :::*                    LISTEN      "
        "901/bad??name?      \n"
        "tcp        0      0 10.0.0.1:50000          192.0.2.10:443          ESTABLISHED "
        "1000/browser        \n"
        "tcp        0      0 10.0.0.1:50001          192.0.2.10:443          TIME_WAIT   "
        "-                   \n"
        "tcp6       0      0 2001:db8::1:50002       2001:db8::1:80          FIN_WAIT2   "
        "-                   \n"
        "udp        0      0 10.0.0.1:50000          0.0.0.0:*                           "
        "1008/dns            \n");
}

static void test_netstat_of_windows_shows_bound_sockets_only_with_q(void **state)
{
    (void)state;
    expect_printed(
        "netstat-anobq",
        "\nActive Connections\n\n"
        "  Proto  Local Address          Foreign Address        State           PID\n"
        "  TCP    0.0.0.0:22             0.0.0.0:0              LISTENING       900\n"
        " [sshd.exe]\n"
        "  TCP    [::]:8080              [::]:0                 LISTENING       901\n"
        " [bad??name?.exe]\n"
        "  TCP    10.0.0.1:50000         192.0.2.10:443         ESTABLISHED     1000\n"
        " [browser.exe]\n"
        "  TCP    10.0.0.1:50001         192.0.2.10:443         TIME_WAIT       0\n"
        "  TCP    [2001:db8::1]:50002    [2001:db8::1]:80       FIN_WAIT_2      0\n"
        "  TCP    10.0.0.1:50003         0.0.0.0:0              BOUND           1004\n"
        " [leaky.exe]\n"
        "  UDP    10.0.0.1:50000         *:*                                    1008\n"
        " [dns.exe]\n");
    expect_printed(
        "netstat-ano",
        "\nActive Connections\n\n"
        "  Proto  Local Address          Foreign Address        State           PID\n"
        "  TCP    0.0.0.0:22             0.0.0.0:0              LISTENING       900\n"
        "  TCP    [::]:8080              [::]:0                 LISTENING       901\n"
        "  TCP    10.0.0.1:50000         192.0.2.10:443         ESTABLISHED     1000\n"
        "  TCP    10.0.0.1:50001         192.0.2.10:443         TIME_WAIT       0\n"
        "  TCP    [2001:db8::1]:50002    [2001:db8::1]:80       FIN_WAIT_2      0\n"
        "  UDP    10.0.0.1:50000         *:*                                    1008\n");
}

/* What we print as a tool is read by who reads that tool's captures, socket by socket. */
static void test_captures_are_read_from_what_is_printed(void **state)
{
    (void)state;
    static const struct {
        const char *format;
        uint32_t sockets;
    } cases[] = {{"ss", 6},
                 {"netstat", 6},
                 {"netstat-ano", 6},
                 {"netstat-anob", 6},
                 {"netstat-anobq", 7}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char *out = printed(cases[i].format, rows, ROWS);
        struct results_error error = {0};
        struct capture_options any = {0};
        FILE *file = tmpfile();
        assert_non_null(file);
        fputs(out, file);
        fflush(file);
        rewind(file);
        struct capture *c = capture_read_handle(fileno(file), "it", &any, &error);
        if (!c)
            fail_msg("%s: %s", cases[i].format, error.text);
        assert_int_equal(c->sockets.count, cases[i].sockets);
        assert_int_equal(c->skipped, 0);
        capture_free(c);
        fclose(file);
        free(out);
    }
}

static void test_a_table_to_read_ends_with_how_full_the_pools_are(void **state)
{
    (void)state;
    char *out = printed("table", rows + 2, 2);
    assert_string_equal(
        out, "proto  local           remote          state        timer        left  "
             "process   pid     age\n"
             "tcp    10.0.0.1:50000  192.0.2.10:443  ESTABLISHED  keepalive  99.000  "
             "browser  1000  10.000\n"
             "tcp    10.0.0.1:50001  192.0.2.10:443  TIME_WAIT    timewait    4.868  "
             "browser     0  59.500\n"
             "\n2 sockets\n"
             "client tcp4, 10.0.0.1 to 192.0.2.10:443: 2 of 5 ports (40.0 %)\n");
    free(out);
}

/* The range is the one of that moment: [50000, 50004] since 500 s. */
static void test_a_pool_near_its_limit_is_told(void **state)
{
    (void)state;
    struct socket_row full[6];
    for (size_t i = 0; i < 6; i++) {
        full[i] = rows[2];
        full[i].local_port = (uint16_t)(50000 + i % 5); /* one port twice */
        full[i].remote_port = (uint16_t)(440 + i);
    }
    char *near = printed("table", full, 4), *none = printed("table", full, 6);
    assert_non_null(strstr(near, "client tcp4: 4 of 5 ports (80.0 %), near the limit\n"));
    assert_non_null(strstr(none, "client tcp4: 5 of 5 ports (100.0 %), none is left\n"));
    free(near);
    free(none);
    char *udp = printed("table", rows + 6, 1);
    assert_non_null(strstr(udp, "client udp4, 10.0.0.1 to *: 1 of 10 ports (10.0 %)\n"));
    free(udp);
}

static void test_no_sockets_are_a_head_and_nothing_else(void **state)
{
    (void)state;
    static const struct {
        const char *format, *text;
    } cases[] = {
        {"table", "proto  local  remote  state  timer  left  process  pid  age\n"
                  "\n0 sockets\n"},
        {"ss", "State Recv-Q Send-Q Local Address:Port Peer Address:PortProcess\n"},
        {"json", "[\n]\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char *out = printed(cases[i].format, NULL, 0);
        assert_string_equal(out, cases[i].text);
        free(out);
    }
}

static void test_a_tool_sees_one_host_at_a_time(void **state)
{
    (void)state;
    struct socket_row two[3] = {rows[2], rows[3], rows[2]};
    two[1].host = "server";
    sockets_by_host(two, 3);
    char *out = printed("netstat-ano", two, 3);
    const char *client = strstr(out, "# client\n"), *server = strstr(out, "# server\n");
    assert_true(client == out && server > client);
    assert_non_null(strstr(server, "TIME_WAIT"));
    assert_null(strstr(server, "ESTABLISHED"));
    free(out);
}

static void test_every_format_is_found_by_its_name(void **state)
{
    (void)state;
    const struct sockets_format *f;
    uint32_t count = 0;
    for (; (f = sockets_format_at(count)); count++) {
        assert_ptr_equal(sockets_format_find(f->name), f);
        assert_true(strlen(f->summary) > 0);
    }
    assert_int_equal(count, 8);
    assert_null(sockets_format_find("lsof"));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ss),
        cmocka_unit_test(test_netstat_of_linux),
        cmocka_unit_test(test_netstat_of_windows_shows_bound_sockets_only_with_q),
        cmocka_unit_test(test_captures_are_read_from_what_is_printed),
        cmocka_unit_test(test_a_table_to_read_ends_with_how_full_the_pools_are),
        cmocka_unit_test(test_a_pool_near_its_limit_is_told),
        cmocka_unit_test(test_no_sockets_are_a_head_and_nothing_else),
        cmocka_unit_test(test_a_tool_sees_one_host_at_a_time),
        cmocka_unit_test(test_every_format_is_found_by_its_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
