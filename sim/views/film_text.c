#include "sim/views/film_text.h"

#include <stdlib.h>
#include <string.h>

#include "sim/base/bug.h"
#include "sim/base/memory.h"
#include "sim/views/film_words.h"
#include "sim/views/human.h"

#define LABEL     6              /* columns before a line: "49152 " */
#define LIST_MOST 16             /* ports that stand below each other */
#define HALF_UP   "\xE2\x96\x80" /* upper half block */

/* --- a coarser grid
 * ---------------------------------------------------------------------
 */

/* The cells of a frame as they are shown. */
struct shown {
    uint32_t cells, per_line, lines;
    uint32_t merged; /* cells of the film that make one of these */
    char *states, *filled;
    uint16_t *low; /* port of each cell */
    bool list;
};

static double share_of(char digit)
{
    return digit == '9' ? 1 : digit == '0' ? 0 : (digit - '0' - 0.5) / 8;
}

static uint32_t rounded_up(uint32_t a, uint32_t b)
{
    SIM_ASSERT(b > 0);
    return (a + b - 1) / b;
}

static uint32_t cells_after(const struct film_grid *g, uint32_t merged)
{
    return rounded_up(g->cells / g->step, merged) * g->step;
}

/* What was counted of the cells that become one. */
struct merged {
    double of[PORT_STATE_COUNT], held, all;
};

static void count(struct merged *m, const struct run_film_row *row, uint32_t cell)
{
    enum port_state state = PORT_STATE_FREE;
    port_state_of(row->states[cell], &state);
    double share = share_of(row->filled[cell]);
    m->of[state] += port_state_holds(state) ? share : 1;
    m->held += share;
    m->all++;
}

static void settle(const struct merged *m, char *state, char *filled)
{
    bool held = m->held > 0;
    int from = held ? PORT_STATE_LISTEN : PORT_STATE_FREE, best = from;
    for (int i = from; i < PORT_STATE_COUNT; i++)
        if (m->of[i] > m->of[best] && port_state_holds((enum port_state)i) == held)
            best = i;
    if (!held && m->of[PORT_STATE_FREE] > 0)
        best = PORT_STATE_FREE;
    double share = m->held / m->all;
    *state = port_state_letter((enum port_state)best);
    *filled = (char)('0' + (!held ? 0 : share >= 1 ? 9 : (int)(share * 7.999) + 1));
}

/* Cells of one parity that follow one another become one. */
static void merge(struct shown *s, const struct film_grid *g,
                  const struct run_film_row *row)
{
    uint32_t stretches = g->cells / g->step;
    s->cells = cells_after(g, s->merged);
    s->states = memory_new((size_t)s->cells + 1, 1);
    s->filled = memory_new((size_t)s->cells + 1, 1);
    s->low = memory_new(s->cells, sizeof *s->low);
    for (uint32_t i = 0; i < s->cells; i++) {
        struct merged m = {.held = 0};
        uint32_t first = i / g->step * s->merged;
        for (uint32_t k = first; k < first + s->merged && k < stretches; k++)
            count(&m, row, k * g->step + i % g->step);
        settle(&m, &s->states[i], &s->filled[i]);
        s->low[i] = film_cell_low(g, first * g->step + i % g->step);
    }
}

static uint32_t power_of_two_up_to(uint32_t n)
{
    uint32_t p = 1;
    while (p <= n / 2)
        p *= 2;
    return p;
}

/* Two lines of cells in one of characters. */
static bool in_pairs(const struct film_look *look)
{
    return look->paint != FILM_LETTERS && look->blocks;
}

static struct shown shown_of(const struct film_take *t, uint32_t frame,
                             const struct film_look *look)
{
    const struct film_grid *g = &t->grid;
    struct shown s = {.merged = 1};
    uint32_t rows = look->rows > FILM_WORDS + 1 ? look->rows - FILM_WORDS : 1;
    uint32_t width = look->columns > LABEL + 2 ? look->columns - LABEL : 2;
    uint32_t deep = in_pairs(look) ? 2 : 1;
    s.list = g->group == 1 && g->cells <= LIST_MOST && g->cells <= rows;
    s.per_line = g->cells <= width ? g->cells : power_of_two_up_to(width);
    while (!s.list &&
           rounded_up(rounded_up(g->cells, s.merged), s.per_line) > rows * deep)
        s.merged++;
    merge(&s, g, &t->frames[frame].row);
    if (s.cells < s.per_line)
        s.per_line = s.cells;
    s.lines = rounded_up(s.cells, s.per_line);
    return s;
}

static void shown_free(struct shown *s)
{
    free(s->states);
    free(s->filled);
    free(s->low);
}

/* --- paint
 * ------------------------------------------------------------------------------
 */

/* Paler where fewer of the ports are held; free is left to the terminal's own ground. */
static uint32_t shade(const struct film_look *look, char letter, char digit)
{
    enum port_state state = PORT_STATE_FREE;
    port_state_of(letter, &state);
    uint32_t colour = look->colours->of[state], out = 0;
    double much = !port_state_holds(state) || digit > '6' ? 1 : digit > '3' ? 0.7 : 0.45;
    for (int shift = 16; shift >= 0; shift -= 8) {
        uint32_t channel = colour >> shift & 255;
        out = out << 8 | (uint32_t)(255 - (255 - channel) * much + 0.5);
    }
    return out;
}

/* The nearest of the 6 x 6 x 6 colours of xterm's palette, from 16 on. */
static unsigned nearest_of_256(uint32_t colour)
{
    static const unsigned levels[] = {0, 95, 135, 175, 215, 255};
    unsigned index = 0;
    for (int shift = 16; shift >= 0; shift -= 8) {
        unsigned channel = colour >> shift & 255, best = 0;
        for (unsigned i = 1; i < 6; i++)
            if (abs((int)levels[i] - (int)channel) <
                abs((int)levels[best] - (int)channel))
                best = i;
        index = index * 6 + best;
    }
    return 16 + index;
}

/* `layer`: 38 is the ink, 48 the ground. */
static void put_colour(FILE *out, const struct film_look *look, int layer, char letter,
                       char digit)
{
    uint32_t c = shade(look, letter, digit);
    if (letter == port_state_letter(PORT_STATE_FREE))
        fprintf(out, "\033[%dm", layer + 1); /* the terminal's own */
    else if (look->paint == FILM_COLOURS_ALL)
        fprintf(out, "\033[%d;2;%u;%u;%um", layer, (unsigned)(c >> 16),
                (unsigned)(c >> 8 & 255), (unsigned)(c & 255));
    else
        fprintf(out, "\033[%d;5;%um", layer, nearest_of_256(c));
}

static void put_plain_colour(FILE *out)
{
    fputs("\033[0m", out);
}

/* --- words
 * ------------------------------------------------------------------------------
 */

void film_text_clipped(FILE *out, const char *text, unsigned columns)
{
    size_t length = 0;
    for (unsigned used = 0; text[length]; length++) {
        used += ((unsigned char)text[length] & 0xC0) != 0x80;
        if (used > columns)
            break;
    }
    char *cut = memory_text(text, length);
    human_print(out, cut);
    free(cut);
}

static void put_line(FILE *out, const struct film_look *look, char *text,
                     const char *line_end)
{
    film_text_clipped(out, text, look->columns);
    fputs(line_end, out);
    free(text);
}

static void put_legend(FILE *out, const struct film_take *t, const struct film_look *look)
{
    bool seen[PORT_STATE_COUNT] = {false};
    unsigned used = 0;
    film_words_states(t, seen);
    for (int i = 0; i < PORT_STATE_COUNT; i++) {
        const char *name = port_state_name((enum port_state)i);
        char letter = port_state_letter((enum port_state)i);
        unsigned width = (unsigned)strlen(name) + (used ? 5 : 2);
        if (!seen[i] || used + width > look->columns)
            continue;
        fputs(used ? "   " : "", out);
        if (look->paint == FILM_LETTERS || !port_state_holds((enum port_state)i)) {
            fputc(letter, out);
        } else {
            put_colour(out, look, 48, letter, '9');
            fputc(' ', out);
            put_plain_colour(out);
        }
        fprintf(out, " %s", name);
        used += width;
    }
}

/* --- ports
 * ------------------------------------------------------------------------------
 */

static void put_label(FILE *out, uint16_t port)
{
    fprintf(out, "%*u ", LABEL - 1, (unsigned)port);
}

static void put_list(FILE *out, const struct shown *s, const struct film_look *look,
                     const char *line_end)
{
    for (uint32_t i = 0; i < s->cells; i++) {
        enum port_state state = PORT_STATE_FREE;
        port_state_of(s->states[i], &state);
        put_label(out, s->low[i]);
        if (look->paint != FILM_LETTERS && port_state_holds(state)) {
            put_colour(out, look, 48, s->states[i], '9');
            fputs("    ", out);
            put_plain_colour(out);
        } else {
            fprintf(out, "%c%c%c%c", s->states[i], s->states[i], s->states[i],
                    s->states[i]);
        }
        fprintf(out, "  %s%s", port_state_name(state), line_end);
    }
}

/* One character: of letters the letter, of colours a blank on its ground, of blocks a
 * cell above another. */
static void put_cell(FILE *out, const struct shown *s, const struct film_look *look,
                     uint32_t cell)
{
    char letter = s->states[cell];
    enum port_state state = PORT_STATE_FREE;
    port_state_of(letter, &state);
    if (look->paint == FILM_LETTERS || state == PORT_STATE_RESERVED) {
        fputc(letter, out);
        return;
    }
    put_colour(out, look, 48, letter, s->filled[cell]);
    fputc(state == PORT_STATE_FREE ? letter : ' ', out);
}

static void put_pair(FILE *out, const struct shown *s, const struct film_look *look,
                     uint32_t upper)
{
    uint32_t lower = upper + s->per_line;
    bool free_above = s->states[upper] == port_state_letter(PORT_STATE_FREE);
    bool is_free =
        lower >= s->cells || s->states[lower] == port_state_letter(PORT_STATE_FREE);
    if (free_above && is_free) {
        fputs("\033[0m.", out);
        return;
    }
    if (free_above) { /* a lower half block, in ink on the terminal's own ground */
        fputs("\033[49m", out);
        put_colour(out, look, 38, s->states[lower], s->filled[lower]);
        fputs("\xE2\x96\x84", out);
        return;
    }
    put_colour(out, look, 38, s->states[upper], s->filled[upper]);
    if (is_free)
        fputs("\033[49m", out);
    else
        put_colour(out, look, 48, s->states[lower], s->filled[lower]);
    fputs(HALF_UP, out);
}

static void put_grid(FILE *out, const struct shown *s, const struct film_look *look,
                     const char *line_end)
{
    bool pairs = in_pairs(look);
    for (uint32_t line = 0; line < s->lines; line += pairs ? 2 : 1) {
        uint32_t first = line * s->per_line;
        put_label(out, s->low[first]);
        for (uint32_t i = first; i < first + s->per_line && i < s->cells; i++)
            if (pairs)
                put_pair(out, s, look, i);
            else
                put_cell(out, s, look, i);
        if (look->paint != FILM_LETTERS)
            put_plain_colour(out);
        fputs(line_end, out);
    }
}

void film_text_print(FILE *out, const struct film_take *t, uint32_t frame,
                     const struct film_look *look, const char *line_end)
{
    struct shown s = shown_of(t, frame, look);
    put_line(out, look, film_words_head(t, t->grid.group * s.merged), line_end);
    put_line(out, look, film_words_numbers(t, frame), line_end);
    put_line(out, look, film_words_event(t, frame), line_end);
    if (s.list)
        put_list(out, &s, look, line_end);
    else
        put_grid(out, &s, look, line_end);
    put_legend(out, t, look);
    fputs(line_end, out);
    shown_free(&s);
}
