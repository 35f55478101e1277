/* Requirements as text: `metric[@phase] OP number[unit]`.
 *
 *     apps.pages.failure_ratio@outage >= 0.1
 *     hosts.proxy.tcp4.in_use_max <= 13000
 *     apps.pages.connect_delay_s.p99 < 1.5s
 *
 * OP is one of <= < >= > == !=.  "%" divides by 100; a unit of time turns the number into
 * seconds.  Whether the metric and the phase exist is for the caller to say.
 */
#ifndef SIM_SCENARIO_EXPRESSION_H
#define SIM_SCENARIO_EXPRESSION_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/base/field.h"

/* Host, application and destination names are at most 63 bytes each. */
#define EXPRESSION_METRIC_SIZE 256

enum expression_op {
    EXPRESSION_AT_MOST,  /* <= */
    EXPRESSION_BELOW,    /* < */
    EXPRESSION_AT_LEAST, /* >= */
    EXPRESSION_ABOVE,    /* > */
    EXPRESSION_EQUAL,    /* == */
    EXPRESSION_UNEQUAL,  /* != */
};

/* What stood behind the number. */
enum expression_unit { EXPRESSION_PLAIN, EXPRESSION_PERCENT, EXPRESSION_TIME };

struct expression {
    char metric[EXPRESSION_METRIC_SIZE];
    char phase[FIELD_NAME_SIZE]; /* "": none */
    enum expression_op op;
    double bound;
    enum expression_unit unit; /* whether the metric has it is for the caller to say */
};

struct expression_error {
    uint32_t column; /* in the text, in bytes, from 1 */
    char message[160];
};

/* On failure returns false and fills *error; *out is then unspecified. */
bool expression_parse(const char *text, struct expression *out,
                      struct expression_error *error);

/* Whether `value op bound`.  A value that is null (NaN) meets no requirement, not even
 * != . */
bool expression_holds(enum expression_op op, double value, double bound);

/* "<=" for EXPRESSION_AT_MOST. */
const char *expression_op_text(enum expression_op op);

#endif
