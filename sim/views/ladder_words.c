#include "sim/views/ladder_words.h"

#include <stdio.h>
#include <string.h>

#include "sim/views/human.h"

const char *ladder_segment(enum net_event kind)
{
    static const char *const names[] = {
        [EVENT_SYN] = "SYN",          [EVENT_SYN_ACK] = "SYN+ACK",
        [EVENT_ACK] = "ACK",          [EVENT_FIN] = "FIN",
        [EVENT_FIN_ACK] = "FIN+ACK",  [EVENT_ACK_OF_FIN] = "ACK",
        [EVENT_RST] = "RST",          [EVENT_CHALLENGE_ACK] = "challenge ACK",
        [EVENT_PROBE] = "keep-alive", [EVENT_PROBE_ANSWER] = "ACK"};
    return names[kind];
}

static const struct host_config *config_of(const struct attempt *a, uint32_t host)
{
    return &((const struct host_config *)a->plan->config->world.hosts.items)[host];
}

const char *ladder_host(const struct attempt *a, uint32_t host, uint32_t member,
                        char out[LADDER_HOST])
{
    const struct host_config *h = config_of(a, host);
    if (h->count > 1)
        snprintf(out, LADDER_HOST, "%s[%u]", h->name, (unsigned)member);
    else
        snprintf(out, LADDER_HOST, "%s", h->name);
    return out;
}

static const char *host_of(const struct attempt *a, const struct attempt_end *e,
                           char out[LADDER_HOST])
{
    return ladder_host(a, e->host, e->member, out);
}

/* --- on the ladder --------------------------------------------------------------------
 */

static void put_user(const struct attempt *a, const struct rung *r, char out[LADDER_TEXT])
{
    const struct app_config *apps = a->plan->config->world.apps.items;
    const char *code = failure_name((enum failure)r->code);
    switch ((enum trace_session)r->what) {
    case TRACE_ARRIVES:
        snprintf(out, LADDER_TEXT, "a user of %s comes", apps[a->app].name);
        break;
    case TRACE_WAITS:
        snprintf(out, LADDER_TEXT, "the try failed: %s; there will be another", code);
        break;
    case TRACE_FAILS:
        snprintf(out, LADDER_TEXT, "the attempt failed: %s", code);
        break;
    case TRACE_SUCCEEDS:
        snprintf(out, LADDER_TEXT, "connected");
        break;
    case TRACE_REUSES:
        snprintf(out, LADDER_TEXT, "takes a connection it has kept");
        break;
    case TRACE_KEEPS:
        snprintf(out, LADDER_TEXT, "keeps the connection for the next request");
        break;
    case TRACE_TRIES:
    case TRACE_CONNECTS:
    case TRACE_SESSION_ENDS:
        break;
    }
}

static void put_choice(const struct rung *r, char out[LADDER_TEXT])
{
    static const char *const calls[TRACE_PORT_CALL_COUNT] = {
        [TRACE_CONNECT] = "connect()",
        [TRACE_BIND_ZERO] = "bind(0)",
        [TRACE_BIND] = "bind()",
        [TRACE_TRANSLATE] = "translates"};
    char probes[HUMAN_TEXT + 16] = "", count[HUMAN_TEXT];
    if (r->choice.probes)
        snprintf(probes, sizeof probes, " after %s probe%s",
                 human_count(r->choice.probes, count), r->choice.probes == 1 ? "" : "s");
    if (r->choice.port)
        snprintf(out, LADDER_TEXT, "%s: port %u%s%s", calls[r->what],
                 (unsigned)r->choice.port, probes,
                 r->choice.takes_over ? ", taken over from a TIME_WAIT" : "");
    else
        snprintf(out, LADDER_TEXT, "%s: no port%s: %s", calls[r->what], probes,
                 failure_name((enum failure)r->code));
}

static void put_call(const struct rung *r, char out[LADDER_TEXT])
{
    static const char *const calls[] = {[TRACE_CLOSE] = "close()",
                                        [TRACE_SHUTDOWN] = "shutdown(SHUT_WR)",
                                        [TRACE_ABORT] = "close() with linger 0",
                                        [TRACE_LEAK] = "never closes its socket",
                                        [TRACE_VANISH] = "vanishes without a word",
                                        [TRACE_BOUND] =
                                            "BOUND: its handle keeps the port"};
    snprintf(out, LADDER_TEXT, "%s", calls[r->what]);
}

static void put_gateway(const struct rung *r, char out[LADDER_TEXT])
{
    static const char *const reasons[GATEWAY_METRIC_COUNT] = {
        [GATEWAY_NO_PORT] = "no outside port",
        [GATEWAY_TABLE_FULL] = "its table is full",
        [GATEWAY_INSERT_FAILED] = "another flow was faster",
        [GATEWAY_STRAYS] = "it knows no such flow",
        [GATEWAY_WITHOUT_POWER] = "it is down"};
    switch ((enum trace_gateway_act)r->what) {
    case TRACE_DROPS:
        snprintf(out, LADDER_TEXT, "drops it: %s", reasons[r->code]);
        break;
    case TRACE_HOLDS:
        snprintf(out, LADDER_TEXT, "confirms the mapping first");
        break;
    case TRACE_RESETS:
        snprintf(out, LADDER_TEXT, "answers itself");
        break;
    case TRACE_FORGETS:
        snprintf(out, LADDER_TEXT, "forgets the flow");
        break;
    }
}

/* Its timer fired, and this is what came of it. */
static bool by_timer(const struct attempt *a, const struct rung *r)
{
    const struct rung *before = r == a->rungs ? NULL : r - 1;
    return before && before->kind == RUNG_TIMER && before->timer.fired &&
           before->end == r->end && before->when == r->when;
}

/* The descriptor keeps the port of what has just ended. */
static bool stays_bound(const struct attempt *a, const struct rung *r)
{
    const struct rung *next = r + 1;
    return next < a->rungs + a->rung_count && next->kind == RUNG_CALL &&
           next->what == TRACE_BOUND && next->end == r->end;
}

/* A segment follows at once and shows the state. */
static bool is_followed_by_segment(const struct attempt *a, const struct rung *r)
{
    for (const struct rung *next = r + 1;
         next < a->rungs + a->rung_count && next->when == r->when; next++)
        if (next->end == r->end &&
            (next->kind == RUNG_SEGMENT || next->kind == RUNG_STEP))
            return next->kind == RUNG_SEGMENT;
    return false;
}

static void put_step(const struct attempt *a, const struct rung *r, char out[LADDER_TEXT])
{
    const struct attempt_end *e = &a->ends[r->end];
    bool gives_up = r->what == TCP_IN_GIVE_UP;
    if (r->step.carried || (!gives_up && is_followed_by_segment(a, r)))
        return;
    char port[24] = "";
    if (r->step.to == TCP_CLOSED && e->active && !e->earlier && !stays_bound(a, r))
        snprintf(port, sizeof port, ": port %u is free", (unsigned)e->local_port);
    const char *state = tcp_state_name((enum tcp_state)r->step.from);
    if (gives_up)
        snprintf(out, LADDER_TEXT, "gives up unanswered%s", port);
    else if (r->what == TCP_IN_TIME_WAIT_OVER || r->what == TCP_IN_FIN_WAIT_2_OVER)
        snprintf(out, LADDER_TEXT, "%s %s%s", state,
                 by_timer(a, r) ? "is over" : "ends: its tuple is used again", port);
    else if (r->what == TCP_IN_RST)
        snprintf(out, LADDER_TEXT, "%s ends: reset by a later connection%s", state, port);
    else
        snprintf(out, LADDER_TEXT, "%s%s", tcp_state_name((enum tcp_state)r->step.to),
                 port);
}

static void put_timer(const struct attempt *a, const struct rung *r,
                      char out[LADDER_TEXT])
{
    uint8_t state = TCP_NO_STATE; /* when it was started */
    for (const struct rung *before = r; before >= a->rungs && !state; before--)
        if (before->kind == RUNG_STEP && before->end == r->end)
            state = before->step.to;
    char length[HUMAN_TEXT];
    for (const struct rung *next = r + 1;
         next < a->rungs + a->rung_count && next->when == r->when; next++)
        if (next->kind == RUNG_STEP && next->end == r->end)
            return; /* the state lasts no time */
    if (!r->timer.fired && (state == TCP_FIN_WAIT_2 || state == TCP_TIME_WAIT))
        snprintf(out, LADDER_TEXT, "%s until %.6f, for %s",
                 tcp_state_name((enum tcp_state)state), sim_seconds(r->timer.until),
                 human_duration(r->timer.until - r->when, length));
}

/* Each SYN that is sent again meets it again. */
static void put_meeting(const struct attempt *a, const struct rung *r,
                        char out[LADDER_TEXT])
{
    for (const struct rung *before = a->rungs; before < r; before++)
        if (before->kind == RUNG_MEETS && before->end == r->end &&
            before->what == r->what)
            return;
    snprintf(out, LADDER_TEXT, "the SYN meets an earlier connection, in %s",
             tcp_state_name((enum tcp_state)r->what));
}

const char *ladder_event(const struct attempt *a, const struct rung *r,
                         char out[LADDER_TEXT])
{
    *out = '\0';
    switch ((enum rung_kind)r->kind) {
    case RUNG_USER:
        put_user(a, r, out);
        break;
    case RUNG_CHOICE:
        put_choice(r, out);
        break;
    case RUNG_STEP:
        put_step(a, r, out);
        break;
    case RUNG_TIMER:
        put_timer(a, r, out);
        break;
    case RUNG_CALL:
        put_call(r, out);
        break;
    case RUNG_GATEWAY:
        put_gateway(r, out);
        break;
    case RUNG_MEETS:
        put_meeting(a, r, out);
        break;
    case RUNG_SEGMENT:
        break;
    }
    return out;
}

/* --- below the ladder -----------------------------------------------------------------
 */

/* What became of the FINs that `e` waits for. */
static void put_missing_fin(const struct attempt *a, const struct attempt_end *e,
                            char out[LADDER_TEXT])
{
    uint16_t end = (uint16_t)(e - a->ends);
    bool sent = false, arrived = false;
    uint8_t fate = SEGMENT_CARRIED;
    for (uint32_t i = 0; i < a->rung_count; i++) {
        const struct rung *r = &a->rungs[i];
        if (r->kind != RUNG_SEGMENT || r->segment.to != e->socket ||
            (r->what != EVENT_FIN && r->what != EVENT_FIN_ACK))
            continue;
        sent = true;
        fate = r->segment.fate;
        arrived |= r->segment.arrived && r->segment.end == end && fate == SEGMENT_CARRIED;
    }
    char host[LADDER_HOST];
    static const char *const lost[] = {[SEGMENT_CARRIED] = "came too late",
                                       [SEGMENT_LOST] = "was lost on the way",
                                       [SEGMENT_EATEN] = "was eaten on the way",
                                       [SEGMENT_KEPT] = "the gateway dropped"};
    uint8_t peer = e->place == PLACE_CLIENT && a->hosts[PLACE_INNER] != UINT32_MAX
                       ? PLACE_INNER
                       : PLACE_SERVER;
    ladder_host(a, a->hosts[peer], 0, host);
    if (arrived)
        snprintf(out, LADDER_TEXT, "until %s closed, too", host);
    else if (sent)
        snprintf(out, LADDER_TEXT, "waiting for a FIN of %s that %s", host, lost[fate]);
    else
        snprintf(out, LADDER_TEXT, "waiting for a FIN that %s never sent", host);
}

static void put_reason(const struct attempt *a, const struct attempt_end *e,
                       uint8_t state, char out[LADDER_TEXT])
{
    const char *why = "";
    switch ((enum tcp_state)state) {
    case TCP_FIN_WAIT_2:
        put_missing_fin(a, e, out);
        return;
    case TCP_SYN_SENT:
        why = "waiting for an answer to its SYN";
        break;
    case TCP_TIME_WAIT:
        why = e->spent[TCP_CLOSING] ? "because both closed at once"
                                    : "because it closed first";
        break;
    case TCP_CLOSE_WAIT:
        why = e->leaked ? "because its own program never closes it"
                        : "until its own program closed it";
        break;
    case TCP_BOUND:
        why = "because its own program never closes the handle";
        break;
    case TCP_FIN_WAIT_1:
    case TCP_CLOSING:
    case TCP_LAST_ACK:
        why = "waiting for the ACK of its FIN";
        break;
    default:
        break;
    }
    snprintf(out, LADDER_TEXT, "%s", why);
}

static bool sent_again(const struct attempt *a, const struct attempt_end *e)
{
    for (uint32_t i = 0; i < a->rung_count; i++)
        if (a->rungs[i].kind == RUNG_SEGMENT && a->rungs[i].segment.again &&
            a->rungs[i].end == (uint16_t)(e - a->ends))
            return true;
    return false;
}

/* Where an end spent most of its time beside being used; a state that every connection
 * goes through only if nobody answered there. */
static uint8_t longest(const struct attempt *a, const struct attempt_end *e)
{
    int most = TCP_NO_STATE;
    for (int s = TCP_SYN_SENT; s < TCP_STATE_COUNT; s++)
        if (s != TCP_ESTABLISHED && e->spent[s] > (most ? e->spent[most] : 0))
            most = s;
    bool lingers = most == TCP_FIN_WAIT_2 || most == TCP_CLOSE_WAIT ||
                   most == TCP_TIME_WAIT || most == TCP_BOUND;
    return (uint8_t)(lingers || sent_again(a, e) ? most : TCP_NO_STATE);
}

static void put_port(const struct attempt *a, const struct attempt_end *e,
                     char out[2 * LADDER_TEXT])
{
    char host[LADDER_HOST], reason[LADDER_TEXT] = "", held[HUMAN_TEXT], part[HUMAN_TEXT];
    bool there = e->closed == SIM_NEVER;
    sim_ns whole = (there ? a->ended : e->closed) - e->opened;
    uint8_t state = longest(a, e);
    int used = snprintf(out, 2 * LADDER_TEXT, "%s %s port %u for %s", host_of(a, e, host),
                        there ? "has held" : "held", (unsigned)e->local_port,
                        human_duration(whole, held));
    if (!state || used < 0 || used >= 2 * LADDER_TEXT)
        return;
    put_reason(a, e, state, reason);
    snprintf(out + used, (size_t)(2 * LADDER_TEXT - used), ", of which %s %s%s%s",
             human_duration(e->spent[state], part), tcp_state_name((enum tcp_state)state),
             *reason ? ", " : "", reason);
}

static void put_outcome(const struct attempt *a, char out[2 * LADDER_TEXT])
{
    char after[HUMAN_TEXT];
    if (a->succeeded)
        snprintf(out, 2 * LADDER_TEXT, "connected after %s",
                 human_duration(a->success - a->began, after));
    else if (a->failure)
        snprintf(out, 2 * LADDER_TEXT, "the attempt failed after %u %s: %s (%s)",
                 (unsigned)a->tries, a->tries == 1 ? "try" : "tries",
                 failure_name((enum failure)a->failure),
                 failure_help((enum failure)a->failure));
    else
        snprintf(out, 2 * LADDER_TEXT, "neither connected nor failed");
}

/* Whether the end deserves a sentence. */
static bool is_worth_it(const struct attempt_end *e)
{
    if (e->earlier)
        return false;
    return e->active || (e->closed == SIM_NEVER && e->leaked);
}

static void put_end(const struct attempt *a, const struct attempt_end *e,
                    char out[2 * LADDER_TEXT])
{
    char host[LADDER_HOST];
    if (e->left && e->active)
        snprintf(out, 2 * LADDER_TEXT, "%s keeps port %u, for the next request",
                 host_of(a, e, host), (unsigned)e->local_port);
    else if (e->active)
        put_port(a, e, out);
    else
        snprintf(out, 2 * LADDER_TEXT, "%s has its end still, in %s: nobody closes it",
                 host_of(a, e, host), tcp_state_name((enum tcp_state)e->state));
}

bool ladder_verdict(const struct attempt *a, uint32_t index, char out[2 * LADDER_TEXT])
{
    if (index-- == 0) {
        put_outcome(a, out);
        return true;
    }
    for (uint16_t i = 0; i < a->end_count; i++)
        if (is_worth_it(&a->ends[i]) && index-- == 0) {
            put_end(a, &a->ends[i], out);
            return true;
        }
    if (index == 0 && !a->over) {
        snprintf(out, 2 * LADDER_TEXT, "at %.6f s, where this ends, it was not over",
                 sim_seconds(a->ended));
        return true;
    }
    return false;
}
