/* Whose sockets are whose, and how many descriptors each process has open. */
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "models/proxy.h"
#include "models/world.h"
#include "sim/base/memory.h"
#include "tests/complaints.h"
#include "tests/run_text.h"

/* --- a world, and what is seen of it
 * ----------------------------------------------------
 */

struct stage {
    struct text_plan text;
    struct world *world;
    uint32_t change; /* the next one */
};

static struct stage stage_open(const char *text)
{
    struct stage s = {.text = text_plan_read(text)};
    const struct trial_plan *plan = s.text.plan;
    s.world = world_new(&plan->config->world, plan->traces, 1, 1);
    return s;
}

static void stage_close(struct stage *s)
{
    world_free(s->world);
    text_plan_free(&s->text);
}

/* Runs to that moment, changes included. */
static void run_to(struct stage *s, sim_ns until)
{
    const struct trial_plan *plan = s->text.plan;
    for (; s->change < plan->change_count && plan->changes[s->change].at <= until;
         s->change++) {
        world_run(s->world, plan->changes[s->change].at, UINT64_MAX);
        world_reconfigure(s->world, &plan->changes[s->change].config->world);
    }
    world_run(s->world, until, UINT64_MAX);
}

static double level(const struct stage *s, const char *name)
{
    const struct metrics *m = world_metrics(s->world);
    uint32_t reading = metrics_reading_find(m, name);
    if (reading == UINT32_MAX)
        fail_msg("there is no metric \"%s\"", name);
    return metrics_instant(m, reading);
}

static void expect_level(const struct stage *s, const char *name, double expected)
{
    double value = level(s, name);
    if (value < expected || value > expected)
        fail_msg("at %g s %s is %g, should be %g", sim_seconds(world_now(s->world)), name,
                 value, expected);
}

/* Sockets as "name/pid:STATE", counted: a line for each kind, as they are met. */
struct owners {
    const char *host;
    char text[2000];
};

static void see_owner(void *context, const struct socket_row *row)
{
    struct owners *o = context;
    char line[200];
    if (strcmp(row->host, o->host) != 0)
        return;
    snprintf(line, sizeof line, "%s/%u:%s", row->process, (unsigned)row->pid, row->state);
    if (strstr(o->text, line))
        return;
    size_t used = strlen(o->text);
    snprintf(o->text + used, sizeof o->text - used, "%s%s", used ? " " : "", line);
}

static void expect_owners(const struct stage *s, const char *host, const char *expected)
{
    struct owners o = {.host = host};
    world_sockets(s->world, see_owner, &o);
    if (strcmp(o.text, expected) != 0)
        fail_msg("at %g s %s has \"%s\", should have \"%s\"",
                 sim_seconds(world_now(s->world)), host, o.text, expected);
}

/* --- whose they are
 * ---------------------------------------------------------------------
 */

#define ARRIVALS(rate) "\"arrivals\": {\"kind\": \"constant\", \"rate\": \"" rate "\"}"
#define LIFE(value)    "\"lifetime\": {\"kind\": \"constant\", \"value\": \"" value "\"}"

static void test_a_process_is_named_by_its_app_and_its_listener_by_its_port(void **state)
{
    (void)state;
    struct stage s = stage_open(
        "{\"name\": \"p\", \"duration\": \"1h\", \"hosts\": {\"desk\": {\"stack\": "
        "\"win10\"}, \"web\": {\"stack\": \"linux618\"}}, \"apps\": {\"pages\": "
        "{\"from\": \"desk\", \"to\": \"web:80\", " ARRIVALS("1/s") ", " LIFE(
            "1h") "},"
                  "\"mail\": {\"from\": \"desk\", \"to\": \"web:25\", " ARRIVALS(
                      "1/s") ", " LIFE("1h") "}}}");
    run_to(&s, 1900 * SIM_MS);
    expect_owners(&s, "desk", "pages/1000:ESTABLISHED mail/1004:ESTABLISHED");
    expect_owners(&s, "web", "listener-80/1000:ESTABLISHED listener-25/1001:ESTABLISHED");
    stage_close(&s);
}

static void test_a_scenario_may_name_processes_on_every_end(void **state)
{
    (void)state;
    struct stage s = stage_open(
        "{\"name\": \"p\", \"duration\": \"1h\", \"hosts\": {\"desk\": {\"processes\": "
        "{\"chrome\": {\"pid\": 77}}}, \"gate\": {\"processes\": {\"squid\": "
        "{\"listen\": "
        "[8080], \"handles\": 50}}}, \"web\": {\"processes\": {\"idle\": {}, \"nginx\": "
        "{\"listen\": [80, 443]}}}}, \"apps\": {"
        "\"pages\": {\"from\": \"desk\", \"process\": \"chrome\", \"through\": \"gate\","
        "  \"to\": \"web:80\", " ARRIVALS("1/s") ", " LIFE(
            "1h") "},"
                  "\"secure\": {\"from\": \"desk\", \"process\": \"chrome\","
                  "  \"to\": \"web:443\", " ARRIVALS("1/s") ", " LIFE("1h") "}}}");
    run_to(&s, 1900 * SIM_MS);
    expect_owners(&s, "desk", "chrome/77:ESTABLISHED");
    expect_owners(&s, "gate", "squid/1000:ESTABLISHED");
    expect_owners(&s, "web", "nginx/1001:ESTABLISHED");
    expect_level(&s, "hosts.desk.processes.chrome.sockets", 2);
    /* The client's and its own, one listener, 50 others. */
    expect_level(&s, "hosts.gate.processes.squid.sockets", 2);
    expect_level(&s, "hosts.gate.processes.squid.handles", 2 + 1 + 50);
    expect_level(&s, "hosts.web.processes.nginx.handles", 2 + 2);
    expect_level(&s, "hosts.web.processes.idle.handles", 0);
    stage_close(&s);
}

static void test_two_processes_share_neither_pid_nor_port(void **state)
{
    (void)state;
    struct issues *found = complaints(
        "{\"name\": \"p\", \"duration\": \"1h\", \"hosts\": {\"a\": {\"processes\": {"
        "\"x\": {\"pid\": 7, \"listen\": [80]}, \"y\": {\"pid\": 7, \"listen\": [25, "
        "80]}}}, \"b\": {}}, \"apps\": {\"p\": {\"from\": \"b\", \"to\": "
        "\"a:80\", " ARRIVALS("1/s") ", " LIFE("1s") "}}}",
        NULL);
    expect_issue(issues_get(found, 0), "hosts.a.processes.y.pid", "is that of \"x\"",
                 NULL);
    expect_issue(issues_get(found, 1), "hosts.a.processes.y.listen[1]",
                 "names port 80, on which \"x\" accepts", NULL);
    issues_free(found);
}

/* --- descriptors
 * ------------------------------------------------------------------------
 */

/* One user at 1 s who stays 1 s; the round trip takes 100 ms. */
static const char one_user[] =
    "{\"name\": \"p\", \"duration\": \"1h\", \"network\": {\"rtt\": \"100ms\"},"
    "\"hosts\": {\"c\": {\"tcp\": {\"time_wait\": \"4s\"}}, \"s\": {\"listen\": [80]}},"
    "\"apps\": {\"a\": {\"from\": \"c\", \"to\": \"s:80\", " ARRIVALS("1/s") ", " LIFE(
        "1s") "%s}},"
              "\"changes\": [{\"at\": \"1s\", \"set\": {\"apps.a.arrivals.rate\": "
              "\"0/s\"}}]}";

struct moment {
    sim_ns at;
    const char *client, *server;
    double client_has, server_has;
};

static void play(const char *app, const struct moment *moments)
{
    char *text = memory_print(one_user, app);
    struct stage s = stage_open(text);
    for (const struct moment *m = moments; m->client; m++) {
        run_to(&s, m->at);
        expect_owners(&s, "c", m->client);
        expect_owners(&s, "s", m->server);
        expect_level(&s, "hosts.c.processes.a.sockets", m->client_has);
        expect_level(&s, "hosts.s.processes.listener-80.sockets", m->server_has);
    }
    stage_close(&s);
    free(text);
}

static void test_a_descriptor_opens_with_accept_and_closes_before_time_wait(void **state)
{
    (void)state;
    static const struct moment moments[] = {
        {1000 * SIM_MS, "a/1000:SYN_SENT", "", 1, 0},
        {1050 * SIM_MS, "a/1000:SYN_SENT", "listener-80/0:SYN_RECEIVED", 1, 0},
        {1150 * SIM_MS, "a/1000:ESTABLISHED", "listener-80/1000:ESTABLISHED", 1, 1},
        {2100 * SIM_MS, "a/0:FIN_WAIT_1", "listener-80/1000:ESTABLISHED", 0, 1},
        {2150 * SIM_MS, "a/0:FIN_WAIT_1", "listener-80/0:LAST_ACK", 0, 0},
        {2250 * SIM_MS, "a/0:TIME_WAIT", "", 0, 0},
        {6200 * SIM_MS, "", "", 0, 0},
        {0}};
    play("", moments);
}

static void test_a_server_that_never_closes_keeps_its_descriptor(void **state)
{
    (void)state;
    static const struct moment moments[] = {
        {2150 * SIM_MS, "a/0:FIN_WAIT_1", "listener-80/1000:CLOSE_WAIT", 0, 1},
        {1 * SIM_H, "", "listener-80/1000:CLOSE_WAIT", 0, 1},
        {0}};
    play(", \"server_close\": [{\"kind\": \"never\"}]", moments);
}

/* --- a naive recount
 * ----------------------------------------------------------------------
 */

struct recount {
    const char *host, *process;
    double descriptors;
};

static void count_owned(void *context, const struct socket_row *row)
{
    struct recount *r = context;
    if (row->owned && strcmp(row->host, r->host) == 0 &&
        strcmp(row->process, r->process) == 0)
        r->descriptors++;
}

static void expect_recount(const struct stage *s, const char *host, const char *process)
{
    struct recount r = {host, process, 0};
    world_sockets(s->world, count_owned, &r);
    char *name = memory_print("hosts.%s.processes.%s.sockets", host, process);
    expect_level(s, name, r.descriptors);
    free(name);
}

/* Loss, retries, a proxy of every kind, every way to close. */
static const char busy[] =
    "{\"name\": \"busy\", \"duration\": \"1h\", \"network\": {\"loss\": 0.05, "
    "\"rtt\": \"20ms\"}, \"hosts\": {"
    "\"c\": {\"count\": 3, \"stack\": \"win10\", \"tcp\": {\"range\": [5000, 5040]}},"
    "\"p\": {\"stack\": \"linux618\", \"proxy\": \"%s\", \"tcp\": {\"range\": [6000, "
    "6060]}}, \"s\": {}}, \"apps\": {"
    "\"near\": {\"from\": \"c\", \"to\": \"s:80\", " ARRIVALS(
        "20/s") ","
                "  \"lifetime\": {\"kind\": \"exponential\", \"mean\": \"500ms\"},"
                "  \"closes_first\": \"%s\", \"on_failure\": {\"retries\": 2, "
                "\"backoff\": \"100ms\"},"
                "  \"server_close\": [{\"kind\": \"prompt\"}, {\"share\": 0.1, \"kind\": "
                "\"reset\"},"
                "    {\"kind\": \"late\", \"delay\": {\"kind\": \"exponential\", "
                "\"mean\": \"5s\"}}]},"
                "\"far\": {\"from\": \"c\", \"through\": \"p\", \"to\": "
                "\"s:443\", " ARRIVALS(
                    "20/s") ","
                            "  \"lifetime\": {\"kind\": \"exponential\", \"mean\": "
                            "\"500ms\"}, \"vanishes\": 0.02,"
                            "  \"closes_first\": \"%s\","
                            "  \"server_close\": [{\"kind\": \"prompt\"}, {\"share\": "
                            "0.1, \"kind\": \"reset\"},"
                            "    {\"share\": 0.05, \"kind\": \"never\"}]}}}";

static void test_descriptors_counted_one_by_one_are_those_found_by_walking(void **state)
{
    (void)state;
    static const char *const closers[] = {"client", "server", "both"};
    for (const struct proxy_row *row = proxy_rows; row->name; row++)
        for (size_t c = 0; c < 3; c++) {
            char *text = memory_print(busy, row->name, closers[c], closers[c]);
            struct stage s = stage_open(text);
            for (sim_ns now = 0; now < 30 * SIM_S; now += 237 * SIM_MS) {
                run_to(&s, now);
                expect_recount(&s, "c", "near");
                expect_recount(&s, "c", "far");
                expect_recount(&s, "p", "proxy");
                expect_recount(&s, "s", "listener-80");
                expect_recount(&s, "s", "listener-443");
            }
            stage_close(&s);
            free(text);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_process_is_named_by_its_app_and_its_listener_by_its_port),
        cmocka_unit_test(test_a_scenario_may_name_processes_on_every_end),
        cmocka_unit_test(test_two_processes_share_neither_pid_nor_port),
        cmocka_unit_test(test_a_descriptor_opens_with_accept_and_closes_before_time_wait),
        cmocka_unit_test(test_a_server_that_never_closes_keeps_its_descriptor),
        cmocka_unit_test(test_descriptors_counted_one_by_one_are_those_found_by_walking),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
