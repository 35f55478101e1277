/* The film of the ports as one page of HTML: a grid, a slider, a small script of our own.
 *
 * The page loads nothing and reads without a script: it then shows one moment.  Frames
 * stand in it as text, each as what has changed since the one before: tokens
 * "gap+length:letter digit".  The same film is the same bytes.
 */
#ifndef SIM_VIEWS_FILM_PAGE_H
#define SIM_VIEWS_FILM_PAGE_H

#include "sim/results/html.h"
#include "sim/results/state_colours.h"
#include "sim/trial/film_take.h"

/* What a page wants of the film: with more of either it grows beyond two megabytes. */
#define FILM_PAGE_CELLS  1024
#define FILM_PAGE_FRAMES 240

struct film_page {
    const struct film_take *take;
    const struct state_colours *colours;
    const char *scenario; /* its name */
    const char *about;    /* NULL: nothing */
    uint64_t seed;
    const char *version;
};

/* Appends the whole page. */
void film_page_write(const struct film_page *page, struct text *out);

extern const char film_page_script[];

#endif
