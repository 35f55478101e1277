/* Sequences of ports as a program watched them: recorded from a kernel, or made by our
 * allocators doing what the program did; and the judgement whether the laws allow them.
 */
#ifndef TESTS_PORT_SEQUENCE_H
#define TESTS_PORT_SEQUENCE_H

#include "models/port_range.h"

/* How the sockets of a sequence asked for their ports. */
enum port_asked {
    PORT_ASKED_CONNECT, /* connect(), with IP_BIND_ADDRESS_NO_PORT or without */
    PORT_ASKED_OWN_RANGE,
    PORT_ASKED_BIND, /* bind(0.0.0.0, 0), SO_REUSEPORT or not */
    PORT_ASKED_BIND_REUSEADDR,
    PORT_ASKED_UDP,
    PORT_ASKED_UDP_SHARED, /* all with SO_REUSEADDR, or all with SO_REUSEPORT */
};

struct port_sequence {
    char source[16]; /* which recording: "seq", "mix", "stat-same", ... */
    struct port_range range;
    enum port_asked asked[2];
    uint32_t first;        /* so many by asked[0], then asked[1]; 0: by turns */
    uint32_t destinations; /* asked in turn: 1 or 2 */
    bool keep;             /* sockets stay open */
    uint32_t count;
    uint32_t *offsets; /* from the low end, or PORT_LAW_FAILED */
};

/* Of sequences that all ask alike. */
struct port_sequence port_sequence_new(struct port_range range, enum port_asked asked,
                                       uint32_t destinations, bool keep, uint32_t count);

/* A line of linux_sequences.txt, as convert_sequences.py says; destroys the line. */
struct port_sequence port_sequence_parse(char *line);

void port_sequence_free(struct port_sequence *s);

/* Lets linux518, linux-bind0 and linux-udp do what the program did; offsets are written.
 */
void port_sequence_perform(struct port_sequence *s, uint64_t seed);

/* A count of events, each of which had a probability of its own. */
struct port_tally {
    uint32_t tries, hits;
    double expected, variance;
};

/* What the laws say of a sequence. */
struct port_judgement {
    bool lawful;
    uint32_t redraws; /* epochs that began inside it; at most one is believed */
    /* bind(addr, 0) and UDP: choices of a port behind two busy ones, which a law that
     * walks prefers to other free ports. */
    struct port_tally crowded;
};

struct port_judgement port_sequence_judge(const struct port_sequence *s);

#endif
