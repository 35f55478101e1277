/* The pages of `portsim report`: a run, a study, several of them side by side.
 *
 * Each reads its directories, draws their pictures in memory, and gives the whole page;
 * without gnuplot the page says what is missing, and that is no error.
 */
#ifndef SIM_CLI_REPORT_PAGE_H
#define SIM_CLI_REPORT_PAGE_H

#include "sim/results/run_directory.h"
#include "sim/views/diagnose.h"
#include "sim/views/report.h"

/* A run directory with all that a page shows of it. */
struct report_source {
    const char *directory;
    struct stored_run *stored;
    struct run_metric *metrics; /* of the first replication */
    struct run_record first;
    struct diagnosis *diagnosis;
    struct figures_drawn drawn;
    char *no_pictures;     /* why; NULL: they are all there */
    struct report_run run; /* points to the rest */
};

/* With pictures so wide.  False on an error; report_source_free() it either way. */
bool report_source_open(struct report_source *s, const char *directory, unsigned width,
                        struct results_error *error);
void report_source_free(struct report_source *s);

/* Pixels that a picture is wide: alone on a page, and beside others. */
#define REPORT_WIDE   1000
#define REPORT_NARROW 720

/* Draws what the directory (its run, unless that is NULL) has data for, so wide.  Returns
 * why there are no pictures, or not all, the caller's to free; NULL: they are all there.
 */
char *report_draw(const char *directory, const struct run_record *run, unsigned width,
                  struct figures_drawn *drawn);

/* Append a page to `page`.  False on an error. */
bool report_run_page(const char *directory, struct text *page,
                     struct results_error *error);
bool report_study_page(const char *directory, struct text *page,
                       struct results_error *error);
bool report_comparison_page(const char *const *directories, uint32_t count,
                            struct text *page, struct results_error *error);

#endif
