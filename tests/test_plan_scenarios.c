/* Questions of planners, asked of the library: what docs/PLANNING.md answers at length,
 * here between fewer values and with fewer runs.  Users' threads and scenarios S9 ... S23
 * are those of USERS.md. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "tests/program.h"
#include "tests/run_text.h"

/* The most arguments of a question behind the scenario's name. */
#define WORDS 12

struct question {
    const char *scenario;
    const char *words[WORDS];
    const char *answer; /* what is said first */
    bool slow;          /* make test-long alone */
};

/* Enough for what is as clear as this. */
#define FEW "--replications=3", "--max-replications=3"

/* Of short runs: that none of their attempts fails must say something. */
#define SOME "--replications=3", "--max-replications=12"

static const struct question questions[] = {
    /* S9, U5: 40,000 connections spend the even ports of two addresses, not of three. */
    {"linux-parity-knee",
     {"--vary", "hosts.one-pair.addresses=2..3", "--require",
      "hosts.one-pair.tcp4.probes.max <= 14116", FEW},
     "hosts.one-pair.addresses = 3 is the smallest that meets",
     false},
    /* S10, U1: bind() before connect() needs two addresses where connect() needs one. */
    {"linux-bind-before-connect",
     {"--vary", "hosts.binds.addresses=1..2", "--require", "apps.bind-zero.failures <= 0",
      FEW},
     "hosts.binds.addresses = 2 is the smallest that meets",
     false},
    /* S12, U11: the 51st instance halves everybody's block. */
    {"azure-scale-out",
     {"--set", "changes=[]", "--set", "phases={\"fifty\":[\"70s\",\"90s\"]}", "--set",
      "duration=90s", "--vary",
      "hosts.old.count=50..51;hosts.lb.translation.allocator.instances=50..51;"
      "apps.calls.arrivals.rate=750/s..765/s",
      "--require", "apps.calls.failure_ratio@fifty <= 1%", FEW},
     "hosts.old.count = 50 is the largest that meets",
     false},
    /* S14, U15: 240 connections within TIME_WAIT, and some more by chance. */
    {"gcp-static-vs-dynamic",
     {"--vary", "hosts.static-120.translation.allocator.min_ports=64,128,256,512",
      "--require", "apps.static-120.failure_ratio <= 0.1%", SOME},
     "hosts.static-120.translation.allocator.min_ports = 512 is the smallest that meets",
     false},
    {"gcp-static-vs-dynamic",
     {"--vary", "hosts.static-30.translation.allocator.min_ports=64,128,256,512",
      "--require", "apps.static-30.failure_ratio <= 0.1%", SOME},
     "hosts.static-30.translation.allocator.min_ports = 256 is the smallest that meets",
     false},
    /* S15, U31: 55,000 / 60 s are 917/s for each address. */
    {"aws-nat-hot-destination",
     {"--set", "apps.calls-800.arrivals.rate=0/s", "--vary",
      "apps.calls-1000.arrivals.rate=850/s..1000/s", "--step", "50/s", "--require",
      "apps.calls-1000.failure_ratio@steady <= 0.1%", FEW},
     "apps.calls-1000.arrivals.rate = 900/s is the largest that meets",
     true},
    /* S23, U29: 5,000 connections at once, and some more by chance. */
    {"haproxy-ring",
     {"--set", "duration=2min", "--set", "phases={\"late\":[\"1min\",\"2min\"]}",
      "--vary", "hosts.long.proxying.socket.ring=4500,5500", "--require",
      "apps.long.failure_ratio@late <= 0.1%", FEW},
     "hosts.long.proxying.socket.ring = 5500 ports is the smallest that meets",
     false},
    /* 5 % of the servers never close: 14,500 ports at 100/s, so 29,000 at twice that. */
    {"five-percent-never-close",
     {"--vary", "hosts.proxy.tcp.range=14300,15100", "--require",
      "apps.web.failure_ratio <= 0.1%", FEW},
     "hosts.proxy.tcp.range = 15100 ports is the smallest that meets",
     true},
    {"five-percent-never-close",
     {"--set", "apps.web.arrivals.rate=200/s", "--vary", "hosts.proxy.addresses=1..3",
      "--require", "apps.web.failure_ratio <= 0.1%", FEW},
     "hosts.proxy.addresses = 2 is the smallest that meets",
     true},
};

#define QUESTIONS (sizeof questions / sizeof questions[0])

static void test_what_planners_ask_is_answered(void **state)
{
    (void)state;
    for (size_t i = 0; i < QUESTIONS; i++) {
        const struct question *q = &questions[i];
        struct program p = {.args = {"plan", q->scenario, "-q"}};
        if ((q->slow && !long_run()) || quick_run())
            continue;
        for (size_t k = 0; k < WORDS && q->words[k]; k++)
            p.args[3 + k] = q->words[k];
        struct ended e = program_run(&p);
        expect_status(&e, 0);
        expect_says(e.out, q->answer);
        ended_free(&e);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_planners_ask_is_answered),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
