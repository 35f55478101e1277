#include "sim/theory/loss.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "sim/base/memory.h"

/* A term this much smaller than the sum before it changes no digit of it. */
#define NEGLIGIBLE 1e-18

/* --- Erlang B ----------------------------------------------------------------------- */

/* 1 / B(n, a) = sum over k of n (n-1) ... (n-k+1) / a^k, whose terms fall as soon as
 * k > n - a: for n <= a at once. */
static double erlang_b_overloaded(uint32_t n, double load)
{
    double term = 1, sum = 1;
    for (uint32_t k = 0; k < n && term > NEGLIGIBLE * sum; k++) {
        term *= (n - k) / load;
        sum += term;
    }
    return 1 / sum;
}

double loss_erlang_b(uint32_t ports, double load)
{
    if (load <= 0)
        return ports ? 0 : 1;
    uint32_t n = load < ports ? (uint32_t)load : ports;
    double b = erlang_b_overloaded(n, load);
    /* The recursion in n goes on from there; far beyond the load nothing is lost. */
    for (; n < ports && b > 0; n++)
        b = load * b / (n + 1 + load * b);
    return b;
}

/* ln B rises with ln a, with slope n - a + a B: Newton's steps, kept between bounds. */
double loss_load(uint32_t ports, double loss)
{
    double low = 0, high = ports / (1 - loss) + 1, load = ports;
    if (ports == 0)
        return 0;
    while (loss_erlang_b(ports, high) < loss)
        high *= 2;
    for (int i = 0; i < 200 && high - low > 1e-12 * high; i++) {
        double b = loss_erlang_b(ports, load);
        if (b < loss)
            low = load;
        else
            high = load;
        double slope = ports - load + load * b;
        double next = b > 0 ? load * exp(log(loss / b) / slope) : NAN;
        double before = load;
        load = next > low && next < high ? next : (low + high) / 2;
        if (fabs(load - before) <= 1e-14 * load)
            break;
    }
    return load;
}

double loss_ports(double load, double loss)
{
    if (load <= 0)
        return 0;
    uint32_t n = (uint32_t)load;
    double b = erlang_b_overloaded(n, load);
    if (b > loss) {
        for (; b > loss; n++)
            b = load * b / (n + 1 + load * b);
        return n;
    }
    uint32_t low = 0; /* loses more; n does not */
    while (n - low > 1) {
        uint32_t middle = low + (n - low) / 2;
        if (erlang_b_overloaded(middle, load) > loss)
            low = middle;
        else
            n = middle;
    }
    return n;
}

/* --- searches that give up ---------------------------------------------------------- */

struct search {
    uint32_t ports, tries;
    double load;
};

/* With `busy` ports taken. */
static double fails(const struct search *s, double busy)
{
    if (s->tries == 0)
        return busy >= s->ports;
    return pow(busy / s->ports, s->tries);
}

static double looks_at(const struct search *s, double busy)
{
    double taken = busy / s->ports;
    if (s->tries == 0)
        return NAN;
    return taken < 1 ? (1 - pow(taken, s->tries)) / (1 - taken) : s->tries;
}

/* pi(k+1) / pi(k). */
static double ratio(const struct search *s, double busy)
{
    return s->load * (1 - fails(s, busy)) / (busy + 1);
}

/* Where pi is highest: the first k whose ratio is not above 1, for it falls with k. */
static uint32_t mode(const struct search *s)
{
    uint32_t low = 0, high = s->ports;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (ratio(s, middle) > 1)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void weigh(struct loss_state *sum, double *weight, const struct search *s,
                  double busy, double term)
{
    *weight += term;
    sum->loss += term * fails(s, busy);
    sum->busy += term * busy;
    sum->probes += term * looks_at(s, busy);
}

struct loss_state loss_bounded(uint32_t ports, double load, uint32_t tries)
{
    const struct search s = {ports, tries, load};
    struct loss_state sum = {0};
    double weight = 0, term = 1;
    uint32_t top = mode(&s);
    for (uint32_t k = top; k < ports && term > NEGLIGIBLE; k++) {
        weigh(&sum, &weight, &s, k, term);
        term *= ratio(&s, k);
    }
    if (term > NEGLIGIBLE)
        weigh(&sum, &weight, &s, ports, term);
    term = 1;
    for (uint32_t k = top; k > 0 && term > NEGLIGIBLE; k--) {
        term /= ratio(&s, k - 1);
        weigh(&sum, &weight, &s, k - 1, term);
    }
    return (struct loss_state){sum.loss / weight, sum.busy / weight, sum.probes / weight};
}

/* --- those who come again ------------------------------------------------------------
 */

/* What one user adds up to when a share `loss` of tries fails. */
static double tries_of_one(double loss, uint32_t retries)
{
    if (retries == LOSS_RETRIES_FOREVER)
        return 1 / (1 - loss);
    return loss < 1 ? (1 - pow(loss, (double)retries + 1)) / (1 - loss)
                    : (double)retries + 1;
}

double loss_retried_load(uint32_t ports, double load, uint32_t retries)
{
    if (retries == LOSS_RETRIES_FOREVER && load >= ports)
        return INFINITY;
    double low = load, high = load * 2;
    while (load * tries_of_one(loss_erlang_b(ports, high), retries) > high)
        high *= 2;
    for (int i = 0; i < 200 && high - low > 1e-13 * high; i++) {
        double middle = (low + high) / 2;
        if (load * tries_of_one(loss_erlang_b(ports, middle), retries) > middle)
            low = middle;
        else
            high = middle;
    }
    return (low + high) / 2;
}

/* --- several ports at once -----------------------------------------------------------
 */

void loss_kaufman_roberts(uint32_t ports, uint32_t classes, const uint32_t *width,
                          const double *load, double *loss)
{
    double *q = memory_new((size_t)ports + 1, sizeof *q);
    double sum = q[0] = 1;
    for (uint32_t n = 1; n <= ports; n++) {
        for (uint32_t i = 0; i < classes; i++)
            if (width[i] <= n)
                q[n] += load[i] * width[i] * q[n - width[i]] / n;
        sum += q[n];
        if (sum > 1e200) { /* only their ratios matter */
            for (uint32_t k = 0; k <= n; k++)
                q[k] /= sum;
            sum = 1;
        }
    }
    for (uint32_t i = 0; i < classes; i++) {
        loss[i] = 0;
        for (uint32_t k = 0; k < width[i] && k <= ports; k++)
            loss[i] += q[ports - k] / sum;
    }
    free(q);
}
