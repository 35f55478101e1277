/* What an operator would write down: exhaustion, first failures, thresholds, what
 * stopped.
 *
 * Models note what happened by kind and numbers; whoever prints it finds the words
 * (sim/trial/trial_log.c).  Whoever makes a thing happen notes it, at the moment it does.
 * Notes are few: a kind that could come often is noted by spells (models/spell.h) or is
 * limited in rate.  Kept in the order they were written, which is not quite that of
 * `when`: the end of a spell is known only a while after it.
 *
 * Cost: 64 bytes a note.
 */
#ifndef MODELS_NOTES_H
#define MODELS_NOTES_H

#include <stdint.h>

#include "sim/base/time.h"

/* X(symbol, kind as results spell it, which members of struct note it fills beside
 * `when`, what it says, for who writes and reads notes) */
#define NOTES(X)                                                                         \
    X(EXHAUSTION_BEGINS, "exhaustion-begins", NOTE_OF_POOL,                              \
      "a choice found no local port")                                                    \
    X(EXHAUSTION_ENDS, "exhaustion-ends", NOTE_OF_POOL,                                  \
      "the last such choice of a spell; value: how many there were")                     \
    X(DESTINATION_EXHAUSTED, "exhaustion-begins", NOTE_OF_POOL | NOTE_HAS_TO,            \
      "a choice toward this destination found no local port")                            \
    X(DESTINATION_RECOVERS, "exhaustion-ends", NOTE_OF_POOL | NOTE_HAS_TO,               \
      "the last such choice of a spell; value: how many there were")                     \
    X(POOL_FILLS, "threshold", NOTE_OF_POOL,                                             \
      "80 % of the pool are in use; value: ports, limit: of so many")                    \
    X(POOL_EMPTIES, "threshold", NOTE_OF_POOL,                                           \
      "less than 75 % are in use again; value: ports, limit: of so many")                \
    X(HANDLES, "threshold", NOTE_OF_HOST, "a process has so many handles: value")        \
    X(FIRST_FAILURE, "first-failure", NOTE_OF_APP | NOTE_HAS_CODE,                       \
      "the first attempt of an app that failed with all its retries")                    \
    X(LAST_FAILURE, "last-failure", NOTE_OF_APP,                                         \
      "the last one of the run; value: how many failed in all")                          \
    X(FIRST_ERRNO, "first-errno", NOTE_OF_APP | NOTE_HAS_CODE,                           \
      "a try failed with this code for the first time")                                  \
    X(RESETS_BEGIN, "resets-begin", NOTE_OF_APP,                                         \
      "an open connection of an app was reset")                                          \
    X(RESETS_END, "resets-end", NOTE_OF_APP,                                             \
      "the last one of a spell; value: how many there were")                             \
    X(EVENT_4227, "event-4227", NOTE_OF_POOL | NOTE_HAS_TO,                              \
      "Windows: the port to be used still waits in TIME_WAIT toward that destination; "  \
      "value: such choices since the event before")                                      \
    X(EVENT_4231, "event-4231", NOTE_OF_POOL,                                            \
      "Windows: every TCP port is in use; value: failed choices since the event before") \
    X(EVENT_4266, "event-4266", NOTE_OF_POOL,                                            \
      "Windows: every UDP port is in use; value: failed choices since the event before") \
    X(DROPS_BEGIN, "drops-begin", NOTE_OF_HOST | NOTE_HAS_REASON,                        \
      "a gateway did not pass a packet on")                                              \
    X(DROPS_END, "drops-end", NOTE_OF_HOST | NOTE_HAS_REASON,                            \
      "the last one of a spell; value: how many there were")                             \
    X(PROCESS_STOPS, "process-stops", NOTE_OF_HOST,                                      \
      "value: descriptors the system closed")                                            \
    X(PROCESS_STARTS, "process-starts", NOTE_OF_HOST, "a process runs again")            \
    X(HOST_DOWN, "host-down", NOTE_OF_HOST, "value: sockets that are gone")              \
    X(HOST_UP, "host-up", NOTE_OF_HOST, "with all its ports free")                       \
    X(CACHE_RUNS_OUT, "cache-runs-out", NOTE_OF_APP,                                     \
      "the first attempt that failed because the cache had no answer any more")

enum note_members {
    NOTE_OF_HOST = 1,                /* host, and process if there is one */
    NOTE_OF_POOL = 2 | NOTE_OF_HOST, /* the same and pool */
    NOTE_OF_APP = 4,                 /* app */
    NOTE_HAS_TO = 8,                 /* to_host, to_port */
    NOTE_HAS_CODE = 16,              /* code */
    NOTE_HAS_REASON = 32,            /* code: enum gateway_metric */
};

enum note_kind {
#define X(symbol, kind, members, says) NOTE_##symbol,
    NOTES(X)
#undef X
        NOTE_COUNT
};

struct note {
    sim_ns when;
    enum note_kind kind;
    uint32_t host;       /* number of the host */
    uint32_t app;        /* number of the app */
    uint32_t to_host;    /* the destination: number of its host */
    uint16_t to_port;    /* and its port */
    uint8_t pool;        /* enum pool */
    uint8_t code;        /* enum failure; of a drop enum gateway_metric */
    const char *process; /* name, NULL: none; must live as long as the notes */
    uint64_t value;
    uint64_t limit;
};

struct notes {
    struct note *at;
    uint32_t count, capacity;
};

/* "exhaustion-begins" and so on; enum note_members. */
const char *note_kind_name(enum note_kind kind);
unsigned note_kind_members(enum note_kind kind);

void notes_add(struct notes *n, struct note note);
void notes_free(struct notes *n);

#endif
