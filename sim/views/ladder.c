#include "sim/views/ladder.h"

#include <string.h>

#include "sim/base/address.h"
#include "sim/base/bug.h"
#include "sim/base/utf8.h"
#include "sim/views/human.h"
#include "sim/views/ladder_words.h"

#define WIDTH         100
#define TIME_WIDTH    13 /* "  1234.567890" */
#define BODY          15
#define STATE_WIDTH   12 /* "SYN_RECEIVED" */
#define GATEWAY_WIDTH 7  /* ":65535" */
#define COLUMNS       5

/* --- a line ---------------------------------------------------------------------------
 */

struct pen {
    uint32_t dash, right, left, cross, bar;
};

static const struct pen utf8_pen = {0x2500, 0x25B6, 0x25C0, 0x2717, 0x2502};
static const struct pen ascii_pen = {'-', '>', '<', 'x', '|'};

struct ladder {
    FILE *out;
    const struct attempt *a;
    const struct pen *pen;
    uint8_t column[PLACE_COUNT]; /* of each place */
    uint32_t host[COLUMNS];
    bool gateway[COLUMNS];
    unsigned x[COLUMNS];
    unsigned columns;
    uint32_t line[WIDTH];
    sim_ns shown;    /* the last time at the left */
    uint32_t probes; /* left out since */
};

static void put_text(struct ladder *l, unsigned x, const char *text)
{
    for (; *text && x < WIDTH; text++)
        l->line[x++] = (unsigned char)*text;
}

static void clear(struct ladder *l, bool bars)
{
    for (unsigned i = 0; i < WIDTH; i++)
        l->line[i] = ' ';
    for (unsigned c = 0; bars && c < l->columns; c++)
        l->line[l->x[c]] = l->pen->bar;
}

static void end_line(struct ladder *l)
{
    unsigned length = WIDTH;
    while (length && l->line[length - 1] == ' ')
        length--;
    for (unsigned i = 0; i < length; i++) {
        char bytes[4] = "";
        size_t size = utf8_encode(l->line[i], bytes);
        fwrite(bytes, 1, size, l->out);
    }
    fputc('\n', l->out);
}

/* A moment that stands above already is not told again. */
static void put_time(struct ladder *l, sim_ns when)
{
    char text[HUMAN_TEXT];
    if (when == l->shown)
        return;
    l->shown = when;
    snprintf(text, sizeof text, "%13.6f", sim_seconds(when));
    put_text(l, 0, text);
}

static unsigned width_of(const struct ladder *l, unsigned column)
{
    return l->gateway[column] ? GATEWAY_WIDTH : STATE_WIDTH;
}

/* Under a column; of the last so that it ends where the line ends. */
static void put_under(struct ladder *l, unsigned column, const char *text)
{
    unsigned length = (unsigned)strlen(text), x = l->x[column];
    if (column + 1 == l->columns || x + length > WIDTH)
        x = length < WIDTH - BODY ? WIDTH - length : BODY;
    if (x > BODY && x != l->x[column])
        l->line[x - 1] = ' ';
    put_text(l, x, text);
    if (x + length < WIDTH)
        l->line[x + length] = ' ';
}

/* --- columns --------------------------------------------------------------------------
 */

static void add_column(struct ladder *l, enum attempt_place place, bool gateway)
{
    if (l->a->hosts[place] == UINT32_MAX)
        return;
    l->column[place] = (uint8_t)l->columns;
    l->host[l->columns] = l->a->hosts[place];
    l->gateway[l->columns++] = gateway;
}

static void lay_out(struct ladder *l)
{
    add_column(l, PLACE_CLIENT, false);
    add_column(l, PLACE_GATEWAY_FIRST, true);
    add_column(l, PLACE_INNER, false);
    l->column[PLACE_OUTER] = l->column[PLACE_INNER];
    add_column(l, PLACE_GATEWAY_SECOND, true);
    add_column(l, PLACE_SERVER, false);
    unsigned cells = 0;
    for (unsigned c = 0; c < l->columns; c++)
        cells += width_of(l, c);
    SIM_ASSERT(l->columns >= 2); /* a client and a server at least */
    unsigned room = WIDTH - BODY - cells, x = BODY, gaps = l->columns - 1;
    for (unsigned c = 0; c < l->columns; c++) {
        l->x[c] = x + room * c / gaps;
        x += width_of(l, c);
    }
}

/* The member of a column's host, as far as an end tells. */
static uint32_t member_in(const struct ladder *l, unsigned column)
{
    for (uint16_t i = 0; i < l->a->end_count; i++)
        if (l->column[l->a->ends[i].place] == column && !l->a->ends[i].earlier)
            return l->a->ends[i].member;
    return 0;
}

/* The address of a column's host, as the ends name it; false: none does. */
static bool address_in(const struct ladder *l, unsigned column, char out[IP_ADDRESS_TEXT])
{
    const struct attempt *a = l->a;
    for (uint16_t i = 0; !l->gateway[column] && i < a->end_count; i++) {
        const struct attempt_end *e = &a->ends[i];
        bool first = e->place == PLACE_CLIENT && a->hosts[PLACE_INNER] != UINT32_MAX;
        if (l->column[e->place] == column)
            return ip_address_text(&e->local, out);
        if (e->active && l->column[first ? PLACE_INNER : PLACE_SERVER] == column)
            return ip_address_text(&e->remote, out);
    }
    return false;
}

static void put_address(struct ladder *l, unsigned column)
{
    char text[IP_ADDRESS_TEXT];
    bool last = column + 1 == l->columns;
    size_t room = (last ? WIDTH : l->x[column + 1]) - l->x[column];
    if (address_in(l, column, text) && (last || strlen(text) < room))
        put_under(l, column, text);
}

static void print_columns(struct ladder *l)
{
    char name[LADDER_HOST];
    clear(l, false);
    for (unsigned c = 0; c < l->columns; c++)
        put_under(l, c, ladder_host(l->a, l->host[c], member_in(l, c), name));
    end_line(l);
    clear(l, false);
    for (unsigned c = 0; c < l->columns; c++)
        put_address(l, c);
    if (l->a->end_count)
        end_line(l);
}

/* --- segments -------------------------------------------------------------------------
 */

struct arrow {
    unsigned from, to; /* columns beside one another */
    const char *label;
    const char *at_head;
    bool stops; /* on its way */
};

static void put_arrow(struct ladder *l, const struct arrow *w)
{
    bool rightward = w->from < w->to;
    unsigned left = rightward ? w->from : w->to, right = left + 1;
    unsigned begin = l->x[left] + width_of(l, left) + 1, end = l->x[right] - 2;
    unsigned middle = (begin + end) / 2, labels = (unsigned)strlen(w->label) + 2;
    for (unsigned x = begin; x <= end; x++)
        l->line[x] =
            w->stops && (rightward ? x > middle : x < middle) ? ' ' : l->pen->dash;
    if (w->stops)
        l->line[middle] = l->pen->cross;
    else
        l->line[rightward ? end : begin] = rightward ? l->pen->right : l->pen->left;
    unsigned room = end - begin + 1, heads = (unsigned)strlen(w->at_head) + 2;
    if (w->stops) {
        room = room / 2;
        heads = 2;
    }
    if (labels + 2 > room)
        labels = room > 2 ? room - 2 : 0;
    unsigned label = rightward ? begin + 1 : end - labels;
    if (labels > 2) {
        l->line[label] = l->line[label + labels - 1] = ' ';
        for (unsigned i = 0; i + 2 < labels; i++)
            l->line[label + 1 + i] = (unsigned char)w->label[i];
    }
    if (heads > 2 && labels + heads + 4 <= room) {
        unsigned head = rightward ? end - 1 - heads : begin + 2;
        l->line[head] = l->line[head + heads - 1] = ' ';
        put_text(l, head + 1, w->at_head);
    }
    if (w->stops)
        put_text(l, rightward ? middle + 2 : middle - 1 - (unsigned)strlen(w->at_head),
                 w->at_head);
}

static const char *ordinal(unsigned number, char out[HUMAN_TEXT])
{
    static const char *const endings[] = {"th", "st", "nd", "rd"};
    unsigned last = number % 100 / 10 == 1 || number % 10 > 3 ? 0 : number % 10;
    snprintf(out, HUMAN_TEXT, "%u%s", number, endings[last]);
    return out;
}

/* "SYN, 2nd", "RST, ignored". */
static void name_segment(const struct rung *r, char out[LADDER_TEXT])
{
    char number[HUMAN_TEXT];
    bool counts = r->what == EVENT_SYN || r->what == EVENT_SYN_ACK ||
                  r->what == EVENT_FIN || r->what == EVENT_FIN_ACK;
    bool ignored = r->segment.arrived && !r->segment.heeded &&
                   r->segment.fate == SEGMENT_CARRIED && r->what != EVENT_ACK;
    int used = snprintf(out, LADDER_TEXT, "%s", ladder_segment((enum net_event)r->what));
    if (used > 0 && counts && r->segment.again)
        used += snprintf(out + used, LADDER_TEXT - (size_t)used, ", %s",
                         ordinal(r->segment.again + 1u, number));
    if (used > 0 && ignored)
        snprintf(out + used, LADDER_TEXT - (size_t)used, ", ignored");
}

/* The outside port of the flow, as far as it is known on that rung. */
static void put_translation(struct ladder *l, const struct rung *r, unsigned column)
{
    const struct rung *c = r;
    if (r + 1 < l->a->rungs + l->a->rung_count && r[1].kind == RUNG_CHOICE)
        c++; /* it is chosen for this very segment */
    while (c > l->a->rungs && !(c->kind == RUNG_CHOICE && c->what == TRACE_TRANSLATE &&
                                l->column[c->place] == column))
        c--;
    char text[HUMAN_TEXT];
    if (c->kind != RUNG_CHOICE || !c->choice.port)
        return;
    snprintf(text, sizeof text, ":%u", (unsigned)c->choice.port);
    put_text(l, l->x[column], text);
}

static void put_state(struct ladder *l, uint8_t place, uint8_t state)
{
    if (state != TCP_NO_STATE && place < PLACE_GATEWAY_FIRST)
        put_text(l, l->x[l->column[place]], tcp_state_name((enum tcp_state)state));
}

/* From column to column.  A gateway stands at the left end of its path: what the path
 * loses goes lost at the right of it, and what the gateway keeps gets no further. */
static void put_way(struct ladder *l, const struct rung *r)
{
    static const char *const fates[] = {[SEGMENT_CARRIED] = "",
                                        [SEGMENT_LOST] = "lost",
                                        [SEGMENT_EATEN] = "eaten",
                                        [SEGMENT_KEPT] = ""};
    char label[LADDER_TEXT], delay[HUMAN_TEXT];
    unsigned at = l->column[r->place], to = l->column[r->segment.place];
    bool rightward = at < to;
    bool lost = r->segment.fate == SEGMENT_LOST || r->segment.fate == SEGMENT_EATEN;
    name_segment(r, label);
    human_duration(r->segment.arrives - r->when, delay);
    if (r->segment.arrives == r->when)
        *delay = '\0';
    if (l->gateway[at])
        put_translation(l, r, at);
    while (at != to) {
        unsigned next = rightward ? at + 1 : at - 1;
        bool outside = !l->gateway[rightward ? next : at]; /* of a gateway, if any */
        bool stops = lost && outside;
        const char *head = lost ? fates[r->segment.fate]
                           : outside && r->segment.fate == SEGMENT_CARRIED ? delay
                                                                           : "";
        put_arrow(l, &(struct arrow){at, next, label, stops || !lost ? head : "", stops});
        if (l->gateway[next])
            put_translation(l, r, next);
        if (stops || (r->segment.fate == SEGMENT_KEPT && l->gateway[next]))
            return;
        at = next;
    }
    put_state(l, r->segment.place,
              r->segment.arrived ? r->segment.to_state : TCP_NO_STATE);
}

static void print_segment(struct ladder *l, const struct rung *r)
{
    clear(l, true);
    put_time(l, r->when);
    put_way(l, r);
    put_state(l, r->place, r->segment.from_state);
    end_line(l);
}

/* --- the whole ------------------------------------------------------------------------
 */

static void print_event(struct ladder *l, const struct rung *r, const char *text)
{
    clear(l, true);
    put_time(l, r->when);
    put_under(l, l->column[r->place], text);
    end_line(l);
}

/* Probes that were answered, all but the first pair. */
static bool is_left_out(struct ladder *l, const struct rung *r)
{
    bool probe = r->kind == RUNG_SEGMENT && r->segment.fate == SEGMENT_CARRIED &&
                 (r->what == EVENT_PROBE || r->what == EVENT_PROBE_ANSWER);
    if (probe)
        l->probes++;
    return probe && l->probes > 2;
}

static void tell_left_out(struct ladder *l)
{
    char text[LADDER_TEXT], count[HUMAN_TEXT];
    if (l->probes > 2) {
        snprintf(text, sizeof text, "... %s more probes and answers",
                 human_count(l->probes - 2, count));
        clear(l, true);
        put_text(l, l->x[0] + 2, text);
        end_line(l);
    }
    l->probes = 0;
}

static void print_rung(struct ladder *l, const struct rung *r)
{
    char text[LADDER_TEXT];
    bool segment = r->kind == RUNG_SEGMENT;
    bool direct = l->a->hosts[PLACE_INNER] == UINT32_MAX;
    if (r->kind == RUNG_USER && r->what == TRACE_SUCCEEDS && direct)
        return; /* the SYN+ACK says it */
    if (is_left_out(l, r) || (!segment && !*ladder_event(l->a, r, text)))
        return;
    if (!segment || (r->what != EVENT_PROBE && r->what != EVENT_PROBE_ANSWER))
        tell_left_out(l);
    if (segment)
        print_segment(l, r);
    else
        print_event(l, r, text);
}

static void print_heading(struct ladder *l)
{
    const struct attempt *a = l->a;
    const struct app_config *apps = a->plan->config->world.apps.items;
    char text[HUMAN_TEXT];
    fprintf(l->out, "attempt %llu of %s", (unsigned long long)a->of_app,
            apps[a->app].name);
    if (a->of_app != a->number)
        fprintf(l->out, " (%s of the run)", ordinal((unsigned)a->number, text));
    fprintf(l->out, ", scenario %s, seed %llu\n\n", a->plan->config->name,
            (unsigned long long)a->seed);
}

void ladder_print(FILE *out, const struct attempt *a, bool ascii)
{
    struct ladder l = {
        .out = out, .a = a, .pen = ascii ? &ascii_pen : &utf8_pen, .shown = -1};
    char sentence[2 * LADDER_TEXT];
    lay_out(&l);
    print_heading(&l);
    print_columns(&l);
    for (uint32_t i = 0; i < a->rung_count; i++)
        print_rung(&l, &a->rungs[i]);
    tell_left_out(&l);
    fputc('\n', out);
    for (uint32_t i = 0; ladder_verdict(a, i, sentence); i++)
        fprintf(out, "%s\n", sentence);
}
