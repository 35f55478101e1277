#include "tests/small_outage.h"

#include <stddef.h>

/* A client of that stack with 500 ports, and further keys of it. */
#define CLIENT(stack, more)                                                              \
    "\"client\": { \"stack\": \"" stack "\", \"tcp\": { \"range\": [50000, 50499] " more \
    " } }"
#define APP(rate, life, more)                                                            \
    "{ \"from\": \"client\", \"to\": \"server:80\","                                     \
    "  \"arrivals\": { \"kind\": \"poisson\", \"rate\": \"" rate "\" },"                 \
    "  \"lifetime\": { \"kind\": \"constant\", \"value\": \"" life "\" } " more " }"
#define TEN_MINUTES "\"duration\": \"10min\", \"sample_every\": \"2s\","

const struct small_outage small_outages[] = {
    {"all is well", "none", "client",
     TEN_MINUTES "\"hosts\": { " CLIENT("linux518", "") ", \"server\": {} },"
                                                        "\"apps\": { \"a\": " APP(
                                                            "2/s", "1s", "") " }"},

    {"a server that never closes", "fin-wait-2", "client",
     TEN_MINUTES "\"hosts\": { " CLIENT(
         "proxysg-legacy",
         "") ", \"server\": {} },"
             "\"apps\": { \"a\": " APP(
                 "3/s", "1s", ", \"server_close\": [ { \"kind\": \"never\" } ]") " }"},

    {"an element that eats FINs", "fin-wait-2", "client",
     TEN_MINUTES "\"hosts\": { " CLIENT(
         "proxysg-legacy",
         "") ", \"server\": {} },"
             "\"paths\": [ { \"between\": [\"client\", \"server\"], \"rtt\": \"10ms\","
             "               \"eats_fin_from\": \"server\" } ],"
             "\"apps\": { \"a\": " APP("3/s", "1s", "") " }"},

    {"connections that come too fast", "time-wait", "client",
     TEN_MINUTES "\"hosts\": { " CLIENT("linux518", "") ", \"server\": {} },"
                                                        "\"apps\": { \"a\": " APP(
                                                            "20/s", "1s", "") " }"},

    {"a program that does not close", "close-wait", "client",
     TEN_MINUTES
     "\"hosts\": { " CLIENT("win10", "") ", \"server\": {} },"
                                         "\"apps\": { \"a\": " APP(
                                             "5/s", "1s",
                                             ", \"closes_first\": \"server\", \"leaks\": "
                                             "{ \"close_wait\": 0.4 }") " }"},

    {"a program that keeps what failed", "bound", "client",
     TEN_MINUTES "\"hosts\": { " CLIENT(
         "win10", "") ", \"server\": { \"listen\": [443] } },"
                      "\"apps\": { \"a\": " APP(
                          "5/s", "1s", ", \"leaks\": { \"after_failure\": 1 }") " }"},

    {"a program that shuts down and waits", "half-closed", "client",
     TEN_MINUTES "\"hosts\": { " CLIENT(
         "linux518", "") ", \"server\": {} },"
                         "\"apps\": { \"a\": " APP(
                             "5/s", "1s",
                             ", \"leaks\": { \"half_closed\": 1 }, "
                             "\"server_close\": [ { \"kind\": \"never\" } ]") " }"},

    {"a black hole that takes all ports", "black-hole", "client",
     TEN_MINUTES "\"hosts\": { " CLIENT(
         "linux518",
         "") ", \"server\": {} },"
             "\"paths\": [ { \"between\": [\"client\", \"server\"], \"rtt\": \"10ms\","
             "               \"loss\": 1 } ],"
             "\"apps\": { \"a\": " APP("10/s", "1s", "") " }"},

    {"a black hole, and ports enough", "silence", "client",
     TEN_MINUTES "\"hosts\": { " CLIENT(
         "linux518",
         "") ", \"server\": {} },"
             "\"paths\": [ { \"between\": [\"client\", \"server\"], \"rtt\": \"10ms\","
             "               \"loss\": 1 } ],"
             "\"apps\": { \"a\": " APP("2/s", "1s", "") " }"},

    {"more connections than ports", "undersized", "client",
     TEN_MINUTES "\"hosts\": { " CLIENT(
         "linux518", ", \"time_wait\": \"1s\"") ", \"server\": {} },"
                                                "\"apps\": { \"a\": " APP("10/s", "2min",
                                                                          "") " }"},

    {"an excluded block", "range-blocked", "client",
     TEN_MINUTES
     "\"hosts\": { \"client\": { \"stack\": \"win10\","
     "    \"reserved_ranges\": [[50100, 50499]], \"tcp\": { \"range\": [50000, 50499] } "
     "}, \"server\": {} },"
     "\"apps\": { \"a\": " APP("3/s", "1s", "") " }"},

    {"a range that somebody narrowed", "range-narrowed", "client",
     TEN_MINUTES "\"hosts\": { " CLIENT(
         "linux518", "") ", \"server\": {} },"
                         "\"changes\": [ { \"at\": \"4min\", \"set\": {"
                         "    \"hosts.client.tcp.range\": [50000, 50099] } } ],"
                         "\"apps\": { \"a\": " APP("5/s", "1s", "") " }"},

    {"a search that gives up", "bounded-search", "client",
     TEN_MINUTES "\"hosts\": { " CLIENT(
         "plain", ", \"time_wait\": \"30s\", \"allocator\": { \"kind\": \"sg-legacy-b\", "
                  "\"tries\": 8 }") ", \"server\": {} },"
                                    "\"apps\": { \"a\": " APP("13/s", "1s", "") " }"},

    {"bind() before connect()", "bind-before-connect", "client",
     TEN_MINUTES "\"hosts\": { " CLIENT(
         "linux518",
         "") ", \"server\": { \"addresses\": [\"192.0.2.1\", \"192.0.2.2\", "
             "\"192.0.2.3\","
             "    \"192.0.2.4\", \"192.0.2.5\", \"192.0.2.6\"] } },"
             "\"apps\": { \"a\": " APP("20/s", "1s",
                                       ", \"socket\": { \"bind\": \"bind-zero\" }") " }"},

    {"the ports of the program itself", "program-ring", "client",
     TEN_MINUTES
     "\"hosts\": { " CLIENT("linux518", "") ", \"server\": {} },"
                                            "\"apps\": { \"a\": " APP(
                                                "6/s", "20s",
                                                ", \"socket\": { \"bind\": \"explicit\", "
                                                "\"ring\": [20000, 20099] }") " }"},

    {"a block for each inside host", "nat-block", "gateway",
     TEN_MINUTES
     "\"hosts\": { \"client\": { \"stack\": \"linux518\", \"count\": 4,"
     "    \"gateway\": \"gateway\" }, \"server\": {}, \"gateway\": { \"nat\": "
     "\"gcp-nat\" } },"
     "\"apps\": { \"a\": " APP("10/s", "1s", "") " }"},

    {"the outside ports of a gateway", "nat-pool", "gateway",
     TEN_MINUTES
     "\"hosts\": { \"client\": { \"stack\": \"linux518\", \"count\": 4,"
     "    \"gateway\": \"gateway\" }, \"server\": {}, \"gateway\": { \"nat\": "
     "\"aws-nat\", \"translation\": { \"range\": [50000, 50499] } } },"
     "\"apps\": { \"a\": " APP("20/s", "1s", "") " }"},

    {"the table of a gateway", "nat-table", "gateway",
     TEN_MINUTES
     "\"hosts\": { \"client\": { \"stack\": \"linux518\", \"count\": 4,"
     "    \"gateway\": \"gateway\" }, \"server\": {}, \"gateway\": { \"nat\": "
     "\"netfilter\", \"translation\": { \"max_mappings\": 500 } } },"
     "\"apps\": { \"a\": " APP("20/s", "1s", "") " }"},

    {"a race for outside ports", "nat-race", "gateway",
     TEN_MINUTES
     "\"hosts\": { \"client\": { \"stack\": \"linux518\", \"count\": 4,"
     "    \"gateway\": \"gateway\" }, \"server\": {}, \"gateway\": { \"nat\": "
     "\"netfilter\", \"translation\": { \"range\": [50000, 50499], \"confirm_delay\": "
     "\"400ms\", \"time_wait\": \"1s\","
     "    \"allocator\": \"rfc6056-alg1\" } } },"
     "\"apps\": { \"a\": " APP("60/s", "200ms", "") " }"},

    {"a limit on clients", "client-limit", "proxy",
     TEN_MINUTES
     "\"hosts\": { \"client\": {}, \"server\": {}, \"proxy\": { "
     "\"max_client_connections\": 50 } },"
     "\"apps\": { \"a\": " APP("10/s", "10s", ", \"through\": \"proxy\"") " }"},

    {"a server that remembers", "peer-lingers", "client",
     TEN_MINUTES "\"hosts\": { " CLIENT(
         "plain",
         "") ", \"server\": { \"tcp\": { \"syn_in_time_wait\": \"challenged\" } } },"
             "\"apps\": { \"a\": " APP("2/s", "1s",
                                       ", \"closes_first\": \"server\"") " }"},

    {"more than half of the range", "half-range-knee", "client",
     TEN_MINUTES "\"hosts\": { " CLIENT("linux518", "") ", \"server\": {} },"
                                                        "\"apps\": { \"a\": " APP(
                                                            "6/s", "5s", "") " }"},

    {"nobody listens", "not-ports", "client",
     TEN_MINUTES "\"hosts\": { " CLIENT(
         "linux518", "") ", \"server\": { \"listen\": [443] } },"
                         "\"apps\": { \"a\": " APP("5/s", "1s", "") " }"},

    {NULL, NULL, NULL, NULL}};

#define LATE "\"phases\": { \"late\": [\"5min\", \"10min\"] },"

const struct small_cure small_cures[] = {
    {"a server that never closes", "shorter-fin-wait-2",
     TEN_MINUTES LATE "\"hosts\": { " CLIENT(
         "proxysg-legacy",
         ", \"fin_wait_2\": \"1min\"") ", \"server\": {} },"
                                       "\"apps\": { \"a\": " APP(
                                           "3/s", "1s",
                                           ", \"server_close\": [ { \"kind\": \"never\" "
                                           "} ]") " }"},

    {"a server that never closes", "repair-peer",
     TEN_MINUTES LATE "\"hosts\": { " CLIENT(
         "proxysg-legacy", "") ", \"server\": {} },"
                               "\"apps\": { \"a\": " APP("3/s", "1s", "") " }"},

    {"connections that come too fast", "wider-range",
     TEN_MINUTES LATE "\"hosts\": { \"client\": { \"stack\": \"linux518\","
                      "    \"tcp\": { \"range\": [1024, 65535] } }, \"server\": {} },"
                      "\"apps\": { \"a\": " APP("20/s", "1s", "") " }"},

    {"connections that come too fast", "more-addresses",
     TEN_MINUTES LATE "\"hosts\": { \"client\": { \"stack\": \"linux518\","
                      "    \"addresses\": [\"10.0.0.1\", \"10.0.0.2\", \"10.0.0.3\"],"
                      "    \"tcp\": { \"range\": [50000, 50499] } }, \"server\": {} },"
                      "\"apps\": { \"a\": " APP("20/s", "1s", "") " }"},

    {"an excluded block", "open-range",
     TEN_MINUTES LATE
     "\"hosts\": { " CLIENT("win10", "") ", \"server\": {} },"
                                         "\"apps\": { \"a\": " APP("3/s", "1s", "") " }"},

    {"a search that gives up", "search-all",
     TEN_MINUTES LATE "\"hosts\": { " CLIENT(
         "plain", ", \"time_wait\": \"30s\", \"allocator\": "
                  "\"sg-legacy-a\"") ", \"server\": {} },"
                                     "\"apps\": { \"a\": " APP("13/s", "1s", "") " }"},

    {NULL, NULL, NULL}};
