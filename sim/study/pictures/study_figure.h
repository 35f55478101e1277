/* Inside the pictures of studies: numbers in words, axes, the lines of text around. */
#ifndef SIM_STUDY_STUDY_FIGURE_H
#define SIM_STUDY_STUDY_FIGURE_H

#include "sim/results/axis.h"
#include "sim/study/pictures/pictures.h"

/* A value as the axis counts: "27.3/s", "16,384 ports", "0.12 %". */
const char *study_value(const struct picture_axis *axis, double value,
                        char out[AXIS_TEXT]);

/* A half-width in two digits: "0.56 %". */
const char *study_half(const struct picture_axis *axis, double half, char out[AXIS_TEXT]);

/* The last words of a path, by which people call it: "fin_wait_2" of
 * "hosts.proxy.tcp.fin_wait_2", "web.failure_ratio" of "apps.web.failure_ratio@late". */
const char *study_short_name(const char *path);

/* Appends the words and what plots/common.gp wants besides.  `headline` and `detail` are
 * used, and freed, where the caller of the picture gave none of his own. */
void study_head(struct canvas *c, const struct picture_words *words,
                struct text *headline, struct text *detail, const char *y_label,
                struct text *script);

/* Appends the footer alone: for a picture whose words and time axis are those of a run
 * (figure_head). */
void study_source(const struct picture_words *words, struct text *script);

/* "apps.web.arrivals.rate (/s)". */
char *study_axis_label(const struct picture_axis *axis);

/* Appends range, tics and scale of `x` or `y`, from `low` to `high`; of a logarithmic one
 * both must be positive. */
void study_axis(const char *direction, const struct picture_axis *axis, double low,
                double high, unsigned most, struct text *script);

/* Keeps the axes of a panel (our own commands, a line each) as the string `name`, which
 * the script evaluates when it is the panel's turn; frees them. */
void study_panel(const char *name, struct text *axes, struct text *script);

/* Appends a line of numbers to a block of data. */
void study_row(struct text *script, const double *values, unsigned count);

/* Where a value of a metric must be shown on a logarithmic axis: a bound that a linear
 * one could not show.  Sets axis->log and returns the floor on which what is less stands;
 * else the lowest value, or 0. */
double study_floor(struct picture_axis *axis, const struct picture_bound *bound,
                   double low, double high);

bool study_meets(const struct picture_bound *bound, double value);

/* True if the interval holds the bound: the runs do not tell. */
bool study_open(const struct picture_bound *bound, const struct picture_point *p);

/* "≤ 0.1 %". */
const char *study_bound(const struct picture_axis *axis,
                        const struct picture_bound *bound, char out[AXIS_TEXT]);

/* What a range of values spans; {0} spans nothing. */
struct study_span {
    double low, high;
    bool any;
};
void study_span_add(struct study_span *span, double value); /* NaN adds nothing */

#endif
