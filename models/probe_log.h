/* What choices of a port cost, by how full the ports were at that moment.
 *
 * A band is a hundredth of the ports a request may have: band 50 holds the choices made
 * while 50 % or more, and less than 51 %, were taken for it; the last band those made
 * while none was free.  A run that fills up shows its allocator's whole curve.
 *
 *     note      about 5 ns
 *     memory    5 KiB, and 256 bytes for each octave of probes in a band: 50 KiB in
 *               practice, 400 at most
 *
 * A host that asks for it (`probes_by_occupancy`) reports the same as metrics, which
 * studies keep with their intervals: one sample for each of PROBE_METRICS wider bands.
 * May touch its metrics and nothing else.
 */
#ifndef MODELS_PROBE_LOG_H
#define MODELS_PROBE_LOG_H

#include <stdbool.h>

#include "sim/base/metrics.h"

#define PROBE_BANDS 101

struct probe_band {
    uint64_t choices, failures; /* failures are choices too */
    uint64_t sum;               /* of the candidates examined */
    uint32_t most;
    struct histogram *sizes; /* NULL: no choice */
};

/* Steps of 5 % up to 90, of 1 % up to 100, and full. */
#define PROBE_METRICS 29

/* "probes_at.0", "probes_at.5" ... "probes_at.90", "probes_at.91" ... "probes_at.full",
 * under "hosts.<host>.<pool>" of hosts that ask for it. */
extern const struct metric_def probe_log_metrics[PROBE_METRICS];

/* The shares taken that such a row speaks of, in per cent; both 100: full. */
uint32_t probe_metric_low(uint32_t row);
uint32_t probe_metric_high(uint32_t row);

struct probe_log {
    struct metrics *metrics; /* NULL: nobody asks for them */
    uint32_t metric;
    struct probe_band bands[PROBE_BANDS];
};

struct probe_log *probe_log_new(void);
void probe_log_free(struct probe_log *log); /* NULL is allowed */

/* Reports metrics as well, under `prefix`. */
void probe_log_declare(struct probe_log *log, struct metrics *metrics,
                       const char *prefix);

/* A choice that examined `probes` candidates while `taken` of `usable` ports were. */
void probe_log_note(struct probe_log *log, uint32_t taken, uint32_t usable,
                    uint32_t probes, bool found);

size_t probe_log_bytes(const struct probe_log *log); /* NULL: 0 */

#endif
