#include "models/probe_log.h"

#include <stdlib.h>

#include "sim/base/memory.h"

#define FULL (PROBE_BANDS - 1)

/* Where the metrics' steps become fine, in per cent; steps below, and their number. */
#define FINE_FROM    90
#define COARSE       5
#define COARSE_COUNT (FINE_FROM / COARSE)

#define ROW(name_, taken)                                                                \
    {                                                                                    \
        .name = "probes_at." name_, .unit = "probes", .kind = METRIC_SAMPLE,             \
        .flags = METRIC_QUIET,                                                           \
        .help =                                                                          \
            "candidates examined by a choice while " taken " of the ports were taken, "  \
            "failed ones included"                                                       \
    }

const struct metric_def probe_log_metrics[PROBE_METRICS] = {
    ROW("0", "0 to 5 %"),     ROW("5", "5 to 10 %"),   ROW("10", "10 to 15 %"),
    ROW("15", "15 to 20 %"),  ROW("20", "20 to 25 %"), ROW("25", "25 to 30 %"),
    ROW("30", "30 to 35 %"),  ROW("35", "35 to 40 %"), ROW("40", "40 to 45 %"),
    ROW("45", "45 to 50 %"),  ROW("50", "50 to 55 %"), ROW("55", "55 to 60 %"),
    ROW("60", "60 to 65 %"),  ROW("65", "65 to 70 %"), ROW("70", "70 to 75 %"),
    ROW("75", "75 to 80 %"),  ROW("80", "80 to 85 %"), ROW("85", "85 to 90 %"),
    ROW("90", "90 to 91 %"),  ROW("91", "91 to 92 %"), ROW("92", "92 to 93 %"),
    ROW("93", "93 to 94 %"),  ROW("94", "94 to 95 %"), ROW("95", "95 to 96 %"),
    ROW("96", "96 to 97 %"),  ROW("97", "97 to 98 %"), ROW("98", "98 to 99 %"),
    ROW("99", "99 to 100 %"), ROW("full", "all"),
};

uint32_t probe_metric_low(uint32_t row)
{
    return row < COARSE_COUNT ? row * COARSE : FINE_FROM + row - COARSE_COUNT;
}

uint32_t probe_metric_high(uint32_t row)
{
    return row < PROBE_METRICS - 1 ? probe_metric_low(row + 1) : FULL;
}

static uint32_t row_of(uint32_t band)
{
    return band < FINE_FROM ? band / COARSE : COARSE_COUNT + band - FINE_FROM;
}

struct probe_log *probe_log_new(void)
{
    return memory_new(1, sizeof(struct probe_log));
}

void probe_log_free(struct probe_log *log)
{
    if (!log)
        return;
    for (uint32_t i = 0; i < PROBE_BANDS; i++)
        free(log->bands[i].sizes);
    free(log);
}

void probe_log_declare(struct probe_log *log, struct metrics *metrics, const char *prefix)
{
    log->metrics = metrics;
    log->metric = metrics_declare(metrics, prefix, probe_log_metrics, PROBE_METRICS);
}

/* Ports outside the range may be held too, by who binds to them: more than all is all. */
static uint32_t band_of(uint32_t taken, uint32_t usable)
{
    return taken < usable ? (uint32_t)((uint64_t)taken * FULL / usable) : FULL;
}

void probe_log_note(struct probe_log *log, uint32_t taken, uint32_t usable,
                    uint32_t probes, bool found)
{
    uint32_t number = band_of(taken, usable);
    struct probe_band *band = &log->bands[number];
    band->choices++;
    band->failures += !found;
    band->sum += probes;
    if (probes > band->most)
        band->most = probes;
    band->sizes = histogram_add(band->sizes, probes);
    if (log->metrics)
        metrics_sample(log->metrics, log->metric + row_of(number), probes);
}

size_t probe_log_bytes(const struct probe_log *log)
{
    size_t bytes = log ? sizeof *log : 0;
    for (uint32_t i = 0; log && i < PROBE_BANDS; i++)
        if (log->bands[i].sizes)
            bytes += sizeof *log->bands[i].sizes +
                     log->bands[i].sizes->width * sizeof log->bands[i].sizes->counts[0];
    return bytes;
}
