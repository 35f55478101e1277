/* M/G/N/N as a scenario: one host, N ports, one destination; a connection holds its port
 * for its lifetime and nothing else: no round trip, no TIME_WAIT [MODEL.md D].
 */
#ifndef TESTS_LOSS_SYSTEM_H
#define TESTS_LOSS_SYSTEM_H

#include "tests/run_text.h"

/* Times in units of 1 s mean, so the rate is the load in erlang. */
#define LIFETIME_EXPONENTIAL "{\"kind\": \"exponential\", \"mean\": \"1s\"}"
#define LIFETIME_CONSTANT    "{\"kind\": \"constant\", \"value\": \"1s\"}"
#define LIFETIME_LOGNORMAL   "{\"kind\": \"lognormal\", \"mean\": \"1s\", \"cv\": 1}"

struct loss_system {
    unsigned ports; /* from 1024 on */
    double load;
    const char *lifetime;   /* JSON */
    const char *allocator;  /* JSON; NULL: that of the stack "plain" */
    const char *scope;      /* a word; NULL: the allocator's */
    const char *on_failure; /* JSON; NULL: nobody comes again */
    const char *phases;     /* JSON; NULL: none */
    bool two_destinations;  /* app "b" offers the same load to another one */
    double warm_up_s, measured_s;
};

struct text_plan loss_system_plan(const struct loss_system *s);

/* Erlang B by its recursion [MODEL.md D1, source 69]. */
double erlang_b(unsigned servers, double load);

/* The share of lost attempts is Erlang B's, `check_value`, for all three lifetimes, since
 * it does not depend on them (insensitivity): inside the 99 % interval of the runs, whose
 * half-width is at most 5 % of it. */
void loss_system_is_erlang_b(unsigned ports, double load, double check_value,
                             uint32_t replications, double duration_s);

#endif
