/* A frame of the film of the ports in characters: letters, or blocks in the colours of
 * the states; as large as there is room for.
 *
 * A few ports stand below each other, each with the name of its state.  More are a grid,
 * line by line, with the first port of a line before it; so many that there is no room
 * are put together, as many as needed.
 */
#ifndef SIM_VIEWS_FILM_TEXT_H
#define SIM_VIEWS_FILM_TEXT_H

#include <stdio.h>

#include "sim/results/state_colours.h"
#include "sim/trial/film_take.h"

enum film_paint {
    FILM_LETTERS,
    FILM_COLOURS_256, /* xterm's palette */
    FILM_COLOURS_ALL, /* 24 bits */
};

struct film_look {
    unsigned columns, rows; /* room for all of it */
    enum film_paint paint;
    const struct state_colours *colours; /* unless LETTERS */
    bool blocks; /* half blocks of Unicode: two cells a character */
};

/* Lines of a frame beside the ports themselves. */
#define FILM_WORDS 4

/* Prints the frame: what is shown, the moment and its numbers, the last event, the ports,
 * the legend.  `line_end` ends each line. */
void film_text_print(FILE *out, const struct film_take *t, uint32_t frame,
                     const struct film_look *look, const char *line_end);

/* A text cut to so many columns, what would disturb a terminal shown as '?'. */
void film_text_clipped(FILE *out, const char *text, unsigned columns);

#endif
