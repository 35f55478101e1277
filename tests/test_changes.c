/* Knobs turned in mid-run: what becomes of those who are there already, and of those who
 * come from then on. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "models/world.h"
#include "sim/base/memory.h"
#include "tests/complaints.h"
#include "tests/run_text.h"

/* --- a world and its changes ------------------------------------------------------- */

struct lab {
    struct text_plan plan;
    struct world *world;
    uint32_t change; /* the next */
};

/* A client and a server, users every second who stay for an hour, all times exact;
 * `client`, `server` and `app` are more keys, `changes` the list. */
static struct lab lab_open(const char *client, const char *server, const char *app,
                           const char *changes)
{
    char *text = memory_print(
        "{\"name\": \"lab\", \"duration\": \"10min\", \"network\": {\"rtt\": \"0s\"},"
        "\"hosts\": {\"client\": {%s}, \"server\": {%s}},"
        "\"apps\": {\"a\": {\"from\": \"client\", \"to\": \"server:80\","
        "  \"arrivals\": {\"kind\": \"constant\", \"rate\": \"1/s\"}, %s}},"
        "\"changes\": [%s]}",
        client, server, app, changes);
    struct lab lab = {.plan = text_plan_read(text)};
    const struct trial_plan *plan = lab.plan.plan;
    lab.world = world_new(&plan->config->world, plan->traces, 1, 1);
    free(text);
    return lab;
}

static void lab_close(struct lab *lab)
{
    world_free(lab->world);
    text_plan_free(&lab->plan);
}

/* To half a second past `second`, after the changes on the way. */
static void run_past(struct lab *lab, int second)
{
    const struct trial_plan *plan = lab->plan.plan;
    sim_ns end = second * SIM_S + SIM_S / 2;
    for (; lab->change < plan->change_count && plan->changes[lab->change].at <= end;
         lab->change++) {
        world_run(lab->world, plan->changes[lab->change].at, UINT64_MAX);
        world_reconfigure(lab->world, &plan->changes[lab->change].config->world);
    }
    world_run(lab->world, end, UINT64_MAX);
}

/* Which sockets to count; NULL and 0: any. */
struct wanted {
    const char *host, *state, *local, *remote;
    uint16_t low, high;
    sim_ns since; /* in their state since then or later */
    int count;    /* filled in */
};

static bool is_address(const char *text, const struct ip_address *ip)
{
    char own[IP_ADDRESS_TEXT];
    return !text || strcmp(text, ip_address_text(ip, own)) == 0;
}

static void count_wanted(void *context, const struct socket_row *row)
{
    struct wanted *w = context;
    w->count += strcmp(row->host, w->host) == 0 &&
                (!w->state || strcmp(row->state, w->state) == 0) &&
                is_address(w->local, &row->local) &&
                is_address(w->remote, &row->remote) &&
                (!w->high || (row->local_port >= w->low && row->local_port <= w->high)) &&
                row->since >= w->since;
}

static int count(const struct lab *lab, struct wanted wanted)
{
    world_sockets(lab->world, count_wanted, &wanted);
    return wanted.count;
}

/* A level now, or of a rate what it has counted so far. */
static double level(const struct lab *lab, const char *metric)
{
    struct metrics *m = world_metrics(lab->world);
    uint32_t reading = metrics_reading_find(m, metric);
    if (reading == UINT32_MAX)
        fail_msg("no metric %s", metric);
    return metrics_instant(m, reading);
}

#define STAY    "\"lifetime\": {\"kind\": \"constant\", \"value\": \"1h\"}"
#define SECONDS "\"lifetime\": {\"kind\": \"constant\", \"value\": \"20s\"}"
#define GO      "\"lifetime\": {\"kind\": \"constant\", \"value\": \"0s\"}"

/* --- range ------------------------------------------------------------------------- */

/* Twenty users of 20 s hold twenty ports when the range shrinks to five: they keep them,
 * new ones get one of the five, and only those. */
static void test_holders_outside_a_narrowed_range_stay_and_nobody_joins_them(void **state)
{
    (void)state;
    static const char *const stacks[] = {"plain",   "linux618", "linux512", "freebsd14",
                                         "openbsd", "netbsd",   "win10",    "win2003",
                                         "macos",   "illumos",  "bsd44"};
    for (size_t i = 0; i < sizeof stacks / sizeof stacks[0]; i++) {
        char *client = memory_print("\"stack\": \"%s\", \"tcp\": {\"range\": [50000, "
                                    "50039], \"time_wait\": \"0s\"}",
                                    stacks[i]);
        struct lab lab = lab_open(client, "", SECONDS,
                                  "{\"at\": \"20250ms\", \"set\": "
                                  "{\"hosts.client.tcp.range\": [50035, 50039]}}");
        run_past(&lab, 20);
        int outside =
            count(&lab, (struct wanted){.host = "client", .low = 50000, .high = 50034});
        assert_int_equal(count(&lab, (struct wanted){.host = "client"}), 20);
        assert_true(level(&lab, "hosts.client.tcp4.capacity") == 5);
        assert_true(level(&lab, "hosts.client.tcp4.in_use") == 20);
        run_past(&lab, 30);
        assert_int_equal(count(&lab, (struct wanted){.host = "client",
                                                     .low = 50000,
                                                     .high = 50034,
                                                     .since = 20 * SIM_S + 1}),
                         0);
        assert_true(
            count(&lab, (struct wanted){.host = "client", .low = 50000, .high = 50034}) <
            outside);
        run_past(&lab, 60);
        assert_int_equal(count(&lab, (struct wanted){.host = "client"}), 5);
        assert_int_equal(
            count(&lab, (struct wanted){.host = "client", .low = 50035, .high = 50039}),
            5);
        lab_close(&lab);
        free(client);
    }
}

/* Five ports are held when the range grows: the next ten users get ports, of which at
 * most five were there before. */
static void test_a_widened_range_serves_at_once(void **state)
{
    (void)state;
    struct lab lab = lab_open("\"tcp\": {\"range\": [50000, 50004]}", "", STAY,
                              "{\"at\": \"10s\", \"set\": {\"hosts.client.tcp.range\": "
                              "[50000, 50014]}}");
    run_past(&lab, 9);
    assert_int_equal(count(&lab, (struct wanted){.host = "client"}), 5);
    assert_true(level(&lab, "apps.a.failures_per_s") == 4);
    run_past(&lab, 30);
    assert_int_equal(count(&lab, (struct wanted){.host = "client"}), 15);
    assert_int_equal(
        count(&lab, (struct wanted){.host = "client", .low = 50005, .high = 50014}), 10);
    lab_close(&lab);
}

static void test_ports_reserved_in_mid_run_keep_their_holders_and_get_none(void **state)
{
    (void)state;
    struct lab lab = lab_open(
        "\"tcp\": {\"range\": [50000, 50009], \"time_wait\": \"0s\"}", "", SECONDS,
        "{\"at\": \"15250ms\", \"set\": {\"hosts.client.reserved_ranges\": "
        "[[50000, 50007]]}},"
        "{\"at\": \"60250ms\", \"set\": {\"hosts.client.reserved_ranges\": "
        "[]}}");
    run_past(&lab, 15);
    assert_int_equal(count(&lab, (struct wanted){.host = "client"}), 10);
    assert_true(level(&lab, "hosts.client.tcp4.capacity") == 2);
    run_past(&lab, 50);
    assert_int_equal(
        count(&lab, (struct wanted){.host = "client", .low = 50000, .high = 50007}), 0);
    assert_int_equal(count(&lab, (struct wanted){.host = "client"}), 2);
    run_past(&lab, 79);
    assert_int_equal(count(&lab, (struct wanted){.host = "client"}), 10);
    lab_close(&lab);
}

/* --- scope and allocator ----------------------------------------------------------- */

/* Five ports, all held: toward the same place nothing helps, toward another the test by
 * 4-tuple does, at once. */
static void test_another_scope_counts_for_holders_who_are_there(void **state)
{
    (void)state;
    struct lab lab = lab_open(
        "\"stack\": \"proxysg-legacy\", \"tcp\": {\"range\": [50000, 50004]}",
        "\"addresses\": [\"192.0.2.1\"]", STAY,
        "{\"at\": \"10s\", \"set\": {\"hosts.client.tcp.scope\": \"tuple\"}},"
        "{\"at\": \"15s\", \"set\": {\"hosts.server.addresses\": [\"192.0.2.2\"]}}");
    run_past(&lab, 9);
    assert_true(level(&lab, "apps.a.failures_per_s") == 4);
    run_past(&lab, 14);
    assert_true(level(&lab, "apps.a.failures_per_s") == 9);
    run_past(&lab, 20);
    assert_true(level(&lab, "apps.a.failures_per_s") == 10);
    assert_int_equal(count(&lab, (struct wanted){.host = "client"}), 10);
    assert_true(level(&lab, "hosts.client.tcp4.in_use") == 5);
    lab_close(&lab);
}

/* The sequential search has given out the lowest ports; the one that follows begins
 * afresh, and knows them as held. */
static void test_another_allocator_begins_afresh_and_meets_the_holders(void **state)
{
    (void)state;
    struct lab lab =
        lab_open("\"stack\": \"bsd44\", \"tcp\": {\"range\": [50000, 50009]}", "", STAY,
                 "{\"at\": \"5250ms\", \"set\": {\"hosts.client.tcp.allocator\": "
                 "\"netbsd-bsd\"}}");
    run_past(&lab, 5);
    assert_int_equal(
        count(&lab, (struct wanted){.host = "client", .low = 50000, .high = 50004}), 5);
    run_past(&lab, 7);
    assert_int_equal(
        count(&lab, (struct wanted){.host = "client", .low = 50008, .high = 50009}), 2);
    run_past(&lab, 20);
    assert_int_equal(count(&lab, (struct wanted){.host = "client"}), 10);
    lab_close(&lab);
}

/* --- timers ------------------------------------------------------------------------ */

/* Users who leave at once wait 100 s in TIME_WAIT; from 50 s on it is 10 s.  Of the 50
 * who wait by then: */
static struct lab shorter_time_wait(const char *timer_change, const char *more)
{
    char *client = memory_print("\"tcp\": {\"time_wait\": \"100s\", \"timer_change\": "
                                "\"%s\"}",
                                timer_change);
    char *changes = memory_print(
        "{\"at\": \"50250ms\", \"set\": {\"hosts.client.tcp.time_wait\": \"10s\"}}%s",
        more);
    struct lab lab = lab_open(client, "", GO, changes);
    free(client);
    free(changes);
    return lab;
}

static int waiting(const struct lab *lab)
{
    return count(lab, (struct wanted){.host = "client", .state = "TIME_WAIT"});
}

static void test_timers_under_way_keep_their_deadline(void **state)
{
    (void)state;
    struct lab lab = shorter_time_wait("new", "");
    run_past(&lab, 50);
    assert_int_equal(waiting(&lab), 50);
    run_past(&lab, 70);
    assert_int_equal(waiting(&lab), 50 + 10);
    run_past(&lab, 120);
    assert_int_equal(waiting(&lab), 30 + 10);
    run_past(&lab, 150);
    assert_int_equal(waiting(&lab), 10);
    lab_close(&lab);
}

static void test_a_system_that_moves_timers_ends_the_old_ones_at_once(void **state)
{
    (void)state;
    struct lab lab = shorter_time_wait("running", "");
    run_past(&lab, 49);
    assert_int_equal(waiting(&lab), 49);
    run_past(&lab, 50);
    assert_int_equal(waiting(&lab), 10);
    run_past(&lab, 55);
    assert_int_equal(waiting(&lab), 10);
    lab_close(&lab);
}

static void test_a_moved_timer_can_be_moved_outward(void **state)
{
    (void)state;
    struct lab lab = lab_open(
        "\"tcp\": {\"time_wait\": \"10s\", \"timer_change\": \"running\"}", "", GO,
        "{\"at\": \"50250ms\", \"set\": {\"hosts.client.tcp.time_wait\": \"20s\"}}");
    run_past(&lab, 50);
    assert_int_equal(waiting(&lab), 10);
    run_past(&lab, 60);
    assert_int_equal(waiting(&lab), 20);
    run_past(&lab, 90);
    assert_int_equal(waiting(&lab), 20);
    lab_close(&lab);
}

static void test_a_value_read_at_boot_waits_for_the_boot(void **state)
{
    (void)state;
    struct lab lab = shorter_time_wait(
        "boot", ", {\"at\": \"60250ms\", \"set\": {\"hosts.client.running\": false}},"
                "{\"at\": \"61250ms\", \"set\": {\"hosts.client.running\": true}}");
    run_past(&lab, 59);
    assert_int_equal(waiting(&lab), 59);
    run_past(&lab, 60);
    assert_int_equal(waiting(&lab), 0);
    run_past(&lab, 100);
    assert_int_equal(waiting(&lab), 10);
    lab_close(&lab);
}

static void test_windows_reads_its_timers_at_boot_and_its_range_at_once(void **state)
{
    (void)state;
    struct lab lab =
        lab_open("\"stack\": \"win10\", \"tcp\": {\"range\": [50000, 50004]}", "", GO,
                 "{\"at\": \"10250ms\", \"set\": {\"hosts.client.tcp.time_wait\": \"1s\","
                 "  \"hosts.client.tcp.range\": [50000, 50009]}}");
    run_past(&lab, 10);
    assert_int_equal(waiting(&lab), 5);
    run_past(&lab, 30);
    assert_int_equal(waiting(&lab), 10);
    run_past(&lab, 100);
    assert_int_equal(waiting(&lab), 10);
    lab_close(&lab);
}

/* --- addresses --------------------------------------------------------------------- */

#define ONE "10.0.0.1"
#define TWO "10.0.0.2"

static void test_an_address_added_brings_its_ports(void **state)
{
    (void)state;
    struct lab lab = lab_open("\"addresses\": [\"" ONE "\"], \"source\": \"round-robin\","
                              "\"tcp\": {\"range\": [50000, 50009]}",
                              "", STAY,
                              "{\"at\": \"20250ms\", \"set\": {\"hosts.client.addresses\""
                              ": [\"" ONE "\", \"" TWO "\"]}}");
    run_past(&lab, 20);
    assert_true(level(&lab, "hosts.client.tcp4.capacity") == 20);
    assert_true(level(&lab, "apps.a.failures_per_s") == 10);
    run_past(&lab, 60);
    assert_int_equal(count(&lab, (struct wanted){.host = "client", .local = ONE}), 10);
    assert_int_equal(count(&lab, (struct wanted){.host = "client", .local = TWO}), 10);
    lab_close(&lab);
}

static void test_holders_on_an_address_taken_away_stay_until_they_are_done(void **state)
{
    (void)state;
    struct lab lab = lab_open("\"addresses\": [\"" ONE "\", \"" TWO "\"],"
                              "\"tcp\": {\"range\": [50000, 50039], \"time_wait\": "
                              "\"5s\"}",
                              "", SECONDS,
                              "{\"at\": \"20250ms\", \"set\": {\"hosts.client.addresses\""
                              ": [\"" TWO "\"]}}");
    run_past(&lab, 20);
    assert_int_equal(count(&lab, (struct wanted){.host = "client", .local = ONE}), 10);
    assert_true(level(&lab, "hosts.client.tcp4.capacity") == 40);
    run_past(&lab, 30);
    assert_int_equal(count(&lab, (struct wanted){.host = "client", .local = ONE}), 7);
    run_past(&lab, 46);
    assert_int_equal(count(&lab, (struct wanted){.host = "client", .local = ONE}), 0);
    assert_int_equal(count(&lab, (struct wanted){.host = "client", .local = TWO}), 25);
    assert_true(level(&lab, "hosts.client.tcp4.in_use") == 25);
    lab_close(&lab);
}

static void test_visitors_go_to_the_addresses_of_the_moment(void **state)
{
    (void)state;
    struct lab lab = lab_open(
        "", "", STAY,
        "{\"at\": \"10250ms\", \"set\": {\"hosts.server.addresses\": [\"192.0.2.1\"]}},"
        "{\"at\": \"20250ms\", \"set\": {\"hosts.server.addresses\": [\"192.0.2.1\","
        "  \"192.0.2.2\"]}}, "
        "{\"at\": \"30250ms\", \"set\": {\"hosts.server.addresses\": []}}");
    run_past(&lab, 40);
    assert_int_equal(
        count(&lab, (struct wanted){.host = "client", .remote = "10.128.0.2"}), 20);
    assert_int_equal(
        count(&lab, (struct wanted){.host = "client", .remote = "192.0.2.1"}), 15);
    assert_int_equal(
        count(&lab, (struct wanted){.host = "client", .remote = "192.0.2.2"}), 5);
    lab_close(&lab);
}

static void test_a_host_that_was_given_an_address_keeps_one(void **state)
{
    (void)state;
    struct issues *issues = complaints(
        "{\"name\": \"none\", \"duration\": \"1min\","
        "\"hosts\": {\"client\": {\"addresses\": [\"" ONE "\"]}, \"server\": {}},"
        "\"apps\": {\"a\": {\"from\": \"client\", \"to\": \"server:80\","
        "  \"arrivals\": {\"kind\": \"constant\", \"rate\": \"1/s\"}," STAY "}},"
        "\"changes\": [{\"at\": \"1s\", \"set\": {\"hosts.client.addresses\": []}}]}",
        NULL);
    assert_int_equal(issues_count(issues), 1);
    expect_issue(issues_get(issues, 0), "changes[0].set",
                 "leaves \"client\" no IPv4 address", NULL);
    issues_free(issues);
}

/* --- servers, limits, paths -------------------------------------------------------- */

static void test_a_limit_lowered_in_mid_run_closes_nobody(void **state)
{
    (void)state;
    struct lab lab = lab_open("", "\"max_client_connections\": 100", STAY,
                              "{\"at\": \"10250ms\", \"set\": {\"hosts.server."
                              "max_client_connections\": 5}},"
                              "{\"at\": \"20250ms\", \"set\": {\"hosts.server."
                              "max_client_connections\": 12}}");
    run_past(&lab, 20);
    assert_int_equal(
        count(&lab, (struct wanted){.host = "server", .state = "ESTABLISHED"}), 10);
    assert_true(level(&lab, "hosts.server.tcp4.refused_connections_per_s") == 10);
    run_past(&lab, 30);
    assert_int_equal(
        count(&lab, (struct wanted){.host = "server", .state = "ESTABLISHED"}), 12);
    lab_close(&lab);
}

/* Connections keep the behaviour they were born with: those of the first ten seconds
 * never hear of their server's close. */
static void test_a_repaired_server_answers_those_who_come_from_then_on(void **state)
{
    (void)state;
    struct lab lab =
        lab_open("\"tcp\": {\"fin_wait_2\": \"100s\", \"time_wait\": \"1s\"}", "",
                 GO ", \"server_close\": [{\"kind\": \"never\"}]",
                 "{\"at\": \"10250ms\", \"set\": {\"apps.a.server_close\": [{\"kind\": "
                 "\"prompt\"}]}}");
    run_past(&lab, 30);
    assert_int_equal(
        count(&lab, (struct wanted){.host = "client", .state = "FIN_WAIT_2"}), 10);
    assert_int_equal(count(&lab, (struct wanted){.host = "client", .state = "TIME_WAIT"}),
                     1);
    run_past(&lab, 105);
    assert_int_equal(
        count(&lab, (struct wanted){.host = "client", .state = "FIN_WAIT_2"}), 5);
    lab_close(&lab);
}

/* An element that eats the server's FINs leaves FIN_WAIT_2 here and LAST_ACK there.
 * When it is gone the server's next FIN arrives. */
static void test_an_element_that_is_fixed_lets_the_next_fin_through(void **state)
{
    (void)state;
    struct text_plan p = text_plan_read(
        "{\"name\": \"eaten\", \"duration\": \"10min\","
        "\"hosts\": {\"client\": {\"tcp\": {\"fin_wait_2\": \"300s\", \"time_wait\": "
        "  \"1s\"}}, \"server\": {\"stack\": \"linux618\"}},"
        "\"paths\": [{\"between\": [\"client\", \"server\"], \"rtt\": \"10ms\","
        "  \"eats_fin_from\": \"server\"}],"
        "\"apps\": {\"a\": {\"from\": \"client\", \"to\": \"server:80\","
        "  \"arrivals\": {\"kind\": \"constant\", \"rate\": \"1/s\"}," GO "}},"
        "\"changes\": [{\"at\": \"20250ms\", \"set\": {\"paths[0].eats_fin_from\": null,"
        "  \"apps.a.arrivals.rate\": \"0/s\"}}]}");
    struct lab lab = {.plan = p,
                      .world = world_new(&p.plan->config->world, p.plan->traces, 1, 1)};
    run_past(&lab, 19);
    assert_int_equal(
        count(&lab, (struct wanted){.host = "client", .state = "FIN_WAIT_2"}), 19);
    assert_int_equal(count(&lab, (struct wanted){.host = "server", .state = "LAST_ACK"}),
                     19);
    run_past(&lab, 110);
    assert_int_equal(count(&lab, (struct wanted){.host = "client"}), 0);
    assert_int_equal(count(&lab, (struct wanted){.host = "server"}), 0);
    lab_close(&lab);
}

/* A round trip of 4 s becomes none: the SYN under way arrives when it would have, after
 * one that was sent later. */
static void test_segments_under_way_arrive_when_they_would_have(void **state)
{
    (void)state;
    struct text_plan p = text_plan_read(
        "{\"name\": \"shorter\", \"duration\": \"1min\","
        "\"network\": {\"rtt\": \"4s\"},"
        "\"hosts\": {\"client\": {\"tcp\": {\"syn\": {\"rto\": \"30s\"}}}, "
        "  \"server\": {}},"
        "\"apps\": {\"a\": {\"from\": \"client\", \"to\": \"server:80\","
        "  \"arrivals\": {\"kind\": \"constant\", \"rate\": \"1/s\"}," STAY "}},"
        "\"changes\": [{\"at\": \"1250ms\", \"set\": {\"network.rtt\": \"0s\"}}]}");
    struct lab lab = {.plan = p,
                      .world = world_new(&p.plan->config->world, p.plan->traces, 1, 1)};
    run_past(&lab, 2);
    assert_int_equal(count(&lab, (struct wanted){.host = "server"}), 1);
    assert_int_equal(count(&lab, (struct wanted){.host = "client", .state = "SYN_SENT"}),
                     1);
    run_past(&lab, 3);
    assert_int_equal(count(&lab, (struct wanted){.host = "server"}), 3);
    assert_int_equal(count(&lab, (struct wanted){.host = "client", .state = "SYN_SENT"}),
                     0);
    lab_close(&lab);
}

static void test_a_path_that_loses_everything_and_is_mended(void **state)
{
    (void)state;
    struct lab lab = lab_open("", "", STAY,
                              "{\"at\": \"10250ms\", \"set\": {\"network.loss\": 1}},"
                              "{\"at\": \"20250ms\", \"set\": {\"network.loss\": 0}}");
    run_past(&lab, 20);
    assert_int_equal(count(&lab, (struct wanted){.host = "server"}), 10);
    assert_int_equal(count(&lab, (struct wanted){.host = "client", .state = "SYN_SENT"}),
                     10);
    run_past(&lab, 40);
    assert_int_equal(count(&lab, (struct wanted){.host = "client", .state = "SYN_SENT"}),
                     0);
    lab_close(&lab);
}

/* --- gateways ---------------------------------------------------------------------- */

/* Ten users have mappings in TIME_WAIT for 100 s when it becomes 10 s, and five may be
 * held in all. */
static void test_mappings_under_way_keep_their_deadline_and_their_place(void **state)
{
    (void)state;
    struct text_plan p = text_plan_read(
        "{\"name\": \"nat\", \"duration\": \"5min\", \"network\": {\"rtt\": \"0s\"},"
        "\"hosts\": {\"client\": {\"gateway\": \"nat\"},"
        "  \"nat\": {\"nat\": \"netfilter\", \"translation\": {\"time_wait\": "
        "    \"100s\"}}, \"server\": {}},"
        "\"apps\": {\"a\": {\"from\": \"client\", \"to\": \"server:80\","
        "  \"arrivals\": {\"kind\": \"constant\", \"rate\": \"1/s\"}," GO "}},"
        "\"changes\": [{\"at\": \"10250ms\", \"set\": {"
        "  \"hosts.nat.translation.time_wait\": \"10s\","
        "  \"hosts.nat.translation.max_mappings\": 5}}]}");
    struct lab lab = {.plan = p,
                      .world = world_new(&p.plan->config->world, p.plan->traces, 1, 1)};
    run_past(&lab, 90);
    assert_true(level(&lab, "hosts.nat.nat.mappings") == 10);
    run_past(&lab, 200);
    assert_true(level(&lab, "hosts.nat.nat.mappings") == 5);
    lab_close(&lab);
}

/* --- what cannot be changed --------------------------------------------------------- */

static void test_what_cannot_be_changed_says_why(void **state)
{
    (void)state;
    static const struct {
        const char *path, *value, *why;
    } rows[] = {
        {"hosts.client.count", "2", ": members are built at the start"},
        {"hosts.client.stack", "\"win10\"", "; change those"},
        {"apps.a.to", "\"server:81\"", ": an app goes one way"},
        {"seed", "2", ": all that was drawn comes from it"},
        {"duration", "\"2min\"", ": phases and samples are planned with it"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char *text = memory_print(
            "{\"name\": \"none\", \"duration\": \"1min\","
            "\"hosts\": {\"client\": {}, \"server\": {}},"
            "\"apps\": {\"a\": {\"from\": \"client\", \"to\": \"server:80\","
            "  \"arrivals\": {\"kind\": \"constant\", \"rate\": \"1/s\"}," STAY "}},"
            "\"changes\": [{\"at\": \"1s\", \"set\": {\"%s\": %s}}]}",
            rows[i].path, rows[i].value);
        struct issues *issues = complaints(text, NULL);
        expect_issue(issues_get(issues, 0), rows[i].path, rows[i].why, NULL);
        issues_free(issues);
        free(text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(
            test_holders_outside_a_narrowed_range_stay_and_nobody_joins_them),
        cmocka_unit_test(test_a_widened_range_serves_at_once),
        cmocka_unit_test(test_ports_reserved_in_mid_run_keep_their_holders_and_get_none),
        cmocka_unit_test(test_another_scope_counts_for_holders_who_are_there),
        cmocka_unit_test(test_another_allocator_begins_afresh_and_meets_the_holders),
        cmocka_unit_test(test_timers_under_way_keep_their_deadline),
        cmocka_unit_test(test_a_system_that_moves_timers_ends_the_old_ones_at_once),
        cmocka_unit_test(test_a_moved_timer_can_be_moved_outward),
        cmocka_unit_test(test_a_value_read_at_boot_waits_for_the_boot),
        cmocka_unit_test(test_windows_reads_its_timers_at_boot_and_its_range_at_once),
        cmocka_unit_test(test_an_address_added_brings_its_ports),
        cmocka_unit_test(test_holders_on_an_address_taken_away_stay_until_they_are_done),
        cmocka_unit_test(test_visitors_go_to_the_addresses_of_the_moment),
        cmocka_unit_test(test_a_host_that_was_given_an_address_keeps_one),
        cmocka_unit_test(test_a_limit_lowered_in_mid_run_closes_nobody),
        cmocka_unit_test(test_a_repaired_server_answers_those_who_come_from_then_on),
        cmocka_unit_test(test_an_element_that_is_fixed_lets_the_next_fin_through),
        cmocka_unit_test(test_segments_under_way_arrive_when_they_would_have),
        cmocka_unit_test(test_a_path_that_loses_everything_and_is_mended),
        cmocka_unit_test(test_mappings_under_way_keep_their_deadline_and_their_place),
        cmocka_unit_test(test_what_cannot_be_changed_says_why),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
