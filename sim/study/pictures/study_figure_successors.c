/* Picture "successors": the next port against the last one, a panel a pool.
 *
 * A sequence is a line beside the diagonal, small steps a band along it, chance a cloud.
 */
#include <math.h>
#include <stdlib.h>

#include "sim/base/bug.h"
#include "sim/base/memory.h"
#include "sim/results/gnuplot.h"
#include "sim/study/pictures/port_pictures.h"
#include "sim/study/pictures/study_figure.h"

/* --- words -------------------------------------------------------------------------- */

/* "3 bits", "not known" */
static const char *bits(double value, char out[AXIS_TEXT])
{
    char number[AXIS_TEXT];
    bool whole = fabs(value - round(value)) < 0.05;
    if (isnan(value))
        snprintf(out, AXIS_TEXT, "bits not known");
    else
        snprintf(out, AXIS_TEXT, "%s bits",
                 axis_grouped(fabs(value), whole ? 0 : 1, number));
    return out;
}

/* "a: what follows a port toward a server takes 0 bits to guess, of b 14 bits". */
static void put_words(struct canvas *c, const struct picture_successors *p,
                      struct text *script)
{
    struct text headline = {0}, detail = {0};
    char least[AXIS_TEXT], most[AXIS_TEXT];
    unsigned low = 0, high = 0;
    for (unsigned i = 1; i < p->count; i++) {
        low = p->panels[i].bits < p->panels[low].bits ? i : low;
        high = p->panels[i].bits > p->panels[high].bits ? i : high;
    }
    text_print(&headline,
               "The port that follows another toward a server takes %s to guess with %s",
               bits(p->panels[low].bits, least), p->panels[low].label);
    if (p->count > 1)
        text_print(&headline, ", %s with %s", bits(p->panels[high].bits, most),
                   p->panels[high].label);
    text_print(
        &detail,
        "among the first %s pairs of each host; on the diagonal a port follows itself",
        axis_grouped((double)p->most, 0, most));
    if (p->left_out)
        text_print(&detail, "; %zu more pools are not shown", p->left_out);
    study_head(c, &p->words, &headline, &detail, "next port", script);
}

/* --- data --------------------------------------------------------------------------- */

/* Pairs of all panels that a picture shows; of more each second, third ... */
#define PAIRS_SHOWN 5000

static size_t stride_of(const struct picture_successors *p)
{
    size_t all = 0;
    for (unsigned i = 0; i < p->count; i++)
        all += p->panels[i].count;
    return (all + PAIRS_SHOWN - 1) / PAIRS_SHOWN;
}

static void put_panels(const struct picture_successors *p, struct text *script)
{
    char *titles[SUCCESSORS_PANELS_MAX];
    double lows[SUCCESSORS_PANELS_MAX], highs[SUCCESSORS_PANELS_MAX];
    size_t stride = stride_of(p);
    text_print(script, "$data << EOD\n");
    for (unsigned i = 0; i < p->count; i++) {
        const struct successors_panel *panel = &p->panels[i];
        char taken[AXIS_TEXT];
        titles[i] = memory_print("%s: %s", panel->label, bits(panel->bits, taken));
        lows[i] = panel->low;
        highs[i] = panel->high;
        for (size_t k = 0; k < panel->count; k += stride)
            text_print(script, "%u %u\n", (unsigned)panel->pairs[k].last,
                       (unsigned)panel->pairs[k].next);
        text_print(script, "\n\n"); /* gnuplot's end of an index */
    }
    text_print(script, "EOD\n");
    gnuplot_set_number(script, "panels", p->count);
    gnuplot_set_strings(script, "title_of", (const char *const *)titles, p->count);
    gnuplot_set_numbers(script, "low_of", lows, p->count);
    gnuplot_set_numbers(script, "high_of", highs, p->count);
    for (unsigned i = 0; i < p->count; i++)
        free(titles[i]);
}

bool picture_successors(struct canvas *c, const char *name,
                        const struct picture_successors *p)
{
    SIM_ASSERT(p->count > 0 && p->count <= SUCCESSORS_PANELS_MAX);
    struct text script = {0};
    put_words(c, p, &script);
    put_panels(p, &script);
    bool good = canvas_finish(c, "successors", name, &script);
    text_free(&script);
    return good;
}
