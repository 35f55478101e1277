/* Why a pool ran out of ports, or why connections fail or are slow without it: a table of
 * causes, each with the figures that speak for it.
 *
 * A cause that names a limit (a block, a search that gives up, a socket option) decides
 * by counterfactual: without it the measured demand would fit.  Else whoever holds most
 * of the ports is the cause.  Shares are of the failed attempts.
 */
#ifndef SIM_VIEWS_DIAGNOSE_CAUSES_H
#define SIM_VIEWS_DIAGNOSE_CAUSES_H

#include "sim/results/text.h"
#include "sim/views/diagnose_case.h"

enum cause_role {
    CAUSE_FAILS,   /* may be why attempts fail */
    CAUSE_ELSE,    /* why they fail if nothing of that kind holds */
    CAUSE_SLOW,    /* may be why they take long, when none fails */
    CAUSE_WORSENS, /* never the cause, but makes it worse or spreads it */
};

/* How strongly a cause holds. */
struct weight {
    double share; /* of the failed attempts, or of the slow ones; 0: does not hold */
    bool decides; /* without it the demand would fit */
};

struct cause {
    const char *name;  /* "fin-wait-2" */
    const char *title; /* one line, as `diagnose --all` heads it */
    enum cause_role role;
    struct weight (*weigh)(const struct pool_case *c);
    /* Sentences with the figures: why it holds. */
    void (*words)(const struct pool_case *c, struct text *out);
    /* The figures that were looked at, whether it holds or not; a line. */
    void (*figures)(const struct pool_case *c, struct text *out);
};

/* Families: one file each. */
extern const struct cause cause_fin_wait_2, cause_time_wait, cause_close_wait,
    cause_bound, cause_half_closed, cause_syn_sent, cause_open,
    cause_udp_leak; /* who holds the ports: diagnose_holders.c */
extern const struct cause cause_blocked, cause_narrowed, cause_bounded, cause_bind,
    cause_ring, cause_taken, cause_family; /* how they are searched: diagnose_search.c */
extern const struct cause cause_nat_block, cause_nat_pool, cause_nat_table,
    cause_nat_race;                                     /* gateways: diagnose_gateway.c */
extern const struct cause cause_client_limit,           /* what is no want of ports: */
    cause_silence, cause_peer, cause_knee, cause_other; /* diagnose_elsewhere.c */
extern const struct cause cause_scope, cause_retries;   /* diagnose_spread.c */

/* In the order in which they are asked; NULL ends it. */
extern const struct cause *const causes[];

/* --- shared by the families --------------------------------------------------------- */

/* The part of the failed attempts that found no port, rather than being turned away or,
 * where ports are left, failing for any other reason. */
double case_ports_part(const struct pool_case *c);

/* Attempts of the users that come by that failed, and of these with other reasons. */
double case_failures(const struct pool_case *c);
double case_other_failures(const struct pool_case *c);

/* Failures of the users that come by with that code. */
double case_code(const struct pool_case *c, const char *code);

/* "the host's metric" of a gateway: hosts.<host>.nat.<name>; 0 when it is not there. */
double case_gateway_metric(const struct pool_case *c, const char *name);

#endif
