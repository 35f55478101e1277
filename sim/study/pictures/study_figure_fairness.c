/* Picture "fairness": what each application loses, and how unequally.
 *
 * Left the shares that fail; right the Lorenz curve of failures over attempts, those who
 * lose least first: on the diagonal all lose alike.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/bug.h"
#include "sim/base/memory.h"
#include "sim/results/figure.h"
#include "sim/results/gnuplot.h"
#include "sim/study/pictures/port_pictures.h"
#include "sim/study/pictures/study_figure.h"

/* Applications with a bar of their own. */
#define BARS_MAX 14

double fairness_jain(const double *failing, size_t count)
{
    double sum = 0, squares = 0, n = 0;
    for (size_t i = 0; i < count; i++) {
        double x = 1 - failing[i];
        if (isnan(x))
            continue;
        sum += x;
        squares += x * x;
        n++;
    }
    return squares > 0 ? sum * sum / (n * squares) : NAN;
}

/* The largest loss first; of equals by name. */
static int by_loss(const void *left, const void *right)
{
    const struct fairness_row *a = left, *b = right;
    if (a->failing.mean != b->failing.mean)
        return a->failing.mean > b->failing.mean ? -1 : 1;
    return strcmp(a->label, b->label);
}

/* --- words -------------------------------------------------------------------------- */

static const struct picture_axis shares = {.percent = true};

/* "Jain 0.841 ± 0.021" */
static void tell_jain(const struct picture_point *jain, struct text *out)
{
    double half = (jain->high - jain->low) / 2;
    text_print(out, "Jain %.3f", jain->mean);
    if (!isnan(half))
        text_print(out, " ± %.3f", half);
}

/* "pages loses 31 % of its attempts, shares 2 %: Jain 0.841 ± 0.021"; "all 4 applications
 * lose 20 % of their attempts: Jain 1.000" */
static void put_words(struct canvas *c, const struct picture_fairness *f,
                      struct text *script)
{
    struct text headline = {0}, detail = {0};
    char most[AXIS_TEXT], least[AXIS_TEXT], name[FIGURE_SHORT];
    const struct fairness_row *first = &f->rows[0], *last = &f->rows[f->count - 1];
    axis_percent(first->failing.mean, most);
    axis_percent(last->failing.mean, least);
    if (strcmp(most, least) == 0) {
        char *all = memory_print("all %zu", f->count);
        text_print(&headline, "%s applications lose %s of their attempts: ",
                   f->count == 2 ? "both" : all, most);
        free(all);
    } else {
        text_print(&headline, "%s loses %s of its attempts, ",
                   figure_short(first->label, name), most);
        text_print(&headline, "%s %s: ", figure_short(last->label, name), least);
    }
    tell_jain(&f->jain, &headline);
    text_print(&detail,
               "Jain's index (Σx)²/(nΣx²), x the share of an application's attempts that "
               "succeed, n = %zu: 1 if all are alike, 1/n if one has all",
               f->count);
    study_head(c, &f->words, &headline, &detail, "", script);
}

/* --- data --------------------------------------------------------------------------- */

static unsigned bars_of(const struct picture_fairness *f)
{
    return (unsigned)(f->count < BARS_MAX ? f->count : BARS_MAX);
}

/* "31.2 % ± 2 % of 12,345" */
static char *bar_text(const struct fairness_row *row)
{
    char share[AXIS_TEXT], half[AXIS_TEXT], attempts[AXIS_TEXT];
    double width = (row->failing.high - row->failing.low) / 2;
    study_value(&shares, row->failing.mean, share);
    axis_grouped(row->attempts, 0, attempts);
    if (isnan(width))
        return memory_print("%s of %s", share, attempts);
    return memory_print("%s ± %s of %s", share, study_half(&shares, width, half),
                        attempts);
}

static void put_bars(struct canvas *c, const struct picture_fairness *f,
                     struct text *script)
{
    unsigned bars = bars_of(f);
    char labels[BARS_MAX][FIGURE_SHORT], *texts[BARS_MAX];
    const char *names[BARS_MAX];
    /* Characters on the axis would not be seen. */
    double top = 1e-6, aside = c->request->format == FIGURE_DUMB ? 0.03 : 0;
    text_print(script, "$bars << EOD\n");
    for (unsigned i = 0; i < bars; i++) {
        const struct picture_point *p = &f->rows[i].failing;
        bool ranged = !isnan(p->low) && !isnan(p->high);
        double low = ranged ? fmax(p->low, 0) : p->mean,
               high = ranged ? fmin(p->high, 1) : p->mean;
        study_row(script, (const double[]){i + 1.0, p->mean, low, high}, 4);
        names[i] = figure_short(f->rows[i].label, labels[i]);
        texts[i] = bar_text(&f->rows[i]);
        top = fmax(top, high);
    }
    text_print(script, "EOD\n");
    gnuplot_set_number(script, "bars", bars);
    gnuplot_set_number(script, "ranged", !isnan(f->rows[0].failing.low));
    gnuplot_set_number(script, "more_apps", (double)(f->count - bars));
    gnuplot_set_strings(script, "label_of", names, bars);
    gnuplot_set_strings(script, "text_of", (const char *const *)texts, bars);
    study_axis("x", &shares, -aside * top, top * 1.06,
               canvas_room(c->request->format).x_tics / 2, script);
    for (unsigned i = 0; i < bars; i++)
        free(texts[i]);
}

/* Shares of attempts and of failures up to an application, in per cent. */
static void put_lorenz(const struct picture_fairness *f, struct text *script)
{
    double attempts = 0, failures = 0, so_far = 0, lost = 0;
    for (size_t i = 0; i < f->count; i++) {
        attempts += f->rows[i].attempts;
        failures += f->rows[i].attempts * f->rows[i].failing.mean;
    }
    text_print(script, "$lorenz << EOD\n0 0\n");
    for (size_t i = f->count; i-- > 0;) {
        so_far += f->rows[i].attempts;
        lost += f->rows[i].attempts * f->rows[i].failing.mean;
        study_row(script,
                  (const double[]){fmin(100, 100 * so_far / attempts),
                                   fmin(100, 100 * lost / failures)},
                  2);
    }
    text_print(script, "EOD\n");
}

bool picture_fairness(struct canvas *c, const char *name,
                      const struct picture_fairness *f)
{
    SIM_ASSERT(f->count > 1);
    struct text script = {0};
    qsort(f->rows, f->count, sizeof *f->rows, by_loss);
    SIM_ASSERT(f->rows[0].failing.mean > 0);
    put_words(c, f, &script);
    put_bars(c, f, &script);
    put_lorenz(f, &script);
    bool good = canvas_finish(c, "fairness", name, &script);
    text_free(&script);
    return good;
}
