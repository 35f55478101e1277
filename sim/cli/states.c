#include "sim/cli/states.h"

#include <stdio.h>

#include "models/stack.h"
#include "models/tcp_state.h"
#include "sim/results/text.h"
#include "sim/views/sockets_words.h"

/* In the order of a life.  What a pile of them means is what diagnose makes of it
 * (sim/views/diagnose_causes.c). */
static const struct {
    enum tcp_state state;
    const char *is, *ends, *many;
} states[] = {
    {TCP_LISTEN, "waits for connections; its port is the server's, not one of the range",
     "when the program closes the socket", "many services"},
    {TCP_SYN_SENT, "connect() has sent SYN and waits for the answer; the port is taken",
     "with the answer; without one after the last retransmission",
     "a server or a path that does not answer: each holds a port all that time"},
    {TCP_SYN_RECEIVED, "a SYN came and was answered; the ACK of the answer is missing",
     "with the ACK; without one after the last retransmission",
     "the answers do not reach the clients, or there are none (a SYN flood)"},
    {TCP_ESTABLISHED, "open: either end may send",
     "when an end closes; there is no timer but keep-alive, where it is on",
     "more open connections than ports: a busy program, or one that never closes"},
    {TCP_FIN_WAIT_1, "this end closed first; its FIN is not acknowledged yet",
     "with the ACK; without one after the last retransmission",
     "the other end, or something on the path, does not answer any more"},
    {TCP_FIN_WAIT_2,
     "this end closed first and the other knows; it has not closed itself",
     "with the other's FIN; RFC 9293 knows no limit, systems have one",
     "the programs at the other end do not close; there the same connections are in "
     "CLOSE_WAIT"},
    {TCP_CLOSE_WAIT, "the other end closed; the program here has not",
     "when the program closes: no timer ends it",
     "a program here forgets its sockets; more ports only put it off"},
    {TCP_CLOSING, "both ends closed at once; the ACK of our FIN is missing",
     "with the ACK; without one after the last retransmission",
     "two programs that close at the same moment, each time"},
    {TCP_LAST_ACK, "the other end closed first, then this one; the last ACK is missing",
     "with the ACK; without one after the last retransmission",
     "the other end, or something on the path, does not answer any more"},
    {TCP_TIME_WAIT,
     "both have closed, this end first; its four numbers are kept, so that no late "
     "segment is taken for one of the next connection",
     "after twice the maximum segment lifetime, which each system sets itself",
     "nothing by itself, for what we close ends so; too many for the range: connections "
     "come faster than N / (L + T)"},
    {TCP_BOUND, "no connection, but a socket that still has its port",
     "when the program closes the socket", "a program here forgets its sockets"},
};

static void tell(struct reference_entry *e, const char *label, const char *text)
{
    struct reference_fact *fact = &e->facts[e->fact_count++];
    fact->label = label;
    snprintf(fact->text, sizeof fact->text, "%s", text);
}

static void tell_built(struct reference_entry *e, const char *label, struct text *text)
{
    if (text->length)
        tell(e, label, text_of(text));
    text_free(text);
}

static const char *comma(const struct text *text)
{
    return text->length ? ", " : "";
}

/* "ESTABLISHED upon FIN". */
static void tell_entered(struct reference_entry *e, enum tcp_state state)
{
    struct text text = {0};
    for (int from = TCP_CLOSED; from < TCP_STATE_COUNT; from++)
        for (int input = 0; input < TCP_INPUT_COUNT; input++)
            if (tcp_edges[from][input].next == state && from != (int)state)
                text_print(&text, "%s%s upon %s", comma(&text),
                           tcp_state_name((enum tcp_state)from),
                           tcp_input_name((enum tcp_input)input));
    tell_built(e, "from", &text);
}

/* "TIME_WAIT upon FIN; CLOSED upon RST, abort". */
static void tell_left(struct reference_entry *e, enum tcp_state state)
{
    struct text text = {0};
    for (int to = TCP_STATE_COUNT - 1; to >= TCP_CLOSED; to--) {
        const char *before = text.length ? "; " : "";
        for (int input = 0; input < TCP_INPUT_COUNT; input++) {
            if (tcp_edges[state][input].next != to || to == (int)state)
                continue;
            if (*before == ',')
                text_print(&text, ", %s", tcp_input_name((enum tcp_input)input));
            else
                text_print(&text, "%s%s upon %s", before,
                           tcp_state_name((enum tcp_state)to),
                           tcp_input_name((enum tcp_input)input));
            before = ",";
        }
    }
    tell_built(e, "to", &text);
}

static void tell_tools(struct reference_entry *e, enum tcp_state state)
{
    struct socket_row row = {.state = tcp_state_name(state)};
    const char *ss = sockets_state_word(TOOL_SS, &row);
    const char *netstat = sockets_state_word(TOOL_NETSTAT, &row);
    struct text text = {0};
    if (ss && netstat)
        text_print(&text, "ss %s, netstat of Linux %s, ", ss, netstat);
    text_print(&text, "netstat of Windows %s", sockets_state_word(TOOL_WINDOWS, &row));
    tell_built(e, "printed as", &text);
}

#define FOR_EVER INT64_MAX

static sim_ns kept(const struct stack *s, enum tcp_state state)
{
    if (state == TCP_TIME_WAIT)
        return s->time_wait;
    return s->fin_wait_2_unlimited ? FOR_EVER : s->fin_wait_2;
}

/* The shortest time that a stack keeps it, above `floor`; `floor` if there is none. */
static sim_ns next_time(enum tcp_state state, sim_ns floor)
{
    sim_ns best = floor;
    for (uint32_t i = 0; stack_rows[i].name; i++) {
        sim_ns time = kept(&stack_rows[i].stack, state);
        if (time > floor && (best == floor || time < best))
            best = time;
    }
    return best;
}

/* "60 s linux518, linux618; 120 s win10". */
static void tell_times(struct reference_entry *e, enum tcp_state state)
{
    struct text text = {0};
    sim_ns last = 0, time;
    for (; (time = next_time(state, last)) != last; last = time) {
        const char *before = text.length ? "; " : "";
        if (time == FOR_EVER)
            text_print(&text, "%sno limit", before);
        else
            text_print(&text, "%s%g s", before, sim_seconds(time));
        before = " ";
        for (uint32_t i = 0; stack_rows[i].name; i++)
            if (kept(&stack_rows[i].stack, state) == time) {
                text_print(&text, "%s%s", before, stack_rows[i].name);
                before = ", ";
            }
    }
    tell_built(e, "systems", &text);
}

bool state_entry(uint32_t index, struct reference_entry *e)
{
    if (index == sizeof states / sizeof states[0])
        return false;
    enum tcp_state state = states[index].state;
    snprintf(e->name, sizeof e->name, "%s", tcp_state_name(state));
    reference_say(e, states[index].is);
    tell_entered(e, state);
    tell_left(e, state);
    tell(e, "ends", states[index].ends);
    if (state == TCP_FIN_WAIT_2 || state == TCP_TIME_WAIT)
        tell_times(e, state);
    tell(e, "many mean", states[index].many);
    tell_tools(e, state);
    tell(e, "source",
         state == TCP_BOUND
             ? "MODEL.md A4.4; no state of RFC 9293, but Windows shows it like one"
             : "RFC 9293 section 3.3.2; timers of systems: MODEL.md B1 to B4");
    return true;
}
