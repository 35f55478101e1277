/* How well the next local port of a host could be guessed.
 *
 * Entropy here is that of order 2 (Renyi's collision entropy): minus log2 of the
 * probability that two draws are alike.  It equals Shannon's where all outcomes are
 * equally likely, is less otherwise, and can be told from a few times sqrt(N) choices
 * where Shannon's needs many times N.  What is drawn is a *step*: how far, modulo the
 * range, a port lies from the place a guesser reckons from.  Each step is compared with
 * all earlier ones; the share of equal pairs estimates the probability, without bias.
 *
 * Two guessers, both of them wherever a destination is met again:
 *
 *     the server     knows the last port toward itself and reckons from there.  0 bits
 *                    for a sequence, 3 for Linux (eight steps, equally likely), log2 of
 *                    the range for a uniform choice
 *     the observer   saw every choice of the host.  It has three places to reckon from:
 *                    the server's; the host's last port, toward whomever; the server's,
 *                    moved on by one for each choice the host has made since.  Each time
 *                    it uses the one that has guessed best so far.  This is what one
 *                    counter for all destinations (RFC 6056 algorithm 3) gives away
 *
 * Neither tries to learn which ports are busy (log2(N / free) bits at most), nor which
 * destinations share a counter (algorithm 4, Linux): there the true entropy is less.
 *
 * The serial correlation is that of successive ports toward one destination, against
 * independent uniform ones (von Neumann's ratio): 0 for those, near 1 for a sequence.
 *
 * Cost: 780 KiB a host entry, 16 to 32 bytes for each destination of a member, 16 for
 * each member; about 50 ns a choice.  Only where a host asks for it (`predictability`).
 * May touch its metrics and nothing else.  The definitions are ours.
 */
#ifndef MODELS_PORT_PREDICT_H
#define MODELS_PORT_PREDICT_H

#include "models/port_space.h"
#include "sim/base/metrics.h"

enum port_predict_metric {
    PREDICT_PAIRS, /* of steps; the same number for both guessers */
    PREDICT_SERVER_REPEATS,
    PREDICT_OBSERVER_REPEATS,
    PREDICT_SQUARES,
    PREDICT_SQUARES_OF_CHANCE,
    PREDICT_BITS,
    PREDICT_BITS_KNOWING_ALL,
    PREDICT_CORRELATION,
    PORT_PREDICT_METRIC_COUNT
};

/* Under "hosts.<host>.tcp4" of hosts that ask for it. */
extern const struct metric_def port_predict_metrics[PORT_PREDICT_METRIC_COUNT];

struct port_predict;

/* A port, and the one that followed it toward the same destination. */
struct port_successor {
    uint16_t last, next;
};

/* The first so many are kept, for whoever wants to see them. */
#define PORT_SUCCESSORS_KEPT 3000

/* Declares the metrics under `prefix`; for members 0 .. members-1 of one entry. */
struct port_predict *port_predict_new(struct metrics *metrics, const char *prefix,
                                      uint32_t members);
void port_predict_free(struct port_predict *p); /* NULL is allowed */

/* A member took `port`, chosen from `range`. */
void port_predict_note(struct port_predict *p, uint32_t member, uint32_t local_address,
                       struct port_destination to, struct port_range range,
                       uint16_t port);

/* Those that were kept, in order; NULL: none.  Valid while `p` is. */
const struct port_successor *port_predict_successors(const struct port_predict *p,
                                                     uint32_t *count);

size_t port_predict_bytes(const struct port_predict *p); /* NULL: 0 */

#endif
