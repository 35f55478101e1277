#include "sim/views/film_words.h"

#include "sim/base/memory.h"
#include "sim/results/axis.h"
#include "sim/views/human.h"

char *film_words_head(const struct film_take *t, uint32_t ports_a_cell)
{
    const struct run_film_row *row = &t->frames[0].row;
    char each[HUMAN_TEXT];
    if (ports_a_cell == 1)
        return memory_print("%s %s on %s: ports %u to %u", row->host, row->pool,
                            row->local, (unsigned)row->low, (unsigned)row->high);
    return memory_print("%s %s on %s: ports %u to %u, a cell is %s%s", row->host,
                        row->pool, row->local, (unsigned)row->low, (unsigned)row->high,
                        human_count(ports_a_cell, each),
                        t->grid.step == 2 ? " even or odd ones" : " of them");
}

char *film_words_numbers(const struct film_take *t, uint32_t frame)
{
    const struct run_film_row *row = &t->frames[frame].row;
    char when[HUMAN_TEXT], held[HUMAN_TEXT], all[HUMAN_TEXT], share[HUMAN_TEXT],
        rate[AXIS_TEXT];
    double failures = film_take_failures(t, frame);
    const char *rate_text = axis_grouped(failures, failures < 10 && failures > 0, rate);
    human_duration(row->when, when);
    human_count(row->held, held);
    human_count(row->capacity, all);
    if (row->held > row->capacity) /* the range was narrowed */
        return memory_print("%s   %s ports held, %s can be chosen   %s failures/s", when,
                            held, all, rate_text);
    return memory_print("%s   %s of %s ports held (%s)   %s failures/s", when, held, all,
                        human_share((double)row->held / row->capacity, share), rate_text);
}

char *film_words_event(const struct film_take *t, uint32_t frame)
{
    char when[HUMAN_TEXT];
    const struct run_event *e = film_take_event(t, t->frames[frame].row.when);
    if (!e)
        return memory_print("no event yet");
    return memory_print("%s: %s %s%s%s", human_duration(e->when, when), e->kind,
                        e->host ? e->host : "", e->host && *e->host ? " " : "",
                        e->detail ? e->detail : "");
}

void film_words_states(const struct film_take *t, bool seen[PORT_STATE_COUNT])
{
    enum port_state state;
    for (uint32_t i = 0; i < t->count; i++)
        for (const char *p = t->frames[i].row.states; *p; p++)
            if (port_state_of(*p, &state))
                seen[state] = true;
}
