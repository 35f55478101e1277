#include "sim/cli/reference.h"

#include <stdio.h>
#include <string.h>

#include "models/destination.h"
#include "models/faces.h"
#include "models/failure.h"
#include "models/gateway.h"
#include "models/host.h"
#include "models/port_allocator.h"
#include "models/port_predict.h"
#include "models/process.h"
#include "models/proxy.h"
#include "models/session.h"
#include "models/stack.h"
#include "models/world.h"
#include "sim/cli/figure_kinds.h"
#include "sim/cli/knobs.h"
#include "sim/cli/library.h"
#include "sim/cli/states.h"
#include "sim/engine/distribution.h"
#include "sim/views/events.h"

void reference_say(struct reference_entry *e, const char *summary)
{
    snprintf(e->summary, sizeof e->summary, "%s", summary);
}

static void __attribute__((format(printf, 3, 4)))
fact(struct reference_entry *e, const char *label, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    struct reference_fact *f = &e->facts[e->fact_count++];
    f->label = label;
    vsnprintf(f->text, sizeof f->text, format, args);
    va_end(args);
}

static void __attribute__((format(printf, 2, 3)))
set_name(struct reference_entry *e, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(e->name, sizeof e->name, format, args);
    va_end(args);
}

static const char *scope_name(enum port_scope scope)
{
    switch (scope) {
    case PORT_SCOPE_PORT:
        return "port: any holder of the port on an overlapping address conflicts";
    case PORT_SCOPE_TUPLE:
        return "tuple: only a holder of the same 4-tuple conflicts";
    case PORT_SCOPE_MIXED:
        return "mixed: ports given out by bind() conflict, otherwise the 4-tuple";
    }
    return "";
}

static bool allocator_entry(uint32_t index, struct reference_entry *e)
{
    const struct port_allocator_ops *a = port_allocators[index];
    if (!a)
        return false;
    set_name(e, "%s", a->name);
    reference_say(e, a->summary);
    e->fields = a->fields;
    fact(e, "systems", "%s", a->systems);
    fact(e, "order", "%s", a->order);
    fact(e, "scope", "%s", scope_name(a->scope));
    fact(e, "exhaustive", "%s",
         a->exhaustive ? "yes: finds a free port whenever there is one"
                       : "no: may fail while ports are free");
    fact(e, "state", "%s", a->state);
    fact(e, "cost", "%s", a->cost);
    fact(e, "on failure", "%s", a->failure);
    fact(e, "source", "%s", a->source);
    return true;
}

/* On paper: the timer wheel and the round trip come on top. */
static void schedule_fact(struct reference_entry *e, const char *label,
                          const struct retransmission *r)
{
    char text[300] = "";
    size_t length = 0;
    sim_ns at[32], end;
    uint32_t count = retransmission_plan(r, at, 32, &end);
    for (uint32_t i = 0; i < count && i < 32; i++)
        length += (size_t)snprintf(text + length, sizeof text - length, "%s%g",
                                   i ? ", " : "", sim_seconds(at[i]));
    fact(e, label, "again at %s s%s; gives up at %g s", text,
         r->loss_probe ? " (a probe first)" : "", sim_seconds(end));
}

static void fin_wait_2_fact(struct reference_entry *e, const struct stack *s)
{
    if (s->fin_wait_2_unlimited)
        fact(e, "FIN_WAIT_2", "no limit");
    else if (s->fin_wait_2_split)
        fact(e, "FIN_WAIT_2",
             "%g s once nobody owns the socket; T above %g s lasts 2(T-%g)",
             sim_seconds(s->fin_wait_2), sim_seconds(s->fin_wait_2_split),
             sim_seconds(s->fin_wait_2_split));
    else
        fact(e, "FIN_WAIT_2", "%g s once nobody owns the socket",
             sim_seconds(s->fin_wait_2));
}

static void time_wait_fact(struct reference_entry *e, const struct stack *s)
{
    char records[60] = "any number of records", reuse[60] = "its tuple is not reused";
    if (s->max_tw_buckets != TW_BUCKETS_UNLIMITED)
        snprintf(records, sizeof records, "at most %u records",
                 (unsigned)s->max_tw_buckets);
    if (s->tw_reuse != TW_REUSE_OFF)
        snprintf(reuse, sizeof reuse, "its tuple may be reused after %g s%s",
                 sim_seconds(s->tw_reuse_delay),
                 s->tw_reuse == TW_REUSE_LOOPBACK ? ", on loopback" : "");
    fact(e, "TIME_WAIT", "%g s; %s; %s", sim_seconds(s->time_wait), records, reuse);
}

/* What becomes of ports and connections whose program does not close them. */
static void unclosed_fact(struct reference_entry *e, const struct stack *s)
{
    static const char *const ports[] = {
        [STACK_BOUND_NONE] = "no port outlives its connection",
        [STACK_BOUND_EXPLICIT] = ("ports given to bind() stay BOUND after their "
                                  "connection"),
        [STACK_BOUND_ALL] = "ports stay BOUND after their connection",
    };
    fact(e, "not closed", "%s; a process that ends sends %s", ports[s->bound_state],
         s->exit_resets ? "RST" : "FIN");
}

static void udp_fact(struct reference_entry *e, const struct udp_stack *u)
{
    fact(e, "UDP", "%s, by %s; without a port %s, of bind(0) %s",
         port_allocators[u->allocator.kind]->name,
         scope_name(stack_scope_of(u->scope, &u->allocator)),
         failure_choice(u->exhausted), failure_choice(u->exhausted_bind));
}

static bool stack_entry(uint32_t index, struct reference_entry *e)
{
    const struct stack_row *r = &stack_rows[index];
    const struct stack *s = &r->stack;
    if (!r->name)
        return false;
    set_name(e, "%s", r->name);
    reference_say(e, r->systems);
    fact(e, "range", "%u-%u (%u ports)", s->range.low, s->range.high,
         (unsigned)(s->range.high - s->range.low + 1));
    fact(e, "connect()", "%s; without a port %s",
         port_allocators[s->allocator.kind]->name, failure_choice(s->exhausted));
    fact(e, "scope", "%s", scope_name(stack_scope(s)));
    fact(e, "bind(0)", "%s; without a port %s",
         port_allocators[s->bind_allocator.kind]->name,
         failure_choice(s->exhausted_bind));
    time_wait_fact(e, s);
    fin_wait_2_fact(e, s);
    unclosed_fact(e, s);
    udp_fact(e, &r->udp);
    fact(e, "IPv6", "%s",
         s->families_apart ? "has ports of its own" : "shares the ports of IPv4");
    fact(e, "timestamps", "%s", s->timestamps ? "yes" : "no");
    fact(e, "timers", s->timer_hz ? "on the wheel of a kernel with HZ %u" : "exact",
         (unsigned)s->timer_hz);
    schedule_fact(e, "SYN", &s->syn);
    schedule_fact(e, "SYN+ACK", &s->syn_ack);
    schedule_fact(e, "FIN", &s->fin);
    fact(e, "source", "%s", r->source);
    return true;
}

static void timeout_fact(struct reference_entry *e, const char *label, sim_ns timeout)
{
    if (timeout)
        fact(e, label, "%g s", sim_seconds(timeout));
}

/* Who ends the connection to the server when its client has gone, and how. */
static const char *proxy_ending(const struct proxy *p)
{
    if (p->mode == PROXY_HTTP)
        return p->close_mode == PROXY_RESETS ? "after the answer, by RST"
                                             : "after the answer, by close(): FIN";
    if (p->half_close)
        return p->close_mode == PROXY_RESETS
                   ? "by shutdown(): FIN; held until the server closes, else RST"
                   : "by shutdown(): FIN; held until the server closes, else close()";
    return p->close_mode == PROXY_RESETS ? "by RST" : "by close(): FIN";
}

static bool proxy_entry(uint32_t index, struct reference_entry *e)
{
    const struct proxy_row *r = &proxy_rows[index];
    const struct proxy *p = &r->proxy;
    if (!r->name)
        return false;
    set_name(e, "%s", r->name);
    reference_say(e, r->systems);
    fact(e, "mode", "%s", proxy_mode_word(p->mode));
    fact(e, "ends", "%s", proxy_ending(p));
    timeout_fact(e, "client idle", p->client_timeout);
    timeout_fact(e, "server idle", p->server_timeout);
    timeout_fact(e, "idle", p->proxy_timeout);
    if (p->keepalive)
        fact(e, "keep-alive", "%u idle, %g s, %u requests; %s", (unsigned)p->keepalive,
             sim_seconds(p->keepalive_timeout), (unsigned)p->keepalive_requests,
             p->reuse ? "for any client" : "not for a client's first request");
    fact(e, "retries", "%u without a port, at once", (unsigned)p->retries);
    fact(e, "client sees", "%s", proxy_tells_word(p->client_sees));
    fact(e, "source", "%s", r->source);
    return true;
}

static bool nat_entry(uint32_t index, struct reference_entry *e)
{
    const struct nat_row *r = &nat_rows[index + 1]; /* "none" is none */
    const struct nat_translation *t = &r->translation;
    if (!r->name)
        return false;
    set_name(e, "%s", r->name);
    reference_say(e, r->systems);
    fact(e, "range", "%u-%u (%u ports)", t->range.low, t->range.high,
         (unsigned)(t->range.high - t->range.low + 1));
    fact(e, "allocator", "%s", port_allocators[t->allocator.kind]->name);
    fact(e, "addresses", "%s", nat_address_choice_name(t->address_choice));
    fact(e, "confirmed", t->confirm_delay ? "%g us after the choice" : "at once",
         sim_seconds(t->confirm_delay) * 1e6);
    fact(e, "opening", "SYN_SENT %g s, SYN_RECEIVED %g s",
         sim_seconds(t->timeouts[NAT_SYN_SENT]),
         sim_seconds(t->timeouts[NAT_SYN_RECEIVED]));
    fact(e, "idle", "%g s; then packets from inside are %s, from outside %s",
         sim_seconds(t->timeouts[NAT_ESTABLISHED]), nat_stray_name(t->stray_from_inside),
         nat_stray_name(t->stray_from_outside));
    fact(e, "closing", "FIN_WAIT %g s, CLOSE_WAIT %g s, LAST_ACK %g s",
         sim_seconds(t->timeouts[NAT_FIN_WAIT]), sim_seconds(t->timeouts[NAT_CLOSE_WAIT]),
         sim_seconds(t->timeouts[NAT_LAST_ACK]));
    fact(e, "closed", "TIME_WAIT %g s, after RST %g s; %s",
         sim_seconds(t->timeouts[NAT_TIME_WAIT]), sim_seconds(t->timeouts[NAT_CLOSE]),
         t->reopens ? "a SYN of the same flow ends it" : "held down until then");
    fact(e, "source", "%s", r->source);
    return true;
}

static bool face_entry(uint32_t index, struct reference_entry *e)
{
    const struct face *f = &faces[index + 1]; /* "none" is none */
    if (!f->name)
        return false;
    set_name(e, "%s", f->name);
    reference_say(e, f->symptom);
    fact(e, "called", "%s", f->called);
    fact(e, "port", "%s", f->port);
    fact(e, "direction", "%s",
         f->direction == FACE_IN ? "in: accepts, and needs no local port"
                                 : "out: connects, and needs a local port");
    fact(e, "source", "%s", f->source);
    return true;
}

static bool distribution_entry(uint32_t index, struct reference_entry *e)
{
    const struct distribution_ops *d = distributions[index];
    if (!d)
        return false;
    set_name(e, "%s", d->name);
    reference_say(e, d->summary);
    e->fields = d->fields;
    fact(e, "source", "%s", d->source);
    return true;
}

static bool metric_entry(uint32_t index, struct reference_entry *e)
{
    static const struct {
        const char *prefix;
        const struct metric_def *rows;
        uint32_t count;
    } groups[] = {
        {"apps.<app>", app_metrics, APP_METRIC_COUNT},
        {"hosts.<host>.tcp4", host_metrics, HOST_METRIC_COUNT},
        {"hosts.<host>.udp4", host_udp_metrics, HOST_UDP_METRIC_COUNT},
        {"hosts.<host>.tcp4", port_predict_metrics, PORT_PREDICT_METRIC_COUNT},
        {"hosts.<host>.processes.<process>", process_metrics, PROCESS_METRIC_COUNT},
        {"hosts.<host>.nat", gateway_metrics, GATEWAY_METRIC_COUNT},
        {"hosts.<host>.destinations.<host>:<port>", &destination_metric, 1},
    };
    static const char *const kinds[] = {
        [METRIC_COUNT] = "number in the window; also <name>_per_s, its rate",
        [METRIC_LEVEL] = "time average",
        [METRIC_SAMPLE] = "mean of what was seen; also .p1 .p50 .p99 .min .max",
        [METRIC_FIRST] = "a moment; null when it never came",
        [METRIC_LAST] = "a moment; null when it never came",
        [METRIC_RATIO] = "a ratio; null over nothing",
        [METRIC_REST] = "1 less a ratio; null over nothing",
        [METRIC_BITS] = "bits; null when there is nothing to tell them from",
    };
    for (size_t g = 0; g < sizeof groups / sizeof groups[0]; g++) {
        if (index >= groups[g].count) {
            index -= groups[g].count;
            continue;
        }
        const struct metric_def *d = &groups[g].rows[index];
        set_name(e, "%s.%s", groups[g].prefix, d->name);
        reference_say(e, d->help);
        fact(e, "unit", "%s", d->unit);
        fact(e, "reads as", "%s%s", kinds[d->kind],
             d->kind != METRIC_LEVEL      ? ""
             : d->flags & METRIC_MAX_NAME ? "; also <name>_max, the maximum"
                                          : "; also .max");
        if (d->flags & METRIC_SERIES)
            fact(e, "series", "a column of timeseries.csv");
        return true;
    }
    return false;
}

static bool failure_entry(uint32_t index, struct reference_entry *e)
{
    if (!failure_choice(index))
        return false;
    set_name(e, "%s", failure_choice(index));
    reference_say(e, failure_help((enum failure)(index + 1)));
    return true;
}

static bool event_entry(uint32_t index, struct reference_entry *e)
{
    if (!events_kinds[index].name)
        return false;
    set_name(e, "%s", events_kinds[index].name);
    reference_say(e, events_kinds[index].help);
    return true;
}

static bool figure_entry(uint32_t index, struct reference_entry *e)
{
    const struct figure_kind *kind = figure_kinds(index);
    if (!kind)
        return false;
    set_name(e, "%s", kind->name);
    reference_say(e, kind->shows);
    fact(e, "needs", "%s", kind->needs);
    fact(e, "made by", "%s", kind->made);
    fact(e, "looks", "plots/%s.gp", kind->name);
    return true;
}

const struct reference_kind reference_kinds[] = {
    {"allocators", "allocator", allocator_entry},
    {"stacks", "stack", stack_entry},
    {"states", "state of a socket", state_entry},
    {"proxies", "proxy", proxy_entry},
    {"nats", "kind of gateway", nat_entry},
    {"faces", "face of an application", face_entry},
    {"distributions", "distribution", distribution_entry},
    {"metrics", "metric", metric_entry},
    {"failures", "failure code", failure_entry},
    {"events", "kind of event", event_entry},
    {"knobs", "knob", knob_entry},
    {"figures", "kind of picture", figure_entry},
    {"scenarios", "scenario", library_entry},
    {NULL, NULL, NULL},
};
