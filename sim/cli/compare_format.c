#include "sim/cli/compare_format.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"
#include "sim/views/human.h"

const struct compare_format *compare_format_find(const char *name)
{
    static const struct compare_format *const formats[] = {
#define X(name) &compare_format_##name,
        COMPARE_FORMATS(X)
#undef X
    };
    for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++)
        if (strcmp(formats[i]->name, name) == 0)
            return formats[i];
    return NULL;
}

/* --- numbers ------------------------------------------------------------------------ */

const char *compare_number(double value, char out[COMPARE_TEXT])
{
    char human[HUMAN_TEXT];
    snprintf(out, COMPARE_TEXT, "%s", human_value(value, "1", human));
    return out;
}

/* The decimals that show two digits of a half-width. */
static int decimals_of(double half_width)
{
    int decimals = 1 - (int)floor(log10(half_width));
    return decimals < 0 ? 0 : decimals;
}

#define MOST_DECIMALS 6

const char *compare_difference(const struct estimate *difference, char out[COMPARE_TEXT])
{
    char value[HUMAN_TEXT], width[HUMAN_TEXT];
    double d = difference->value, h = difference->half_width;
    if (isnan(d))
        return strcpy(out, "-");
    if (!(h > 0)) {
        snprintf(out, COMPARE_TEXT, "%+.6g", d);
        return out;
    }
    int decimals = decimals_of(h);
    if (decimals == 0)
        snprintf(out, COMPARE_TEXT, "%s%s ± %s", d > 0 ? "+" : "", human_count(d, value),
                 human_count(h, width));
    else if (decimals <= MOST_DECIMALS)
        snprintf(out, COMPARE_TEXT, "%+.*f ± %.*f", decimals, d, decimals, h);
    else
        snprintf(out, COMPARE_TEXT, "%+.3g ± %.2g", d, h);
    return out;
}

const char *compare_change(const struct compare_line *line, char out[COMPARE_TEXT])
{
    double change = 100 * line->difference.difference.value / fabs(line->a.value);
    if (!isfinite(change))
        return strcpy(out, "");
    char whole[HUMAN_TEXT];
    if (fabs(change) >= 1000)
        snprintf(out, COMPARE_TEXT, "%s%s %%", change > 0 ? "+" : "",
                 human_count(change, whole));
    else
        snprintf(out, COMPARE_TEXT, "%+.2g %%", change);
    if (fabs(change) >= 99.5 && fabs(change) < 1000)
        snprintf(out, COMPARE_TEXT, "%+.0f %%", change);
    return out;
}

const char *compare_worth(double variance_ratio, char out[COMPARE_TEXT])
{
    if (!isfinite(variance_ratio))
        return strcpy(out, "");
    snprintf(out, COMPARE_TEXT, variance_ratio < 9.95 ? "%.1f" : "%.0f", variance_ratio);
    return out;
}

/* --- words -------------------------------------------------------------------------- */

#define COUNTABLE 1000000 /* replications beyond which nobody would go */

const char *compare_reason(const struct compare_line *line, char out[COMPARE_TEXT])
{
    char text[HUMAN_TEXT];
    switch (line->verdict) {
    case COMPARE_EQUIVALENT:
        snprintf(out, COMPARE_TEXT, "within %s", human_value(line->margin, "1", text));
        break;
    case COMPARE_UNDECIDED:
        if (line->needed && line->needed <= COUNTABLE)
            snprintf(out, COMPARE_TEXT, "about %s replications would",
                     human_count(line->needed, text));
        else
            snprintf(out, COMPARE_TEXT, "no number of replications would");
        break;
    case COMPARE_NO_DATA:
        snprintf(out, COMPARE_TEXT, "%u pairs of runs have a value", line->difference.n);
        break;
    default:
        out[0] = '\0';
    }
    return out;
}

const char *compare_sentence(const struct compare_report *report, char out[COMPARE_TEXT])
{
    const uint32_t *of = report->result->verdicts;
    uint32_t metrics = 0;
    for (int i = 0; i < COMPARE_VERDICTS; i++)
        metrics += of[i];
    if (of[COMPARE_WORSE])
        snprintf(out, COMPARE_TEXT, "B is worse in %u of %u metrics", of[COMPARE_WORSE],
                 metrics);
    else if (of[COMPARE_BETTER])
        snprintf(out, COMPARE_TEXT, "B is better in %u of %u metrics, worse in none",
                 of[COMPARE_BETTER], metrics);
    else if (of[COMPARE_DIFFERENT])
        snprintf(out, COMPARE_TEXT, "B differs in %u of %u metrics, worse in none",
                 of[COMPARE_DIFFERENT], metrics);
    else if (of[COMPARE_UNDECIDED])
        snprintf(out, COMPARE_TEXT, "cannot tell A and B apart in %u of %u metrics",
                 of[COMPARE_UNDECIDED], metrics);
    else if (of[COMPARE_EQUIVALENT])
        snprintf(out, COMPARE_TEXT, "A and B are equivalent");
    else if (of[COMPARE_EQUAL])
        snprintf(out, COMPARE_TEXT, "A and B are equal");
    else
        snprintf(out, COMPARE_TEXT, "nothing was compared");
    return out;
}

/* --- lines -------------------------------------------------------------------------- */

bool compare_matters(const struct compare_line *line)
{
    return line->verdict <= COMPARE_UNDECIDED;
}

static int by_verdict(const void *a, const void *b)
{
    const struct compare_line *x = *(const struct compare_line *const *)a;
    const struct compare_line *y = *(const struct compare_line *const *)b;
    if (x->verdict != y->verdict)
        return x->verdict < y->verdict ? -1 : 1;
    return (x > y) - (x < y); /* of one case: their order in it */
}

const struct compare_line **compare_listed(const struct compare_case *c, bool all,
                                           uint32_t *count)
{
    const struct compare_line **listed =
        memory_new(c->line_count, sizeof(const struct compare_line *));
    *count = 0;
    for (uint32_t i = 0; i < c->line_count; i++)
        if (all || compare_matters(&c->lines[i]))
            listed[(*count)++] = &c->lines[i];
    qsort(listed, *count, sizeof(const struct compare_line *), by_verdict);
    return listed;
}
