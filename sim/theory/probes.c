#include "sim/theory/probes.h"

#include <math.h>

/* Of a product that only gets smaller, beside sums of 1 and more. */
#define NEGLIGIBLE 1e-18

/* --- draws that forget each other -----------------------------------------------------
 */

static bool draws(const struct theory_search *s)
{
    return s->tries > 0;
}

static double draws_mean(const struct theory_search *s, uint32_t ports, double taken)
{
    (void)ports;
    if (taken >= 1)
        return s->tries;
    return -expm1(s->tries * log(taken)) / (1 - taken);
}

/* The least number of draws of which 99 in 100 choices need no more. */
static double draws_p99(const struct theory_search *s, uint32_t ports, double taken)
{
    (void)ports;
    if (taken <= 0.01)
        return 1;
    return fmin(taken >= 1 ? s->tries : ceil(log(0.01) / log(taken)), s->tries);
}

/* --- a walk from a random start -------------------------------------------------------
 */

static bool walks(const struct theory_search *s)
{
    return theory_search_walks(s->kind);
}

static double scattered_mean(const struct theory_search *s, uint32_t ports, double taken)
{
    (void)s;
    return taken >= 1 ? ports : (ports + 1.0) / (ports * (1 - taken) + 1);
}

/* (1 + Q1(N, n)) / 2, Q1 = sum of (j + 1) n (n - 1) ... (n - j + 1) / N^j: hashing by
 * linear probing [Knuth, The Art of Computer Programming 3, 6.4]. */
static double filled_mean(const struct theory_search *s, uint32_t ports, double taken)
{
    double n = taken * ports, sum = 0, product = 1;
    (void)s;
    if (taken >= 1)
        return ports;
    for (double j = 0; j <= n && product > NEGLIGIBLE; j++) {
        sum += (j + 1) * product;
        product *= (n - j) / ports;
    }
    return (1 + sum) / 2;
}

/* --- one parity first -----------------------------------------------------------------
 */

static bool prefers_parity(const struct theory_search *s)
{
    return theory_search_prefers_parity(s->kind);
}

static double parity_mean(const struct theory_search *s, uint32_t ports, double taken)
{
    (void)s;
    if (taken >= 1)
        return ports;
    return taken >= 0.5 ? ports / 2.0 + 1 : NAN;
}

/* --- a sequence -----------------------------------------------------------------------
 */

static bool in_turn(const struct theory_search *s)
{
    return theory_search_in_turn(s->kind);
}

/* The port after the last one is the one that was given back first. */
static double turn_mean(const struct theory_search *s, uint32_t ports, double taken)
{
    (void)s;
    return taken >= 1 ? ports : 1;
}

const struct theory_probe_curve theory_probe_curves[THEORY_PROBE_CURVES] = {
    {.name = "1/(1-a): drawn anew at random",
     .holds = "whatever is taken",
     .of = draws,
     .mean = draws_mean,
     .p99 = draws_p99},
    {.name = "(N+1)/(K+1): walk, taken ports scattered",
     .holds = "as long as none was chosen by a walk: the least",
     .of = walks,
     .mean = scattered_mean},
    {.name = "Knuth: filled by a walk, none given back",
     .holds = "of ports filled from empty",
     .of = walks,
     .mean = filled_mean},
    {.name = "N/2+1: no port of one parity is free",
     .holds = "of a choice that meets it, but for what it passes in the other",
     .of = prefers_parity,
     .mean = parity_mean},
    {.name = "1: in turn, all held equally long",
     .holds = "while a port is free",
     .of = in_turn,
     .mean = turn_mean,
     .p99 = turn_mean},
};
