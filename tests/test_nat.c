/* Gateways followed by hand: scenarios small enough to know every mapping at every
 * moment.
 *
 * A script says which sockets client and server have at a moment, after all events of
 * that moment, and in which states the gateway's mappings are.
 */
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "models/nat.h"
#include "models/world.h"
#include "sim/base/memory.h"
#include "tests/complaints.h"
#include "tests/run_text.h"

/* --- the stage ------------------------------------------------------------------------
 */

/* Two users behind one gateway, each with one port of its own; the round trip takes 100
 * ms, a client sends SYN and FIN again after 1 s and gives up after 3.  Outside ports are
 * handed out in order, from 40000; every state of a mapping has another time to live. */
static const char stage[] =
    "{\"name\": \"nat\", \"duration\": \"1h\", \"network\": {\"rtt\": \"100ms\"},"
    "\"hosts\": {"
    " \"client\": {\"gateway\": \"gw\", \"tcp\": {\"range\": [50000, 50000],"
    "   \"time_wait\": \"4s\", \"fin_wait_2\": \"6s\","
    "   \"syn\": {\"at\": [\"1s\"], \"give_up\": \"3s\"},"
    "   \"fin\": {\"at\": [\"1s\"], \"give_up\": \"3s\"}}},"
    " \"other\": {\"gateway\": \"gw\", \"tcp\": {\"range\": [50000, 50000],"
    "   \"syn\": {\"at\": [\"1s\"], \"give_up\": \"3s\"}}},"
    " \"gw\": {\"nat\": \"netfilter\", \"addresses\": [\"198.51.100.1\"%s],"
    "   \"translation\": {\"range\": [%s],"
    "   \"allocator\": %s,"
    "   \"confirm_delay\": \"%s\", \"syn_sent\": \"20s\", \"syn_received\": \"21s\","
    "   \"established\": \"30s\", \"fin_wait\": \"7s\", \"close_wait\": \"5s\","
    "   \"last_ack\": \"3s\", \"time_wait\": \"8s\", \"close\": \"2s\"%s}},"
    " \"server\": {\"listen\": [80], \"tcp\": {\"time_wait\": \"4s\","
    "   \"fin\": {\"at\": [\"1s\"], \"give_up\": \"3s\"}}}},"
    "\"apps\": {\"a\": {\"from\": \"client\", \"to\": \"server:%s\","
    "   \"arrivals\": {\"kind\": \"constant\", \"rate\": \"1/s\"},"
    "   \"lifetime\": {\"kind\": \"constant\", \"value\": \"%s\"}%s}%s},"
    "%s\"changes\": [{\"at\": \"1s\", \"set\": {\"apps.a.arrivals.rate\": \"0/s\"%s}}]}";

/* What a script has on the stage; NULL: what is said here. */
struct props {
    const char *range;         /* "40000, 40003" */
    const char *allocator;     /* "\"bsd44\"" */
    const char *confirm_delay; /* "0s" */
    const char *port;          /* of the server: "80" */
    const char *lifetime;      /* "1s" */
    /* More members, after a comma: nothing. */
    const char *addresses, *translation, *app, *apps, *change;
    const char *root; /* before one */
};

struct play {
    struct text_plan text;
    struct world *world;
};

static const char *given_or(const char *given, const char *otherwise)
{
    return given ? given : otherwise;
}

/* One user of "client" at 1 s, no other. */
static struct play open_play(const struct props *p)
{
    char *text = memory_print(
        stage, given_or(p->addresses, ""), given_or(p->range, "40000, 40003"),
        given_or(p->allocator, "\"bsd44\""), given_or(p->confirm_delay, "0s"),
        given_or(p->translation, ""), given_or(p->port, "80"),
        given_or(p->lifetime, "1s"), given_or(p->app, ""), given_or(p->apps, ""),
        given_or(p->root, ""), given_or(p->change, ""));
    struct play play = {.text = text_plan_read(text)};
    const struct trial_plan *plan = play.text.plan;
    free(text);
    play.world = world_new(&plan->config->world, plan->traces, 1, 1);
    world_run(play.world, SIM_S, UINT64_MAX);
    world_reconfigure(play.world, &plan->changes[0].config->world);
    return play;
}

static void close_play(struct play *p)
{
    world_free(p->world);
    text_plan_free(&p->text);
}

/* "PORT:STATE ..." of one host by port; of a server the peers' ports as it sees them. */
struct seen {
    const char *host;
    const char *states[65536];
    char text[500];
};

static void see(void *context, const struct socket_row *row)
{
    struct seen *seen = context;
    if (strcmp(row->host, seen->host) == 0)
        seen->states[row->ephemeral ? row->local_port : row->remote_port] = row->state;
}

static void expect_sockets(struct world *w, const char *host, const char *expected)
{
    struct seen *seen = memory_new(1, sizeof *seen);
    size_t used = 0;
    seen->host = host;
    world_sockets(w, see, seen);
    for (unsigned port = 0; port < 65536; port++)
        if (seen->states[port])
            used +=
                (size_t)snprintf(seen->text + used, sizeof seen->text - used, "%s%u:%s",
                                 used ? " " : "", port, seen->states[port]);
    if (strcmp(seen->text, expected) != 0)
        fail_msg("at %.6f s %s has \"%s\", should have \"%s\"", sim_seconds(world_now(w)),
                 host, seen->text, expected);
    free(seen);
}

static double instant(struct world *w, const char *name)
{
    struct metrics *m = world_metrics(w);
    uint32_t reading = metrics_reading_find(m, name);
    if (reading == UINT32_MAX)
        fail_msg("no metric %s", name);
    return metrics_instant(m, reading);
}

/* "STATE STATE ..." of the gateway's mappings, one word each. */
static void expect_mappings(struct world *w, const char *expected)
{
    char text[300] = "";
    size_t used = 0;
    int count = 0;
    for (int s = NAT_UNCONFIRMED; s < NAT_STATE_COUNT; s++) {
        char name[80];
        snprintf(name, sizeof name, "hosts.gw.nat.mappings.%s",
                 nat_state_name((enum nat_state)s));
        for (int i = (int)instant(w, name); i > 0; i--, count++)
            used += (size_t)snprintf(text + used, sizeof text - used, "%s%s",
                                     used ? " " : "", nat_state_name((enum nat_state)s));
    }
    if (strcmp(text, expected) != 0)
        fail_msg("at %.6f s the gateway has \"%s\", should have \"%s\"",
                 sim_seconds(world_now(w)), text, expected);
    assert_int_equal((int)instant(w, "hosts.gw.nat.mappings"), count);
}

struct step {
    sim_ns at;
    const char *client, *mappings, *server;
};

#define END                                                                              \
    {                                                                                    \
        0, NULL, NULL, NULL                                                              \
    }

static void act(struct world *w, const struct step *steps)
{
    for (const struct step *s = steps; s->client; s++) {
        world_run(w, s->at, UINT64_MAX);
        expect_sockets(w, "client", s->client);
        expect_mappings(w, s->mappings);
        expect_sockets(w, "server", s->server);
    }
}

static void run_script(const struct props *p, const struct step *steps)
{
    struct play play = open_play(p);
    act(play.world, steps);
    close_play(&play);
}

/* The count of a metric since the beginning, read at the end of a script. */
static void expect_count(struct world *w, const char *metric, int expected)
{
    struct metrics *m = world_metrics(w);
    uint32_t reading = metrics_reading_find(m, metric);
    assert_int_not_equal(reading, UINT32_MAX);
    uint32_t segment = metrics_segments(m);
    if (segment == 0)
        metrics_cut(m, world_now(w));
    int value = (int)metrics_read(m, reading, 0, metrics_segments(m));
    if (value != expected)
        fail_msg("%s is %d, should be %d", metric, value, expected);
}

/* --- the life of a mapping ------------------------------------------------------------
 */

static void test_a_clean_life_moves_the_mapping_through_its_states(void **state)
{
    (void)state;
    static const struct step steps[] = {
        {1000 * SIM_MS, "50000:SYN_SENT", "SYN_SENT", ""},
        {1050 * SIM_MS, "50000:SYN_SENT", "SYN_SENT", "40000:SYN_RECEIVED"},
        /* What comes back passes on arrival, and the client's ACK at once. */
        {1099 * SIM_MS, "50000:SYN_SENT", "SYN_SENT", "40000:SYN_RECEIVED"},
        {1100 * SIM_MS, "50000:ESTABLISHED", "ESTABLISHED", "40000:SYN_RECEIVED"},
        {1150 * SIM_MS, "50000:ESTABLISHED", "ESTABLISHED", "40000:ESTABLISHED"},
        {2100 * SIM_MS, "50000:FIN_WAIT_1", "FIN_WAIT", "40000:ESTABLISHED"},
        {2150 * SIM_MS, "50000:FIN_WAIT_1", "FIN_WAIT", "40000:LAST_ACK"},
        {2200 * SIM_MS, "50000:TIME_WAIT", "TIME_WAIT", "40000:LAST_ACK"},
        {2250 * SIM_MS, "50000:TIME_WAIT", "TIME_WAIT", ""},
        {6200 * SIM_MS, "", "TIME_WAIT", ""},
        {10199 * SIM_MS, "", "TIME_WAIT", ""},
        {10200 * SIM_MS, "", "", ""},
        END};
    run_script(&(struct props){0}, steps);
}

/* "ADDRESS:PORT ..." of whom the server talks to, in the order in which they came. */
struct remotes {
    char text[300];
    size_t used;
};

static void see_remote(void *context, const struct socket_row *row)
{
    struct remotes *r = context;
    char address[IP_ADDRESS_TEXT];
    if (strcmp(row->host, "server") != 0)
        return;
    r->used += (size_t)snprintf(
        r->text + r->used, sizeof r->text - r->used, "%s%s:%u", r->used ? " " : "",
        ip_address_text(&row->remote, address), (unsigned)row->remote_port);
}

static void expect_remotes(struct world *w, const char *expected)
{
    struct remotes r = {.used = 0};
    world_sockets(w, see_remote, &r);
    assert_string_equal(r.text, expected);
}

static void test_the_server_sees_the_gateways_address_and_its_port_is_held(void **state)
{
    (void)state;
    struct play play = open_play(&(struct props){0});
    world_run(play.world, 1200 * SIM_MS, UINT64_MAX);
    expect_remotes(play.world, "198.51.100.1:40000");
    assert_int_equal((int)instant(play.world, "hosts.gw.destinations.server:80.holders"),
                     1);
    assert_int_equal((int)instant(play.world, "hosts.gw.tcp4.in_use"), 1);
    assert_int_equal((int)instant(play.world, "hosts.gw.tcp4.capacity"), 4);
    close_play(&play);
}

static void test_a_close_within_close_wait_passes(void **state)
{
    (void)state;
    static const struct step steps[] = {
        {2200 * SIM_MS, "50000:FIN_WAIT_2", "CLOSE_WAIT", "40000:CLOSE_WAIT"},
        {6150 * SIM_MS, "50000:FIN_WAIT_2", "CLOSE_WAIT", "40000:LAST_ACK"},
        {6200 * SIM_MS, "50000:TIME_WAIT", "TIME_WAIT", "40000:LAST_ACK"},
        {6250 * SIM_MS, "50000:TIME_WAIT", "TIME_WAIT", ""},
        {14199 * SIM_MS, "", "TIME_WAIT", ""},
        {14200 * SIM_MS, "", "", ""},
        END};
    run_script(&(struct props){.app =
                                   ", \"server_close\": [{\"kind\": \"late\", \"delay\": "
                                   "{\"kind\": \"constant\", \"value\": \"4s\"}}]"},
               steps);
}

/* MODEL.md B5: the middlebox has forgotten the connection when the FIN comes.  This
 * client closes at 2.1 s and its FIN_WAIT_2 ends at 8.2 s, the mapping at 7.2 s. */
static const char closes_after_6_s[] =
    ", \"server_close\": [{\"kind\": \"late\", \"delay\": "
    "{\"kind\": \"constant\", \"value\": \"6s\"}}]";

static void test_a_close_after_close_wait_meets_the_gateways_reset(void **state)
{
    (void)state;
    static const struct step steps[] = {
        {7199 * SIM_MS, "50000:FIN_WAIT_2", "CLOSE_WAIT", "40000:CLOSE_WAIT"},
        {7200 * SIM_MS, "50000:FIN_WAIT_2", "", "40000:CLOSE_WAIT"},
        {8150 * SIM_MS, "50000:FIN_WAIT_2", "", "40000:LAST_ACK"},
        {8249 * SIM_MS, "", "", "40000:LAST_ACK"},
        {8250 * SIM_MS, "", "", ""},
        END};
    run_script(&(struct props){.app = closes_after_6_s}, steps);
}

static void test_a_close_after_close_wait_may_be_lost_instead(void **state)
{
    (void)state;
    static const struct step steps[] = {
        {8150 * SIM_MS, "50000:FIN_WAIT_2", "", "40000:LAST_ACK"},
        {11149 * SIM_MS, "", "", "40000:LAST_ACK"}, /* FIN again at 9.15 s */
        {11150 * SIM_MS, "", "", ""},
        END};
    struct play play =
        open_play(&(struct props){.app = closes_after_6_s,
                                  .translation = ", \"stray_from_outside\": "
                                                 "\"dropped\""});
    act(play.world, steps);
    expect_count(play.world, "hosts.gw.nat.expired_half_closed", 1);
    expect_count(play.world, "hosts.gw.nat.drops.stray", 2);
    expect_count(play.world, "hosts.gw.nat.dropped", 2);
    close_play(&play);
}

/* SYN at 1 s and at 2 s, which sets the timer anew; the client gives up at 4 s. */
static void test_an_unanswered_syn_is_remembered_for_its_own_time(void **state)
{
    (void)state;
    static const struct step steps[] = {{3999 * SIM_MS, "50000:SYN_SENT", "SYN_SENT", ""},
                                        {4000 * SIM_MS, "", "SYN_SENT", ""},
                                        {21999 * SIM_MS, "", "SYN_SENT", ""},
                                        {22000 * SIM_MS, "", "", ""},
                                        END};
    struct play play =
        open_play(&(struct props){.root = "\"paths\": [{\"between\": [\"client\", "
                                          "\"server\"], \"loss\": 1}], "});
    act(play.world, steps);
    expect_count(play.world, "hosts.gw.nat.expired_half_open", 1);
    close_play(&play);
}

static void test_a_refusal_leaves_the_tuple_in_close(void **state)
{
    (void)state;
    static const struct step steps[] = {{1099 * SIM_MS, "50000:SYN_SENT", "SYN_SENT", ""},
                                        {1100 * SIM_MS, "", "CLOSE", ""},
                                        {3099 * SIM_MS, "", "CLOSE", ""},
                                        {3100 * SIM_MS, "", "", ""},
                                        END};
    run_script(&(struct props){.port = "81"}, steps);
}

static void test_a_server_that_resets_leaves_the_tuple_in_close(void **state)
{
    (void)state;
    static const struct step steps[] = {
        {2150 * SIM_MS, "50000:FIN_WAIT_1", "FIN_WAIT", ""},
        {2200 * SIM_MS, "", "CLOSE", ""},
        {4200 * SIM_MS, "", "", ""},
        END};
    run_script(&(struct props){.app = ", \"server_close\": [{\"kind\": \"reset\"}]"},
               steps);
}

/* --- silence --------------------------------------------------------------------------
 */

static void test_who_vanishes_leaves_a_mapping_for_the_idle_time(void **state)
{
    (void)state;
    static const struct step steps[] = {
        {2099 * SIM_MS, "50000:ESTABLISHED", "ESTABLISHED", "40000:ESTABLISHED"},
        {2100 * SIM_MS, "", "ESTABLISHED", "40000:ESTABLISHED"},
        {32099 * SIM_MS, "", "ESTABLISHED", "40000:ESTABLISHED"},
        {32100 * SIM_MS, "", "", "40000:ESTABLISHED"},
        END};
    struct play play = open_play(&(struct props){.app = ", \"vanishes\": 1"});
    act(play.world, steps);
    expect_count(play.world, "hosts.gw.nat.expired_idle", 1);
    close_play(&play);
}

static void test_an_open_connection_that_speaks_is_not_idle(void **state)
{
    (void)state;
    static const struct step steps[] = {
        {1000 * SIM_S, "50000:ESTABLISHED", "ESTABLISHED", "40000:ESTABLISHED"},
        {1002200 * SIM_MS, "50000:TIME_WAIT", "TIME_WAIT", "40000:LAST_ACK"},
        END};
    run_script(&(struct props){.lifetime = "1001s"}, steps);
}

static void test_a_silence_below_the_idle_time_does_no_harm(void **state)
{
    (void)state;
    static const struct step steps[] = {
        {31099 * SIM_MS, "50000:ESTABLISHED", "ESTABLISHED", "40000:ESTABLISHED"},
        {31100 * SIM_MS, "50000:FIN_WAIT_1", "FIN_WAIT", "40000:ESTABLISHED"},
        {31200 * SIM_MS, "50000:TIME_WAIT", "TIME_WAIT", "40000:LAST_ACK"},
        {39200 * SIM_MS, "", "", ""},
        END};
    run_script(&(struct props){.lifetime = "30s", .app = ", \"quiet\": \"29s\""}, steps);
}

/* The mapping ends at 32.1 s; the client's FIN at 42.1 s and again at 43.1 s is lost. */
static void test_after_a_longer_silence_the_fin_is_lost(void **state)
{
    (void)state;
    static const struct step steps[] = {
        {32099 * SIM_MS, "50000:ESTABLISHED", "ESTABLISHED", "40000:ESTABLISHED"},
        {32100 * SIM_MS, "50000:ESTABLISHED", "", "40000:ESTABLISHED"},
        {45099 * SIM_MS, "50000:FIN_WAIT_1", "", "40000:ESTABLISHED"},
        {45100 * SIM_MS, "", "", "40000:ESTABLISHED"},
        END};
    struct play play =
        open_play(&(struct props){.lifetime = "41s", .app = ", \"quiet\": \"40s\""});
    act(play.world, steps);
    expect_count(play.world, "hosts.gw.nat.drops.stray", 2);
    close_play(&play);
}

/* MODEL.md A7.7: AWS answers the next packet with RST. */
static void test_after_a_longer_silence_the_gateway_may_reset(void **state)
{
    (void)state;
    static const struct step steps[] = {
        {42099 * SIM_MS, "50000:ESTABLISHED", "", "40000:ESTABLISHED"},
        {42100 * SIM_MS, "", "", "40000:ESTABLISHED"},
        END};
    run_script(&(struct props){.lifetime = "41s",
                               .app = ", \"quiet\": \"40s\"",
                               .translation = ", \"stray_from_inside\": \"reset\""},
               steps);
}

/* A probe every 20 s passes the gateway and is answered: the idle timer of 30 s begins
 * anew. */
static void test_keep_alive_keeps_the_mapping(void **state)
{
    (void)state;
    static const struct step steps[] = {
        {100 * SIM_S, "50000:ESTABLISHED", "ESTABLISHED", "40000:ESTABLISHED"},
        {101200 * SIM_MS, "50000:TIME_WAIT", "TIME_WAIT", "40000:LAST_ACK"},
        END};
    struct play play = open_play(&(struct props){
        .lifetime = "100s",
        .app =
            ", \"quiet\": \"99s\", \"socket\": {\"keep_alive\": {\"idle\": \"20s\"}}"});
    act(play.world, steps);
    expect_count(play.world, "apps.a.resets", 0);
    close_play(&play);
}

/* --- the same flow again --------------------------------------------------------------
 */

/* A second user comes at 8 s, when the client's port is free again and its old mapping
 * in TIME_WAIT until 10.2 s. */
static const char second_at_8_s[] =
    ", \"b\": {\"from\": \"client\", \"to\": \"server:80\", \"arrivals\": "
    "{\"kind\": \"constant\", \"rate\": \"7.5/min\"}, \"lifetime\": {\"kind\": "
    "\"constant\", \"value\": \"1h\"}}";

static void test_a_syn_of_the_same_flow_ends_its_time_wait(void **state)
{
    (void)state;
    static const struct step steps[] = {
        {7999 * SIM_MS, "", "TIME_WAIT", ""},
        {8000 * SIM_MS, "50000:SYN_SENT", "SYN_SENT", ""},
        {8150 * SIM_MS, "50000:ESTABLISHED", "ESTABLISHED", "40001:ESTABLISHED"},
        END};
    run_script(&(struct props){.apps = second_at_8_s}, steps);
}

/* The first client vanished at 2.1 s.  Its flow's SYN passes the mapping that is still
 * open and meets the server's old socket; the RST that answers the challenge closes both,
 * and the SYN after it is a new flow. */
static void test_a_syn_of_a_forgotten_connection_frees_its_mapping(void **state)
{
    (void)state;
    static const struct step steps[] = {
        {7999 * SIM_MS, "", "ESTABLISHED", "40000:ESTABLISHED"},
        {8000 * SIM_MS, "50000:SYN_SENT", "ESTABLISHED", "40000:ESTABLISHED"},
        {8100 * SIM_MS, "50000:SYN_SENT", "CLOSE", "40000:ESTABLISHED"},
        {8150 * SIM_MS, "50000:SYN_SENT", "CLOSE", ""},
        {9000 * SIM_MS, "50000:SYN_SENT", "SYN_SENT", ""},
        {9150 * SIM_MS, "50000:ESTABLISHED", "ESTABLISHED", "40001:ESTABLISHED"},
        END};
    run_script(&(struct props){.app = ", \"vanishes\": 1", .apps = second_at_8_s}, steps);
}

static void test_a_hold_down_keeps_the_old_tuple_beside_the_new(void **state)
{
    (void)state;
    static const struct step steps[] = {
        {8000 * SIM_MS, "50000:SYN_SENT", "SYN_SENT TIME_WAIT", ""},
        {8150 * SIM_MS, "50000:ESTABLISHED", "ESTABLISHED TIME_WAIT",
         "40001:ESTABLISHED"},
        {10200 * SIM_MS, "50000:ESTABLISHED", "ESTABLISHED", "40001:ESTABLISHED"},
        END};
    run_script(
        &(struct props){.apps = second_at_8_s, .translation = ", \"reopens\": false"},
        steps);
}

/* With one outside port the held-down tuple is all there is: SYN at 8 and 9 s are
 * dropped, the client gives up at 11 s. */
static void test_a_hold_down_of_the_last_port_drops_the_next_flow(void **state)
{
    (void)state;
    static const struct step steps[] = {
        {8000 * SIM_MS, "50000:SYN_SENT", "TIME_WAIT", ""},
        {10200 * SIM_MS, "50000:SYN_SENT", "", ""},
        {11000 * SIM_MS, "", "", ""},
        END};
    struct play play = open_play(&(struct props){.range = "40000, 40000",
                                                 .apps = second_at_8_s,
                                                 .translation = ", \"reopens\": false"});
    act(play.world, steps);
    expect_count(play.world, "hosts.gw.nat.drops.no_port", 2);
    expect_count(play.world, "hosts.gw.tcp4.allocation_failures", 2);
    expect_count(play.world, "apps.b.failures.ETIMEDOUT", 1);
    close_play(&play);
}

/* A user of "other" comes at 1 s, too, after that of "client". */
#define NEIGHBOUR(to)                                                                    \
    ", \"b\": {\"from\": \"other\", \"to\": \"server:" to "\", \"arrivals\": "           \
    "{\"kind\": \"constant\", \"rate\": \"1/s\"}, \"lifetime\": {\"kind\": "             \
    "\"constant\", \"value\": \"1h\"}}"
#define NO_MORE_NEIGHBOURS ", \"apps.b.arrivals.rate\": \"0/s\""

/* One outside port.  The first flow is refused and gives it back at 1.6 s; the second
 * finds none at 1 s and has it at 2 s. */
static void test_a_dropped_syn_comes_again_by_the_clients_stack(void **state)
{
    (void)state;
    static const struct step steps[] = {
        {1000 * SIM_MS, "50000:SYN_SENT", "SYN_SENT", ""},
        {1100 * SIM_MS, "", "CLOSE", ""},
        {1600 * SIM_MS, "", "", ""},
        {2000 * SIM_MS, "", "SYN_SENT", ""},
        {2050 * SIM_MS, "", "SYN_SENT", "40000:SYN_RECEIVED"},
        {2150 * SIM_MS, "", "ESTABLISHED", "40000:ESTABLISHED"},
        END};
    struct play play = open_play(&(struct props){
        .range = "40000, 40000",
        .port = "81",
        .apps = NEIGHBOUR("80"),
        .change = NO_MORE_NEIGHBOURS ", \"hosts.gw.translation.close\": \"500ms\""});
    act(play.world, steps);
    expect_count(play.world, "hosts.gw.nat.drops.no_port", 1);
    expect_count(play.world, "apps.b.successes", 1);
    expect_count(play.world, "apps.b.failures", 0);
    close_play(&play);
}

/* --- confirmation ---------------------------------------------------------------------
 */

static void test_the_first_packet_waits_for_its_confirmation(void **state)
{
    (void)state;
    static const struct step steps[] = {
        {1000 * SIM_MS, "50000:SYN_SENT", "UNCONFIRMED", ""},
        {1004 * SIM_MS, "50000:SYN_SENT", "UNCONFIRMED", ""},
        {1005 * SIM_MS, "50000:SYN_SENT", "SYN_SENT", ""},
        {1055 * SIM_MS, "50000:SYN_SENT", "SYN_SENT", "40000:SYN_RECEIVED"},
        {1105 * SIM_MS, "50000:ESTABLISHED", "ESTABLISHED", "40000:SYN_RECEIVED"},
        END};
    run_script(&(struct props){.confirm_delay = "5ms"}, steps);
}

/* Both choose 40000 at 1 s.  Who asked second is dropped at 1.005 s and comes again a
 * second later, when the port is free. */
static void test_of_two_who_choose_one_port_the_second_is_dropped(void **state)
{
    (void)state;
    static const struct step steps[] = {
        {1000 * SIM_MS, "50000:SYN_SENT", "UNCONFIRMED UNCONFIRMED", ""},
        {1005 * SIM_MS, "50000:SYN_SENT", "SYN_SENT", ""},
        {1105 * SIM_MS, "", "CLOSE", ""},
        {1605 * SIM_MS, "", "", ""},
        {2000 * SIM_MS, "", "UNCONFIRMED", ""},
        {2005 * SIM_MS, "", "SYN_SENT", ""},
        {2105 * SIM_MS, "", "ESTABLISHED", "40000:SYN_RECEIVED"},
        END};
    struct play play = open_play(&(struct props){
        .range = "40000, 40000",
        .confirm_delay = "5ms",
        .port = "81",
        .apps = NEIGHBOUR("80"),
        .change = NO_MORE_NEIGHBOURS ", \"hosts.gw.translation.close\": \"500ms\""});
    act(play.world, steps);
    expect_count(play.world, "hosts.gw.nat.insert_failed", 1);
    expect_count(play.world, "hosts.gw.nat.dropped", 1);
    expect_count(play.world, "hosts.gw.nat.created", 2);
    close_play(&play);
}

/* Both keep their inside port, 50000; the second finds it taken at 2 s and is given
 * another. */
static void test_two_who_keep_one_inside_port_race(void **state)
{
    (void)state;
    struct play play = open_play(&(struct props){.range = "40000, 50000",
                                                 .allocator = "\"netfilter\"",
                                                 .confirm_delay = "5ms",
                                                 .apps = NEIGHBOUR("80"),
                                                 .change = NO_MORE_NEIGHBOURS});
    world_run(play.world, 1005 * SIM_MS, UINT64_MAX);
    expect_mappings(play.world, "SYN_SENT");
    world_run(play.world, 1200 * SIM_MS, UINT64_MAX);
    expect_remotes(play.world, "198.51.100.1:50000");
    world_run(play.world, 2104 * SIM_MS, UINT64_MAX);
    expect_mappings(play.world, "SYN_SENT ESTABLISHED");
    world_run(play.world, 2105 * SIM_MS, UINT64_MAX);
    expect_mappings(play.world, "ESTABLISHED FIN_WAIT");
    expect_count(play.world, "hosts.gw.nat.insert_failed", 1);
    close_play(&play);
}

static void test_without_a_delay_nobody_is_late(void **state)
{
    (void)state;
    struct play play =
        open_play(&(struct props){.apps = NEIGHBOUR("80"), .change = NO_MORE_NEIGHBOURS});
    world_run(play.world, 1200 * SIM_MS, UINT64_MAX);
    expect_mappings(play.world, "ESTABLISHED ESTABLISHED");
    expect_remotes(play.world, "198.51.100.1:40000 198.51.100.1:40001");
    expect_count(play.world, "hosts.gw.nat.insert_failed", 0);
    close_play(&play);
}

/* --- eviction -------------------------------------------------------------------------
 */

/* One outside port, closing since 2.2 s.  The neighbour comes at 5 s. */
static struct play late_neighbour(const char *allocator, const char *translation)
{
    return open_play(&(struct props){
        .range = "40000, 40000",
        .allocator = allocator,
        .translation = translation,
        .apps = ", \"b\": {\"from\": \"other\", \"to\": \"server:80\", \"arrivals\": "
                "{\"kind\": \"constant\", \"rate\": \"12/min\"}, \"lifetime\": "
                "{\"kind\": \"constant\", \"value\": \"1h\"}}"});
}

static void test_a_new_flow_evicts_a_closing_one(void **state)
{
    (void)state;
    static const struct step steps[] = {
        {4999 * SIM_MS, "50000:TIME_WAIT", "TIME_WAIT", ""},
        {5000 * SIM_MS, "50000:TIME_WAIT", "SYN_SENT", ""},
        {5150 * SIM_MS, "50000:TIME_WAIT", "ESTABLISHED", "40000:ESTABLISHED"},
        END};
    struct play play = late_neighbour("\"netfilter\"", NULL);
    act(play.world, steps);
    expect_count(play.world, "hosts.gw.nat.evictions", 1);
    expect_count(play.world, "hosts.gw.tcp4.allocation_failures", 0);
    close_play(&play);
}

static void
test_nothing_is_evicted_where_tuples_are_held_down_or_kernels_old(void **state)
{
    (void)state;
    static const struct step steps[] = {
        {5150 * SIM_MS, "50000:TIME_WAIT", "TIME_WAIT", ""}, END};
    for (int i = 0; i < 2; i++) {
        struct play play =
            i ? late_neighbour("\"netfilter\"", ", \"reopens\": false")
              : late_neighbour("{\"kind\": \"netfilter\", \"evict\": false}", NULL);
        act(play.world, steps);
        expect_count(play.world, "hosts.gw.nat.evictions", 0);
        expect_count(play.world, "hosts.gw.nat.drops.no_port", 1);
        close_play(&play);
    }
}

/* --- addresses and limits -------------------------------------------------------------
 */

static void expect_neighbours(const struct props *p, const char *remotes, int no_port)
{
    struct play play = open_play(p);
    world_run(play.world, 1200 * SIM_MS, UINT64_MAX);
    expect_remotes(play.world, remotes);
    expect_count(play.world, "hosts.gw.nat.drops.no_port", no_port);
    close_play(&play);
}

static void test_addresses_in_order_use_the_second_when_the_first_is_full(void **state)
{
    (void)state;
    struct props p = {.addresses = ", \"198.51.100.2\"",
                      .translation = ", \"address_choice\": \"in-order\"",
                      .apps = NEIGHBOUR("80"),
                      .change = NO_MORE_NEIGHBOURS};
    expect_neighbours(&p, "198.51.100.1:40000 198.51.100.1:40001", 0);
    p.range = "40000, 40000";
    expect_neighbours(&p, "198.51.100.1:40000 198.51.100.2:40000", 0);
    p.addresses = NULL;
    expect_neighbours(&p, "198.51.100.1:40000", 1);
}

static void test_addresses_in_turn_and_paired_differ_by_flow_and_by_host(void **state)
{
    (void)state;
    struct props p = {.addresses = ", \"198.51.100.2\"",
                      .translation = ", \"address_choice\": \"round-robin\"",
                      .apps = NEIGHBOUR("80"),
                      .change = NO_MORE_NEIGHBOURS};
    expect_neighbours(&p, "198.51.100.1:40000 198.51.100.2:40001", 0);
    p.translation = ", \"address_choice\": \"paired\"";
    expect_neighbours(&p, "198.51.100.1:40000 198.51.100.2:40001", 0);
    /* The second host cannot have the address of the first. */
    p.range = "40000, 40000";
    p.addresses = ", \"198.51.100.2\", \"198.51.100.3\"";
    expect_neighbours(&p, "198.51.100.1:40000 198.51.100.2:40000", 0);
}

static void test_a_full_table_drops_the_next_flow(void **state)
{
    (void)state;
    struct play play = open_play(&(struct props){.translation = ", \"max_mappings\": 1",
                                                 .apps = NEIGHBOUR("80"),
                                                 .change = NO_MORE_NEIGHBOURS});
    world_run(play.world, 1200 * SIM_MS, UINT64_MAX);
    expect_mappings(play.world, "ESTABLISHED");
    expect_count(play.world, "hosts.gw.nat.drops.table_full", 1);
    expect_count(play.world, "hosts.gw.tcp4.allocation_failures", 0);
    close_play(&play);
}

/* --- others on the way ----------------------------------------------------------------
 */

/* The proxy is behind the same gateway: the user's own connection is not translated, the
 * proxy's is.  ACK at 1.15 s, SYN to the server; its answer is the user's at 1.3 s. */
static void test_what_a_proxy_sends_on_is_translated(void **state)
{
    (void)state;
    static const struct step steps[] = {
        {1149 * SIM_MS, "50000:ESTABLISHED", "", ""},
        {1150 * SIM_MS, "50000:ESTABLISHED", "SYN_SENT", ""},
        {1200 * SIM_MS, "50000:ESTABLISHED", "SYN_SENT", "40000:SYN_RECEIVED"},
        {1300 * SIM_MS, "50000:ESTABLISHED", "ESTABLISHED", "40000:ESTABLISHED"},
        {2300 * SIM_MS, "50000:FIN_WAIT_1", "ESTABLISHED", "40000:ESTABLISHED"},
        {2350 * SIM_MS, "50000:FIN_WAIT_1", "FIN_WAIT", "40000:ESTABLISHED"},
        {2400 * SIM_MS, "50000:TIME_WAIT", "FIN_WAIT", "40000:LAST_ACK"},
        {2450 * SIM_MS, "50000:TIME_WAIT", "TIME_WAIT", "40000:LAST_ACK"},
        END};
    run_script(&(struct props){.app = ", \"through\": \"other\""}, steps);
}

/* The gateway forgets after 1 s, the server waits 4 s: the second user's SYN gets the
 * same outside port at 4 s and meets the server's TIME_WAIT.  The challenge and the RST
 * it provokes pass the gateway, the SYN after them is a new flow. */
static void test_a_port_given_out_too_soon_meets_the_servers_time_wait(void **state)
{
    (void)state;
    static const struct step steps[] = {
        {3250 * SIM_MS, "", "", "40000:TIME_WAIT"},
        {4000 * SIM_MS, "50000:SYN_SENT", "SYN_SENT", "40000:TIME_WAIT"},
        {4100 * SIM_MS, "50000:SYN_SENT", "CLOSE", "40000:TIME_WAIT"},
        {4150 * SIM_MS, "50000:SYN_SENT", "CLOSE", ""},
        {5000 * SIM_MS, "50000:SYN_SENT", "SYN_SENT", ""},
        {5100 * SIM_MS, "50000:ESTABLISHED", "ESTABLISHED", "40000:SYN_RECEIVED"},
        END};
    struct play play = open_play(
        &(struct props){.range = "40000, 40000",
                        .app = ", \"closes_first\": \"server\"",
                        .apps = ", \"b\": {\"from\": \"client\", \"to\": \"server:80\", "
                                "\"arrivals\": {\"kind\": \"constant\", \"rate\": "
                                "\"15/min\"}, \"lifetime\": {\"kind\": \"constant\", "
                                "\"value\": \"1h\"}}",
                        .change = ", \"hosts.gw.translation.time_wait\": \"1s\", "
                                  "\"hosts.server.tcp.syn_in_time_wait\": "
                                  "\"challenged\""});
    act(play.world, steps);
    expect_count(play.world, "hosts.client.tcp4.peer_collisions", 1);
    close_play(&play);
}

/* --- changes --------------------------------------------------------------------------
 */

/* SYN at 1 s: its timer of 20 s runs when the change comes; the SYN at 2 s starts one of
 * 1 s. */
static void test_a_changed_time_is_that_of_timers_started_from_then_on(void **state)
{
    (void)state;
    static const struct step steps[] = {{2000 * SIM_MS, "50000:SYN_SENT", "SYN_SENT", ""},
                                        {2999 * SIM_MS, "50000:SYN_SENT", "SYN_SENT", ""},
                                        {3000 * SIM_MS, "50000:SYN_SENT", "", ""},
                                        END};
    run_script(&(struct props){.root = "\"paths\": [{\"between\": [\"client\", "
                                       "\"server\"], \"loss\": 1}], ",
                               .change = ", \"hosts.gw.translation.syn_sent\": \"1s\""},
               steps);
}

static void test_mappings_outlive_a_narrowed_range_and_another_allocator(void **state)
{
    (void)state;
    static const struct step steps[] = {
        {2200 * SIM_MS, "50000:TIME_WAIT", "TIME_WAIT", "40000:LAST_ACK"},
        {8150 * SIM_MS, "50000:ESTABLISHED", "ESTABLISHED", "40003:ESTABLISHED"},
        END};
    run_script(&(struct props){.apps = second_at_8_s,
                               .change = ", \"hosts.gw.translation.range\": "
                                         "[40003, 40003], "
                                         "\"hosts.gw.translation.allocator\": "
                                         "\"rfc6056-alg2\""},
               steps);
}

/* --- many -----------------------------------------------------------------------------
 */

/* Two gateway members over 30 hosts, with loss, leaks, silence and people who vanish,
 * for five minutes; a port range too small, and a race. */
static const char crowd[] =
    "{\"name\": \"crowd\", \"duration\": \"3h\", \"network\": {\"rtt\": \"40ms\", "
    "  \"loss\": 0.02},"
    "\"hosts\": {"
    " \"pods\": {\"gateway\": \"gw\", \"count\": 20, \"tcp\": {\"time_wait\": \"5s\"}},"
    " \"vms\": {\"gateway\": \"gw\", \"count\": 10, \"stack\": \"linux518\"},"
    " \"gw\": {\"nat\": \"netfilter\", \"count\": 2, \"translation\": {"
    "   \"range\": [40000, 40099], \"confirm_delay\": \"5ms\", \"established\": "
    "\"5min\"}},"
    " \"free\": {\"translation\": {}}, \"web\": {}, \"db\": {\"listen\": [5432]}},"
    "\"apps\": {"
    " \"pages\": {\"from\": \"pods\", \"to\": \"web:80\", \"vanishes\": 0.1, "
    "   \"server_close\": [{\"share\": 9, \"kind\": \"prompt\"}, {\"kind\": \"never\"}], "
    "   \"arrivals\": {\"kind\": \"poisson\", \"rate\": \"8/s\"}, "
    "   \"lifetime\": {\"kind\": \"exponential\", \"mean\": \"2s\"}},"
    " \"pool\": {\"from\": \"vms\", \"to\": \"db:5432\", \"quiet\": \"6min\", "
    "   \"arrivals\": {\"kind\": \"poisson\", \"rate\": \"1/s\"}, "
    "   \"lifetime\": {\"kind\": \"constant\", \"value\": \"365s\"}},"
    " \"wrong\": {\"from\": \"vms\", \"to\": \"db:80\", "
    "   \"arrivals\": {\"kind\": \"poisson\", \"rate\": \"1/s\"}, "
    "   \"lifetime\": {\"kind\": \"exponential\", \"mean\": \"2s\"}},"
    " \"around\": {\"from\": \"free\", \"to\": \"web:80\", \"closes_first\": \"server\", "
    "   \"arrivals\": {\"kind\": \"poisson\", \"rate\": \"1/s\"}, "
    "   \"lifetime\": {\"kind\": \"exponential\", \"mean\": \"2s\"}}},"
    "\"changes\": [{\"at\": \"5min\", \"set\": {\"apps.pages.arrivals.rate\": \"0/s\", "
    "  \"apps.pool.arrivals.rate\": \"0/s\", \"apps.wrong.arrivals.rate\": \"0/s\", "
    "  \"apps.around.arrivals.rate\": \"0/s\"}}]}";

static void test_a_crowd_leaves_no_port_and_no_mapping_behind(void **state)
{
    (void)state;
    struct text_plan p = text_plan_read(crowd);
    struct world *w = world_new(&p.plan->config->world, p.plan->traces, 1, 1);
    world_run(w, 5 * SIM_MIN, UINT64_MAX);
    assert_true(instant(w, "hosts.gw.nat.mappings") > 100);
    world_reconfigure(w, &p.plan->changes[0].config->world);
    world_run(w, 3 * SIM_H, UINT64_MAX);
    expect_mappings(w, "");
    assert_int_equal((int)instant(w, "hosts.gw.tcp4.in_use"), 0);
    assert_int_equal((int)instant(w, "hosts.gw.destinations.web:80.holders"), 0);
    assert_int_equal((int)instant(w, "hosts.gw.destinations.db:5432.holders"), 0);
    assert_int_equal((int)instant(w, "hosts.gw.destinations.db:80.holders"), 0);
    world_free(w);
    text_plan_free(&p);
}

static void test_a_crowd_meets_every_kind_of_drop(void **state)
{
    (void)state;
    static const char *const met[] = {
        "hosts.gw.nat.drops.no_port",     "hosts.gw.nat.insert_failed",
        "hosts.gw.nat.drops.stray",       "hosts.gw.nat.expired_idle",
        "hosts.gw.nat.expired_half_open", "hosts.gw.nat.expired_half_closed",
        "hosts.gw.nat.evictions",         "hosts.gw.nat.mappings_per_host.max",
        "hosts.gw.tcp4.reuse_interval_s"};
    struct text_plan p = text_plan_read(crowd);
    struct trial_result *r = trial_run(p.plan, 1, 1, NULL);
    for (size_t i = 0; i < sizeof met / sizeof met[0]; i++)
        if (!(result_metric(r, met[i]) > 0))
            fail_msg("%s never happened", met[i]);
    double dropped = result_metric(r, "hosts.gw.nat.drops.no_port") +
                     result_metric(r, "hosts.gw.nat.insert_failed") +
                     result_metric(r, "hosts.gw.nat.drops.stray");
    assert_true((int)result_metric(r, "hosts.gw.nat.dropped") == (int)dropped);
    trial_result_free(r);
    text_plan_free(&p);
}

static void test_a_crowd_is_a_function_of_its_seed(void **state)
{
    (void)state;
    struct text_plan p = text_plan_read(crowd);
    uint64_t fingerprints[3];
    for (uint64_t i = 0; i < 3; i++) {
        struct trial_result *r = trial_run(p.plan, 1 + i / 2, 1, NULL);
        fingerprints[i] = r->record.fingerprint;
        trial_result_free(r);
    }
    assert_true(fingerprints[0] == fingerprints[1]);
    assert_true(fingerprints[0] != fingerprints[2]);
    text_plan_free(&p);
}

/* --- rows, and what is said against nonsense ------------------------------------------
 */

static void test_every_kind_of_gateway_is_whole(void **state)
{
    (void)state;
    assert_string_equal(nat_choice(NAT_NONE), "none");
    for (uint32_t i = 1; nat_rows[i].name; i++) {
        const struct nat_row *r = &nat_rows[i];
        assert_non_null(strstr(r->source, "MODEL.md"));
        assert_true(*r->systems);
        assert_true(r->translation.range.low >= 1024);
        for (int s = NAT_SYN_SENT; s < NAT_STATE_COUNT; s++)
            assert_true(r->translation.timeouts[s] > 0);
        assert_true(r->translation.timeouts[NAT_ESTABLISHED] >=
                    r->translation.timeouts[NAT_TIME_WAIT]);
    }
}

/* The range is wide enough for blocks, the idle time short enough for three hours. */
static void test_every_kind_of_gateway_carries_a_crowd_and_forgets_it(void **state)
{
    (void)state;
    char *wide = edited_text(crowd, "[40000, 40099]", "[40000, 65000]");
    for (uint32_t i = 1; nat_rows[i].name; i++) {
        char *kind = memory_print("\"nat\": \"%s\"", nat_rows[i].name);
        char *own = edited_text(wide, "\"nat\": \"netfilter\"", kind);
        struct text_plan p = text_plan_read(own);
        struct world *w = world_new(&p.plan->config->world, p.plan->traces, 1, 1);
        world_run(w, 5 * SIM_MIN, UINT64_MAX);
        assert_true(instant(w, "hosts.gw.nat.mappings") > 300);
        world_reconfigure(w, &p.plan->changes[0].config->world);
        world_run(w, 3 * SIM_H, UINT64_MAX);
        expect_mappings(w, "");
        assert_int_equal((int)instant(w, "hosts.gw.tcp4.in_use"), 0);
        world_free(w);
        text_plan_free(&p);
        free(own);
        free(kind);
    }
    free(wide);
}

static void test_only_a_gateway_states_its_translation(void **state)
{
    (void)state;
    struct text_plan p = text_plan_read(crowd);
    assert_non_null(strstr(crowd, "\"translation\": {}")); /* of a host without "nat" */
    const char *first = strstr(p.plan->resolved, "\"translation\"");
    assert_non_null(first);
    assert_null(strstr(first + 1, "\"translation\""));
    struct text_plan again = text_plan_read(p.plan->resolved);
    assert_string_equal(again.plan->resolved, p.plan->resolved);
    text_plan_free(&again);
    text_plan_free(&p);
}

static void expect_complaint(const char *hosts, const char *app, const char *path,
                             const char *says)
{
    struct scenario_options options = {0};
    char *text = memory_print(
        "{\"name\": \"x\", \"duration\": \"1h\", \"hosts\": {\"in\": {\"gateway\": "
        "\"gw\"}, \"gw\": {\"nat\": \"cilium\"}, \"out\": {}, \"far\": {}%s}, "
        "\"apps\": {\"a\": {%s, \"arrivals\": {\"kind\": \"poisson\", \"rate\": "
        "\"1/s\"}, \"lifetime\": {\"kind\": \"constant\", \"value\": \"1s\"}}}}",
        hosts, app);
    struct issues *issues = complaints(text, &options);
    assert_int_equal(issues_count(issues), 1);
    expect_issue(issues_get(issues, 0), path, says, NULL);
    issues_free(issues);
    free(text);
}

#define GOOD_APP "\"from\": \"in\", \"to\": \"out:80\""

static void test_nonsense_is_refused_with_the_reason(void **state)
{
    (void)state;
    expect_complaint(", \"b\": {\"gateway\": \"b\"}", GOOD_APP, "hosts.b.gateway",
                     "must be another host");
    expect_complaint(", \"b\": {\"gateway\": \"out\"}", GOOD_APP, "hosts.b.gateway",
                     "\"out\" translates nothing");
    expect_complaint(", \"b\": {\"nat\": \"cilium\", \"gateway\": \"gw\"}", GOOD_APP,
                     "hosts.b.gateway", "\"b\" is a gateway itself");
    expect_complaint(", \"b\": {\"translation\": {\"time_wait\": \"1s\"}}", GOOD_APP,
                     "hosts.b.translation", "has no effect without \"nat\"");
    expect_complaint("", "\"from\": \"gw\", \"to\": \"out:80\"", "apps.a.from",
                     "\"gw\" opens no connection");
    expect_complaint("", "\"from\": \"in\", \"to\": \"gw:80\"", "apps.a.to",
                     "\"gw\" ends no connection");
    expect_complaint(
        "", "\"from\": \"out\", \"to\": \"in:80\"", "apps.a.to",
        "cannot be reached from \"out\": \"in\" is behind the gateway \"gw\"");
    expect_complaint("", "\"from\": \"out\", \"through\": \"in\", \"to\": \"far:80\"",
                     "apps.a.through", "cannot be reached");
    expect_complaint(", \"b\": {}}, \"paths\": [{\"between\": [\"b\", \"gw\"]}], "
                     "\"phases\": {",
                     GOOD_APP, "paths[0].between[1]", "must not be a gateway");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_clean_life_moves_the_mapping_through_its_states),
        cmocka_unit_test(test_the_server_sees_the_gateways_address_and_its_port_is_held),
        cmocka_unit_test(test_a_close_within_close_wait_passes),
        cmocka_unit_test(test_a_close_after_close_wait_meets_the_gateways_reset),
        cmocka_unit_test(test_a_close_after_close_wait_may_be_lost_instead),
        cmocka_unit_test(test_an_unanswered_syn_is_remembered_for_its_own_time),
        cmocka_unit_test(test_a_refusal_leaves_the_tuple_in_close),
        cmocka_unit_test(test_a_server_that_resets_leaves_the_tuple_in_close),
        cmocka_unit_test(test_who_vanishes_leaves_a_mapping_for_the_idle_time),
        cmocka_unit_test(test_an_open_connection_that_speaks_is_not_idle),
        cmocka_unit_test(test_a_silence_below_the_idle_time_does_no_harm),
        cmocka_unit_test(test_after_a_longer_silence_the_fin_is_lost),
        cmocka_unit_test(test_after_a_longer_silence_the_gateway_may_reset),
        cmocka_unit_test(test_keep_alive_keeps_the_mapping),
        cmocka_unit_test(test_a_syn_of_the_same_flow_ends_its_time_wait),
        cmocka_unit_test(test_a_syn_of_a_forgotten_connection_frees_its_mapping),
        cmocka_unit_test(test_a_hold_down_keeps_the_old_tuple_beside_the_new),
        cmocka_unit_test(test_a_hold_down_of_the_last_port_drops_the_next_flow),
        cmocka_unit_test(test_a_dropped_syn_comes_again_by_the_clients_stack),
        cmocka_unit_test(test_the_first_packet_waits_for_its_confirmation),
        cmocka_unit_test(test_of_two_who_choose_one_port_the_second_is_dropped),
        cmocka_unit_test(test_two_who_keep_one_inside_port_race),
        cmocka_unit_test(test_without_a_delay_nobody_is_late),
        cmocka_unit_test(test_a_new_flow_evicts_a_closing_one),
        cmocka_unit_test(
            test_nothing_is_evicted_where_tuples_are_held_down_or_kernels_old),
        cmocka_unit_test(test_addresses_in_order_use_the_second_when_the_first_is_full),
        cmocka_unit_test(test_addresses_in_turn_and_paired_differ_by_flow_and_by_host),
        cmocka_unit_test(test_a_full_table_drops_the_next_flow),
        cmocka_unit_test(test_what_a_proxy_sends_on_is_translated),
        cmocka_unit_test(test_a_port_given_out_too_soon_meets_the_servers_time_wait),
        cmocka_unit_test(test_a_changed_time_is_that_of_timers_started_from_then_on),
        cmocka_unit_test(test_mappings_outlive_a_narrowed_range_and_another_allocator),
        cmocka_unit_test(test_a_crowd_leaves_no_port_and_no_mapping_behind),
        cmocka_unit_test(test_a_crowd_meets_every_kind_of_drop),
        cmocka_unit_test(test_a_crowd_is_a_function_of_its_seed),
        cmocka_unit_test(test_every_kind_of_gateway_is_whole),
        cmocka_unit_test(test_every_kind_of_gateway_carries_a_crowd_and_forgets_it),
        cmocka_unit_test(test_only_a_gateway_states_its_translation),
        cmocka_unit_test(test_nonsense_is_refused_with_the_reason),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
