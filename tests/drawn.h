/* Pictures, drawn for a test. */
#ifndef TESTS_DRAWN_H
#define TESTS_DRAWN_H

#include "sim/results/canvas.h"

/* Draws what it is given, as one picture. */
typedef bool draw_function(struct canvas *c, const void *what);

/* Draws into `directory`: the picture's bytes, zero-terminated, the caller's to free.
 * Fails the test unless there is one picture. */
char *drawn(const char *directory, enum figure_format format, draw_function *draw,
            const void *what);

/* Draws it twice in every format and compares all bytes. */
void expect_drawn_alike(const char *directory, draw_function *draw, const void *what);

/* One of those that draw the figures of a run. */
typedef bool draw_run_function(const struct figures_request *request,
                               const struct run_record *run, struct figures_drawn *drawn,
                               struct results_error *error);

/* Draws the run that the request's directory holds; false also if it cannot be read. */
bool draw_stored(draw_run_function *draw, const struct figures_request *request,
                 struct figures_drawn *drawn, struct results_error *error);

/* Fails the test if the picture does not hold these words. */
void expect_words(const char *picture, const char *expected);

#endif
