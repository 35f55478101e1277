#include "sim/cli/demo.h"

#include <stddef.h>
#include <string.h>

static const struct demo demos[] = {
    {
        .name = "exhaustion",
        .summary = "a busy client runs out of ports: TIME_WAIT holds them all",
        .story = "A web shop on Linux opens 600 connections a second to its bank, and 5 "
                 "to a mail server. Each port then rests for 60 s in TIME_WAIT, and "
                 "there are 28,232.",
        .scenario = "demo-exhaustion",
        .replications = 4,
        .setting = "hosts.shop.tcp.tw_reuse=on",
        .picture = "states",
        .columns = {{"as it is", DEMO_AS_IS, NULL},
                    {"tcp_tw_reuse=1", DEMO_TURNED, NULL},
                    {"theory", DEMO_THEORY, NULL}},
        .numbers =
            {{"first payment that fails", "apps.payments.first_failure_s", DEMO_SECONDS,
              "hosts.shop.tcp4 to bank:443", "first failure, from empty ports"},
             {"payments that fail from then", "apps.payments.failure_ratio@full",
              DEMO_SHARE, "hosts.shop.tcp4 to bank:443", "choices that find no port"},
             {"mail that fails", "apps.letters.failure_ratio@full", DEMO_SHARE,
              "hosts.shop.tcp4 to mail:25", "choices that find no port"},
             {"payments made, a second", "apps.payments.successes_per_s@full", DEMO_COUNT,
              "hosts.shop.tcp4 to bank:443", "rate that fills its ports"}},
        .next = "theory demo-exhaustion runs/demo-exhaustion",
    },
    {
        .name = "allocators",
        .summary = "four ways to choose a port: what each costs, and who can guess it",
        .story =
            "Four hosts choose among 1,000 ports, each in its own way. Theory for random "
            "draws: 1/(1 - share taken) looks, so 2 when half are taken, 10 at 90 %.",
        .scenario = "demo-allocators",
        .replications = 4,
        .picture = "probes",
        .columns = {{"sequence", DEMO_AS_IS, "sequence"},
                    {"random", DEMO_AS_IS, "random"},
                    {"hashed", DEMO_AS_IS, "hashed"},
                    {"Linux", DEMO_AS_IS, "linux"}},
        .numbers =
            {{"looks, half full", "hosts.*.tcp4.probes@half", DEMO_VALUE, NULL, NULL},
             {"looks, 90 % full", "hosts.*.tcp4.probes@busy", DEMO_VALUE, NULL, NULL},
             {"refused at 110 %", "apps.*.failure_ratio@over", DEMO_SHARE, NULL, NULL},
             {"port rests, median", "hosts.*.tcp4.reuse_interval_s.p50@half",
              DEMO_SECONDS, NULL, NULL}},
        .next = "explain linux518",
    },
    {
        .name = "leak",
        .summary = "a program forgets its sockets, and innocent ones cannot connect",
        .story =
            "From 2 min on an agent on a Windows desktop forgets 40 connections a "
            "second in CLOSE_WAIT (16,384 ports / 40 = 6 min 50 s). It is stopped at "
            "25 min.",
        .scenario = "windows-desktop-outage",
        .replications = 4,
        .setting = "hosts.desktop.tcp.range=[32768, 65535]",
        .picture = "states",
        .columns = {{"16,384 ports", DEMO_AS_IS, NULL},
                    {"32,768 ports", DEMO_TURNED, NULL}},
        .numbers = {{"first web page that fails", "apps.pages.first_failure_s",
                     DEMO_SECONDS, NULL, NULL},
                    {"web pages that fail, 20-25 min", "apps.pages.failure_ratio@outage",
                     DEMO_SHARE, NULL, NULL},
                    {"remote desktop into it that fails",
                     "apps.rdp-in.failure_ratio@outage", DEMO_SHARE, NULL, NULL},
                    {"web pages, once it is stopped", "apps.pages.failure_ratio@repaired",
                     DEMO_SHARE, NULL, NULL}},
        .next = "sockets runs/demo-leak --at 20min --count-by process,state",
    },
    {
        .name = "nat",
        .summary = "a gateway without ports: time-outs on a machine that has plenty",
        .story =
            "A shop opens 30 connections a second to its bank, behind a load balancer "
            "that has 1,024 ports for it and holds each for 60.2 s: 17 a second, 43 % "
            "must fail.",
        .scenario = "demo-nat",
        .replications = 5,
        .setting = "apps.payments.pool={}",
        .picture = "destinations",
        .columns = {{"as it is", DEMO_AS_IS, NULL},
                    {"kept-alive pool", DEMO_TURNED, NULL}},
        .numbers = {{"payments that time out", "apps.payments.failure_ratio@full",
                     DEMO_SHARE, NULL, NULL},
                    {"calls to another server that fail",
                     "apps.routes.failure_ratio@full", DEMO_SHARE, NULL, NULL},
                    {"of its own 28,232 ports, at most", "hosts.shop.tcp4.in_use_max",
                     DEMO_COUNT, NULL, NULL},
                    {"of the balancer's 1,024, at most", "hosts.balancer.tcp4.in_use_max",
                     DEMO_COUNT, NULL, NULL}},
        .next = "trace demo-nat --app payments --first-failure",
    },
};

#define DEMOS (sizeof demos / sizeof demos[0])

const struct demo *demo_at(uint32_t index)
{
    return index < DEMOS ? &demos[index] : NULL;
}

const struct demo *demo_find(const char *name)
{
    for (size_t i = 0; i < DEMOS; i++)
        if (strcmp(demos[i].name, name) == 0)
            return &demos[i];
    return NULL;
}
