/* What went wrong while results were read, written or drawn: a value, never an exit.
 *
 * Every function of this floor that can fail returns false (or NULL) and fills the error
 * it was given; on success it leaves it alone.  The caller decides what to print and
 * which exit status it is.
 */
#ifndef SIM_RESULTS_ERROR_H
#define SIM_RESULTS_ERROR_H

#include <stdbool.h>

struct results_error {
    int code; /* errno of the call that failed; 0: what was read or asked is wrong */
    char
        text[1024]; /* one sentence for the user, without full stop; safe on a terminal */
    bool asked;     /* the question is wrong, not what was found: EXIT_USAGE */
};

/* Fills `error` and returns false.  With a `code`, its text is added after a colon.
 * Control characters, which a hostile name may hold, become '?'. */
bool results_fail(struct results_error *error, int code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The same of a question that has no answer, whatever is on the disk. */
bool results_refuse(struct results_error *error, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
