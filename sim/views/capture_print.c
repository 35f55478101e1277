#include "sim/views/capture_print.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"
#include "sim/base/utf8.h"
#include "sim/views/human.h"
#include "sim/views/table.h"

#define FEW     8 /* pairs without --all */
#define MOMENTS 8 /* snapshots whose counts are shown */

/* --- pairs as a table -------------------------------------------------------------- */

enum {
    PAIR_DESTINATION,
    PAIR_FROM,
    PAIR_POOL,
    PAIR_PORTS,
    PAIR_SHARE,
    PAIR_STATE,
    PAIR_PROCESS,
    PAIR_COLUMNS
};

static const struct table_column pair_columns[PAIR_COLUMNS] = {
    {"toward", "destination", "who is at the other end", CELL_TEXT},
    {"from", "local", "local address", CELL_TEXT},
    {"pool", NULL, "protocol and family", CELL_TEXT},
    {"ports", NULL, "of the range, each once", CELL_NUMBER},
    {"of_range", "share", "of the ports that can be chosen", CELL_PERCENT},
    {"mostly", "state", "state of most of them", CELL_TEXT},
    {"process", NULL, "that has most of them", CELL_TEXT},
};

static uint32_t usable(const struct capture_record *r, enum pool pool)
{
    uint32_t size = port_range_size(r->range), listening = r->listening[pool];
    return listening < size ? size - listening : 1;
}

static double share_of(const struct capture_record *r, const struct capture_pair *pair)
{
    return (double)pair->ports / usable(r, pair->pool);
}

static struct cell pair_cell(const void *rows, size_t row, uint32_t column)
{
    const struct capture_record *r = rows;
    const struct capture_pair *p = &r->census.pairs[row];
    switch (column) {
    case PAIR_DESTINATION:
        return (struct cell){.text = *p->destination ? p->destination : "-"};
    case PAIR_FROM:
        return (struct cell){.text = p->local};
    case PAIR_POOL:
        return (struct cell){.text = pool_name(p->pool)};
    case PAIR_PORTS:
        return (struct cell){.number = p->ports};
    case PAIR_SHARE:
        return (struct cell){.number = 100 * share_of(r, p)};
    case PAIR_STATE:
        return (struct cell){.text = p->state};
    default:
        return (struct cell){.text = *p->process ? p->process : "-"};
    }
}

static void print_pairs(FILE *out, const struct capture_record *r, bool all)
{
    size_t count = r->census.pair_count;
    size_t shown = all || count < FEW ? count : FEW;
    struct table table = {pair_columns, PAIR_COLUMNS, pair_cell, r, count};
    if (shown)
        table_write(out, &table, NULL, shown, table_print);
    if (shown < count)
        fprintf(out, "and %zu more pairs; --all tells\n", count - shown);
    if (shown)
        fputc('\n', out);
}

/* --- what was read ----------------------------------------------------------------- */

/* A name of a file may be hostile. */
static void put_name(FILE *out, const char *name)
{
    const char *end = name + strlen(name);
    while (name < end) {
        uint32_t code;
        size_t bytes = utf8_decode(name, end, &code);
        if (bytes && !utf8_unsafe(code))
            fwrite(name, 1, bytes, out);
        else
            fputc('?', out);
        name += bytes ? bytes : 1;
    }
}

static const char *label_of(const struct capture *c)
{
    return c->moments ? c->moments[c->snapshot - 1].label : "";
}

static void print_range(FILE *out, const struct capture *c,
                        const struct capture_record *r)
{
    char ports[HUMAN_TEXT];
    fprintf(out, "  range     %u-%u, %s ports, ", r->range.low, r->range.high,
            human_count(port_range_size(r->range), ports));
    if (r->range_assumed)
        fprintf(out, "assumed: the default of %s (--range LOW-HIGH)\n", r->stack->name);
    else
        fputs("as given\n", out);
    fprintf(out, "  system    %s, ", r->stack->name);
    if (r->stack_assumed)
        fprintf(out, "assumed: this is %s of %s (--stack NAME)\n", c->format->name,
                c->format->platform);
    else
        fputs("as given\n", out);
}

/* Which of the snapshots it is, and how all of them went: up to MOMENTS of them, evenly
 * chosen, the first and the last among them. */
static void print_series(FILE *out, const struct capture *c)
{
    const char *label = label_of(c), *head = "series";
    uint32_t shown = c->snapshots < MOMENTS ? c->snapshots : MOMENTS;
    fprintf(out, "  snapshot  %u of %u%s%s (--snapshot N)\n", c->snapshot, c->snapshots,
            *label ? ", " : "", label);
    for (int state = CAPTURE_SYN_SENT; state <= CAPTURE_BOUND; state++) {
        uint32_t most = 0;
        for (uint32_t i = 0; i < c->snapshots; i++)
            if (c->moments[i].states[state] > most)
                most = c->moments[i].states[state];
        if (!most)
            continue;
        fprintf(out, "  %-9s %-12s", head, capture_state_name((enum capture_state)state));
        for (uint32_t i = 0; i < shown; i++)
            fprintf(
                out, " %6u",
                c->moments[i * (uint64_t)(c->snapshots - 1) / (shown - 1)].states[state]);
        fputc('\n', out);
        head = "";
    }
}

static void print_skipped(FILE *out, const struct capture *c)
{
    char skipped[HUMAN_TEXT];
    if (!c->skipped)
        return;
    fprintf(out, "  skipped   %s line%s\n", human_count((double)c->skipped, skipped),
            c->skipped == 1 ? "" : "s");
    for (unsigned i = 0; i < c->complaint_count; i++)
        fprintf(out, "            line %zu: %s: \"%s\"\n", c->complaints[i].line,
                c->complaints[i].reason, c->complaints[i].text);
}

/* Linux tries the ports of one parity before any of the other [KERNEL.md P1]. */
static void print_parity(FILE *out, const struct capture_record *r)
{
    uint32_t half = (port_range_size(r->range) + 1) / 2;
    if (!r->halves)
        return;
    if (r->program.name)
        fputs("  note      no port serves two destinations: programs here bind() before "
              "they connect()\n",
              out);
    for (size_t i = 0; i < r->census.pair_count && i < FEW; i++) {
        const struct capture_pair *p = &r->census.pairs[i];
        bool spent = p->even + r->listening[p->pool] >= half;
        if (spent && p->ports < usable(r, p->pool) && !pool_is_udp(p->pool))
            fprintf(out,
                    "  note      toward %s every %s port is taken: each connect() looks "
                    "at them first\n",
                    p->destination, r->range.low % 2 ? "odd" : "even");
    }
}

/* What the capture leaves open, and which capture would not. */
static void print_doubts(FILE *out, const struct capture *c,
                         const struct capture_record *r)
{
    uint32_t outside = 0;
    bool owned = false;
    for (int pool = 0; pool < POOL_COUNT; pool++)
        outside += r->census.use[pool].outside;
    for (size_t i = 0; i < r->census.count; i++)
        owned |= r->census.rows[i].owned;
    if (c->unended)
        fputs("  note      the file ends inside a line: the capture may be cut\n", out);
    if (!c->shows_owners && owned)
        fprintf(out, "  note      no process is shown; %s would show them\n",
                c->format->owners);
    if (c->cut_addresses)
        fprintf(out, "  note      %zu addresses are cut to their column (netstat -W)\n",
                c->cut_addresses);
    if (outside)
        fprintf(out,
                "  note      %u connections have no listener and a local port outside "
                "the range\n",
                outside);
}

void capture_print(FILE *out, const char *name, const struct capture *c,
                   const struct capture_record *r, bool all)
{
    char sockets[HUMAN_TEXT], lines[HUMAN_TEXT];
    put_name(out, strcmp(name, "-") == 0 ? "standard input" : name);
    fprintf(out, ": %s of %s, %s socket%s on %s line%s\n", c->format->name,
            c->format->platform, human_count((double)c->sockets.count, sockets),
            c->sockets.count == 1 ? "" : "s", human_count((double)c->lines, lines),
            c->lines == 1 ? "" : "s");
    if (c->snapshots > 1)
        print_series(out, c);
    print_range(out, c, r);
    print_skipped(out, c);
    print_doubts(out, c, r);
    print_parity(out, r);
    fputc('\n', out);
    print_pairs(out, r, all);
}

/* --- what is left to see ----------------------------------------------------------- */

void capture_print_next(FILE *out, const struct capture *c,
                        const struct capture_record *r)
{
    bool windows = strcmp(c->format->platform, "Windows") == 0;
    fputs("\nThis is as far as a single snapshot can tell.  To be sure:\n", out);
    if (windows)
        fputs("  the System log: event 4231 (4266 for UDP) says that no port was left; "
              "4227 only\n  that one was taken again too soon toward the same end\n",
              out);
    else
        fprintf(out, "  the program's errno: %s says that no port was left\n",
                r->pools[0].failure);
    fputs("  a second capture, some minutes later: CLOSE_WAIT, BOUND and FIN_WAIT_2 that "
          "only\n  grow are a leak; TIME_WAIT that stays level is the rate times 2MSL\n",
          out);
}

/* --- JSON -------------------------------------------------------------------------- */

static void json_pairs(struct json_text *j, const struct capture_record *r)
{
    json_array_begin(j, "pairs");
    for (size_t i = 0; i < r->census.pair_count; i++) {
        const struct capture_pair *pair = &r->census.pairs[i];
        json_object_begin_flat(j, NULL);
        json_string(j, "destination", pair->destination);
        json_string(j, "local", pair->local);
        json_string(j, "pool", pool_name(pair->pool));
        json_unsigned(j, "ports", pair->ports);
        json_number(j, "share", share_of(r, pair));
        json_string(j, "state", pair->state);
        json_string(j, "process", pair->process);
        json_object_end(j);
    }
    json_array_end(j);
}

static void json_series(struct json_text *j, const struct capture *c)
{
    json_array_begin(j, "series");
    for (uint32_t i = 0; c->moments && i < c->snapshots; i++) {
        json_object_begin_flat(j, NULL);
        json_string(j, "label", c->moments[i].label);
        for (int state = 0; state < CAPTURE_STATE_COUNT; state++)
            if (c->moments[i].states[state])
                json_unsigned(j, capture_state_name((enum capture_state)state),
                              c->moments[i].states[state]);
        json_object_end(j);
    }
    json_array_end(j);
}

static void json_complaints(struct json_text *j, const struct capture *c)
{
    json_array_begin(j, "complaints");
    for (unsigned i = 0; i < c->complaint_count; i++) {
        json_object_begin_flat(j, NULL);
        json_unsigned(j, "line", c->complaints[i].line);
        json_string(j, "reason", c->complaints[i].reason);
        json_string(j, "text", c->complaints[i].text);
        json_object_end(j);
    }
    json_array_end(j);
}

void capture_json(struct json_text *j, const char *key, const char *name,
                  const struct capture *c, const struct capture_record *r)
{
    json_object_begin(j, key);
    json_string(j, "file", name);
    json_string(j, "tool", c->format->name);
    json_string(j, "platform", c->format->platform);
    json_unsigned(j, "snapshot", c->snapshot);
    json_unsigned(j, "snapshots", c->snapshots);
    json_string(j, "label", label_of(c));
    json_series(j, c);
    json_unsigned(j, "lines", c->lines);
    json_unsigned(j, "sockets", c->sockets.count);
    json_unsigned(j, "skipped", c->skipped);
    json_complaints(j, c);
    json_bool(j, "unended", c->unended);
    json_bool(j, "shows_owners", c->shows_owners);
    json_string(j, "stack", r->stack->name);
    json_bool(j, "stack_assumed", r->stack_assumed);
    json_array_begin_flat(j, "range");
    json_unsigned(j, NULL, r->range.low);
    json_unsigned(j, NULL, r->range.high);
    json_array_end(j);
    json_bool(j, "range_assumed", r->range_assumed);
    json_pairs(j, r);
    json_object_end(j);
}
