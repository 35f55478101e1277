#include "models/tracer.h"

void trace_sent(const struct net *net, struct route r, enum net_event kind,
                enum segment_fate fate, sim_ns arrives)
{
    const struct tracer *t = net->tracer;
    if (t->sent)
        t->sent(t->context, &r, kind, fate, arrives);
}

void trace_arrived(const struct net *net, const struct event *e)
{
    const struct tracer *t = net->tracer;
    if (t->arrived)
        t->arrived(t->context, e);
}

void trace_stepped(const struct net *net, uint32_t socket, enum tcp_input input,
                   enum tcp_state next)
{
    const struct tracer *t = net->tracer;
    if (t->stepped)
        t->stepped(t->context, socket, input, next);
}

void trace_timer_started(const struct net *net, uint32_t socket, sim_ns when)
{
    const struct tracer *t = net->tracer;
    if (t->timer)
        t->timer(t->context, socket, false, when);
}

void trace_timer_fired(const struct net *net, uint32_t socket)
{
    const struct tracer *t = net->tracer;
    if (t->timer)
        t->timer(t->context, socket, true, net_now(net));
}

void trace_called(const struct net *net, uint32_t socket, enum trace_call call)
{
    const struct tracer *t = net->tracer;
    if (t->called)
        t->called(t->context, socket, call);
}

void trace_chosen(const struct net *net, const struct trace_choice *choice)
{
    const struct tracer *t = net->tracer;
    if (t->chosen)
        t->chosen(t->context, choice);
}

void trace_gateway(const struct net *net, const struct trace_gateway *act)
{
    const struct tracer *t = net->tracer;
    if (t->gateway)
        t->gateway(t->context, act);
}

void trace_session(const struct net *net, uint32_t session, uint16_t app,
                   enum trace_session what, enum failure code)
{
    const struct tracer *t = net->tracer;
    if (t->session)
        t->session(t->context, session, app, what, code);
}
