#include "tests/port_sequence.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sim/base/memory.h"
#include "tests/port_lab.h"
#include "tests/port_law.h"

/* --- making and reading ---------------------------------------------------------------
 */

struct port_sequence port_sequence_new(struct port_range range, enum port_asked asked,
                                       uint32_t destinations, bool keep, uint32_t count)
{
    return (struct port_sequence){.source = "ours",
                                  .range = range,
                                  .asked = {asked, asked},
                                  .first = count,
                                  .destinations = destinations,
                                  .keep = keep,
                                  .count = count,
                                  .offsets = memory_new(count, sizeof(uint32_t))};
}

void port_sequence_free(struct port_sequence *s)
{
    free(s->offsets);
    *s = (struct port_sequence){.count = 0};
}

static enum port_asked parse_asked(const char *word, size_t length)
{
    static const struct {
        const char *word;
        enum port_asked asked;
    } words[] = {
        {"auto", PORT_ASKED_CONNECT},      {"np", PORT_ASKED_CONNECT},
        {"pr", PORT_ASKED_OWN_RANGE},      {"b0", PORT_ASKED_BIND},
        {"b0+rp", PORT_ASKED_BIND},        {"b0+ra", PORT_ASKED_BIND_REUSEADDR},
        {"udp", PORT_ASKED_UDP},           {"udp+ra", PORT_ASKED_UDP_SHARED},
        {"udp+rp", PORT_ASKED_UDP_SHARED},
    };
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strlen(words[i].word) == length && !strncmp(word, words[i].word, length))
            return words[i].asked;
    fail_msg("%s is no way to ask", word);
    return PORT_ASKED_CONNECT;
}

/* "auto", "auto*21+b0*12", "auto/b0". */
static void parse_order(struct port_sequence *s, const char *text)
{
    const char *star = strchr(text, '*'), *turn = strchr(text, '/');
    s->first = UINT32_MAX;
    if (turn) {
        s->asked[0] = parse_asked(text, (size_t)(turn - text));
        s->asked[1] = parse_asked(turn + 1, strlen(turn + 1));
        s->first = 0;
    } else if (star) {
        char *end;
        s->asked[0] = parse_asked(text, (size_t)(star - text));
        s->first = (uint32_t)strtoul(star + 1, &end, 10);
        s->asked[1] = parse_asked(end + 1, strcspn(end + 1, "*"));
    } else {
        s->asked[0] = s->asked[1] = parse_asked(text, strlen(text));
    }
}

static void parse_offsets(struct port_sequence *s, const char *code)
{
    uint32_t size = port_range_size(s->range);
    size_t width = size <= 36 ? 1 : size <= 36 * 36 ? 2 : 3;
    s->count = (uint32_t)(strlen(code) / width);
    s->offsets = memory_new(s->count, sizeof *s->offsets);
    for (uint32_t i = 0; i < s->count; i++) {
        char digits[4] = {0};
        memcpy(digits, code + i * width, width);
        s->offsets[i] =
            *digits == '-' ? PORT_LAW_FAILED : (uint32_t)strtoul(digits, NULL, 36);
    }
}

struct port_sequence port_sequence_parse(char *line)
{
    struct port_sequence s = {.count = 0};
    char *words[7], *rest = line;
    for (int i = 0; i < 7; i++) {
        words[i] = strtok_r(NULL, " \n", &rest);
        assert_non_null(words[i]);
    }
    snprintf(s.source, sizeof s.source, "%s", words[0]);
    s.range.low = (uint16_t)atoi(words[1]);
    s.range.high = (uint16_t)atoi(words[2]);
    parse_order(&s, words[3]);
    s.destinations = (uint32_t)atoi(words[4]);
    s.keep = strcmp(words[5], "keep") == 0;
    parse_offsets(&s, words[6]);
    return s;
}

/* How the i-th socket asked. */
static enum port_asked how_asked(const struct port_sequence *s, uint32_t i)
{
    return s->asked[s->first ? i >= s->first : i % 2];
}

/* --- doing the same -------------------------------------------------------------------
 */

/* An allocator of its own over the ports of another lab. */
static struct port_lab lab_over(const char *name, const struct port_lab *ports,
                                uint64_t seed)
{
    struct port_lab lab = port_lab_new(name, ports->request.range, seed);
    port_space_free(lab.space);
    lab.space = ports->space;
    lab.request.space = ports->space;
    return lab;
}

static void free_lab_over(struct port_lab *lab)
{
    lab->space = NULL;
    port_lab_free(lab);
}

/* Sets `lab` up to ask as the program did. */
static void prepare(struct port_lab *lab, enum port_asked asked)
{
    lab->request.flags = 0;
    if (asked == PORT_ASKED_OWN_RANGE)
        lab->request.flags = PORT_ASK_OWN_RANGE;
    if (asked == PORT_ASKED_BIND_REUSEADDR || asked == PORT_ASKED_UDP_SHARED)
        lab->request.flags = PORT_ASK_REUSEADDR;
    bool binds = asked == PORT_ASKED_BIND || asked == PORT_ASKED_BIND_REUSEADDR;
    lab->request.mode = binds ? PORT_MODE_BIND_ZERO : PORT_MODE_AUTOBIND;
}

static uint16_t ask_shared(struct port_lab *lab, struct port_destination to)
{
    lab->request.to = to;
    uint16_t port =
        lab->ops->choose(lab->state, lab->config, &lab->request, &lab->chance).port;
    struct port_owner owner = {.local_address = PORT_LAB_ADDRESS,
                               .origin = PORT_BY_BIND,
                               .options = PORT_REUSEADDR};
    if (port) /* two sockets may have the same tuple: it is not told */
        port_space_take(lab->space, port, owner, (struct port_destination){0, 0});
    return port;
}

void port_sequence_perform(struct port_sequence *s, uint64_t seed)
{
    struct port_lab connect = port_lab_new("linux518", s->range, seed);
    struct port_lab bind = lab_over("linux-bind0", &connect, seed + 1);
    struct port_lab udp = lab_over("linux-udp", &connect, seed + 2);
    for (uint32_t i = 0; i < s->count; i++) {
        enum port_asked asked = how_asked(s, i);
        struct port_lab *lab = asked >= PORT_ASKED_UDP    ? &udp
                               : asked >= PORT_ASKED_BIND ? &bind
                                                          : &connect;
        struct port_destination to = port_lab_place(i % s->destinations);
        prepare(lab, asked);
        uint16_t port = asked == PORT_ASKED_UDP_SHARED ? ask_shared(lab, to)
                                                       : port_lab_connect(lab, to).port;
        s->offsets[i] = port ? (uint32_t)port - s->range.low : PORT_LAW_FAILED;
        if (port && !s->keep)
            port_lab_disconnect(lab, port, to);
    }
    free_lab_over(&bind);
    free_lab_over(&udp);
    port_lab_free(&connect);
}

/* --- judging --------------------------------------------------------------------------
 */

/* What an observer knows: hidden numbers of each destination, and who is busy. */
struct knowledge {
    struct port_law laws[2];
    bool busy[PORT_LAW_SIZE]; /* by anybody */
    struct port_judgement judgement;
};

static bool judge_connect(struct knowledge *k, const struct port_sequence *s, uint32_t i)
{
    struct port_law *law = &k->laws[i % s->destinations];
    if (port_law_observe(law, s->offsets[i]))
        return true;
    if (k->judgement.redraws++)
        return false;
    for (uint32_t d = 0; d < s->destinations; d++)
        port_law_redraw(&k->laws[d]);
    return port_law_observe(law, s->offsets[i]);
}

static bool is_behind_two(const bool *busy, uint32_t offset, uint32_t step)
{
    return offset >= 2 * step && busy[offset - step] && busy[offset - 2 * step];
}

static bool judge_draw(struct knowledge *k, const struct port_sequence *s, uint32_t i,
                       enum port_law_kind kind)
{
    uint32_t size = port_range_size(s->range), step = kind == PORT_LAW_UDP ? 1 : 2;
    uint32_t choice = s->offsets[i] == PORT_LAW_FAILED ? size : s->offsets[i];
    double chance[PORT_LAW_SIZE + 1], crowded = 0;
    port_law_chances(kind, k->busy, size, chance);
    for (uint32_t offset = 0; offset < size; offset++)
        if (is_behind_two(k->busy, offset, step))
            crowded += chance[offset];
    struct port_tally *tally = &k->judgement.crowded;
    tally->tries++;
    tally->hits += choice < size && is_behind_two(k->busy, choice, step);
    tally->expected += crowded;
    tally->variance += crowded * (1 - crowded);
    return chance[choice] > 0;
}

static bool judge_choice(struct knowledge *k, const struct port_sequence *s, uint32_t i)
{
    switch (how_asked(s, i)) {
    case PORT_ASKED_CONNECT:
    case PORT_ASKED_OWN_RANGE:
        return judge_connect(k, s, i);
    case PORT_ASKED_BIND:
        return judge_draw(k, s, i, PORT_LAW_BIND);
    case PORT_ASKED_BIND_REUSEADDR:
        return judge_draw(k, s, i, PORT_LAW_HALVES);
    case PORT_ASKED_UDP:
        return judge_draw(k, s, i, PORT_LAW_UDP);
    case PORT_ASKED_UDP_SHARED:
        return s->offsets[i] < port_range_size(s->range);
    }
    return false;
}

/* A port that bind() or UDP keeps is gone for every destination. */
static void note_busy(struct knowledge *k, const struct port_sequence *s, uint32_t i)
{
    enum port_asked asked = how_asked(s, i);
    uint32_t offset = s->offsets[i];
    if (!s->keep || offset == PORT_LAW_FAILED || asked == PORT_ASKED_UDP_SHARED)
        return;
    k->busy[offset] = true;
    if (asked != PORT_ASKED_CONNECT && asked != PORT_ASKED_OWN_RANGE)
        k->laws[0].busy[offset] = k->laws[1].busy[offset] = true;
}

struct port_judgement port_sequence_judge(const struct port_sequence *s)
{
    uint32_t size = port_range_size(s->range);
    uint32_t step = s->asked[0] == PORT_ASKED_OWN_RANGE ? 1 : 2;
    struct knowledge k = {.judgement.lawful = true};
    for (uint32_t d = 0; d < 2; d++)
        k.laws[d] = port_law_new(size, step, s->keep);
    for (uint32_t i = 0; i < s->count && k.judgement.lawful; i++) {
        k.judgement.lawful = judge_choice(&k, s, i);
        note_busy(&k, s, i);
    }
    return k.judgement;
}
