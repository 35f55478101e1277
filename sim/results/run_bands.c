#include "sim/results/run_bands.h"

#include <string.h>

#define COLUMN(key, member)                                                              \
    {                                                                                    \
#key, CSV_MEMBER_##member, offsetof(struct run_band, key), NULL                  \
    }

static const struct csv_column band_row[] = {
    COLUMN(metric, TEXT), {"t_s", CSV_MEMBER_TIME, offsetof(struct run_band, when), NULL},
    COLUMN(low, NUMBER),  COLUMN(median, NUMBER),
    COLUMN(high, NUMBER), COLUMN(mean, NUMBER),
    COLUMN(runs, U32),
};

const struct csv_columns run_band_columns = {
    band_row, sizeof band_row / sizeof band_row[0], sizeof(struct run_band)};

/* NaN is refused too. */
bool run_band_sound(const void *row)
{
    const struct run_band *b = row;
    return *b->metric && b->runs >= 1 && b->low <= b->median && b->median <= b->high &&
           b->mean == b->mean;
}

struct run_band_rows run_bands_of(const struct run_record *r, const char *metric)
{
    size_t from = 0, to;
    while (from < r->band_count && strcmp(r->bands[from].metric, metric) != 0)
        from++;
    for (to = from; to < r->band_count; to++)
        if (strcmp(r->bands[to].metric, metric) != 0 ||
            (to > from && r->bands[to].when <= r->bands[to - 1].when))
            break;
    return (struct run_band_rows){to > from ? r->bands + from : NULL, to - from};
}
