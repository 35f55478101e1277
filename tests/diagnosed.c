#include "tests/diagnosed.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "sim/base/memory.h"
#include "sim/results/run_directory.h"
#include "sim/views/diagnose.h"
#include "tests/scratch.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* "host cause, host/udp4 cause": what is named first of each pool that is blamed.  Those
 * not named must be blamed for nothing; every scenario has a row. */
static const struct expected {
    const char *scenario;
    const char *causes;
} expected[] = {
    {"aks-idle-held", ""},
    {"allocator-probes", "client undersized"},
    {"allocator-regression-suite",
     "draw undersized, equal undersized, parity undersized, ring undersized, rounds "
     "bounded-search, sequence undersized, steps undersized, walk undersized"},
    {"aws-nat-hot-destination", "nat-1000 nat-pool"},
    {"azure-scale-out", "lb nat-block"},
    {"browser-six-connections", "desktop time-wait"},
    {"cilium-egress-8000s",
     "egress bounded-search, egress-burst nat-pool, egress-flood nat-pool"},
    {"demo-allocators",
     "hashed undersized, linux undersized, random undersized, sequence undersized"},
    {"demo-exhaustion", "shop time-wait"},
    {"demo-nat", "balancer nat-pool"},
    {"docker-udp-leak", "desktop/udp4 udp-leak"},
    {"errno-by-platform",
     "freebsd undersized, linux-bind undersized, linux-connect undersized, macos "
     "undersized, netbsd undersized, openbsd undersized, windows undersized"},
    {"even-and-odd", "binds undersized, connects undersized"},
    {"five-percent-never-close", "proxy peer-lingers"},
    {"four-tuple",
     "one-to-one undersized, port-scope undersized, port-scope-two-sources undersized, "
     "two-ports undersized, two-servers undersized, two-sources undersized"},
    {"gateway-restart", ""},
    {"gcp-static-vs-dynamic", "static-120 nat-block, static-30 nat-block"},
    {"half-closed-server", "proxy fin-wait-2"},
    {"haproxy-held-fin-wait-2",
     "default half-closed, fin-timeout half-closed, prompt time-wait"},
    {"haproxy-restart", "restarted half-closed"},
    {"haproxy-ring", "held program-ring, long program-ring, no-timestamps program-ring"},
    {"haproxy-server-repaired", "haproxy fin-wait-2, nginx time-wait"},
    {"how-many-addresses", "client time-wait"},
    {"http-client-pool", "per-request time-wait, too-small not-ports"},
    {"innocent-application", "proxy fin-wait-2"},
    {"ipcom-fallback", "proxy fin-wait-2"},
    {"ipcom-fallback-off", "proxy fin-wait-2"},
    {"linux-bind-before-connect", "binds bind-before-connect"},
    {"linux-churn-replay", "client time-wait"},
    {"linux-descriptor-leak", "binder bound"},
    {"linux-fin-timeout", ""},
    {"linux-parity-knee", "four-destinations undersized, one-pair undersized"},
    {"linux-range-narrowed", "client range-narrowed"},
    {"linux-tw-reuse", ""},
    {"load-test-back-to-back",
     "no-pause time-wait, pause-20s time-wait, pause-63s time-wait, short-no-pause "
     "time-wait, short-pause-22s half-range-knee, slow half-range-knee"},
    {"long-run-loss", "client time-wait"},
    {"misbehaving-peers", "never peer-lingers, silent peer-lingers"},
    {"monitoring-loop", "server close-wait"},
    {"netfilter-snat-race", ""},
    {"network-element-fixed", "proxy fin-wait-2"},
    {"nginx-keepalive-pool", "nginx time-wait"},
    {"nginx-no-keepalive", "k-1 time-wait, k-2 half-range-knee"},
    {"nginx-stream-fin-wait-2", "default fin-wait-2"},
    {"peer-timewait", "challenged peer-lingers, dropped peer-lingers"},
    {"port-predictability", ""},
    {"port-reuse-order", ""},
    {"port-successors", ""},
    {"proxysg-cifs-finwait2", "proxy fin-wait-2"},
    {"proxysg-client-limit", "limited client-limit, open undersized"},
    {"proxysg-finwait2-60s", "proxy peer-lingers"},
    {"proxysg-knee", "proxy fin-wait-2"},
    {"proxysg-legacy-b", "proxy fin-wait-2"},
    {"proxysg-low-port", "proxy peer-lingers"},
    {"proxysg-management-inbound", "proxy fin-wait-2"},
    {"proxysg-outage", "proxy fin-wait-2"},
    {"proxysg-random-off", "proxy fin-wait-2"},
    {"proxysg-randomize-port-disabled", "proxy fin-wait-2"},
    {"proxysg-reworked", "proxy fin-wait-2"},
    {"proxysg-which-knob", "proxy fin-wait-2"},
    {"reflect-client-ip", ""},
    {"reflect-client-ip-nat", "proxy tuple-taken"},
    {"reserved-block-skew", ""},
    {"retry-storm", "at-once fin-wait-2, backing-off fin-wait-2, insisting undersized, "
                    "losing undersized, none fin-wait-2, steady fin-wait-2"},
    {"syn-black-hole", "linux black-hole, mac black-hole, windows silence"},
    {"teaching-mini", "client time-wait"},
    {"ten-ports", "client time-wait"},
    {"terminal-server", "ts time-wait"},
    {"time-wait-knee", ""},
    {"three-orders", ""},
    {"udp-late-answers", "in-order/udp4 not-ports, random/udp4 not-ports"},
    {"udp-leak-dns", "machine/udp4 udp-leak"},
    {"which-address-to-add", "bsd-server time-wait, bsd-source time-wait, linux-server "
                             "time-wait, linux-source time-wait"},
    {"which-timeout-is-snat", "idle not-ports, lb-busy nat-block"},
    {"which-proxy-pays-time-wait",
     "haproxy-tcp time-wait, nginx-http time-wait, nginx-stream time-wait"},
    {"who-notices-a-reboot", ""},
    {"windows-2003-proxy",
     "at-16-wait-240 time-wait, at-20-wait-240 time-wait, at-40-wait-120 time-wait"},
    {"windows-bind-trace", "server time-wait"},
    {"windows-bound-leak", "desk bound"},
    {"windows-closewait-leak", "server close-wait"},
    {"windows-desktop-outage", "desktop close-wait"},
    {"windows-dynamicport", "small undersized, wide undersized"},
    {"windows-events", "busy time-wait, insisting program-ring, leaking close-wait, "
                       "linux time-wait, resolver/udp4 udp-leak"},
    {"windows-excluded-block", "blocked range-blocked"},
    {"windows-four-pools",
     "desktop undersized, linux undersized, linux/tcp6 other-family"},
    {"windows-reboot", "server bound"},
    {"windows-time-wait-at-boot", "desktop time-wait"},
};

static const struct expected *row_of(const char *scenario)
{
    for (size_t i = 0; i < COUNT(expected); i++)
        if (strcmp(expected[i].scenario, scenario) == 0)
            return &expected[i];
    fail_msg("%s has no row: add what portsim diagnose says, if that is right", scenario);
    return NULL;
}

/* The cause expected of the pool, "none" if it is not in the row; the caller's to free.
 */
static char *cause_of(const struct expected *e, const struct run_pool *pool)
{
    bool tcp4 = strcmp(pool->pool, "tcp4") == 0;
    char *name = tcp4 ? memory_text(pool->host, strlen(pool->host))
                      : memory_print("%s/%s", pool->host, pool->pool);
    size_t length = strlen(name);
    const char *found = "none";
    for (const char *at = e->causes; *at; at += strspn(at, ", ")) {
        if (strncmp(at, name, length) == 0 && at[length] == ' ')
            found = at + length + 1;
        at += strcspn(at, ",");
    }
    free(name);
    return memory_text(found, strcspn(found, ","));
}

/* --- one scenario ------------------------------------------------------------------- */

static void write_run(const struct run_record *record, const char *directory)
{
    struct results_error error;
    struct run_directory *d = run_directory_prepare(directory, false, &error);
    assert_non_null(d);
    assert_true(run_directory_write(d, record, &error));
    run_directory_free(d);
}

static unsigned complain(const struct expected *e, const struct diagnosis *d)
{
    unsigned wrong = 0;
    for (size_t i = 0; i < d->count; i++) {
        const struct verdict *v = &d->verdicts[i];
        char *right = cause_of(e, v->figures->pool);
        const char *said = v->main ? v->main->name : "none";
        if (strcmp(said, right) != 0 && ++wrong)
            print_error("%s, %s %s: said %s, not %s\n", e->scenario,
                        v->figures->pool->host, v->figures->pool->pool, said, right);
        free(right);
    }
    return wrong;
}

void check_diagnosis(const struct run_record *record)
{
    char *folder = scratch_new();
    char *directory = memory_print("%s/run", folder);
    char *resolved = memory_print("%s/scenario.json", directory);
    struct results_error error;
    write_run(record, directory);
    assert_int_equal(unlink(resolved), 0);
    struct stored_run *run = run_directory_read(directory, &error);
    if (!run)
        fail_msg("%s: %s", record->scenario, error.text);
    struct diagnosis *d = diagnosis_new(&run->record);
    unsigned wrong = complain(row_of(record->scenario), d);
    diagnosis_free(d);
    stored_run_free(run);
    free(resolved);
    free(directory);
    scratch_free(folder);
    assert_int_equal(wrong, 0);
}

/* --- the table ---------------------------------------------------------------------- */

/* A wrong word in the table could never be said. */
void check_diagnosis_table(void)
{
    for (size_t i = 0; i < COUNT(expected); i++) {
        char *path = memory_print("scenarios/%s.json", expected[i].scenario);
        if (access(path, R_OK) != 0)
            fail_msg("there is no %s", path);
        for (const char *at = strchr(expected[i].causes, ' '); at;
             at = strchr(at, ',') ? strchr(strchr(at, ',') + 2, ' ') : NULL) {
            size_t k = 0, length = strcspn(at + 1, ",");
            while (causes[k] && (strlen(causes[k]->name) != length ||
                                 memcmp(causes[k]->name, at + 1, length) != 0))
                k++;
            if (!causes[k])
                fail_msg("%s: no cause is called %.*s", expected[i].scenario, (int)length,
                         at + 1);
        }
        free(path);
    }
}
