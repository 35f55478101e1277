/* Which metrics of a replicated run its risk is drawn of: what is required, then what is
 * watched; those that some runs do not meet first. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"
#include "sim/scenario/expression.h"
#include "sim/study/pictures/replicated.h"

/* More metrics than these are not even looked at. */
#define CANDIDATES_MAX 64

struct candidate {
    size_t column;
    unsigned order;
    struct risk_row row;
};

struct candidates {
    const struct replicated *replicated;
    struct candidate at[CANDIDATES_MAX];
    unsigned count;
    unsigned left_out;
};

static double value_of(const struct run_study *study, size_t run, size_t column)
{
    return study->runs[run].values[column];
}

static bool has_value(const struct run_study *study, size_t column)
{
    for (size_t i = 0; i < study->run_count; i++)
        if (!isnan(value_of(study, i, column)))
            return true;
    return false;
}

/* The candidate of a metric, which is added if it is new; NULL: nothing can be said. */
static struct candidate *candidate_of(struct candidates *all, const char *metric)
{
    const struct run_record *run = all->replicated->run;
    size_t column = replicated_column(run, metric);
    if (column == SIZE_MAX || !has_value(run->study, column))
        return NULL;
    for (unsigned i = 0; i < all->count; i++)
        if (all->at[i].column == column)
            return &all->at[i];
    if (all->count == CANDIDATES_MAX) {
        all->left_out++;
        return NULL;
    }
    const struct run_metric *m = &run->metrics[column];
    all->at[all->count] = (struct candidate){
        .column = column,
        .order = all->count,
        .row = {.metric = picture_axis_of_metric(m->name, m->unit),
                .count = run->study->run_count,
                .mean = m->value,
                .half_width = m->half_width},
    };
    return &all->at[all->count++];
}

/* --- what is required --------------------------------------------------------------- */

static bool is_at_most(enum expression_op op)
{
    return op == EXPRESSION_AT_MOST || op == EXPRESSION_BELOW || op == EXPRESSION_EQUAL;
}

static void add_bound(struct risk_row *row, const struct expression *e)
{
    if (row->bound_count < RISK_BOUNDS_MAX)
        row->bounds[row->bound_count++] =
            (struct picture_bound){.is = true,
                                   .at_most = is_at_most(e->op),
                                   .exactly = e->op == EXPRESSION_EQUAL,
                                   .value = e->bound};
}

static void add_requirement(struct candidates *all, const char *text)
{
    struct expression e;
    struct expression_error unused;
    if (!expression_parse(text, &e, &unused))
        return;
    char *metric = e.phase[0] ? memory_print("%s@%s", e.metric, e.phase)
                              : memory_text(e.metric, strlen(e.metric));
    struct candidate *c = candidate_of(all, metric);
    if (c && e.op != EXPRESSION_UNEQUAL)
        add_bound(&c->row, &e);
    free(metric);
}

/* Runs that miss a requirement of the metric; a run without a value misses it. */
static size_t beyond(const struct run_record *run, const struct candidate *c)
{
    size_t count = 0;
    for (size_t i = 0; i < run->study->run_count; i++) {
        double value = value_of(run->study, i, c->column);
        bool misses = false;
        for (size_t k = 0; k < run->requirement_count; k++) {
            struct expression e;
            struct expression_error unused;
            if (!expression_parse(run->requirements[k].expression, &e, &unused))
                continue;
            char *metric = e.phase[0] ? memory_print("%s@%s", e.metric, e.phase)
                                      : memory_text(e.metric, strlen(e.metric));
            misses = misses || (strcmp(metric, run->metrics[c->column].name) == 0 &&
                                !expression_holds(e.op, value, e.bound));
            free(metric);
        }
        count += misses;
    }
    return count;
}

/* --- the rows ----------------------------------------------------------------------- */

static bool varies(const struct risk_row *row)
{
    return row->half_width > 0;
}

static int by_telling(const void *left, const void *right)
{
    const struct candidate *a = left, *b = right;
    if (a->row.beyond != b->row.beyond)
        return a->row.beyond > b->row.beyond ? -1 : 1;
    if (varies(&a->row) != varies(&b->row))
        return varies(&a->row) ? -1 : 1;
    return a->order < b->order ? -1 : 1;
}

static double *values_of(const struct run_study *study, size_t column)
{
    double *values = memory_new(study->run_count, sizeof *values);
    for (size_t i = 0; i < study->run_count; i++)
        values[i] = value_of(study, i, column);
    return values;
}

static bool draw(struct canvas *c, struct candidates *all)
{
    struct picture_risk risk = {.words = all->replicated->words};
    double *owned[RISK_ROWS_MAX];
    qsort(all->at, all->count, sizeof all->at[0], by_telling);
    risk.left_out = all->left_out;
    for (unsigned i = 0; i < all->count; i++) {
        if (risk.row_count == RISK_ROWS_MAX) {
            risk.left_out++;
            continue;
        }
        struct risk_row row = all->at[i].row;
        owned[risk.row_count] = values_of(all->replicated->run->study, all->at[i].column);
        row.values = owned[risk.row_count];
        risk.rows[risk.row_count++] = row;
    }
    bool good = risk.row_count == 0 || picture_risk(c, "risk", &risk);
    for (unsigned i = 0; i < risk.row_count; i++)
        free(owned[i]);
    return good;
}

bool replicated_risk(struct canvas *c, const struct replicated *r)
{
    const struct run_record *run = r->run;
    struct candidates all = {.replicated = r};
    if (run->study->run_count < BANDS_RUNS_LEAST)
        return true;
    for (size_t i = 0; i < run->requirement_count; i++)
        add_requirement(&all, run->requirements[i].expression);
    for (uint32_t i = 0; r->plan && i < r->plan->watch_count; i++)
        candidate_of(&all, r->plan->watch[i]);
    for (unsigned i = 0; i < all.count; i++)
        all.at[i].row.beyond = beyond(run, &all.at[i]);
    return draw(c, &all);
}
