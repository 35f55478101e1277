#include "sim/cli/player.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "sim/base/memory.h"
#include "sim/cli/stop.h"
#include "sim/cli/terminal.h"
#include "sim/views/film_text.h"

#define FRAME_MS   40
#define WHOLE_S    30.0 /* the film lasts so long */
#define LEAP_PARTS 20   /* an arrow leaps a twentieth */
#define FASTEST    1e9
#define SLOWEST    1e-6

/* The alternate screen without a cursor and without wrapping, and back [xterm, ctlseqs:
 * DECSET 1049, 25, 7]. */
#define ENTER "\033[?1049h\033[?25l\033[?7l"
#define LEAVE "\033[0m\033[?7h\033[?25h\033[?1049l"

struct player {
    const struct film_take *take;
    struct film_look look;
    double now, speed; /* seconds of the film; simulated seconds a second */
    uint32_t frame;
    bool paused, over;
};

/* --- the terminal
 * -----------------------------------------------------------------------
 */

bool player_can_play(void)
{
    const char *kind = getenv("TERM");
    return isatty(STDIN_FILENO) && isatty(STDOUT_FILENO) && kind &&
           strcmp(kind, "dumb") != 0;
}

/* False when the terminal takes nothing any more. */
static bool send(const char *bytes, size_t length)
{
    while (length > 0) {
        ssize_t n = write(STDOUT_FILENO, bytes, length);
        if (n <= 0)
            return false;
        bytes += n;
        length -= (size_t)n;
    }
    return true;
}

static void enter(struct termios *before)
{
    struct termios raw;
    tcgetattr(STDIN_FILENO, before);
    raw = *before;
    raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
    raw.c_cc[VMIN] = 0;
    raw.c_cc[VTIME] = 0;
    raw.c_cc[VSUSP] =
        _POSIX_VDISABLE; /* a program asleep would leave its screen behind */
    tcsetattr(STDIN_FILENO, TCSANOW, &raw);
    send(ENTER, strlen(ENTER));
}

static void leave(const struct termios *before)
{
    tcsetattr(STDIN_FILENO, TCSANOW, before); /* first: the screen may be gone */
    tcflush(STDIN_FILENO, TCIFLUSH);
    send(LEAVE, strlen(LEAVE));
}

static void measure(struct film_look *look)
{
    struct winsize window = {0};
    ioctl(STDOUT_FILENO, TIOCGWINSZ, &window);
    look->columns = window.ws_col ? window.ws_col : 80;
    look->rows = window.ws_row ? window.ws_row : 24;
}

static enum film_paint paint(const struct state_colours *colours)
{
    const char *depth = getenv("COLORTERM");
    if (!colours || !terminal_colours())
        return FILM_LETTERS;
    return depth && (strcmp(depth, "truecolor") == 0 || strcmp(depth, "24bit") == 0)
               ? FILM_COLOURS_ALL
               : FILM_COLOURS_256;
}

/* --- the screen
 * -------------------------------------------------------------------------
 */

/* Each line is wiped behind its text, and the screen below the last. */
#define LINE_END "\033[K\r\n"

static bool draw(struct player *p)
{
    char *bytes, *keys;
    size_t length;
    FILE *out = open_memstream(&bytes, &length);
    measure(&p->look);
    struct film_look room = p->look;
    room.rows -= room.rows > 2; /* the line of the keys */
    fputs("\033[H", out);
    film_text_print(out, p->take, p->frame, &room, LINE_END);
    keys = memory_print(
        "%s  x%.4g   space %s  . , step  + - speed  arrows seek  n event  "
        "q quit",
        p->paused ? "paused " : "playing", p->speed, p->paused ? "play " : "pause");
    film_text_clipped(out, keys, room.columns);
    fputs("\033[K\033[J", out);
    fclose(out);
    bool good = send(bytes, length);
    free(keys);
    free(bytes);
    return good;
}

/* --- time and keys
 * ----------------------------------------------------------------------
 */

static double seconds_of(const struct player *p, uint32_t frame)
{
    return sim_seconds(p->take->frames[frame].row.when);
}

static void seek(struct player *p, double seconds)
{
    double end = sim_seconds(p->take->end);
    p->now = seconds < 0 ? 0 : seconds > end ? end : seconds;
    p->frame = film_take_at(p->take, (sim_ns)(p->now * SIM_S));
}

static void step(struct player *p, int by)
{
    int64_t to = (int64_t)p->frame + by;
    p->paused = true;
    if (to < 0 || to >= (int64_t)p->take->count)
        return;
    p->frame = (uint32_t)to;
    p->now = seconds_of(p, p->frame);
}

/* To the first frame that shows the next event. */
static void next_event(struct player *p)
{
    const struct trial_log *log = &p->take->log;
    sim_ns now = p->take->frames[p->frame].row.when;
    p->paused = true;
    for (size_t i = 0; i < log->count; i++) {
        if (log->rows[i].when <= now)
            continue;
        p->frame = film_take_at(p->take, log->rows[i].when);
        if (p->take->frames[p->frame].row.when < log->rows[i].when &&
            p->frame + 1 < p->take->count)
            p->frame++;
        p->now = seconds_of(p, p->frame);
        return;
    }
}

static void change_speed(struct player *p, double by)
{
    p->speed *= by;
    p->speed = p->speed > FASTEST ? FASTEST : p->speed < SLOWEST ? SLOWEST : p->speed;
}

static void obey(struct player *p, char key)
{
    switch (key) {
    case ' ':
        p->paused = !p->paused;
        break;
    case '.':
    case ',':
        step(p, key == '.' ? 1 : -1);
        break;
    case '+':
    case '=':
        change_speed(p, 2);
        break;
    case '-':
        change_speed(p, 0.5);
        break;
    case 'n':
        next_event(p);
        break;
    case 'q':
        p->over = true;
        break;
    default:
        break;
    }
}

/* What follows ESC [ or ESC O; returns how many characters it was. */
static size_t obey_sequence(struct player *p, const char *keys)
{
    double leap = sim_seconds(p->take->end) / LEAP_PARTS;
    switch (keys[0]) {
    case 'C':
    case 'D':
        seek(p, p->now + (keys[0] == 'C' ? leap : -leap));
        return 1;
    case 'A':
    case 'B':
        change_speed(p, keys[0] == 'A' ? 2 : 0.5);
        return 1;
    case 'H':
    case 'F':
        seek(p, keys[0] == 'H' ? 0 : sim_seconds(p->take->end));
        return 1;
    case '1':
    case '4':
        if (keys[1] == '~')
            seek(p, keys[0] == '1' ? 0 : sim_seconds(p->take->end));
        return keys[1] == '~' ? 2 : 1;
    default:
        return keys[0] != '\0';
    }
}

static void read_keys(struct player *p)
{
    char keys[64];
    ssize_t n = read(STDIN_FILENO, keys, sizeof keys - 1);
    if (n <= 0) {
        p->over |= n == 0; /* the terminal is gone: poll() said there was something */
        return;
    }
    keys[n] = '\0';
    for (size_t i = 0; i < (size_t)n; i++)
        if (keys[i] == '\033' && (keys[i + 1] == '[' || keys[i + 1] == 'O'))
            i += 1 + obey_sequence(p, keys + i + 2);
        else
            obey(p, keys[i]);
}

static double clock_seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* Waits for a key, at most until the next picture is due. */
static void wait_for_keys(struct player *p)
{
    struct pollfd in = {.fd = STDIN_FILENO, .events = POLLIN};
    if (poll(&in, 1, p->paused ? 4 * FRAME_MS : FRAME_MS) > 0)
        read_keys(p);
}

static void play(struct player *p)
{
    double before = clock_seconds();
    while (!p->over && !stop_signal()) {
        if (!draw(p))
            return;
        wait_for_keys(p);
        double now = clock_seconds();
        if (!p->paused) {
            seek(p, p->now + (now - before) * p->speed);
            p->paused = p->frame + 1 == p->take->count;
        }
        before = now;
    }
}

void player_play(const struct player_order *order)
{
    struct termios before;
    double whole = sim_seconds(order->take->end);
    struct player p = {
        .take = order->take,
        .look = {.paint = paint(order->colours),
                 .colours = order->colours,
                 .blocks = terminal_utf8()},
        .speed = order->speed > 0 ? order->speed
                 : whole > 0      ? whole / WHOLE_S
                                  : 1,
    };
    if (p.look.paint == FILM_LETTERS)
        p.look.blocks = false;
    seek(&p, sim_seconds(order->from));
    enter(&before);
    play(&p);
    leave(&before);
}
