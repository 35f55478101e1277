/* What the screen of one run and that of several have in common.
 *
 * Private to summary.c and summary_study.c.
 */
#ifndef SIM_VIEWS_SUMMARY_PARTS_H
#define SIM_VIEWS_SUMMARY_PARTS_H

#include <stdio.h>

#include "sim/results/run_record.h"
#include "sim/views/finding.h"

/* What one screen of 80 columns holds; summary.json has the rest. */
#define SUMMARY_WIDTH  80
#define SUMMARY_APPS   16
#define SUMMARY_PHASES 8

struct summary_names {
    char at[SUMMARY_APPS][FINDING_NAME];
    uint32_t count, more; /* more: were met when it was full */
};

struct screen {
    FILE *out;
    const struct run_record *record;
    const char *bold, *red, *green, *plain; /* escape sequences, or "" */
    struct summary_names apps, phases;
};

/* Prints words, further lines indented by `indent`; `column` is where the first begins.
 */
void summary_wrap(FILE *out, const char *text, int column, int indent);

void summary_findings(const struct screen *s);
void summary_changes(const struct screen *s);

/* What those who use a failing app tell the help desk. */
void summary_face(const struct screen *s, const char *app);

/* Columns of the first column of a table of apps. */
int summary_app_width(const struct screen *s);

/* The table of phases: how many stand on a line, how wide, and what is in a cell. */
struct phase_cells {
    uint32_t a_line;
    unsigned width;
    void (*print)(const struct screen *s, const char *app, const char *phase,
                  unsigned width);
};
void summary_phases(const struct screen *s, const struct phase_cells *cells);

/* "3 of 4 requirements hold". */
void summary_holding(const struct screen *s);

/* The whole screen of a record with a study. */
void summary_study_print(const struct screen *s);

#endif
