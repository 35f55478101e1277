/* The page of a run, part by part: what was asked, what came out and why, the numbers,
 * what happened when, the pictures, the scenario, and how to see it all again.
 *
 * Reads the record alone, never the directory it is from, so that a page has nothing of
 * the machine it was made on: no path, no host, no date.  Numbers and words are those of
 * the other views (human.h, diagnose_words.h, finding.h).  Every text a user can name
 * goes through sim/results/html.h, which only shows it.
 */
#ifndef SIM_VIEWS_REPORT_H
#define SIM_VIEWS_REPORT_H

#include "sim/results/figures.h"
#include "sim/results/html.h"
#include "sim/results/run_record.h"

struct diagnosis;

/* A run to be shown. */
struct report_run {
    const struct run_record *record;   /* of all replications */
    const struct run_record *first;    /* replication 1 alone; of one run the record */
    const struct diagnosis *diagnosis; /* of the first; NULL: its pools are not known */
    const struct figures_drawn *drawn; /* SVG, kept */
    const char *no_pictures;           /* why there are none, or not all; NULL: all */
};

/* --- the page ------------------------------------------------------------------------
 */

/* Rules beside those of every page, for html_head.style. */
extern const char *const report_style;

/* "Verdict", and a link to it; `id` is ours.  NULL ends a list of them. */
struct report_part {
    const char *id, *title;
};

void report_contents(struct html *h, const struct report_part *parts);

/* <section id> with its heading. */
void report_section(struct html *h, const struct report_part *part);

/* Pictures, each under what it shows; `missing` says why some are not there. */
void report_drawn(struct html *h, const struct figures_drawn *drawn, const char *missing);

/* One of them, beside others: `whose` it is stands before the finding. */
void report_picture(struct html *h, const struct figure_drawn *d, const char *whose);

/* A resolved scenario, folded away. */
void report_json(struct html *h, const char *resolved);

/* <pre> that scrolls sideways; its name is for those who do not see it. */
void report_pre_begin(struct html *h, const char *name);

/* --- the parts of a run's page, in their order -----------------------------------------
 */

/* Heading, the verdict in a line or two, and what the scenario says of itself. */
void report_head(struct html *h, const struct report_run *run);

/* Requirements, cause, advice, doubts of the statistics. */
void report_verdict(struct html *h, const struct report_run *run);

/* What matters first, and all metrics folded away. */
void report_numbers(struct html *h, const struct report_run *run);

void report_events(struct html *h, const struct report_run *run);
void report_pictures(struct html *h, const struct report_run *run);
void report_scenario(struct html *h, const struct report_run *run);
void report_again(struct html *h, const struct report_run *run);

#endif
