#include "models/port_predict.h"

#include <stdlib.h>

#include "models/port_hash.h"
#include "sim/base/memory.h"

/* Where a guesser reckons from; see the header. */
enum place { FROM_SERVER, FROM_HOST, FROM_SERVER_COUNTING, PLACES };

const struct metric_def port_predict_metrics[PORT_PREDICT_METRIC_COUNT] = {
    [PREDICT_PAIRS] = {.name = "next_port_pairs",
                       .unit = "1",
                       .kind = METRIC_COUNT,
                       .flags = METRIC_QUIET,
                       .help = "pairs of steps compared: each step with all earlier"},
    [PREDICT_SERVER_REPEATS] = {.name = "next_port_repeats",
                                .unit = "1",
                                .kind = METRIC_COUNT,
                                .flags = METRIC_QUIET,
                                .help = "of them alike, from the last port toward the "
                                        "same destination"},
    [PREDICT_OBSERVER_REPEATS] = {.name = "next_port_repeats_knowing_all",
                                  .unit = "1",
                                  .kind = METRIC_COUNT,
                                  .flags = METRIC_QUIET,
                                  .help = "of them alike, from the best place that an "
                                          "observer of all choices knows"},
    [PREDICT_SQUARES] = {.name = "next_port_squares",
                         .unit = "1",
                         .kind = METRIC_COUNT,
                         .flags = METRIC_QUIET,
                         .help = "6 x the squares of the distances between successive "
                                 "ports toward one destination"},
    [PREDICT_SQUARES_OF_CHANCE] = {.name = "next_port_squares_of_chance",
                                   .unit = "1",
                                   .kind = METRIC_COUNT,
                                   .flags = METRIC_QUIET,
                                   .help = "what independent uniform ports would give "
                                           "in the mean"},
    [PREDICT_BITS] = {.name = "next_port_bits",
                      .unit = "bits",
                      .kind = METRIC_BITS,
                      .flags = METRIC_QUIET,
                      .help = "entropy (of order 2) of the next port toward a "
                              "destination, given the last one toward it",
                      .a = PREDICT_SERVER_REPEATS,
                      .b = PREDICT_PAIRS},
    [PREDICT_BITS_KNOWING_ALL] = {.name = "next_port_bits_knowing_all",
                                  .unit = "bits",
                                  .kind = METRIC_BITS,
                                  .flags = METRIC_QUIET,
                                  .help = "the same given all choices of the host "
                                          "before, toward all destinations",
                                  .a = PREDICT_OBSERVER_REPEATS,
                                  .b = PREDICT_PAIRS},
    [PREDICT_CORRELATION] = {.name = "next_port_correlation",
                             .unit = "1",
                             .kind = METRIC_REST,
                             .flags = METRIC_QUIET,
                             .help = "serial correlation of successive ports toward one "
                                     "destination: 0 by chance, near 1 in sequence",
                             .a = PREDICT_SQUARES,
                             .b = PREDICT_SQUARES_OF_CHANCE},
};

/* A member's last choice toward one destination. */
struct acquaintance {
    uint64_t key;    /* of (member, local address, destination); 0: unused */
    uint32_t choice; /* number of the member's choice */
    uint16_t port;
};

struct watched_member {
    uint64_t choices;
    uint16_t port; /* of the last */
};

struct port_predict {
    struct metrics *metrics;
    uint32_t metric;
    uint32_t member_count;
    struct watched_member *members;
    struct acquaintance *known; /* `size` of them, a power of two, or 0; half full */
    uint32_t size, used;
    uint64_t steps;               /* so far, from each place */
    uint64_t repeats[PLACES];     /* pairs alike so far */
    uint32_t (*seen)[PORT_COUNT]; /* how often each step was, by place; NULL: none yet */
    struct port_successor *kept;  /* PORT_SUCCESSORS_KEPT; NULL: none yet */
    uint32_t kept_count;
};

struct port_predict *port_predict_new(struct metrics *metrics, const char *prefix,
                                      uint32_t members)
{
    struct port_predict *p = memory_new(1, sizeof *p);
    p->metrics = metrics;
    p->metric =
        metrics_declare(metrics, prefix, port_predict_metrics, PORT_PREDICT_METRIC_COUNT);
    p->member_count = members;
    p->members = memory_new(members, sizeof *p->members);
    return p;
}

void port_predict_free(struct port_predict *p)
{
    if (!p)
        return;
    free(p->members);
    free(p->known);
    free(p->seen);
    free(p->kept);
    free(p);
}

/* --- who was met before ---------------------------------------------------------------
 */

static struct acquaintance *find(const struct port_predict *p, uint64_t key)
{
    uint32_t i = (uint32_t)key & (p->size - 1);
    while (p->known[i].key && p->known[i].key != key)
        i = (i + 1) & (p->size - 1);
    return &p->known[i];
}

static void grow(struct port_predict *p)
{
    struct acquaintance *old = p->known;
    uint32_t size = p->size;
    p->size = size ? 2 * size : 4;
    p->known = memory_new(p->size, sizeof *p->known);
    for (uint32_t i = 0; i < size; i++)
        if (old[i].key)
            *find(p, old[i].key) = old[i];
    free(old);
}

/* The entry of that destination, new if its key is 0. */
static struct acquaintance *meet(struct port_predict *p, uint64_t key)
{
    if (p->used >= p->size / 2)
        grow(p);
    return find(p, key);
}

/* --- steps ----------------------------------------------------------------------------
 */

static uint32_t step(struct port_range range, int64_t from, uint16_t port)
{
    int64_t size = port_range_size(range), distance = (port - from) % size;
    return (uint32_t)(distance < 0 ? distance + size : distance);
}

/* The place that has guessed best so far; of equals the first. */
static enum place best(const struct port_predict *p)
{
    enum place place = FROM_SERVER;
    for (int i = FROM_HOST; i < PLACES; i++)
        if (p->repeats[i] > p->repeats[place])
            place = (enum place)i;
    return place;
}

static void compare_steps(struct port_predict *p, const uint32_t steps[PLACES])
{
    if (!p->seen)
        p->seen = memory_new(PLACES, sizeof *p->seen);
    enum place chosen = best(p);
    uint32_t alike[PLACES];
    for (int i = 0; i < PLACES; i++) {
        alike[i] = p->seen[i][steps[i]]++;
        p->repeats[i] += alike[i];
    }
    metrics_count(p->metrics, p->metric + PREDICT_PAIRS, p->steps++);
    metrics_count(p->metrics, p->metric + PREDICT_SERVER_REPEATS, alike[FROM_SERVER]);
    metrics_count(p->metrics, p->metric + PREDICT_OBSERVER_REPEATS, alike[chosen]);
}

/* Two independent uniform ports are (N^2 - 1) / 6 apart in the mean square. */
static void compare_distance(struct port_predict *p, struct port_range range,
                             uint16_t last, uint16_t port)
{
    int64_t distance = (int64_t)port - last, size = port_range_size(range);
    metrics_count(p->metrics, p->metric + PREDICT_SQUARES,
                  (uint64_t)(6 * distance * distance));
    metrics_count(p->metrics, p->metric + PREDICT_SQUARES_OF_CHANCE,
                  (uint64_t)(size * size - 1));
}

static void keep_pair(struct port_predict *p, uint16_t last, uint16_t port)
{
    if (p->kept_count == PORT_SUCCESSORS_KEPT)
        return;
    if (!p->kept)
        p->kept = memory_new(PORT_SUCCESSORS_KEPT, sizeof *p->kept);
    p->kept[p->kept_count++] = (struct port_successor){last, port};
}

const struct port_successor *port_predict_successors(const struct port_predict *p,
                                                     uint32_t *count)
{
    *count = p->kept_count;
    return p->kept;
}

void port_predict_note(struct port_predict *p, uint32_t member, uint32_t local_address,
                       struct port_destination to, struct port_range range, uint16_t port)
{
    struct watched_member *m = &p->members[member];
    uint64_t hash = port_hash(member, local_address, to), key = hash ? hash : 1;
    struct acquaintance *known = meet(p, key);
    uint32_t choice = (uint32_t)m->choices++;
    if (known->key) {
        int64_t since = (int64_t)(choice - known->choice);
        const uint32_t steps[PLACES] = {[FROM_SERVER] = step(range, known->port, port),
                                        [FROM_HOST] = step(range, m->port, port),
                                        [FROM_SERVER_COUNTING] =
                                            step(range, known->port + since, port)};
        compare_steps(p, steps);
        compare_distance(p, range, known->port, port);
        keep_pair(p, known->port, port);
    }
    p->used += known->key == 0;
    *known = (struct acquaintance){.key = key, .choice = choice, .port = port};
    m->port = port;
}

size_t port_predict_bytes(const struct port_predict *p)
{
    if (!p)
        return 0;
    return sizeof *p + p->member_count * sizeof *p->members + p->size * sizeof *p->known +
           (p->seen ? PLACES * sizeof *p->seen : 0) +
           (p->kept ? PORT_SUCCESSORS_KEPT * sizeof *p->kept : 0);
}
