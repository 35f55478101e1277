/* How an end behaves when its peer has closed: weighted rows, one drawn for each
 * connection.
 *
 * Misbehaviour is data [MODEL.md B6]: { "share": 0.3, "kind": "prompt" }, { "share": 0.7,
 * "kind": "never" }.
 */
#ifndef MODELS_BEHAVIOUR_H
#define MODELS_BEHAVIOUR_H

#include "sim/base/field.h"
#include "sim/engine/random.h"

enum behaviour_kind {
    BEHAVES_PROMPT, /* closes at once */
    BEHAVES_LATE,   /* closes after a while */
    BEHAVES_HANGS,  /* closes at a moment of the run, and at once after it */
    BEHAVES_NEVER, /* acknowledges the FIN and never sends its own: CLOSE_WAIT for ever */
    BEHAVES_RESET, /* answers with RST */
    BEHAVES_SILENT, /* answers nothing any more, not even an ACK */
};

struct behaviour {
    double share;              /* weight; the rows' weights are divided by their sum */
    struct field_variant kind; /* LATE: struct late_config, HANGS: struct hang_config */
};

struct late_config {
    struct field_variant delay; /* a distribution */
};

struct hang_config {
    sim_ns until; /* since the run began */
};

extern const struct field_table behaviour_fields;

/* Draws one row of a list of struct behaviour.  Always one random number. */
const struct behaviour *behaviour_draw(const struct field_list *rows,
                                       struct random_stream *chance);

#endif
