#include "sim/cli/theory_print.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/json.h"
#include "sim/base/memory.h"
#include "sim/cli/terminal.h"
#include "sim/views/human.h"

/* Beside what was simulated. */
#define FORMULA_COLUMNS 40

/* A share that nobody will ever see. */
#define NOTHING 1e-12

/* What the runs say of a line. */
enum verdict {
    NOT_SIMULATED,
    NO_INTERVAL, /* one run: there is only a difference */
    INSIDE,
    OUTSIDE,
};

struct comparison {
    enum verdict verdict;
    double value, half_width;
};

static struct comparison compare(const struct theory_page *p, const struct theory_line *l)
{
    struct comparison c = {NOT_SIMULATED, NAN, NAN};
    if (!p->runs || !l->metric ||
        !theory_runs_find(p->runs, l->metric, &c.value, &c.half_width))
        return c;
    if (isnan(c.half_width))
        c.verdict = NO_INTERVAL;
    else
        c.verdict = fabs(l->value - c.value) <= c.half_width ? INSIDE : OUTSIDE;
    return c;
}

static const char *const verdict_words[] = {[NOT_SIMULATED] = "not-simulated",
                                            [NO_INTERVAL] = "no-interval",
                                            [INSIDE] = "inside",
                                            [OUTSIDE] = "outside"};

bool theory_agrees(const struct theory_page *p)
{
    bool agrees = true;
    for (uint32_t i = 0; i < p->lines->count; i++)
        if (!p->lines->at[i].doubt && compare(p, &p->lines->at[i]).verdict == OUTSIDE)
            agrees = false;
    return agrees;
}

/* --- text ----------------------------------------------------------------------------
 */

/* Doubts are told once, by number. */
struct doubts {
    const char **at;
    uint32_t count;
};

static uint32_t doubt_number(struct doubts *d, const char *why)
{
    uint32_t i = 0;
    while (i < d->count && strcmp(d->at[i], why) != 0)
        i++;
    if (i == d->count) {
        d->at = memory_resize(d->at, d->count + 1u, sizeof *d->at);
        d->at[d->count++] = why;
    }
    return i + 1;
}

static const char *amount(double value, const char *unit, char out[HUMAN_TEXT])
{
    char number[HUMAN_TEXT];
    if (strcmp(unit, "1") == 0)
        return human_share(value > NOTHING ? value : 0, out);
    if (strcmp(unit, "s") == 0 && value >= 120)
        return human_seconds(value, out);
    human_value(value, unit, number);
    if (strcmp(unit, "s") == 0)
        return strcpy(out, number);
    snprintf(out, HUMAN_TEXT, strcmp(unit, "/s") == 0 ? "%s%s" : "%s %.12s", number,
             unit);
    return out;
}

/* The half of an interval, to two digits; the unit stands before it. */
static const char *half_width(double value, const char *unit, char out[HUMAN_TEXT])
{
    if (strcmp(unit, "1") == 0)
        snprintf(out, HUMAN_TEXT, "%.2g %%", 100 * value);
    else
        snprintf(out, HUMAN_TEXT, "%.2g", value);
    return out;
}

static void print_simulated(FILE *out, const struct theory_line *l,
                            const struct comparison *c)
{
    char value[HUMAN_TEXT], width[HUMAN_TEXT];
    if (c->verdict == NOT_SIMULATED)
        return;
    fprintf(out, "  simulated %s", amount(c->value, l->unit, value));
    if (c->verdict == NO_INTERVAL) {
        if (c->value != 0)
            fprintf(out, ", theory %+.2g %%", 100 * (l->value / c->value - 1));
        return;
    }
    fprintf(out, " +- %s, %s", half_width(c->half_width, l->unit, width),
            c->verdict == INSIDE ? "agrees"
            : l->doubt           ? "outside"
                                 : "DISAGREES");
}

static void print_line(FILE *out, const struct theory_page *p,
                       const struct theory_line *l, struct doubts *doubts)
{
    char value[HUMAN_TEXT], mark[16] = "exact";
    struct comparison c = compare(p, l);
    if (l->doubt)
        snprintf(mark, sizeof mark, "approx %u",
                 (unsigned)doubt_number(doubts, l->doubt));
    fprintf(out, "  %-44s %16s  %-9s  %s", l->quantity, amount(l->value, l->unit, value),
            mark, l->formula);
    print_simulated(out, l, &c);
    fputc('\n', out);
}

static bool same_heading(const struct theory_line *a, const struct theory_line *b)
{
    return strcmp(a->about, b->about) == 0 &&
           (a->phase == b->phase ||
            (a->phase && b->phase && strcmp(a->phase, b->phase) == 0));
}

static void print_notes(FILE *out, const struct theory_page *p, const struct doubts *d)
{
    const char *bold = p->colours ? "\033[1m" : "", *plain = p->colours ? "\033[0m" : "";
    if (d->count)
        fprintf(out, "\n%sapproximate because%s\n", bold, plain);
    for (uint32_t i = 0; i < d->count; i++)
        fprintf(out, "  %u  %s\n", (unsigned)i + 1, d->at[i]);
    if (p->lines->gap_count)
        fprintf(out, "\n%sno closed form%s\n", bold, plain);
    for (uint32_t i = 0; i < p->lines->gap_count; i++) {
        const struct theory_gap *g = &p->lines->gaps[i];
        fprintf(out, "  %s%s%s: %s\n", g->about, g->phase ? "@" : "",
                g->phase ? g->phase : "", g->why);
    }
}

void theory_print(FILE *out, const struct theory_page *p)
{
    const char *bold = p->colours ? "\033[1m" : "", *plain = p->colours ? "\033[0m" : "";
    struct doubts doubts = {0};
    fprintf(out, "%s%s%s by closed forms\n", bold, p->scenario, plain);
    for (uint32_t i = 0; i < p->lines->count; i++) {
        const struct theory_line *l = &p->lines->at[i];
        if (i == 0 || !same_heading(l, l - 1))
            fprintf(out, "\n%s%s%s%s%s\n", bold, l->about, l->phase ? "@" : "",
                    l->phase ? l->phase : "", plain);
        print_line(out, p, l, &doubts);
    }
    print_notes(out, p, &doubts);
    free(doubts.at);
}

/* --- JSON -----------------------------------------------------------------------------
 */

static void line_json(struct json_text *j, const struct theory_page *p,
                      const struct theory_line *l)
{
    struct comparison c = compare(p, l);
    json_object_begin_flat(j, NULL);
    json_string(j, "about", l->about);
    json_string(j, "phase", l->phase);
    json_string(j, "quantity", l->quantity);
    json_string(j, "formula", l->formula);
    json_string(j, "metric", l->metric);
    json_string(j, "unit", l->unit);
    json_number(j, "value", l->value);
    json_bool(j, "exact", !l->doubt);
    json_string(j, "because", l->doubt);
    json_number(j, "simulated", c.value);
    json_number(j, "half_width", c.half_width);
    json_string(j, "verdict", verdict_words[c.verdict]);
    json_object_end(j);
}

void theory_json(FILE *out, const struct theory_page *p)
{
    struct json_text j = {0};
    json_object_begin(&j, NULL);
    json_string(&j, "scenario", p->scenario);
    json_array_begin(&j, "lines");
    for (uint32_t i = 0; i < p->lines->count; i++)
        line_json(&j, p, &p->lines->at[i]);
    json_array_end(&j);
    json_array_begin(&j, "no_closed_form");
    for (uint32_t i = 0; i < p->lines->gap_count; i++) {
        const struct theory_gap *g = &p->lines->gaps[i];
        json_object_begin_flat(&j, NULL);
        json_string(&j, "about", g->about);
        json_string(&j, "phase", g->phase);
        json_string(&j, "because", g->why);
        json_object_end(&j);
    }
    json_array_end(&j);
    json_object_end(&j);
    fwrite(j.bytes, 1, j.length, out);
    json_free(&j);
}
