#include "models/udp_session.h"

#include "models/udp.h"
#include "sim/engine/distribution.h"

/* SIM_NEVER: the server ignores it. */
static sim_ns draw_thinking(struct sessions *s, uint32_t id)
{
    struct app *a = session_app(s, session_at(s, id));
    const struct udp_config *udp = &a->config->udp;
    struct random_stream own, *chance = session_chance(s, id, &a->answers, &own);
    if (udp->unanswered > 0 && random_unit(chance) < udp->unanswered)
        return SIM_NEVER;
    return distribution_sample(&udp->thinks, chance);
}

void udp_session_tries(struct sessions *s, uint32_t id)
{
    struct session *x = session_at(s, id);
    struct app *a = session_app(s, x);
    struct member *m = net_member(s->net, x->member);
    struct udp_opened opened =
        udp_open(s->net, &(struct udp_open){.member = x->member,
                                            .local_address = host_source_address(
                                                &s->net->hosts, m, app_pool(a->config)),
                                            .to = {x->target, a->config->to.port},
                                            .session = id,
                                            .app = x->app,
                                            .connected = a->config->udp.connected,
                                            .options = &a->config->socket});
    x->sockets[ROLE_CLIENT] = opened.socket;
    if (!opened.socket) {
        session_failed(s, id, opened.failure);
        return;
    }
    session_wait_as_always(s, id, a->config->udp.timeout, SESSION_IMPATIENT);
    udp_ask(s->net, opened.socket, draw_thinking(s, id));
}

void udp_session_close(struct sessions *s, uint32_t id)
{
    struct session *x = session_at(s, id);
    bool leaks = x->open && x->leaks & LEAK_NEVER_CLOSED;
    uint32_t socket = session_let_go(s, x, ROLE_CLIENT);
    if (socket && leaks)
        udp_leak(s->net, socket);
    else if (socket)
        udp_close(s->net, socket);
}

void udp_session_event(struct sessions *s, const struct event *e)
{
    struct udp_news news = udp_arrives(s->net, e);
    struct session *x = session_at(s, news.session);
    if (!news.session || x->open) /* nobody waits for it */
        return;
    switch (news.outcome) {
    case UDP_NO_NEWS:
        break;
    case UDP_ANSWERED:
        event_timer_cancel(&x->timer);
        session_succeeded(s, news.session);
        break;
    case UDP_REFUSED:
        udp_session_close(s, news.session);
        session_failed(s, news.session, FAILURE_ECONNREFUSED);
        break;
    }
}
