/* Looks for the position at which a requirement turns from met to failed, or back.
 *
 * Knows neither scenarios nor runs: someone else says of a position whether it meets,
 * fails, or cannot be told apart from the threshold with the runs that may be spent.
 *
 *     1  a coarse grid over all positions, both ends among them: which way it turns,
 *        whether it turns once, and where to look
 *     2  bisection between the last position that meets and the first that fails
 *     3  a position in between that cannot be told splits the work: both its sides are
 *        searched on, until nothing near the threshold can be gained
 *
 * The answer is two positions, the nearest known to meet and the nearest known to fail.
 * Where the turn is not one but several, it is the first as seen from the end that meets:
 * everything tried before it meets.
 */
#ifndef SIM_STUDY_PLAN_SEARCH_H
#define SIM_STUDY_PLAN_SEARCH_H

#include <stdbool.h>
#include <stdint.h>

enum plan_verdict {
    PLAN_MEETS,
    PLAN_FAILS,
    PLAN_UNDECIDED, /* too near the threshold for the runs there may be */
};

/* Parts into which the grid cuts all positions. */
#define PLAN_GRID 8

struct plan_search {
    uint32_t positions; /* at least 2 */

    /* Fills out[i] for at[i], `count` rising positions.  False: stopped. */
    bool (*decide)(void *context, const uint32_t *at, uint32_t count,
                   enum plan_verdict *out);
    /* Whether an answer between these two is precise enough. */
    bool (*precise)(void *context, uint32_t meets, uint32_t fails);
    void *context;
};

enum plan_outcome {
    PLAN_LARGEST,  /* the requirement is met up to a position */
    PLAN_SMALLEST, /* and from a position on */
    PLAN_ALL_MEET, /* at both ends */
    PLAN_NONE_MEETS,
    PLAN_END_UNDECIDED, /* an end is too near the threshold to begin from */
    PLAN_STOPPED,       /* before both ends were decided */
};

struct plan_found {
    enum plan_outcome outcome;
    uint32_t meets, fails; /* of LARGEST and SMALLEST */
    bool stopped;          /* the two could be nearer */
    bool tied;             /* what lies between could not be told, and was not precise */
    bool again; /* it is not one turn: beyond `fails` the requirement is met again, or
                   between two ends that agree a position does not ... */
    uint32_t again_at; /* here */
};

struct plan_found plan_search(const struct plan_search *search);

#endif
