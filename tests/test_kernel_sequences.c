/* The ports that a real Linux chose, sequence by sequence, against the laws of KERNEL.md
 * section 2; and our allocators, doing what the recorded programs did, against the same
 * laws and the same statistics. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <gsl/gsl_cdf.h>

#include "sim/base/memory.h"
#include "sim/base/time.h"
#include "tests/laws.h"
#include "tests/port_lab.h"
#include "tests/port_law.h"
#include "tests/port_sequence.h"
#include "tests/statistics.h"

/* --- the recordings -------------------------------------------------------------------
 */

enum { JUMPS_MAX = 16, SEQUENCES_MAX = 4096 };

struct jump {
    uint32_t destination, index;
    double before, after; /* ms */
};

struct recordings {
    struct port_sequence *at;
    uint32_t count;
    struct port_sequence epoch[2];
    struct jump jumps[JUMPS_MAX];
    uint32_t jump_count;
};

static void parse_line(struct recordings *r, char *line)
{
    char series[2][8192];
    unsigned low, high;
    struct jump jump;
    if (sscanf(line, "epoch %u %u %8191s %8191s", &low, &high, series[0], series[1]) ==
        4) {
        for (int d = 0; d < 2; d++) {
            char *text =
                memory_print("epoch %u %u auto 1 close %s", low, high, series[d]);
            r->epoch[d] = port_sequence_parse(text);
            free(text);
        }
    } else if (sscanf(line, "jump %u %u %lf %lf", &jump.destination, &jump.index,
                      &jump.before, &jump.after) == 4) {
        assert_true(r->jump_count < JUMPS_MAX);
        r->jumps[r->jump_count++] = jump;
    } else if (*line != '#') {
        assert_true(r->count < SEQUENCES_MAX);
        r->at[r->count++] = port_sequence_parse(line);
    }
}

static int open_recordings(void **state)
{
    struct recordings *r = memory_new(1, sizeof *r);
    r->at = memory_new(SEQUENCES_MAX, sizeof *r->at);
    const char *path = getenv("PORTSIM_SEQUENCES"); /* another conversion, for example of
                                                       all repetitions */
    FILE *file = fopen(path ? path : "tests/kernel/linux_sequences.txt", "r");
    assert_non_null(file);
    char *line = NULL;
    size_t size = 0;
    while (getline(&line, &size, file) > 0)
        parse_line(r, line);
    free(line);
    fclose(file);
    *state = r;
    return 0;
}

static int close_recordings(void **state)
{
    struct recordings *r = *state;
    for (uint32_t i = 0; i < r->count; i++)
        port_sequence_free(&r->at[i]);
    for (int d = 0; d < 2; d++)
        port_sequence_free(&r->epoch[d]);
    free(r->at);
    free(r);
    return 0;
}

/* The only sequence of that source, asked that way. */
static const struct port_sequence *find(const struct recordings *r, const char *source,
                                        enum port_asked asked)
{
    for (uint32_t i = 0; i < r->count; i++)
        if (strcmp(r->at[i].source, source) == 0 && r->at[i].asked[0] == asked)
            return &r->at[i];
    fail_msg("no recording %s", source);
    return NULL;
}

/* Ours: the same program, with ports of our own. */
static struct port_sequence repeat(const struct port_sequence *s, uint64_t seed)
{
    struct port_sequence ours = *s;
    ours.offsets = memory_new(s->count, sizeof *ours.offsets);
    port_sequence_perform(&ours, seed);
    return ours;
}

/* How many different offsets, all below the default range's size. */
static uint32_t distinct_of(const uint32_t *offsets, uint32_t count)
{
    bool seen[28232] = {false};
    uint32_t distinct = 0;
    for (uint32_t i = 0; i < count; i++) {
        distinct += !seen[offsets[i]];
        seen[offsets[i]] = true;
    }
    return distinct;
}

/* --- lawful sequences -----------------------------------------------------------------
 */

/* A law and the recordings it is read from. */
struct chapter {
    const char *law, *what, *source;
    enum port_asked asked;
    bool mixed; /* with sockets that ask otherwise */
};

static const struct chapter chapters[] = {
    {"P1", "connect(), IPv4, ranges of 16 to 1,000 ports, one and two destinations",
     "seq", PORT_ASKED_CONNECT, false},
    {"P1", "connect(), IPv6, range of 100", "seq6", PORT_ASKED_CONNECT, false},
    {"C13", "connect() with IP_LOCAL_PORT_RANGE, by one", "cap", PORT_ASKED_OWN_RANGE,
     false},
    {"P5", "bind(0), IPv4, with SO_REUSEPORT or not, ranges of 16 to 1,000 ports", "seq",
     PORT_ASKED_BIND, false},
    {"P5", "bind(0), IPv6, range of 100", "seq6", PORT_ASKED_BIND, false},
    {"C13", "bind(0) with IP_LOCAL_PORT_RANGE, by two all the same", "cap",
     PORT_ASKED_BIND, false},
    {"C13", "bind(0) with IP_LOCAL_PORT_RANGE and SO_REUSEADDR, by halves all the same",
     "cap", PORT_ASKED_BIND_REUSEADDR, false},
    {"P6", "bind(0) with SO_REUSEADDR, ranges of 16, 99 and 100 ports", "seq",
     PORT_ASKED_BIND_REUSEADDR, false},
    {"P2", "connect() first, then bind(0) on one range; or by turns", "mix",
     PORT_ASKED_CONNECT, true},
    {"P2", "bind(0) first, then connect() on one range", "mix", PORT_ASKED_BIND, true},
    {"P2", "bind(0) with SO_REUSEADDR first, then connect() on one range", "mix",
     PORT_ASKED_BIND_REUSEADDR, true},
    {"P8", "connect() of three processes in two namespaces by turns: one sequence",
     "shared", PORT_ASKED_CONNECT, false},
    {"P10", "UDP bind(0) and connect(), ranges of 1 and 100 ports", "udp", PORT_ASKED_UDP,
     false},
};
enum { CHAPTERS = sizeof chapters / sizeof chapters[0] };

static bool is_of_chapter(const struct port_sequence *s, const struct chapter *c)
{
    return strcmp(s->source, c->source) == 0 && s->asked[0] == c->asked &&
           (s->asked[0] != s->asked[1]) == c->mixed &&
           port_range_size(s->range) <= PORT_LAW_SIZE;
}

struct verdicts {
    uint32_t sequences, choices, lawful, redraws;
    struct port_tally crowded;
};

static void add_verdict(struct verdicts *v, const struct port_sequence *s)
{
    struct port_judgement j = port_sequence_judge(s);
    v->sequences++;
    v->choices += s->count;
    v->lawful += j.lawful;
    v->redraws += j.lawful ? j.redraws : 0;
    v->crowded.tries += j.crowded.tries;
    v->crowded.hits += j.crowded.hits;
    v->crowded.expected += j.crowded.expected;
    v->crowded.variance += j.crowded.variance;
}

static void judge_chapter(const struct recordings *r, const struct chapter *c,
                          struct verdicts *recorded, struct verdicts *simulated)
{
    *recorded = *simulated = (struct verdicts){0};
    for (uint32_t i = 0; i < r->count; i++) {
        if (!is_of_chapter(&r->at[i], c))
            continue;
        add_verdict(recorded, &r->at[i]);
        struct port_sequence ours = repeat(&r->at[i], i);
        add_verdict(simulated, &ours);
        port_sequence_free(&ours);
    }
}

/* "1,000 choices in 40 of 40 sequences". */
static char *verdict_text(const struct verdicts *v)
{
    char *text = memory_print("%u of %u sequences, %u choices", (unsigned)v->lawful,
                              (unsigned)v->sequences, (unsigned)v->choices);
    if (!v->redraws)
        return text;
    char *longer = memory_print("%s; %u with a new epoch", text, (unsigned)v->redraws);
    free(text);
    return longer;
}

/* The kernel's epochs go on while it is watched, ours stand still: 2 of 2,424 recorded
 * sequences contain the beginning of one (KERNEL.md section 2). */
static void test_recorded_and_simulated_sequences_obey_the_laws(void **state)
{
    for (size_t i = 0; i < CHAPTERS; i++) {
        struct verdicts recorded, simulated;
        judge_chapter(*state, &chapters[i], &recorded, &simulated);
        assert_true(recorded.sequences > 0);
        char *was = verdict_text(&recorded), *is = verdict_text(&simulated);
        law_checked(chapters[i].law, chapters[i].what, was, is,
                    recorded.lawful == recorded.sequences && recorded.redraws <= 2 &&
                        simulated.lawful == simulated.sequences &&
                        simulated.redraws == 0);
        free(was);
        free(is);
    }
}

/* The other way round: no law is so wide that another kind's sequences pass. */
static void test_sequences_of_one_kind_break_the_laws_of_the_others(void **state)
{
    static const enum port_asked others[][2] = {
        {PORT_ASKED_CONNECT, PORT_ASKED_BIND},
        {PORT_ASKED_CONNECT, PORT_ASKED_OWN_RANGE},
        {PORT_ASKED_BIND, PORT_ASKED_CONNECT},
        {PORT_ASKED_BIND, PORT_ASKED_BIND_REUSEADDR},
        {PORT_ASKED_BIND_REUSEADDR, PORT_ASKED_CONNECT},
    };
    const struct recordings *r = *state;
    for (size_t k = 0; k < sizeof others / sizeof others[0]; k++) {
        uint32_t judged = 0, lawful = 0;
        for (uint32_t i = 0; i < r->count; i++) {
            struct port_sequence s = r->at[i];
            if (strcmp(s.source, "seq") != 0 || s.asked[0] != others[k][0] ||
                s.range.high != 50099)
                continue;
            s.asked[0] = s.asked[1] = others[k][1];
            judged++;
            lawful += port_sequence_judge(&s).lawful;
        }
        assert_true(judged > 20);
        assert_int_equal(lawful, 0);
    }
}

/* --- what an odd range loses ----------------------------------------------------------
 */

/* The fewest and the most ports given to one destination. */
struct totals {
    uint32_t least, most;
};

static void add_total(struct totals *t, const struct port_sequence *s)
{
    uint32_t given = 0;
    for (uint32_t i = 0; i < s->count; i++)
        given += s->offsets[i] != PORT_LAW_FAILED;
    t->least = given < t->least ? given : t->least;
    t->most = given > t->most ? given : t->most;
}

static void check_totals(const struct recordings *r, enum port_asked asked,
                         const char *what)
{
    struct totals was = {UINT32_MAX, 0}, is = {UINT32_MAX, 0};
    for (uint32_t i = 0; i < r->count; i++) {
        const struct port_sequence *s = &r->at[i];
        if (strcmp(s->source, "seq") != 0 || s->asked[0] != asked || !s->keep ||
            s->destinations != 1 || port_range_size(s->range) != 99)
            continue;
        add_total(&was, s);
        struct port_sequence ours = repeat(s, i);
        add_total(&is, &ours);
        port_sequence_free(&ours);
    }
    char *recorded = memory_print("%u to %u", (unsigned)was.least, (unsigned)was.most);
    char *simulated = memory_print("%u to %u", (unsigned)is.least, (unsigned)is.most);
    law_checked("P7", what, recorded, simulated,
                was.least >= 98 && was.most <= 99 && is.least >= 98 && is.most <= 99);
    free(recorded);
    free(simulated);
}

/* A search passes by one port of the parity it begins with; with SO_REUSEADDR of each
 * half that is odd, which of 99 ports only the upper one is. */
static void test_of_99_ports_98_or_99_are_given(void **state)
{
    check_totals(*state, PORT_ASKED_CONNECT, "connect(), 99 ports, one destination");
    check_totals(*state, PORT_ASKED_BIND, "bind(0), 99 ports");
    check_totals(*state, PORT_ASKED_BIND_REUSEADDR,
                 "bind(0) with SO_REUSEADDR, 99 ports");
}

/* --- uniformity -----------------------------------------------------------------------
 */

/* Reports the law with both chi-square probabilities. */
static void check_uniform(const char *law, const char *what, const uint32_t *recorded,
                          const uint32_t *simulated, uint32_t cells)
{
    double was = uniform_chance(recorded, cells), is = uniform_chance(simulated, cells);
    char *recorded_text = memory_print("p = %.2g over %u cells", was, (unsigned)cells);
    char *simulated_text = memory_print("p = %.2g", is);
    law_checked(law, what, recorded_text, simulated_text,
                was >= TEST_UNLIKELY && is >= TEST_UNLIKELY);
    free(recorded_text);
    free(simulated_text);
}

/* Distances between successive ports, in steps, counted from 1; those that no noise makes
 * begin an epoch. */
static uint32_t count_gaps(const struct port_sequence *s, uint32_t gaps[8])
{
    uint32_t lap = port_range_size(s->range) & ~1u, jumps = 0;
    for (uint32_t i = s->destinations; i < s->count; i++) {
        uint32_t gap = (s->offsets[i] + lap - s->offsets[i - s->destinations]) % lap;
        if (gap >= 2 && gap <= 16)
            gaps[gap / 2 - 1]++;
        else
            jumps++;
    }
    return jumps;
}

/* KERNEL.md P3: uniform on {2, 4, ..., 16} while nothing is in the way. */
static void test_gaps_are_uniform_where_nothing_is_in_the_way(void **state)
{
    const struct recordings *r = *state;
    uint32_t was[8] = {0}, is[8] = {0}, jumps = 0;
    for (uint32_t i = 0; i < r->count; i++) {
        const struct port_sequence *s = &r->at[i];
        if (s->asked[1] != PORT_ASKED_CONNECT || s->keep ||
            port_range_size(s->range) < 99 || strcmp(s->source, "stat-random") == 0)
            continue;
        jumps += count_gaps(s, was);
        struct port_sequence ours = repeat(s, i);
        assert_int_equal(count_gaps(&ours, is), 0);
        port_sequence_free(&ours);
    }
    assert_true(jumps <= 2 * 2); /* a new epoch is one for each destination */
    check_uniform("P3", "gaps between successive ports of one destination, 2 to 16", was,
                  is, 8);
}

/* The first candidate of sequences whose ports are free again at once. */
static void check_starts(const struct recordings *r, const char *law, const char *what,
                         enum port_asked asked, uint32_t size, uint32_t cells)
{
    uint32_t *was = memory_new(cells, sizeof *was), *is = memory_new(cells, sizeof *is);
    for (uint32_t i = 0; i < r->count; i++) {
        const struct port_sequence *s = &r->at[i];
        if (strcmp(s->source, "seq") != 0 || s->asked[0] != asked || s->keep ||
            port_range_size(s->range) != size)
            continue;
        struct port_sequence ours = repeat(s, i);
        for (uint32_t k = 0; k < s->count; k++) {
            assert_true(s->offsets[k] % 2 == 1 && s->offsets[k] / 2 < cells);
            assert_true(ours.offsets[k] % 2 == 1 && ours.offsets[k] / 2 < cells);
            was[s->offsets[k] / 2]++;
            is[ours.offsets[k] / 2]++;
        }
        port_sequence_free(&ours);
    }
    check_uniform(law, what, was, is, cells);
    free(was);
    free(is);
}

static void test_starts_of_bind_are_uniform_over_the_odd_offsets(void **state)
{
    const struct recordings *r = *state;
    check_starts(r, "P5", "starts of bind(0), 16 ports", PORT_ASKED_BIND, 16, 8);
    check_starts(r, "P5", "starts of bind(0), 99 ports", PORT_ASKED_BIND, 99, 49);
    check_starts(r, "P5", "starts of bind(0), 100 ports", PORT_ASKED_BIND, 100, 50);
    check_starts(r, "P6", "starts of bind(0) with SO_REUSEADDR, 16 ports",
                 PORT_ASKED_BIND_REUSEADDR, 16, 4);
    check_starts(r, "P6", "starts of bind(0) with SO_REUSEADDR, 99 ports",
                 PORT_ASKED_BIND_REUSEADDR, 99, 24);
    check_starts(r, "P6", "starts of bind(0) with SO_REUSEADDR, 100 ports",
                 PORT_ASKED_BIND_REUSEADDR, 100, 25);
}

/* Ports behind two busy ones are chosen as often as a walk from a uniform start makes
 * them, which is twice as often as a uniform choice among free ports would. */
static void test_a_walk_prefers_ports_behind_busy_ones(void **state)
{
    for (size_t i = 0; i < CHAPTERS; i++) {
        struct verdicts v[2];
        judge_chapter(*state, &chapters[i], &v[0], &v[1]);
        if (v[0].crowded.tries == 0)
            continue;
        bool holds = true;
        char *texts[2];
        for (int k = 0; k < 2; k++) {
            const struct port_tally *t = &v[k].crowded;
            double distance = (t->hits - t->expected) / sqrt(t->variance);
            holds &= 2 * gsl_cdf_ugaussian_Q(fabs(distance)) >= TEST_UNLIKELY;
            texts[k] = memory_print("%u of %u, law %.0f", (unsigned)t->hits,
                                    (unsigned)t->tries, t->expected);
        }
        char *what = memory_print("behind two busy ports: %s", chapters[i].what);
        law_checked(chapters[i].law, what, texts[0], texts[1], holds);
        free(what);
        free(texts[0]);
        free(texts[1]);
    }
}

/* --- epochs ---------------------------------------------------------------------------
 */

/* Two destinations asked in turn every 20 ms for 62 s, as seq_epoch.json was recorded. */
static uint32_t our_jumps(uint32_t jumps_at[JUMPS_MAX])
{
    struct port_lab lab = port_lab_new("linux518", (struct port_range){50000, 50999}, 1);
    uint32_t last[2] = {0}, jumps = 0;
    for (uint32_t i = 0; i < 2 * 2913; i++) {
        uint32_t d = i % 2;
        lab.request.now = (sim_ns)i * (62 * SIM_S / (2 * 2913));
        uint32_t port = port_lab_choose(&lab, port_lab_place(d)).port;
        uint32_t gap = (port + 1000 - last[d]) % 1000;
        if (last[d] && (gap < 2 || gap > 16 || gap % 2) && jumps < JUMPS_MAX)
            jumps_at[jumps++] = (uint32_t)(lab.request.now / SIM_MS);
        last[d] = port;
    }
    port_lab_free(&lab);
    return jumps;
}

/* KERNEL.md P9.  A new number looks like noise in 8 of 500 cases: the second destination
 * shows 5 of 6 jumps. */
static void test_hidden_numbers_are_drawn_anew_every_ten_seconds(void **state)
{
    const struct recordings *r = *state;
    uint32_t gaps[8],
        jumps[2] = {count_gaps(&r->epoch[0], gaps), count_gaps(&r->epoch[1], gaps)};
    for (uint32_t i = 0; i < r->jump_count; i++) {
        const struct jump *a = &r->jumps[0], *b = &r->jumps[i];
        double periods = round((b->after - a->after) / 10000);
        /* Each boundary lies between the two choices, and 10 s behind the last. */
        assert_true(a->before + 10000 * periods < b->after);
        assert_true(b->before < a->after + 10000 * periods);
    }
    uint32_t at[JUMPS_MAX], ours = our_jumps(at);
    for (uint32_t i = 0; i < ours; i++)
        assert_true(at[i] % 10000 < 25);
    char *recorded = memory_print("%u and %u jumps in 62 s, 10.00 s apart",
                                  (unsigned)jumps[0], (unsigned)jumps[1]);
    char *simulated =
        memory_print("%u jumps of two destinations, 10.00 s apart", (unsigned)ours);
    law_checked("P9", "two destinations asked every 20 ms, range of 1,000", recorded,
                simulated, jumps[0] + jumps[1] == r->jump_count && ours >= 10);
    free(recorded);
    free(simulated);
}

/* --- UDP that shares ------------------------------------------------------------------
 */

/* How many of 100 ports 220 sockets with SO_REUSEADDR or SO_REUSEPORT cover. */
static void test_udp_sockets_that_share_draw_with_repetition(void **state)
{
    const struct recordings *r = *state;
    uint32_t was[100] = {0}, is[100] = {0}, sequences = 0;
    struct totals covered[2] = {{UINT32_MAX, 0}, {UINT32_MAX, 0}};
    for (uint32_t i = 0; i < r->count; i++) {
        const struct port_sequence *s = &r->at[i];
        if (s->asked[0] != PORT_ASKED_UDP_SHARED || port_range_size(s->range) != 100)
            continue;
        struct port_sequence ours = repeat(s, i);
        uint32_t distinct[2] = {distinct_of(s->offsets, s->count),
                                distinct_of(ours.offsets, s->count)};
        for (uint32_t k = 0; k < s->count; k++) {
            was[s->offsets[k]]++;
            is[ours.offsets[k]]++;
        }
        for (int k = 0; k < 2; k++) {
            covered[k].least =
                distinct[k] < covered[k].least ? distinct[k] : covered[k].least;
            covered[k].most =
                distinct[k] > covered[k].most ? distinct[k] : covered[k].most;
        }
        port_sequence_free(&ours);
        sequences++;
    }
    assert_true(sequences > 0);
    char *texts[2];
    for (int k = 0; k < 2; k++)
        texts[k] = memory_print("%u to %u", (unsigned)covered[k].least,
                                (unsigned)covered[k].most);
    /* KERNEL.md P10 says 80 to 94 of all its runs. */
    law_checked("P10", "ports of 100 that 220 sharing UDP sockets cover", texts[0],
                texts[1], covered[1].least >= 80 && covered[1].most <= 94);
    check_uniform("P10", "ports that sharing UDP sockets draw", was, is, 100);
    free(texts[0]);
    free(texts[1]);
}

/* --- statistics over the default range ------------------------------------------------
 */

enum { N = 28232, TRIES = 3000 };

struct shape {
    uint32_t even, lower_half, distinct;
};

static struct shape shape_of(const struct port_sequence *s)
{
    struct shape shape = {.distinct = distinct_of(s->offsets, s->count)};
    for (uint32_t i = 0; i < s->count; i++) {
        shape.even += s->offsets[i] % 2 == 0;
        shape.lower_half += s->offsets[i] < N / 2;
    }
    return shape;
}

/* Both ends of what a count may be that has this mean and deviation. */
static bool may_be(double count, double mean, double variance)
{
    return fabs(count - mean) <=
           gsl_cdf_ugaussian_Qinv(TEST_UNLIKELY / 2) * sqrt(variance) + 0.5;
}

/* Different ones among TRIES draws out of `cells`, and the variance of that number (the
 * empty cells of a classical occupancy). */
static bool may_be_distinct(uint32_t distinct, double cells)
{
    double one = pow(1 - 1 / cells, TRIES), two = pow(1 - 2 / cells, TRIES);
    double variance = cells * (cells - 1) * two + cells * one - cells * cells * one * one;
    return may_be(distinct, cells * (1 - one), variance);
}

/* A kind of choice, and what it is uniform over. */
struct statistic {
    const char *what, *source;
    enum port_asked asked;
    double cells; /* that are drawn from alike; 0: never again in so few choices */
    double even;  /* share */
    double lower; /* share of the lower half */
};

static bool has_shape(const struct statistic *s, struct shape shape)
{
    bool even = s->even > 0 && s->even < 1
                    ? may_be(shape.even, TRIES * s->even, TRIES * s->even * (1 - s->even))
                    : shape.even == TRIES * s->even;
    bool lower = s->lower < 1 ? s->cells == 0 ||
                                    may_be(shape.lower_half, TRIES * 0.5, TRIES * 0.25)
                              : shape.lower_half == TRIES;
    bool distinct = s->cells > 0 ? may_be_distinct(shape.distinct, s->cells)
                                 : shape.distinct == TRIES;
    return even && lower && distinct;
}

static char *shape_text(struct shape s)
{
    return memory_print("%u even, %u in the lower half, %u distinct", (unsigned)s.even,
                        (unsigned)s.lower_half, (unsigned)s.distinct);
}

/* The same program, or with a destination of its own for every choice. */
static struct port_sequence repeat_statistic(const struct port_sequence *s, bool random)
{
    if (!random)
        return repeat(s, 1);
    struct port_sequence ours =
        port_sequence_new(s->range, s->asked[0], TRIES, false, s->count);
    port_sequence_perform(&ours, 1);
    return ours;
}

/* KERNEL.md P11, each count within what chance allows. */
static void test_counts_over_the_default_range_are_what_the_laws_make_likely(void **state)
{
    static const struct statistic statistics[] = {
        {"3,000 connects to one destination, closed at once", "stat-same",
         PORT_ASKED_CONNECT, 0, 1, 0.5},
        {"3,000 connects, each to a destination of its own", "stat-random",
         PORT_ASKED_CONNECT, N / 2, 1, 0.5},
        {"3,000 bind(0), closed at once", "stat-same", PORT_ASKED_BIND, N / 2, 0, 0.5},
        {"3,000 UDP connects, closed at once", "stat-udp-auto", PORT_ASKED_UDP, N, 0.5,
         0.5},
        {"3,000 UDP bind(0), closed at once", "stat-udp-b0", PORT_ASKED_UDP, N, 0.5, 0.5},
    };
    for (size_t i = 0; i < sizeof statistics / sizeof statistics[0]; i++) {
        const struct statistic *s = &statistics[i];
        const struct port_sequence *recorded = find(*state, s->source, s->asked);
        struct port_sequence ours =
            repeat_statistic(recorded, strcmp(s->source, "stat-random") == 0);
        struct shape was = shape_of(recorded), is = shape_of(&ours);
        char *was_text = shape_text(was), *is_text = shape_text(is);
        law_checked("P11", s->what, was_text, is_text,
                    has_shape(s, was) && has_shape(s, is));
        free(was_text);
        free(is_text);
        port_sequence_free(&ours);
    }
}

/* bind(0) with SO_REUSEADDR: 2,453 distinct of 3,000 on the kernel, whose recording is
 * not among those kept. */
static void test_reuseaddr_draws_from_a_quarter_of_the_default_range(void **state)
{
    (void)state;
    const struct statistic quarter = {"3,000 bind(0) with SO_REUSEADDR, closed at once",
                                      "",
                                      PORT_ASKED_BIND_REUSEADDR,
                                      N / 4,
                                      0,
                                      1};
    struct port_sequence ours = port_sequence_new(
        (struct port_range){32768, 60999}, PORT_ASKED_BIND_REUSEADDR, 1, false, TRIES);
    port_sequence_perform(&ours, 1);
    struct shape is = shape_of(&ours);
    char *is_text = shape_text(is);
    law_checked("P11", quarter.what, "0 even, 3000 in the lower half, 2453 distinct",
                is_text, has_shape(&quarter, is) && may_be_distinct(2453, quarter.cells));
    free(is_text);
    port_sequence_free(&ours);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_recorded_and_simulated_sequences_obey_the_laws),
        cmocka_unit_test(test_sequences_of_one_kind_break_the_laws_of_the_others),
        cmocka_unit_test(test_of_99_ports_98_or_99_are_given),
        cmocka_unit_test(test_gaps_are_uniform_where_nothing_is_in_the_way),
        cmocka_unit_test(test_starts_of_bind_are_uniform_over_the_odd_offsets),
        cmocka_unit_test(test_a_walk_prefers_ports_behind_busy_ones),
        cmocka_unit_test(test_hidden_numbers_are_drawn_anew_every_ten_seconds),
        cmocka_unit_test(test_udp_sockets_that_share_draw_with_repetition),
        cmocka_unit_test(
            test_counts_over_the_default_range_are_what_the_laws_make_likely),
        cmocka_unit_test(test_reuseaddr_draws_from_a_quarter_of_the_default_range),
    };
    return cmocka_run_group_tests(tests, open_recordings, close_recordings);
}
