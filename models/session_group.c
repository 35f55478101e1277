#include "models/session_group.h"

/* What is drawn late is drawn for each connection: from the part of a user who comes so
 * many arrivals (2^24) later. */
#define MATES_APART 24

/* The index-th session beside the leader; its connection is nobody's attempt until all
 * are made. */
static uint32_t open_mate(struct sessions *s, uint32_t leader, uint32_t index)
{
    uint32_t id = session_open(s);
    const struct session *first = session_at(s, leader);
    *session_at(s, id) = (struct session){.arrived = first->arrived,
                                          .life = first->life,
                                          .behaviour = first->behaviour,
                                          .member = first->member,
                                          .target = first->target,
                                          .app = first->app,
                                          .vanishes = first->vanishes,
                                          .leaks = first->leaks};
    s->mates[id] =
        (struct session_mates){.leader = leader, .next = s->mates[leader].next};
    s->mates[leader].next = id;
    if (s->arrivals)
        s->arrivals[id] = s->arrivals[leader] + (index << MATES_APART);
    return id;
}

/* Gives back what all of them have, but keeps the leader for the next try. */
static void give_back(struct sessions *s, uint32_t leader)
{
    uint32_t id = leader;
    do {
        uint32_t next = s->mates[id].next;
        session_drop(s, id, ROLE_CLIENT);
        if (id != leader)
            session_settle(s, id);
        id = next;
    } while (id != leader);
}

enum failure session_group_opens(struct sessions *s, uint32_t leader)
{
    uint32_t count = session_app(s, session_at(s, leader))->config->connections;
    s->mates[leader] =
        (struct session_mates){.leader = leader, .next = leader, .waiting = count};
    for (uint32_t i = 1; i < count; i++) {
        enum failure code = session_dials(s, open_mate(s, leader, i));
        if (code == FAILURE_NONE)
            continue;
        give_back(s, leader);
        return code;
    }
    return FAILURE_NONE;
}

void session_group_connected(struct sessions *s, uint32_t id)
{
    uint32_t leader = s->mates[id].leader;
    if (--s->mates[leader].waiting)
        return;
    session_succeeded(s, leader);
    for (id = s->mates[leader].next; id != leader; id = s->mates[id].next) {
        session_at(s, id)->tries = session_at(s, leader)->tries;
        session_lives(s, id);
    }
}

uint32_t session_group_fails(struct sessions *s, uint32_t id)
{
    uint32_t leader = s->mates[id].leader;
    give_back(s, leader);
    return leader;
}
