#include "sim/views/film_page.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"
#include "sim/results/axis.h"
#include "sim/views/film_words.h"
#include "sim/views/human.h"

/* A cell of the grid, in units of the picture, and what stands before a line. */
#define CELL     14
#define GAP      1
#define LABEL    64
#define PER_LINE 32

/* Marks are on a scale of so many. */
#define MARKS 1000

/* Lines of the log that a reader looks for; of more the first. */
#define EVENTS_MAX 24

/* --- frames ---------------------------------------------------------------------------
 */

/* What the cells of a picture show: letter and digit each. */
struct cells {
    const char *states, *filled;
};

static struct cells cells_at(const struct film_page *p, uint32_t frame)
{
    const struct run_film_row *row = &p->take->frames[frame].row;
    return (struct cells){row->states, row->filled};
}

static bool same(struct cells a, struct cells b, uint32_t cell)
{
    return a.states[cell] == b.states[cell] && a.filled[cell] == b.filled[cell];
}

/* The tokens of a frame: pieces of cells that became the same. */
static void put_changes(struct text *t, struct cells before, struct cells now,
                        uint32_t count)
{
    uint32_t end = 0; /* of the piece before */
    for (uint32_t i = 0; i < count;) {
        uint32_t first = i;
        if (same(before, now, i)) {
            i++;
            continue;
        }
        while (i < count && !same(before, now, i) && now.states[i] == now.states[first] &&
               now.filled[i] == now.filled[first])
            i++;
        text_print(t, "%s%u+%u:%c%c", end ? " " : "", (unsigned)(first - end),
                   (unsigned)(i - first), now.states[first], now.filled[first]);
        end = i;
    }
}

/* The frame that is shown first, and without a script: the fullest, of equals the last.
 */
static uint32_t still_of(const struct film_take *t)
{
    uint32_t best = 0;
    for (uint32_t i = 0; i < t->count; i++)
        if (t->frames[i].row.held >= t->frames[best].row.held)
            best = i;
    return best;
}

/* --- events ---------------------------------------------------------------------------
 */

struct marks {
    const struct run_event *at[EVENTS_MAX];
    uint32_t count;
    bool more;
};

/* Changes, the first failures, and of each host when its ports first ran out. */
static bool is_marked(const struct marks *m, const struct run_event *e)
{
    if (strcmp(e->kind, "exhaustion-begins") != 0)
        return strcmp(e->kind, "change") == 0 || strcmp(e->kind, "first-failure") == 0;
    for (uint32_t i = 0; i < m->count; i++)
        if (strcmp(m->at[i]->kind, e->kind) == 0 && strcmp(m->at[i]->host, e->host) == 0)
            return false;
    return true;
}

static struct marks marks_of(const struct film_take *t)
{
    struct marks m = {.count = 0};
    for (size_t i = 0; i < t->log.count; i++) {
        if (!is_marked(&m, &t->log.rows[i]))
            continue;
        if (m.count < EVENTS_MAX)
            m.at[m.count++] = &t->log.rows[i];
        else
            m.more = true;
    }
    return m;
}

/* The last of them not after that moment; -1: none. */
static int mark_at(const struct marks *m, sim_ns when)
{
    int found = -1;
    for (uint32_t i = 0; i < m->count && m->at[i]->when <= when; i++)
        found = (int)i;
    return found;
}

/* --- attributes -----------------------------------------------------------------------
 */

static void number(struct html *h, const char *name, double value)
{
    char *text = memory_print("%.10g", value);
    html_attribute(h, name, text);
    free(text);
}

static void class_of(struct html *h, char letter, char digit)
{
    char *text = memory_print("s%d d%c", letter, digit);
    html_attribute(h, "class", text);
    free(text);
}

/* --- the grid -------------------------------------------------------------------------
 */

static uint32_t per_line(const struct film_grid *g)
{
    return g->cells < PER_LINE ? g->cells : PER_LINE;
}

static uint32_t lines_of(const struct film_grid *g)
{
    return (g->cells + per_line(g) - 1) / per_line(g);
}

/* Few ports are larger, and in a picture that is narrower: letters stay readable. */
static uint32_t size_of(const struct film_grid *g)
{
    return g->cells < PER_LINE / 2 ? CELL * PER_LINE / 2 / g->cells : CELL;
}

static uint32_t height_of(const struct film_grid *g)
{
    return g->cells < PER_LINE ? 2 * CELL : CELL;
}

static void put_line_label(struct html *h, const struct film_grid *g, uint32_t line)
{
    uint32_t high = height_of(g);
    html_open(h, "text", NULL);
    number(h, "x", LABEL - 8);
    number(h, "y", line * high + 0.5 * high + 4);
    html_print(h, "%u", (unsigned)film_cell_low(g, line * per_line(g)));
    html_close(h, "text");
}

static void put_cell(struct html *h, const struct film_grid *g, struct cells shown,
                     uint32_t cell)
{
    uint32_t wide = size_of(g), high = height_of(g);
    html_open(h, "rect", NULL);
    number(h, "x", LABEL + cell % per_line(g) * wide);
    uint32_t line = cell / per_line(g);
    number(h, "y", line * high);
    number(h, "width", wide - GAP);
    number(h, "height", high - GAP);
    class_of(h, shown.states[cell], shown.filled[cell]);
    html_close(h, "rect");
}

static void put_grid(struct html *h, const struct film_page *p, uint32_t still)
{
    const struct film_grid *g = &p->take->grid;
    uint32_t high = height_of(g);
    char *box = memory_print("0 0 %u %u", (unsigned)(LABEL + per_line(g) * size_of(g)),
                             (unsigned)(lines_of(g) * high));
    char *words = film_words_numbers(p->take, still);
    char *name = memory_print("The ports at %s", words);
    html_open(h, "svg", NULL);
    html_attribute(h, "id", "grid");
    html_attribute(h, "viewBox", box);
    html_attribute(h, "role", "img");
    html_attribute(h, "aria-label", name);
    for (uint32_t i = 0; i < lines_of(g); i++)
        put_line_label(h, g, i);
    for (uint32_t i = 0; i < g->cells; i++)
        put_cell(h, g, cells_at(p, still), i);
    html_close(h, "svg");
    free(name);
    free(words);
    free(box);
}

/* --- what moves it --------------------------------------------------------------------
 */

static void put_button(struct html *h, const char *id, const char *words)
{
    html_open(h, "button", NULL);
    html_attribute(h, "type", "button");
    html_attribute(h, "id", id);
    html_text(h, words);
    html_close(h, "button");
}

static void put_speeds(struct html *h)
{
    static const struct {
        const char *seconds, *words;
    } speeds[] = {{"120", "two minutes"},
                  {"60", "a minute"},
                  {"30", "half a minute"},
                  {"10", "10 seconds"}};
    html_open(h, "label", NULL);
    html_attribute(h, "for", "speed");
    html_text(h, "The whole run in ");
    html_close(h, "label");
    html_open(h, "select", NULL);
    html_attribute(h, "id", "speed");
    for (size_t i = 0; i < sizeof speeds / sizeof speeds[0]; i++) {
        html_open(h, "option", NULL);
        html_attribute(h, "value", speeds[i].seconds);
        if (i == 2)
            html_attribute(h, "selected", "selected");
        html_text(h, speeds[i].words);
        html_close(h, "option");
    }
    html_close(h, "select");
}

/* Where the events are, above the slider. */
static void put_scale(struct html *h, const struct film_page *p, const struct marks *m)
{
    html_open(h, "svg", NULL);
    html_attribute(h, "id", "marks");
    html_attribute(h, "viewBox", "0 0 1000 12");
    html_attribute(h, "preserveAspectRatio", "none");
    html_attribute(h, "role", "img");
    html_attribute(h, "aria-label", "Where on the slider the events are");
    for (uint32_t i = 0; i < m->count; i++) {
        bool failure = strcmp(m->at[i]->kind, "first-failure") == 0;
        html_open(h, "rect", failure ? "failure" : "event");
        number(h, "x",
               (double)MARKS * (double)m->at[i]->when / (double)(p->take->end + 1) - 1);
        number(h, "y", 0);
        number(h, "width", 3);
        number(h, "height", 12);
        html_close(h, "rect");
    }
    html_close(h, "svg");
}

static void put_slider(struct html *h, const struct film_page *p, uint32_t still)
{
    html_open(h, "label", NULL);
    html_attribute(h, "for", "slider");
    html_text(h, "Simulated time");
    html_close(h, "label");
    html_void(h, "input", NULL);
    html_attribute(h, "type", "range");
    html_attribute(h, "id", "slider");
    number(h, "min", 0);
    number(h, "max", p->take->count - 1);
    number(h, "value", still);
    number(h, "data-still", still);
}

static void put_controls(struct html *h, const struct film_page *p, const struct marks *m,
                         uint32_t still)
{
    html_open(h, "div", "controls screen");
    html_attribute(h, "data-script", "");
    html_attribute(h, "hidden", "");
    html_open(h, "p", NULL);
    put_button(h, "play", "Play");
    html_text(h, " ");
    put_button(h, "back", "One frame back");
    html_text(h, " ");
    put_button(h, "forth", "One frame on");
    html_text(h, " ");
    put_speeds(h);
    html_close(h, "p");
    put_scale(h, p, m);
    put_slider(h, p, still);
    html_leaf(h, "p", "faint",
              "Keys: space plays and pauses, . and , go one frame on and back, n to the "
              "next event; the slider takes the arrows, Home and End.");
    html_close(h, "div");
}

static void put_legend(struct html *h, const struct film_page *p)
{
    bool seen[PORT_STATE_COUNT] = {false};
    film_words_states(p->take, seen);
    html_leaf(h, "h2", NULL, "Colours");
    html_open(h, "ul", NULL);
    html_attribute(h, "id", "legend");
    for (int i = 0; i < PORT_STATE_COUNT; i++) {
        if (!seen[i])
            continue;
        html_open(h, "li", NULL);
        html_open(h, "span", NULL);
        class_of(h, port_state_letter((enum port_state)i), '9');
        html_text(h, " ");
        html_close(h, "span");
        html_text(h, port_state_name((enum port_state)i));
        html_close(h, "li");
    }
    html_close(h, "ul");
    if (p->take->grid.group > 1)
        html_leaf(
            h, "p", "faint",
            "A cell has the colour of the state that holds most of its ports, fainter "
            "the fewer are held.");
}

static void put_event(struct html *h, const struct run_event *e)
{
    char when[HUMAN_TEXT];
    html_open(h, "li", NULL);
    html_open(h, "button", NULL);
    html_attribute(h, "type", "button");
    html_attribute(h, "disabled", "");
    number(h, "data-seconds", sim_seconds(e->when));
    html_text(h, human_duration(e->when, when));
    html_close(h, "button");
    html_print(h, " %s %s %s", e->kind, e->host ? e->host : "",
               e->detail ? e->detail : "");
    html_close(h, "li");
}

static void put_events(struct html *h, const struct marks *m)
{
    html_leaf(h, "h2", NULL, "Events");
    if (!m->count) {
        html_leaf(h, "p", NULL, "No change was made and no attempt failed.");
        return;
    }
    html_open(h, "ul", NULL);
    html_attribute(h, "id", "events");
    for (uint32_t i = 0; i < m->count; i++)
        put_event(h, m->at[i]);
    html_close(h, "ul");
    if (m->more)
        html_leaf(h, "p", "faint", "There were more; portsim events prints them all.");
}

/* --- the film and the page ------------------------------------------------------------
 */

static void put_film(struct html *h, const struct film_page *p, const struct marks *m,
                     uint32_t still)
{
    const struct film_take *t = p->take;
    struct text lines = {0};
    for (uint32_t i = 0; i < t->count; i++) {
        sim_ns when = t->frames[i].row.when;
        char *words = film_words_numbers(t, i);
        text_print(&lines, "%.10g|%s|%d|", sim_seconds(when), words, mark_at(m, when));
        put_changes(&lines, cells_at(p, i ? i - 1 : still), cells_at(p, i),
                    t->grid.cells);
        text_print(&lines, "\n");
        free(words);
    }
    html_open(h, "div", NULL);
    html_attribute(h, "id", "film");
    html_attribute(h, "hidden", "");
    html_text(h, text_of(&lines));
    html_close(h, "div");
    text_free(&lines);
}

static const char rules[] =
    "#grid { display: block; width: 100%; max-width: 60rem; height: auto; margin: 1rem "
    "0; }\n"
    "@media screen and (min-width: 40rem) { #grid { max-height: 60vh; } }\n"
    "#grid text { font: 11px system-ui, sans-serif; text-anchor: end; fill: "
    "var(--faint); }\n"
    "#marks { display: block; width: 100%; height: .8rem; }\n"
    "#slider { display: block; width: 100%; margin: .2rem 0 .6rem; }\n"
    ".event { fill: var(--faint); }\n"
    ".failure { fill: var(--bad); }\n"
    "#numbers { font-variant-numeric: tabular-nums; min-height: 3.1em; white-space: "
    "pre-wrap; }\n"
    "button, select { font: inherit; padding: .25rem .7rem; }\n"
    "#legend, #events { list-style: none; padding: 0; }\n"
    "#legend { display: flex; flex-wrap: wrap; gap: .3rem 1.4rem; }\n"
    "#legend span {\n"
    "  display: inline-block; width: 1.1em; height: 1.1em; margin-right: .5em;\n"
    "  vertical-align: -.15em; border: 1px solid var(--rule);\n"
    "}\n"
    "#events li { margin: .3rem 0; }\n"
    "#events button { min-width: 7rem; text-align: left; }\n"
    "#events button[aria-current=true] { font-weight: 700; }\n"
    ".d1, .d2, .d3 { fill-opacity: .4; }\n"
    ".d4, .d5, .d6 { fill-opacity: .7; }\n";

/* Those of every page of a film, and a colour for each state. */
static void put_rules(struct text *out, const struct state_colours *colours)
{
    text_print(out, "%s", rules);
    for (int i = 0; i < PORT_STATE_COUNT; i++) {
        int letter = (unsigned char)port_state_letter((enum port_state)i);
        unsigned rgb = (unsigned)colours->of[i];
        if (i == PORT_STATE_FREE)
            text_print(out, ".s%d { fill: var(--wash); background: var(--wash); }\n",
                       letter);
        else if (i == PORT_STATE_OUTSIDE)
            text_print(out, ".s%d { fill: var(--rule); background: var(--rule); }\n",
                       letter);
        else
            text_print(out, ".s%d { fill: #%06x; background: #%06x; }\n", letter, rgb,
                       rgb);
    }
}

static void put_source(struct html *h, const struct film_page *p)
{
    html_open(h, "p", "faint");
    html_print(h, "%s, seed %" PRIu64 ", replication 1, portsim %s", p->scenario, p->seed,
               p->version);
    html_close(h, "p");
}

static void put_main(struct html *h, const struct film_page *p)
{
    struct marks marks = marks_of(p->take);
    uint32_t still = still_of(p->take);
    char *what = film_words_head(p->take, p->take->grid.group);
    char *numbers = film_words_numbers(p->take, still);
    html_open(h, "main", NULL);
    html_open(h, "h1", NULL);
    html_print(h, "The ports of %s", p->take->frames[0].row.host);
    html_close(h, "h1");
    if (p->about && *p->about)
        html_leaf(h, "p", NULL, p->about);
    html_leaf(h, "p", "faint", what);
    html_open(h, "noscript", NULL);
    html_leaf(h, "p", NULL,
              "Scripts are switched off: this is the moment when most ports were held.");
    html_close(h, "noscript");
    html_open(h, "p", NULL);
    html_attribute(h, "id", "numbers");
    html_text(h, numbers);
    html_close(h, "p");
    put_controls(h, p, &marks, still); /* in sight, however long the grid is */
    put_grid(h, p, still);
    put_legend(h, p);
    put_events(h, &marks);
    put_source(h, p);
    put_film(h, p, &marks, still);
    html_close(h, "main");
    free(numbers);
    free(what);
}

void film_page_write(const struct film_page *page, struct text *out)
{
    struct html h = {.depth = 0};
    struct text style = {0};
    char *title = memory_print("%s: the ports of %s", page->scenario,
                               page->take->frames[0].row.host);
    put_rules(&style, page->colours);
    struct html_head head = {
        .title = title, .style = text_of(&style), .script = film_page_script};
    html_page_begin(&h, &head);
    put_main(&h, page);
    html_page_end(&h, &head);
    text_add(out, text_of(&h.text), h.text.length);
    text_free(&h.text);
    text_free(&style);
    free(title);
}
