#include "sim/study/plan/plan_search.h"

#include <stdlib.h>

#include "sim/base/memory.h"

/* A tie is narrowed until neither of its sides is more than this part of the whole
 * between the two answers: to halve one of them again would gain an eighth at most, and
 * cost all the runs that a position may have. */
#define TIE_PART 4

struct seen {
    uint32_t at;
    enum plan_verdict verdict;
};

/* The search under way, as seen from the end that meets. */
struct look {
    const struct plan_search *search;
    bool reversed; /* the high end meets */
    struct seen *seen;
    uint32_t count; /* rising, all different */
    bool stopped;
};

static void insert(struct look *l, struct seen s)
{
    l->seen = memory_resize(l->seen, l->count + 1u, sizeof *l->seen);
    uint32_t i = l->count++;
    for (; i > 0 && l->seen[i - 1].at > s.at; i--)
        l->seen[i] = l->seen[i - 1];
    l->seen[i] = s;
}

static bool ask(struct look *l, const uint32_t *at, uint32_t count)
{
    enum plan_verdict verdicts[PLAN_GRID + 1];
    if (!l->search->decide(l->search->context, at, count, verdicts))
        return !(l->stopped = true);
    for (uint32_t i = 0; i < count; i++)
        insert(l, (struct seen){at[i], verdicts[i]});
    return true;
}

static bool ask_grid(struct look *l)
{
    uint32_t last = l->search->positions - 1, at[PLAN_GRID + 1], count = 0;
    uint32_t parts = last < PLAN_GRID ? last : PLAN_GRID;
    for (uint32_t i = 0; i <= parts; i++)
        at[count++] = (uint32_t)((uint64_t)last * i / parts);
    return ask(l, at, count);
}

/* --- the bracket: indices into `seen`, from the end that meets -----------------------
 */

struct bracket {
    uint32_t meets, fails; /* indices; between them only positions that are undecided */
};

/* The i-th as seen from the end that meets. */
static const struct seen *from_good(const struct look *l, uint32_t i)
{
    return &l->seen[l->reversed ? l->count - 1 - i : i];
}

static struct bracket find_bracket(const struct look *l)
{
    struct bracket b = {0, 0};
    while (from_good(l, b.fails)->verdict != PLAN_FAILS)
        b.fails++;
    for (uint32_t i = 0; i < b.fails; i++)
        if (from_good(l, i)->verdict == PLAN_MEETS)
            b.meets = i;
    return b;
}

static uint32_t distance(uint32_t a, uint32_t b)
{
    return a > b ? a - b : b - a;
}

/* The middle of the wider of the sides that are worth searching; false if none is. */
static bool next_probe(const struct look *l, const struct bracket *b, uint32_t *out)
{
    uint32_t meets = from_good(l, b->meets)->at, fails = from_good(l, b->fails)->at;
    uint32_t whole = distance(meets, fails);
    uint32_t near = from_good(l, b->meets + 1)->at, far = from_good(l, b->fails - 1)->at;
    bool tied = b->fails - b->meets > 1;
    uint32_t left = distance(meets, near), right = distance(far, fails);
    uint32_t low = left >= right ? meets : far, high = left >= right ? near : fails;
    if (distance(low, high) < 2 || (tied && distance(low, high) <= whole / TIE_PART))
        return false;
    *out = low < high ? low + (high - low) / 2 : high + (low - high) / 2;
    return true;
}

static void narrow(struct look *l, struct plan_found *found)
{
    for (;;) {
        struct bracket b = find_bracket(l);
        uint32_t probe;
        found->meets = from_good(l, b.meets)->at;
        found->fails = from_good(l, b.fails)->at;
        found->tied = b.fails - b.meets > 1;
        if (distance(found->meets, found->fails) < 2)
            return;
        if (l->search->precise(l->search->context, found->meets, found->fails)) {
            found->tied = false;
            return;
        }
        if (!next_probe(l, &b, &probe) || !ask(l, &probe, 1))
            return;
    }
}

static void look_beyond(const struct look *l, struct plan_found *found)
{
    for (uint32_t i = find_bracket(l).fails; i < l->count && !found->again; i++) {
        found->again = from_good(l, i)->verdict == PLAN_MEETS;
        found->again_at = from_good(l, i)->at;
    }
}

/* A position between two ends that agree, and which does not. */
static void look_between(const struct look *l, struct plan_found *found)
{
    enum plan_verdict other = found->outcome == PLAN_ALL_MEET ? PLAN_FAILS : PLAN_MEETS;
    for (uint32_t i = 0; i < l->count && !found->again; i++) {
        found->again = l->seen[i].verdict == other;
        found->again_at = l->seen[i].at;
    }
}

static enum plan_outcome outcome_of(const struct look *l)
{
    enum plan_verdict low = l->seen[0].verdict, high = l->seen[l->count - 1].verdict;
    if (low == PLAN_UNDECIDED || high == PLAN_UNDECIDED)
        return PLAN_END_UNDECIDED;
    if (low == high)
        return low == PLAN_MEETS ? PLAN_ALL_MEET : PLAN_NONE_MEETS;
    return low == PLAN_MEETS ? PLAN_LARGEST : PLAN_SMALLEST;
}

struct plan_found plan_search(const struct plan_search *search)
{
    struct look l = {.search = search};
    struct plan_found found = {.outcome = PLAN_STOPPED, .stopped = true};
    if (ask_grid(&l)) {
        found.outcome = outcome_of(&l);
        l.reversed = found.outcome == PLAN_SMALLEST;
        if (found.outcome == PLAN_LARGEST || found.outcome == PLAN_SMALLEST) {
            narrow(&l, &found);
            look_beyond(&l, &found);
        } else if (found.outcome != PLAN_END_UNDECIDED) {
            look_between(&l, &found);
        }
        found.stopped = l.stopped;
    }
    free(l.seen);
    return found;
}
