/* Runs gnuplot as a child: a script in, a picture out, nothing else touched.
 *
 * No shell, no initialisation files (-d), no user's locale, HOME or GNUPLOT_* settings;
 * script and picture go through pipes, so there are no temporary files.  gnuplot's
 * directory is the folder of the scripts, which the script loads as './name.gp'.
 *
 * gnuplot obeys more than it seems to (RELIABILITY.md 4): whatever a user can name goes
 * through gnuplot_string() and into no other place of a script.
 */
#ifndef SIM_RESULTS_GNUPLOT_H
#define SIM_RESULTS_GNUPLOT_H

#include <stdbool.h>

#include "sim/results/error.h"
#include "sim/results/text.h"

/* How long a picture may take. */
#define GNUPLOT_LIMIT_S 60

/* Feeds `script` to gnuplot and appends its standard output to `out`.  Errors: gnuplot is
 * not installed (the message says how to install it), it failed (its own words are
 * passed on), it took more than `limit_s` seconds and was killed.  A picture still has to
 * be looked at (picture.h): gnuplot reports success for half of one. */
bool gnuplot_run(const char *folder, const struct text *script, unsigned limit_s,
                 struct text *out, struct results_error *error);

/* --- what a script is made of ----------------------------------------------------- */

/* The most characters of a user's text that a picture shows. */
#define GNUPLOT_STRING_MAX 200

/* Appends `text` as a gnuplot string in single quotes: quotes inside become apostrophes
 * (U+2019), control characters spaces, what is not UTF-8 U+FFFD; what is too long ends in
 * an ellipsis. */
void gnuplot_string(struct text *script, const char *text);

/* Appends `name = 'text'`, `name = 1.5`; NaN is gnuplot's NaN.  `name` is ours. */
void gnuplot_set_string(struct text *script, const char *name, const char *text);
void gnuplot_set_number(struct text *script, const char *name, double value);

/* Appends a number, for data and lists. */
void gnuplot_number(struct text *script, double value);

/* Appends `array name[count] = [...]`; of no entries an array of one, because gnuplot has
 * no empty ones. */
void gnuplot_set_numbers(struct text *script, const char *name, const double *values,
                         unsigned count);
void gnuplot_set_strings(struct text *script, const char *name, const char *const *texts,
                         unsigned count);

#endif
