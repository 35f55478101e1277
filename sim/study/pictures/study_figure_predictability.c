/* Picture "predictability": bits that must be guessed of the next port, row by row. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/bug.h"
#include "sim/base/memory.h"
#include "sim/results/gnuplot.h"
#include "sim/study/pictures/port_pictures.h"
#include "sim/study/pictures/study_figure.h"

/* The easiest to guess first; of equals by what all choices tell, then by name. */
static int by_bits(const void *left, const void *right)
{
    const struct predictability_row *a = left, *b = right;
    double difference = a->server.mean - b->server.mean;
    if (fabs(difference) < 1e-9)
        difference = a->observer.mean - b->observer.mean;
    if (fabs(difference) < 1e-9)
        return strcmp(a->label, b->label);
    return (difference > 0) - (difference < 0);
}

static double limit_of(const struct predictability_row *row)
{
    return log2(row->ports);
}

static double highest_limit(const struct picture_predictability *p)
{
    double limit = 1;
    for (size_t i = 0; i < p->count; i++)
        limit = fmax(limit, limit_of(&p->rows[i]));
    return limit;
}

/* --- words -------------------------------------------------------------------------- */

/* "3", "9.9", and never "-0". */
static const char *bits(double value, char out[AXIS_TEXT])
{
    bool whole = fabs(value - round(value)) < 0.05;
    return axis_grouped(fabs(value), whole ? 0 : 1, out);
}

/* "To know the next port one must guess 0 bits with bsd44, 9.9 of 10 with rfc6056-alg1"
 */
static void put_words(struct canvas *c, const struct picture_predictability *p,
                      struct text *script)
{
    struct text headline = {0}, detail = {0};
    char least[AXIS_TEXT], most[AXIS_TEXT], limit[AXIS_TEXT];
    const struct predictability_row *first = &p->rows[0], *last = &p->rows[p->count - 1];
    text_print(&headline, "Who saw the last port must guess %s",
               bits(first->server.mean, least));
    if (p->count == 1)
        text_print(&headline, " of %s bits of the next one of %s",
                   bits(limit_of(first), limit), first->label);
    else
        text_print(&headline, " bits of the next with %s, %s of %s with %s", first->label,
                   bits(last->server.mean, most), bits(limit_of(last), limit),
                   last->label);
    text_print(&detail, "%s%scollision entropy of the next port toward a server",
               p->where ? p->where : "", p->where ? ": " : "");
    if (p->left_out)
        text_print(&detail, "; %zu more are not shown", p->left_out);
    else
        text_print(&detail, "; A1 to A5: the algorithms of RFC 6056");
    study_head(c, &p->words, &headline, &detail, "", script);
}

/* "1 of 8", and never of more than there are. */
static char *odds(double value, uint32_t ports)
{
    char number[AXIS_TEXT];
    if (isnan(value))
        return memory_print("not known");
    return memory_print("1 of %s",
                        axis_grouped(fmin(round(exp2(value)), ports), 0, number));
}

static void put_texts(const struct picture_predictability *p, struct text *script)
{
    unsigned count = (unsigned)p->count;
    char *labels[PREDICTABILITY_ROWS_MAX], *odds_of[2 * PREDICTABILITY_ROWS_MAX];
    for (unsigned i = 0; i < count; i++) {
        const struct predictability_row *row = &p->rows[i];
        labels[i] = row->rfc6056 ? memory_print("%s  %s", row->label, row->rfc6056)
                                 : memory_print("%s", row->label);
        odds_of[2 * i] = odds(row->server.mean, row->ports);
        odds_of[2 * i + 1] = odds(row->observer.mean, row->ports);
    }
    gnuplot_set_number(script, "rows_shown", count);
    gnuplot_set_strings(script, "label_of", (const char *const *)labels, count);
    gnuplot_set_strings(script, "odds_of", (const char *const *)odds_of, 2 * count);
    for (unsigned i = 0; i < count; i++) {
        free(labels[i]);
        free(odds_of[2 * i]);
        free(odds_of[2 * i + 1]);
    }
}

/* --- data ----------------------------------------------------------------------------
 */

/* The end of an interval; no entropy is less than none. */
static double end_of(double value, double mean)
{
    return isnan(value) ? mean : fmax(value, 0);
}

/* Row; mean, low, high for who knows the last port, then for who saw all; the limit. */
static void put_data(const struct picture_predictability *p, struct text *script)
{
    text_print(script, "$data << EOD\n");
    for (size_t i = 0; i < p->count; i++) {
        const struct picture_point *s = &p->rows[i].server, *o = &p->rows[i].observer;
        study_row(script,
                  (const double[]){(double)i + 1, s->mean, end_of(s->low, s->mean),
                                   end_of(s->high, s->mean), o->mean,
                                   end_of(o->low, o->mean), end_of(o->high, o->mean),
                                   limit_of(&p->rows[i])},
                  8);
    }
    text_print(script, "EOD\n");
}

static void put_axis(const struct canvas *c, const struct picture_predictability *p,
                     struct text *script)
{
    const struct picture_axis axis = {.unit = "bits"};
    char number[AXIS_TEXT], ports[AXIS_TEXT];
    double limit = highest_limit(p);
    study_axis("x", &axis, -0.03 * limit, limit * 1.06,
               canvas_room(c->request->format).x_tics, script);
    char *text = memory_print("log2(%s) = %s", axis_grouped(exp2(limit), 0, ports),
                              bits(limit, number));
    gnuplot_set_number(script, "limit_at", limit);
    gnuplot_set_string(script, "limit_text", text);
    free(text);
}

bool picture_predictability(struct canvas *c, const char *name,
                            const struct picture_predictability *p)
{
    SIM_ASSERT(p->count > 0 && p->count <= PREDICTABILITY_ROWS_MAX);
    struct text script = {0};
    qsort(p->rows, p->count, sizeof *p->rows, by_bits);
    put_words(c, p, &script);
    put_axis(c, p, &script);
    put_texts(p, &script);
    put_data(p, &script);
    bool good = canvas_finish(c, "predictability", name, &script);
    text_free(&script);
    return good;
}
