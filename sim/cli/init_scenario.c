#include "sim/cli/init_scenario.h"

#include <stdbool.h>
#include <stddef.h>

#include "sim/scenario/units.h"
#include "sim/views/human.h"

/* Connections of a run at most: well below two seconds on any machine of today, also
 * where a proxy makes two of one. */
#define CONNECTIONS 150000

const char *init_through_word(uint32_t index)
{
    static const char *const words[] = {
        [INIT_NONE] = "none", [INIT_PROXY] = "proxy", [INIT_NAT] = "nat"};
    return index < sizeof words / sizeof words[0] ? words[index] : NULL;
}

/* As long as a TIME_WAIT and more where the rate allows it. */
static sim_ns duration_of(const struct init_wish *wish)
{
    static const sim_ns lengths[] = {10 * SIM_MIN, 6 * SIM_MIN, 4 * SIM_MIN, 2 * SIM_MIN,
                                     SIM_MIN,      30 * SIM_S,  10 * SIM_S,  4 * SIM_S};
    size_t last = sizeof lengths / sizeof lengths[0] - 1, i = 0;
    while (i < last && wish->per_second * sim_seconds(lengths[i]) > CONNECTIONS)
        i++;
    return lengths[i];
}

static void write_head(struct text *out, const struct init_wish *wish)
{
    char rate[UNITS_TEXT], length[UNITS_TEXT];
    text_print(
        out,
        "{\n"
        "  \"$schema\": \"scenario.schema.json\",\n"
        "  \"//\": \"Keys that begin with // are comments. portsim explain PATH "
        "says more of any key: portsim explain hosts.client.tcp\",\n"
        "  \"version\": 1,\n"
        "  \"name\": \"%s\",\n"
        "  \"// about\": \"what is asked and what was found, for those who read it "
        "later\",\n"
        "  \"about\": \"Do the ports of %s last for %s?\",\n"
        "\n"
        "  \"// seed\": \"of all that happens by chance: the same seed gives the "
        "same run (portsim explain seed)\",\n"
        "  \"seed\": 1,\n"
        "  \"// duration\": \"of simulated time; a port rests for its TIME_WAIT, so "
        "look for longer than that (portsim explain duration)\",\n"
        "  \"duration\": \"%s\",\n"
        "  \"// network\": \"the round trip between any two hosts (portsim explain "
        "network.rtt)\",\n"
        "  \"network\": { \"rtt\": \"10ms\" },\n",
        wish->name, wish->stack, rate_text(wish->per_second, rate),
        duration_text(duration_of(wish), length));
}

static void write_servers(struct text *out, const struct init_wish *wish)
{
    text_print(out, "    \"// server\": \"who is connected to; of several addresses one "
                    "after the other (portsim explain hosts.server.addresses)\",\n"
                    "    \"server\": { \"stack\": \"linux518\", \"listen\": [443], "
                    "\"addresses\": [");
    for (uint32_t i = 1; i <= wish->destinations; i++) {
        const char *between = i == 1 ? "" : i % 8 == 1 ? ",\n      " : ", ";
        text_print(out, "%s\"192.0.2.%u\"", between, (unsigned)i);
    }
    text_print(out, "] }\n  },\n");
}

static void write_hosts(struct text *out, const struct init_wish *wish)
{
    bool proxy = wish->through == INIT_PROXY, nat = wish->through == INIT_NAT;
    const char *host = proxy ? "proxy" : "client";
    text_print(out, "\n  \"hosts\": {\n");
    if (proxy)
        text_print(out,
                   "    \"// client\": \"a hundred machines, each with few connections "
                   "(portsim explain hosts.client.count)\",\n"
                   "    \"client\": { \"stack\": \"win10\", \"count\": 100 },\n");
    text_print(out,
               "    \"// %s\": \"who opens the connections in question; its stack brings "
               "range, allocator and timers (portsim explain %s)\",\n"
               "    \"// tcp\": \"overrides any of them: \\\"tcp\\\": { "
               "\\\"time_wait\\\": \\\"30s\\\" } (portsim explain hosts.%s.tcp)\",\n"
               "    \"%s\": { \"stack\": \"%s\"%s },\n",
               host, wish->stack, host, host, wish->stack,
               proxy ? ", \"addresses\": [\"10.0.0.1\"]"
               : nat ? ", \"gateway\": \"gateway\""
                     : "");
    if (nat)
        text_print(out,
                   "    \"// gateway\": \"translates what the client sends; any kind of "
                   "portsim list nats can stand here (portsim explain "
                   "hosts.gateway.translation)\",\n"
                   "    \"gateway\": { \"nat\": \"netfilter\" },\n");
    write_servers(out, wish);
}

static void write_apps(struct text *out, const struct init_wish *wish)
{
    char rate[UNITS_TEXT];
    text_print(
        out,
        "\n"
        "  \"apps\": {\n"
        "    \"web\": {\n"
        "      \"from\": \"client\",%s\n"
        "      \"to\": \"server:443\",\n"
        "      \"// arrivals\": \"users that know nothing of each other, so many a "
        "second (portsim explain apps.web.arrivals)\",\n"
        "      \"arrivals\": { \"kind\": \"poisson\", \"rate\": \"%s\" },\n"
        "      \"// lifetime\": \"how long a connection is open (portsim explain "
        "apps.web.lifetime)\",\n"
        "      \"lifetime\": { \"kind\": \"exponential\", \"mean\": \"1s\" },\n"
        "      \"// closes_first\": \"who closes first keeps the port in TIME_WAIT "
        "(portsim explain apps.web.closes_first)\",\n"
        "      \"closes_first\": \"client\"\n"
        "    }\n"
        "  },\n",
        wish->through == INIT_PROXY ? " \"through\": \"proxy\"," : "",
        rate_text(wish->per_second, rate));
}

/* The second half of the run is when things have settled. */
static void write_end(struct text *out, const struct init_wish *wish, double share)
{
    char from[UNITS_TEXT], to[UNITS_TEXT], percent[HUMAN_TEXT];
    sim_ns end = duration_of(wish);
    text_print(
        out,
        "\n"
        "  \"// changes\": \"knobs turned in mid-run: { \\\"at\\\": \\\"%s\\\", "
        "\\\"set\\\": { \\\"apps.web.arrivals.rate\\\": \\\"1/s\\\" } } (portsim "
        "list knobs)\",\n"
        "  \"changes\": [],\n"
        "  \"// phases\": \"windows with a name, for metric@phase (portsim explain "
        "phases)\",\n"
        "  \"phases\": { \"late\": [\"%s\", \"%s\"] },\n",
        duration_text(end / 2, from), duration_text(end / 2, from),
        duration_text(end, to));
    text_print(out,
               "  \"// require\": \"what must hold, else portsim run ends with status 1 "
               "(portsim list metrics)");
    if (share > INIT_BOUND)
        text_print(out,
                   ". As it stands it does NOT hold: %s of the attempts fail, for there "
                   "are too few ports; portsim diagnose says what holds them",
                   human_share(share, percent));
    text_print(out,
               "\",\n"
               "  \"require\": [\"" INIT_METRIC " <= %g%%\"]\n"
               "}\n",
               100 * INIT_BOUND);
}

void init_scenario_write(struct text *out, const struct init_wish *wish, double share)
{
    write_head(out, wish);
    write_hosts(out, wish);
    write_apps(out, wish);
    write_end(out, wish, share);
}
