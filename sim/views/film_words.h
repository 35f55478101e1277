/* What a frame of the film of the ports says, beside the ports themselves. */
#ifndef SIM_VIEWS_FILM_WORDS_H
#define SIM_VIEWS_FILM_WORDS_H

#include "sim/trial/film_take.h"

/* Each is the caller's to free.  Names and details in them are as users wrote them. */

/* Whose ports they are, and how many make a cell. */
char *film_words_head(const struct film_take *t, uint32_t ports_a_cell);

/* The moment, ports held, failures a second. */
char *film_words_numbers(const struct film_take *t, uint32_t frame);

/* The last event of the log. */
char *film_words_event(const struct film_take *t, uint32_t frame);

/* Which states some frame shows. */
void film_words_states(const struct film_take *t, bool seen[PORT_STATE_COUNT]);

#endif
