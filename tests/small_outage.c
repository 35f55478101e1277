#include "tests/small_outage.h"

#include <stddef.h>

#define HEAD "\"duration\": \"10min\", \"sample_every\": \"2s\","
#define LATE "\"phases\": { \"late\": [\"5min\", \"10min\"] },"

/* A client of that stack with 500 ports, and further keys of its tcp. */
#define CLIENT(stack, more)                                                              \
    "{ \"stack\": \"" stack "\", \"tcp\": { \"range\": [50000, 50499] " more " } }"

/* What the app does beside arriving, a second or more long. */
#define APP(rate, life, more)                                                            \
    "\"apps\": { \"a\": { \"from\": \"client\", \"to\": \"server:80\","                  \
    "  \"arrivals\": { \"kind\": \"poisson\", \"rate\": \"" rate "\" },"                 \
    "  \"lifetime\": { \"kind\": \"constant\", \"value\": \"" life "\" } " more " } }"

#define HOSTS(client, server)                                                            \
    "\"hosts\": { \"client\": " client ", \"server\": " server " },"

/* Four clients behind a gateway. */
#define BEHIND(gateway)                                                                  \
    "\"hosts\": { \"client\": { \"stack\": \"linux518\", \"count\": 4,"                  \
    "             \"gateway\": \"gateway\" },"                                           \
    "             \"server\": {}, \"gateway\": " gateway " },"

#define PATH(more)                                                                       \
    "\"paths\": [ { \"between\": [\"client\", \"server\"], \"rtt\": \"10ms\", " more     \
    " } ],"

#define NEVER ", \"server_close\": [ { \"kind\": \"never\" } ]"

#define SIX_ADDRESSES                                                                    \
    "{ \"addresses\": [\"192.0.2.1\", \"192.0.2.2\", \"192.0.2.3\", \"192.0.2.4\","      \
    "                  \"192.0.2.5\", \"192.0.2.6\"] }"

const struct small_outage small_outages[] = {
    {"all is well", "none", "client",
     HEAD HOSTS(CLIENT("linux518", ""), "{}") APP("2/s", "1s", "")},

    {"a server that never closes", "fin-wait-2", "client",
     HEAD HOSTS(CLIENT("proxysg-legacy", ""), "{}") APP("3/s", "1s", NEVER)},

    {"a busy server that never closes", "fin-wait-2", "client",
     HEAD HOSTS(CLIENT("proxysg-legacy", ""), "{}") APP("150/s", "1s", NEVER)},

    {"an element that eats FINs", "fin-wait-2", "client",
     HEAD HOSTS(CLIENT("proxysg-legacy", ""), "{}") PATH("\"eats_fin_from\": \"server\"")
         APP("3/s", "1s", "")},

    {"connections that come too fast", "time-wait", "client",
     HEAD HOSTS(CLIENT("linux518", ""), "{}") APP("20/s", "1s", "")},

    {"a program that does not close", "close-wait", "client",
     HEAD HOSTS(CLIENT("win10", ""), "{}")
         APP("5/s", "1s",
             ", \"closes_first\": \"server\", \"leaks\": { \"close_wait\": 0.4 }")},

    {"a program that keeps what failed", "bound", "client",
     HEAD HOSTS(CLIENT("win10", ""), "{ \"listen\": [443] }")
         APP("5/s", "1s", ", \"leaks\": { \"after_failure\": 1 }")},

    {"a program that shuts down and waits", "half-closed", "client",
     HEAD HOSTS(CLIENT("linux518", ""), "{}")
         APP("5/s", "1s", NEVER ", \"leaks\": { \"half_closed\": 1 }")},

    {"a black hole that takes all ports", "black-hole", "client",
     HEAD HOSTS(CLIENT("linux518", ""), "{}") PATH("\"loss\": 1") APP("10/s", "1s", "")},

    {"a black hole, and ports enough", "silence", "client",
     HEAD HOSTS(CLIENT("linux518", ""), "{}") PATH("\"loss\": 1") APP("2/s", "1s", "")},

    {"more connections than ports", "undersized", "client",
     HEAD HOSTS(CLIENT("linux518", ", \"time_wait\": \"1s\""), "{}")
         APP("10/s", "2min", "")},

    {"an excluded block", "range-blocked", "client",
     HEAD HOSTS("{ \"stack\": \"win10\", \"reserved_ranges\": [[50100, 50499]],"
                "  \"tcp\": { \"range\": [50000, 50499] } }",
                "{}") APP("3/s", "1s", "")},

    {"a range that somebody narrowed", "range-narrowed", "client",
     HEAD HOSTS(CLIENT("linux518", ""),
                "{}") "\"changes\": [ { \"at\": \"4min\", \"set\": {"
                      "    \"hosts.client.tcp.range\": [50000, 50099] } } ]," APP(
                          "5/s", "1s", "")},

    {"a search that gives up", "bounded-search", "client",
     HEAD HOSTS(CLIENT("plain", ", \"time_wait\": \"30s\", \"allocator\":"
                                " { \"kind\": \"sg-legacy-b\", \"tries\": 8 }"),
                "{}") APP("13/s", "1s", "")},

    {"bind() before connect()", "bind-before-connect", "client",
     HEAD HOSTS(CLIENT("linux518", ""), SIX_ADDRESSES)
         APP("20/s", "1s", ", \"socket\": { \"bind\": \"bind-zero\" }")},

    {"the ports of the program itself", "program-ring", "client",
     HEAD HOSTS(CLIENT("linux518", ""), "{}")
         APP("6/s", "20s",
             ", \"socket\": { \"bind\": \"explicit\", \"ring\": [20000, 20099] }")},

    {"a block for each inside host", "nat-block", "gateway",
     HEAD BEHIND("{ \"nat\": \"gcp-nat\" }") APP("10/s", "1s", "")},

    {"the outside ports of a gateway", "nat-pool", "gateway",
     HEAD BEHIND("{ \"nat\": \"aws-nat\","
                 "  \"translation\": { \"range\": [50000, 50499] } }")
         APP("20/s", "1s", "")},

    {"the table of a gateway", "nat-table", "gateway",
     HEAD BEHIND("{ \"nat\": \"netfilter\","
                 "  \"translation\": { \"max_mappings\": 500 } }") APP("20/s", "1s", "")},

    {"a race for outside ports", "nat-race", "gateway",
     HEAD BEHIND("{ \"nat\": \"netfilter\", \"translation\": {"
                 "  \"range\": [50000, 50499], \"confirm_delay\": \"400ms\","
                 "  \"time_wait\": \"1s\", \"allocator\": \"rfc6056-alg1\" } }")
         APP("60/s", "200ms", "")},

    {"a limit on clients", "client-limit", "proxy",
     HEAD "\"hosts\": { \"client\": {}, \"server\": {},"
          "  \"proxy\": { \"max_client_connections\": 50 } }," APP(
              "10/s", "10s", ", \"through\": \"proxy\"")},

    {"a server that remembers", "peer-lingers", "client",
     HEAD HOSTS(CLIENT("plain", ""),
                "{ \"tcp\": { \"syn_in_time_wait\": \"challenged\" } }")
         APP("2/s", "1s", ", \"closes_first\": \"server\"")},

    {"more than half of the range", "half-range-knee", "client",
     HEAD HOSTS(CLIENT("linux518", ""), "{}") APP("5/s", "5s", "")},

    {"nobody listens", "not-ports", "client",
     HEAD HOSTS(CLIENT("linux518", ""), "{ \"listen\": [443] }") APP("5/s", "1s", "")},

    {NULL, NULL, NULL, NULL}};

const struct small_cure small_cures[] = {
    {"a server that never closes", "shorter-fin-wait-2",
     HEAD LATE HOSTS(CLIENT("proxysg-legacy", ", \"fin_wait_2\": \"1min\""), "{}")
         APP("3/s", "1s", NEVER)},

    {"a server that never closes", "repair-peer",
     HEAD LATE HOSTS(CLIENT("proxysg-legacy", ""), "{}") APP("3/s", "1s", "")},

    {"a busy server that never closes", "shorter-fin-wait-2-and-wider-range",
     HEAD LATE HOSTS("{ \"stack\": \"proxysg-legacy\", \"tcp\": {"
                     "  \"range\": [1024, 65535], \"fin_wait_2\": \"1min\" } }",
                     "{}") APP("150/s", "1s", NEVER)},

    {"connections that come too fast", "wider-range",
     HEAD LATE HOSTS("{ \"stack\": \"linux518\", \"tcp\": { \"range\": [1024, 65535] } }",
                     "{}") APP("20/s", "1s", "")},

    {"connections that come too fast", "more-addresses",
     HEAD LATE HOSTS("{ \"stack\": \"linux518\", \"tcp\": { \"range\": [50000, 50499] },"
                     "  \"addresses\": [\"10.0.0.1\", \"10.0.0.2\", \"10.0.0.3\"] }",
                     "{}") APP("20/s", "1s", "")},

    {"an excluded block", "open-range",
     HEAD LATE HOSTS(CLIENT("win10", ""), "{}") APP("3/s", "1s", "")},

    {"a search that gives up", "search-all",
     HEAD LATE HOSTS(CLIENT("plain", ", \"time_wait\": \"30s\","
                                     " \"allocator\": \"sg-legacy-a\""),
                     "{}") APP("13/s", "1s", "")},

    {NULL, NULL, NULL}};
