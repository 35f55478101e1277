/* Captures of real machines: what is in them is counted, whatever format, language and
 * encoding they are in, and whatever happened to them since.
 *
 * tests/captures/README.md says where each comes from.  Those of tests/captures/linux
 * were made where the kernel's own answer was asked for too: truth.csv.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#include "sim/base/hash.h"
#include "sim/base/memory.h"
#include "sim/results/text.h"
#include "sim/views/capture.h"
#include "sim/views/capture_census.h"
#include "sim/views/capture_lines.h"
#include "tests/scratch.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static const struct port_range linux_range = {40000, 40099};
static const struct port_range windows_range = {49152, 65535};

/* --- reading for a test ------------------------------------------------------------ */

struct seen {
    struct capture *capture; /* NULL: refused */
    struct capture_census census;
    struct results_error error;
};

static struct seen see_bytes(const char *bytes, size_t length,
                             struct capture_options options, struct port_range range)
{
    struct seen s = {0};
    int handle = memfd_create("capture", MFD_CLOEXEC);
    assert_true(handle >= 0);
    for (size_t at = 0; at < length;) {
        ssize_t put = write(handle, bytes + at, length - at);
        assert_true(put > 0);
        at += (size_t)put;
    }
    lseek(handle, 0, SEEK_SET);
    s.capture = capture_read_handle(handle, "it", &options, &s.error);
    close(handle);
    if (s.capture)
        capture_census_take(&s.capture->sockets, range, "", &s.census);
    return s;
}

static struct seen see_text(const char *text)
{
    return see_bytes(text, strlen(text), (struct capture_options){0}, windows_range);
}

static struct seen see_file(const char *path, struct port_range range)
{
    struct seen s = {0};
    struct capture_options any = {0};
    s.capture = capture_read(path, &any, &s.error);
    if (!s.capture)
        fail_msg("%s: %s", path, s.error.text);
    capture_census_take(&s.capture->sockets, range, "", &s.census);
    return s;
}

static void seen_free(struct seen *s)
{
    if (s->capture)
        capture_census_free(&s->census);
    capture_free(s->capture);
}

/* Sockets of that state; of all states with NULL. */
static uint64_t sockets_in(const struct seen *s, const char *state)
{
    uint64_t count = 0;
    for (size_t i = 0; i < s->census.count; i++)
        if (!state || strcmp(s->census.rows[i].state, state) == 0)
            count += s->census.rows[i].count;
    return count;
}

/* The one row of a state; fails the test if there is another number of them. */
static const struct run_census_row *only_row(const struct seen *s, const char *state)
{
    const struct run_census_row *found = NULL;
    for (size_t i = 0; i < s->census.count; i++) {
        if (strcmp(s->census.rows[i].state, state) != 0)
            continue;
        if (found)
            fail_msg("more than one row %s", state);
        found = &s->census.rows[i];
    }
    if (!found)
        fail_msg("no row %s", state);
    return found;
}

static void expect_nothing_skipped(const struct seen *s, const char *path)
{
    const struct capture *c = s->capture;
    if (c->skipped)
        fail_msg("%s: %zu lines skipped, the first is line %zu (%s): %s", path,
                 c->skipped, c->complaints[0].line, c->complaints[0].reason,
                 c->complaints[0].text);
}

static void expect_skipped(const struct seen *s, size_t skipped, size_t line,
                           const char *reason)
{
    const struct capture *c = s->capture;
    assert_int_equal(c->skipped, skipped);
    assert_int_equal(c->complaints[0].line, line);
    if (!strstr(c->complaints[0].reason, reason))
        fail_msg("\"%s\" does not say \"%s\"", c->complaints[0].reason, reason);
}

/* --- Linux, against the kernel's word ---------------------------------------------- */

struct truth {
    char file[64], cause[32], state[32], destination[32], failure[32];
};

/* Rows of truth.csv: file,cause,low,high,state,destination,errno,errno_other. */
static size_t read_truth(struct truth *out, size_t size)
{
    size_t count = 0;
    FILE *file = fopen("tests/captures/linux/truth.csv", "r");
    assert_non_null(file);
    char line[256];
    assert_non_null(fgets(line, sizeof line, file));
    while (count < size && fgets(line, sizeof line, file)) {
        struct truth *t = &out[count++];
        char *rest = line;
        char *const into[] = {t->file,  t->cause,       NULL,      NULL,
                              t->state, t->destination, t->failure};
        for (size_t i = 0; i < COUNT(into); i++) {
            char *cell = strsep(&rest, ",\n");
            assert_non_null(cell);
            if (into[i])
                strcpy(into[i], cell);
        }
    }
    fclose(file);
    return count;
}

static void
test_a_full_range_is_full_by_the_capture_and_by_the_kernels_errno(void **state)
{
    (void)state;
    struct truth truth[64];
    size_t count = read_truth(truth, COUNT(truth)), full = 0;
    assert_true(count >= 25);
    for (size_t i = 0; i < count; i++) {
        char path[128];
        snprintf(path, sizeof path, "tests/captures/linux/%s", truth[i].file);
        struct seen s = see_file(path, linux_range);
        expect_nothing_skipped(&s, path);
        bool udp = strcmp(truth[i].failure, "EAGAIN") == 0;
        uint32_t ports = s.census.use[udp ? POOL_UDP4 : POOL_TCP4].ports;
        if ((ports == port_range_size(linux_range)) != (truth[i].failure[0] != '\0'))
            fail_msg("%s: %u ports held, errno \"%s\"", path, ports, truth[i].failure);
        full += truth[i].failure[0] != '\0';
        if (truth[i].state[0]) {
            const struct run_census_row *row = only_row(&s, truth[i].state);
            assert_string_equal(row->destination, truth[i].destination);
            assert_true(row->ephemeral);
            assert_int_equal(row->count, ports);
        }
        seen_free(&s);
    }
    assert_true(full >= 20);
}

static void test_ss_and_netstat_of_one_moment_say_the_same(void **state)
{
    (void)state;
    static const char *const causes[] = {"fin-wait-2", "time-wait",   "close-wait",
                                         "syn-sent",   "established", "healthy"};
    for (size_t i = 0; i < COUNT(causes); i++) {
        char path[128];
        snprintf(path, sizeof path, "tests/captures/linux/%s.ss-tanp.txt", causes[i]);
        struct seen ss = see_file(path, linux_range);
        snprintf(path, sizeof path, "tests/captures/linux/%s.netstat-anp.txt", causes[i]);
        struct seen netstat = see_file(path, linux_range);
        assert_int_equal(ss.census.count, netstat.census.count);
        for (size_t j = 0; j < ss.census.count; j++) {
            const struct run_census_row *a = &ss.census.rows[j];
            const struct run_census_row *b = &netstat.census.rows[j];
            assert_string_equal(a->state, b->state);
            assert_string_equal(a->local, b->local);
            assert_string_equal(a->remote, b->remote);
            assert_string_equal(a->process, b->process);
            assert_int_equal(a->pid, b->pid);
            assert_int_equal(a->owned, b->owned);
            assert_int_equal(a->count, b->count);
        }
        seen_free(&ss);
        seen_free(&netstat);
    }
}

static void test_a_closed_sockets_fin_wait_2_is_nobodys(void **state)
{
    (void)state;
    struct seen s = see_file("tests/captures/linux/fin-wait-2.ss-tanp.txt", linux_range);
    assert_false(only_row(&s, "FIN_WAIT_2")->owned);
    assert_string_equal(only_row(&s, "FIN_WAIT_2")->process, "");
    seen_free(&s);
    s = see_file("tests/captures/linux/close-wait.ss-tanp.txt", linux_range);
    assert_true(only_row(&s, "CLOSE_WAIT")->owned);
    assert_string_equal(only_row(&s, "CLOSE_WAIT")->process, "python3");
    seen_free(&s);
}

static void test_past_half_of_the_range_the_first_parity_is_spent(void **state)
{
    (void)state;
    struct seen s = see_file("tests/captures/linux/half.ss-tanp.txt", linux_range);
    assert_int_equal(s.census.pair_count, 1);
    assert_int_equal(s.census.pairs[0].ports, 60);
    assert_int_equal(s.census.pairs[0].even, 50); /* all of them [KERNEL.md P1] */
    seen_free(&s);
}

static void test_two_destinations_share_a_port_and_it_counts_once(void **state)
{
    (void)state;
    struct seen s = see_file("tests/captures/linux/healthy.ss-tanp.txt", linux_range);
    assert_int_equal(s.census.pair_count, 2);
    assert_int_equal(s.census.pairs[0].ports, 18);
    assert_int_equal(s.census.pairs[1].ports, 6);
    assert_int_equal(s.census.use[POOL_TCP4].sockets, 24);
    assert_true(s.census.use[POOL_TCP4].ports < 24);
    assert_int_equal(s.census.use[POOL_TCP4].addresses, 1);
    seen_free(&s);
}

/* --- one machine in every form ----------------------------------------------------- */

static void test_every_form_and_language_gives_the_same_counts(void **state)
{
    (void)state;
    static const char *const files[] = {
        "windows/mixed.netstat-ano.txt",
        "windows/mixed.netstat-ano.de.cp850.txt",
        "windows/mixed.netstat-ano.es.txt",
        "windows/mixed.netstat-ano.it.txt",
        "windows/mixed.netstat-ano.pt.txt",
        "windows/mixed.netstat-ano.ru.cp866.txt",
        "windows/mixed.netstat-anob.fr.utf16.txt",
        "windows/mixed.export-csv.csv",
        "windows/mixed.export-csv.semicolon.bom.csv",
        "windows/mixed.export-csv.ps5.utf16.csv",
        "windows/mixed.table.txt",
        "bsd/mixed.netstat-an.txt",
    };
    static const struct {
        const char *state;
        uint64_t count;
    } expected[] = {{"LISTEN", 8},     {"ESTABLISHED", 22}, {"TIME_WAIT", 7},
                    {"CLOSE_WAIT", 6}, {"FIN_WAIT_2", 5},   {"SYN_SENT", 4}};
    for (size_t i = 0; i < COUNT(files); i++) {
        char path[128];
        snprintf(path, sizeof path, "tests/captures/%s", files[i]);
        struct seen s = see_file(path, windows_range);
        if (strncmp(files[i], "bsd", 3) != 0) /* its last section is of other sockets */
            expect_nothing_skipped(&s, path);
        for (size_t j = 0; j < COUNT(expected); j++)
            if (sockets_in(&s, expected[j].state) != expected[j].count)
                fail_msg("%s: %llu %s", path,
                         (unsigned long long)sockets_in(&s, expected[j].state),
                         expected[j].state);
        assert_int_equal(s.census.use[POOL_TCP4].ports, 42);
        assert_int_equal(s.census.use[POOL_TCP6].ports, 1);
        assert_string_equal(s.census.pairs[0].destination, "203.0.113.20:443");
        seen_free(&s);
    }
}

static void test_netstat_b_names_the_process_behind_each_socket(void **state)
{
    (void)state;
    struct seen s =
        see_file("tests/captures/windows/bound.netstat-anobq.txt", windows_range);
    const struct run_census_row *bound = only_row(&s, "BOUND");
    assert_int_equal(bound->count, 255);
    assert_string_equal(bound->process, "shop.exe");
    assert_int_equal(bound->pid, 4242);
    assert_string_equal(bound->destination, "");
    const struct run_census_row *waits = only_row(&s, "TIME_WAIT");
    assert_string_equal(waits->process, "");
    assert_false(waits->owned);
    seen_free(&s);
}

static void test_of_a_monitoring_loop_the_last_snapshot_or_the_one_asked_for(void **state)
{
    (void)state;
    static const uint64_t leaked[] = {255, 40, 150, 255};
    for (uint32_t n = 0; n <= 3; n++) {
        struct seen s = {0};
        struct capture_options options = {.tool = CAPTURE_NETSTAT, .snapshot = n};
        s.capture = capture_read("tests/captures/windows/close-wait.netstat-ano-loop.txt",
                                 &options, &s.error);
        assert_non_null(s.capture);
        capture_census_take(&s.capture->sockets, windows_range, "", &s.census);
        assert_int_equal(s.capture->snapshots, 3);
        assert_int_equal(s.capture->snapshot, n ? n : 3);
        assert_int_equal(sockets_in(&s, "CLOSE_WAIT"), leaked[n]);
        expect_nothing_skipped(&s, "the loop");
        if (n == 2)
            assert_string_equal(s.capture->moments[1].label,
                                "Sat 11/21/2026 14:06:01.34");
        for (uint32_t i = 0; i < 3; i++)
            assert_int_equal(s.capture->moments[i].states[CAPTURE_CLOSE_WAIT],
                             leaked[i + 1]);
        seen_free(&s);
    }
    struct results_error error;
    struct capture_options fourth = {.snapshot = 4};
    assert_null(capture_read("tests/captures/windows/close-wait.netstat-ano-loop.txt",
                             &fourth, &error));
    assert_non_null(strstr(error.text, "holds 3 snapshots"));
}

/* --- single lines ------------------------------------------------------------------ */

static const struct {
    const char *line, *pool, *state, *local, *remote, *process;
    uint32_t pid;
} lines[] = {
    {"ESTAB 0 0 10.0.0.1:50001 10.0.0.2:80 users:((\"a b\",pid=7,fd=3))", "tcp4",
     "ESTABLISHED", "10.0.0.1", "10.0.0.2:80", "a b", 7},
    {"ESTAB 0 0 10.0.0.1:50001 10.0.0.2:80 users:((\"sshd\",7,3))", "tcp4", "ESTABLISHED",
     "10.0.0.1", "10.0.0.2:80", "sshd", 7},
    {"ESTAB 0 0 10.0.0.1:50001 10.0.0.2:80 users:((\",pid=7,fd=3))", "tcp4",
     "ESTABLISHED", "10.0.0.1", "10.0.0.2:80", "", 0},
    {"tcp   TIME-WAIT 0 0 [2001:db8::1]:50001 [2001:db8::2]:443 "
     "timer:(timewait,9sec,0)",
     "tcp6", "TIME_WAIT", "2001:db8::1", "[2001:db8::2]:443", "", 0},
    {"ESTAB 0 0 [::ffff:10.0.0.1]:50001 [::ffff:10.0.0.2]:80", "tcp4", "ESTABLISHED",
     "10.0.0.1", "10.0.0.2:80", "", 0},
    {"LISTEN 0 128 *:50080 *:*", "tcp4", "LISTEN", "*:50080", "", "", 0},
    {"LISTEN 0 128 :::50080 :::*", "tcp6", "LISTEN", "*:50080", "", "", 0},
    {"udp UNCONN 0 0 127.0.0.53%lo:53 0.0.0.0:*", "udp4", "UNCONN", "127.0.0.53:53", "",
     "", 0},
    {"ESTAB 0 0 10.0.0.1:22 10.0.0.2:50123", "tcp4", "ESTABLISHED", "10.0.0.1:22",
     "10.0.0.2", "", 0},
    {"tcp 0 0 10.0.0.1:50001 10.0.0.2:80 ESTABLISHED 812/sshd: root@pts", "tcp4",
     "ESTABLISHED", "10.0.0.1", "10.0.0.2:80", "sshd: root@pts", 812},
    {"tcp 0 0 10.0.0.1:50001 10.0.0.2:80 FIN_WAIT2 0 0 - timewait (50.12/0/0)", "tcp4",
     "FIN_WAIT_2", "10.0.0.1", "10.0.0.2:80", "", 0},
    {"tcp 0 0 10.0.0.1:50001 10.0.0.2:80 ESTABLISHED 0 991 81/a keepalive (9.1/0/0)",
     "tcp4", "ESTABLISHED", "10.0.0.1", "10.0.0.2:80", "a", 81},
    {"tcp6 0 0 2001:db8:85a3:8d3:50001 2001:db8::2:443 CLOSE_WAIT 81/a", "tcp6",
     "CLOSE_WAIT", "2001:db8:85a3:8d3", "[2001:db8::2]:443", "a", 81},
    {"udp 0 0 0.0.0.0:50053 0.0.0.0:* 81/dns", "udp4", "UNCONN", "*", "", "dns", 81},
    {"tcp 0 0 10.0.0.1:50001 10.0.0.2:80 ESTABELECIDA 81/a", "tcp4", "ESTABLISHED",
     "10.0.0.1", "10.0.0.2:80", "a", 81},
    {"tcp 0 0 10.0.0.1:50001 10.0.0.2:80 POSLEDN\xC3\x8D ACK 81/a", "tcp4", "LAST_ACK",
     "10.0.0.1", "10.0.0.2:80", "a", 81},
    {"tcp4 0 0 10.0.0.1.50001 10.0.0.2.80 CLOSED", "tcp4", "BOUND", "10.0.0.1",
     "10.0.0.2:80", "", 0},
    {"tcp6 0 0 fe80::1%lo0.50001 fe80::2%lo0.80 SYN_SENT", "tcp6", "SYN_SENT", "fe80::1",
     "[fe80::2]:80", "", 0},
    {"tcp4 0 0 10.0.0.1.50001 10.0.0.2.80 ESTABLISHED 1 2 131072 131072 Brave "
     "He:7187 0102",
     "tcp4", "ESTABLISHED", "10.0.0.1", "10.0.0.2:80", "Brave He", 7187},
    {"  TCP    10.0.0.1:50001   10.0.0.2:80   ESTABLISHED   4242   InHost", "tcp4",
     "ESTABLISHED", "10.0.0.1", "10.0.0.2:80", "pid 4242", 4242},
    {"  TCP    [fe80::1%12]:50001   [fe80::2%12]:445   ABH\x99REN   4242", "tcp6",
     "LISTEN", "fe80::1:50001", "fe80::2", "pid 4242", 4242},
    {"LocalAddress,LocalPort,RemoteAddress,RemotePort,State,OwningProcess,ProcessName\n"
     "10.0.0.1,50001,10.0.0.2,80,11,0,Idle\n",
     "tcp4", "TIME_WAIT", "10.0.0.1", "10.0.0.2:80", "", 0},
    {"  UDP    0.0.0.0:50053          *:*                                    1204",
     "udp4", "UNCONN", "*", "", "pid 1204", 1204},
};

static void test_what_a_line_says_is_read(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(lines); i++) {
        struct seen s = see_text(lines[i].line);
        if (!s.capture || s.census.count != 1)
            fail_msg("%s: %s", lines[i].line, s.capture ? "not one row" : s.error.text);
        const struct run_census_row *row = &s.census.rows[0];
        assert_string_equal(row->pool, lines[i].pool);
        assert_string_equal(row->state, lines[i].state);
        if (strcmp(lines[i].state, "LISTEN") != 0) {
            assert_string_equal(row->local, lines[i].local);
            assert_string_equal(row->remote, lines[i].remote);
        }
        assert_string_equal(row->process, lines[i].process);
        assert_int_equal(row->pid, lines[i].pid);
        seen_free(&s);
    }
}

static void test_a_listeners_port_in_the_range_makes_its_connections_inbound(void **state)
{
    (void)state;
    struct seen s = see_text("LISTEN 0 128 0.0.0.0:50080 0.0.0.0:*\n"
                             "ESTAB 0 0 10.0.0.1:50080 10.0.0.9:51000\n"
                             "ESTAB 0 0 10.0.0.1:50081 10.0.0.9:51000\n");
    assert_int_equal(s.census.pair_count, 1);
    assert_int_equal(s.census.use[POOL_TCP4].ports, 1);
    assert_int_equal(s.census.count, 3);
    assert_string_equal(s.census.rows[1].local, "10.0.0.1:50080");
    assert_string_equal(s.census.rows[1].destination, "");
    assert_string_equal(s.census.rows[0].destination, "10.0.0.9:51000");
    seen_free(&s);
}

static void test_without_netid_a_table_of_udp_is_told_by_its_unconnected(void **state)
{
    (void)state;
    struct seen s = see_text("UNCONN 0 0 0.0.0.0:53 0.0.0.0:*\n"
                             "ESTAB 0 0 10.0.0.1:50001 10.0.0.2:53\n");
    assert_int_equal(s.census.use[POOL_UDP4].ports, 1);
    assert_int_equal(s.census.use[POOL_TCP4].ports, 0);
    seen_free(&s);
}

/* --- what happens to captures ------------------------------------------------------ */

static void test_a_line_broken_by_a_terminal_is_put_together(void **state)
{
    (void)state;
    char *whole = scratch_get("tests/captures/windows", "mixed.netstat-ano.txt");
    assert_non_null(whole);
    for (size_t columns = 30; columns <= 80; columns++) {
        struct text broken = {0};
        size_t column = 0;
        for (const char *p = whole; *p; p++) {
            if (*p == '\r')
                continue;
            column = *p == '\n' ? 0 : column + 1;
            text_add(&broken, p, 1);
            if (column == columns && p[1] != '\r') {
                text_add(&broken, "\n", 1);
                column = 0;
            }
        }
        struct seen s = see_text(text_of(&broken));
        assert_non_null(s.capture);
        if (columns >= 45 && sockets_in(&s, NULL) != 54)
            fail_msg("%zu columns: %llu sockets", columns,
                     (unsigned long long)sockets_in(&s, NULL));
        seen_free(&s);
        text_free(&broken);
    }
    free(whole);
}

static void test_a_capture_cut_in_its_middle_is_used_up_to_there(void **state)
{
    (void)state;
    char *whole = scratch_get("tests/captures/linux", "close-wait.ss-tanp.txt");
    assert_non_null(whole);
    size_t length = strlen(whole) / 2;
    struct seen s = see_bytes(whole, length, (struct capture_options){0}, linux_range);
    assert_true(s.capture->unended);
    assert_true(sockets_in(&s, "CLOSE_WAIT") >= 48 && sockets_in(&s, NULL) <= 50);
    seen_free(&s);
    s = see_text("ESTAB 0 0 10.0.0.1:50001 10.0.0.2:80\nESTAB 0 0 10.0.0.1:500");
    assert_int_equal(sockets_in(&s, NULL), 1);
    expect_skipped(&s, 1, 2, "cut off");
    seen_free(&s);
    free(whole);
}

static void test_bad_lines_are_counted_and_told_and_the_rest_is_used(void **state)
{
    (void)state;
    static const struct {
        const char *line, *reason;
    } bad[] = {
        {"ESTAB 0 0 10.0.0.1:http 10.0.0.2:80", "a port is a name (capture with -n)"},
        {"ESTAB 0 0 host.example:1 10.0.0.2:80", "an address is a name"},
        {"ESTAB 0 0 10.0.0.1:70000 10.0.0.2:80", "a port must be a number up to 65535"},
        {"ESTAB 0 0 10.0.0.1 10.0.0.2:80", "an address must have a port"},
        {"tcp 0 0 10.0.0.1:1 10.0.0.2:80 SLEEPING 1/a", "the state is no word"},
        {"what is this", "no line of ss, netstat or Get-NetTCPConnection"},
    };
    for (size_t i = 0; i < COUNT(bad); i++) {
        struct text t = {0};
        text_print(&t, "ESTAB 0 0 10.0.0.1:50001 10.0.0.2:80\n%s\n", bad[i].line);
        text_print(&t, "ESTAB 0 0 10.0.0.1:50002 10.0.0.2:80\n");
        struct seen s = see_text(text_of(&t));
        assert_int_equal(sockets_in(&s, NULL), 2);
        expect_skipped(&s, 1, 2, bad[i].reason);
        assert_string_equal(s.capture->complaints[0].text, bad[i].line);
        seen_free(&s);
        text_free(&t);
    }
}

static void test_zero_bytes_and_endless_lines_are_skipped(void **state)
{
    (void)state;
    static const char zero[] = "ESTAB 0 0 10.0.0.1:50001 10.0.0.2:80\n"
                               "ESTAB 0 0 10.0.0.1:5\0\0\0\0 10.0.0.2:80\n"
                               "ESTAB 0 0 10.0.0.1:50002 10.0.0.2:80\n";
    struct seen s =
        see_bytes(zero, sizeof zero - 1, (struct capture_options){0}, windows_range);
    assert_int_equal(sockets_in(&s, NULL), 2);
    expect_skipped(&s, 1, 2, "zero byte");
    seen_free(&s);

    size_t length = 3 * CAPTURE_LINE_MAX;
    char *lengthy = memory_new(length + 100, 1);
    memset(lengthy, 'x', length);
    strcpy(lengthy + length, "\nESTAB 0 0 10.0.0.1:50001 10.0.0.2:80\n");
    s = see_text(lengthy);
    assert_int_equal(sockets_in(&s, NULL), 1);
    expect_skipped(&s, 1, 1, "longer than");
    seen_free(&s);
    free(lengthy);
}

static void test_prompts_and_titles_before_a_header_are_no_complaint(void **state)
{
    (void)state;
    struct seen s = see_text("user@host:~$ ss -tan\n"
                             "State Recv-Q Send-Q Local Address:Port Peer Address:Port\n"
                             "ESTAB 0 0 10.0.0.1:50001 10.0.0.2:80\n"
                             "user@host:~$ exit\n");
    expect_skipped(&s, 1, 4, "no line of");
    seen_free(&s);
}

static void test_a_table_with_nothing_in_it_is_a_capture(void **state)
{
    (void)state;
    struct seen s =
        see_text("State Recv-Q Send-Q Local Address:Port Peer Address:Port\n");
    assert_non_null(s.capture);
    assert_string_equal(s.capture->format->name, "ss");
    assert_int_equal(s.census.count, 0);
    seen_free(&s);
}

static void test_what_is_no_capture_is_refused_in_a_sentence(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        size_t length;
        const char *says;
    } refused[] = {
        {"", 0, "is empty"},
        {"\x7F"
         "ELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x03\0>\0",
         20, "zero byte"},
        {"# a script\necho hello\n", 22, "holds no line of ss, netstat or"},
        {"\xFF\xFE", 2, "is empty"},
    };
    for (size_t i = 0; i < COUNT(refused); i++) {
        struct seen s = see_bytes(refused[i].bytes, refused[i].length,
                                  (struct capture_options){0}, windows_range);
        assert_null(s.capture);
        if (!strstr(s.error.text, refused[i].says))
            fail_msg("\"%s\" does not say \"%s\"", s.error.text, refused[i].says);
    }
}

static void test_a_capture_of_another_tool_is_refused_with_its_option(void **state)
{
    (void)state;
    struct results_error error;
    struct capture_options ss = {.tool = CAPTURE_SS};
    assert_null(
        capture_read("tests/captures/windows/mixed.netstat-ano.txt", &ss, &error));
    assert_non_null(strstr(error.text, "use --netstat"));
    assert_null(capture_read("tests/captures/none.txt", &ss, &error));
    assert_non_null(strstr(error.text, "No such file"));
}

/* --- mutations --------------------------------------------------------------------- */

static uint64_t draw(uint64_t *seed, uint64_t below)
{
    *seed += UINT64_C(0x9E3779B97F4A7C15);
    return hash_mix(*seed) % below;
}

/* Bytes changed, taken out, doubled, put in; the end cut off. */
static size_t mutate(char *bytes, size_t length, size_t room, uint64_t *seed)
{
    static const char *const inserts[] = {"\n",          "\"",
                                          "[",           ":",
                                          "....",        ",,",
                                          "\t",          "TCP ",
                                          "\xFF\xFE",    "tcp 0 0 ",
                                          "99999999999", "\r\n\r\n",
                                          "users:((\"",  "LocalAddress,LocalPort\n",
                                          "(",           "/"};
    for (uint64_t n = 1 + draw(seed, 12); n && length; n--) {
        size_t at = draw(seed, length), span = 1 + draw(seed, 40);
        if (span > length - at)
            span = length - at;
        const char *insert = inserts[draw(seed, COUNT(inserts))];
        size_t put = strlen(insert);
        switch (draw(seed, 6)) {
        case 0:
            bytes[at] = (char)draw(seed, 256);
            break;
        case 1:
            memmove(bytes + at, bytes + at + span, length - at - span);
            length -= span;
            break;
        case 2:
            if (length + span > room)
                break;
            memmove(bytes + at + span, bytes + at, length - at);
            length += span;
            break;
        case 3:
            if (length + put > room)
                break;
            memmove(bytes + at + put, bytes + at, length - at);
            memcpy(bytes + at, insert, put);
            length += put;
            break;
        case 4:
            bytes[at] = '\0';
            break;
        default:
            if (draw(seed, 4) == 0)
                length = at;
        }
    }
    return length;
}

static void check_whole(const struct seen *s)
{
    if (!s->capture)
        return;
    uint64_t ports = 0;
    assert_int_equal(sockets_in(s, NULL), s->capture->sockets.count);
    for (size_t i = 0; i < s->census.pair_count; i++)
        ports += s->census.pairs[i].ports;
    for (int pool = 0; pool < POOL_COUNT; pool++)
        assert_true(s->census.use[pool].ports <= s->census.use[pool].sockets);
    assert_true(ports <= s->capture->sockets.count);
    assert_true(s->capture->skipped <= s->capture->lines);
}

static void test_no_mutation_of_a_capture_breaks_the_reader(void **state)
{
    (void)state;
    static const char *const files[][2] = {
        {"linux", "healthy.ss-tuanp.txt"},
        {"linux", "fin-wait-2.netstat-antpoe.txt"},
        {"linux", "fin-wait-2.ss-tane.txt"},
        {"bsd", "mixed.netstat-an.txt"},
        {"windows", "mixed.netstat-anob.fr.utf16.txt"},
        {"windows", "mixed.netstat-ano.de.cp850.txt"},
        {"windows", "mixed.export-csv.ps5.utf16.csv"},
        {"windows", "mixed.export-csv.semicolon.bom.csv"},
        {"windows", "mixed.table.txt"},
    };
    int rounds = getenv("PORTSIM_QUICK") && *getenv("PORTSIM_QUICK") ? 60 : 300;
    uint64_t seed = 1;
    for (size_t i = 0; i < COUNT(files); i++) {
        char path[128];
        snprintf(path, sizeof path, "tests/captures/%s/%s", files[i][0], files[i][1]);
        FILE *file = fopen(path, "rb");
        assert_non_null(file);
        char *original = memory_new(65536, 1), *bytes = memory_new(65536, 1);
        size_t length = fread(original, 1, 65536, file);
        fclose(file);
        for (int round = 0; round < rounds; round++) {
            memcpy(bytes, original, length);
            struct seen s = see_bytes(bytes, mutate(bytes, length, 65536, &seed),
                                      (struct capture_options){0}, windows_range);
            check_whole(&s);
            seen_free(&s);
        }
        free(original);
        free(bytes);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(
            test_a_full_range_is_full_by_the_capture_and_by_the_kernels_errno),
        cmocka_unit_test(test_ss_and_netstat_of_one_moment_say_the_same),
        cmocka_unit_test(test_a_closed_sockets_fin_wait_2_is_nobodys),
        cmocka_unit_test(test_past_half_of_the_range_the_first_parity_is_spent),
        cmocka_unit_test(test_two_destinations_share_a_port_and_it_counts_once),
        cmocka_unit_test(test_every_form_and_language_gives_the_same_counts),
        cmocka_unit_test(test_netstat_b_names_the_process_behind_each_socket),
        cmocka_unit_test(
            test_of_a_monitoring_loop_the_last_snapshot_or_the_one_asked_for),
        cmocka_unit_test(test_what_a_line_says_is_read),
        cmocka_unit_test(
            test_a_listeners_port_in_the_range_makes_its_connections_inbound),
        cmocka_unit_test(test_without_netid_a_table_of_udp_is_told_by_its_unconnected),
        cmocka_unit_test(test_a_line_broken_by_a_terminal_is_put_together),
        cmocka_unit_test(test_a_capture_cut_in_its_middle_is_used_up_to_there),
        cmocka_unit_test(test_bad_lines_are_counted_and_told_and_the_rest_is_used),
        cmocka_unit_test(test_zero_bytes_and_endless_lines_are_skipped),
        cmocka_unit_test(test_prompts_and_titles_before_a_header_are_no_complaint),
        cmocka_unit_test(test_a_table_with_nothing_in_it_is_a_capture),
        cmocka_unit_test(test_what_is_no_capture_is_refused_in_a_sentence),
        cmocka_unit_test(test_a_capture_of_another_tool_is_refused_with_its_option),
        cmocka_unit_test(test_no_mutation_of_a_capture_breaks_the_reader),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
