#include "sim/views/capture_census.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/bug.h"
#include "sim/base/memory.h"

/* --- who accepted ------------------------------------------------------------------ */

struct listeners {
    bool any[PORT_COUNT]; /* on every address */
    bool one[PORT_COUNT]; /* on some address; which, the sorted list tells */
    uint64_t *ends;       /* address << 16 | port */
    size_t count;
};

static int compare_ends(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

static struct listeners *listeners_of(const struct capture_sockets *s)
{
    struct listeners *l = memory_new(1, sizeof *l);
    size_t capacity = 0;
    for (size_t i = 0; i < s->count; i++) {
        const struct capture_kept *k = &s->at[i];
        if (k->state != CAPTURE_LISTEN)
            continue;
        if (strcmp(capture_texts_get(&s->texts, k->local), "*") == 0) {
            l->any[k->local_port] = true;
            continue;
        }
        if (l->count == capacity) {
            capacity = memory_grown(capacity, l->count + 1);
            l->ends = memory_resize(l->ends, capacity, sizeof *l->ends);
        }
        l->one[k->local_port] = true;
        l->ends[l->count++] = (uint64_t)k->local << 16 | k->local_port;
    }
    if (l->count)
        qsort(l->ends, l->count, sizeof *l->ends, compare_ends);
    return l;
}

static bool listens(const struct listeners *l, const struct capture_kept *k)
{
    uint64_t end = (uint64_t)k->local << 16 | k->local_port;
    if (k->udp)
        return false;
    return l->any[k->local_port] ||
           (l->one[k->local_port] &&
            bsearch(&end, l->ends, l->count, sizeof *l->ends, compare_ends));
}

/* --- counting ---------------------------------------------------------------------- */

/* What sockets alike have in common; a port that differs among them is 0. */
struct group {
    uint32_t local, remote, owner;
    uint16_t local_port, remote_port;
    uint8_t state, pool;
    bool ephemeral, accepted, owned;
    uint64_t count;
};

struct grouping {
    struct group *at;
    size_t count, capacity;
    uint32_t *slots;
    size_t slot_count;
};

static struct group group_of(const struct capture_kept *k, struct port_range range,
                             const struct listeners *l)
{
    bool inside = port_range_holds(range, k->local_port);
    bool peer = k->remote_port != 0;
    struct group g = {.local = k->local,
                      .owner = k->owner,
                      .local_port = k->local_port,
                      .state = k->state,
                      .owned = k->owned,
                      .pool = (uint8_t)pool_for(k->udp, k->six ? 6 : 4),
                      .ephemeral = inside,
                      .count = 1};
    g.accepted = k->state == CAPTURE_LISTEN || (!inside && !peer);
    if (peer) {
        g.accepted = listens(l, k) || (!inside && k->local_port < k->remote_port);
        g.remote = k->remote;
        g.ephemeral = inside && !g.accepted;
        g.remote_port = g.accepted ? 0 : k->remote_port;
    }
    if (!g.accepted)
        g.local_port = 0;
    return g;
}

static bool alike(const struct group *a, const struct group *b)
{
    return a->local == b->local && a->remote == b->remote && a->owner == b->owner &&
           a->local_port == b->local_port && a->remote_port == b->remote_port &&
           a->state == b->state && a->pool == b->pool && a->owned == b->owned &&
           a->ephemeral == b->ephemeral;
}

static uint64_t hash_group(const struct group *g)
{
    uint64_t hash = (uint64_t)g->local << 32 | g->remote;
    hash ^= ((uint64_t)g->owner << 24 | (uint64_t)g->state << 8 | (uint64_t)g->pool << 2 |
             (uint64_t)g->owned << 1 | g->ephemeral) *
            UINT64_C(0x9E3779B97F4A7C15);
    hash ^=
        ((uint64_t)g->local_port << 16 | g->remote_port) * UINT64_C(0xC2B2AE3D27D4EB4F);
    return (hash ^ hash >> 29) * UINT64_C(0xBF58476D1CE4E5B9) >> 20;
}

static uint32_t *slot_of(const struct grouping *p, const struct group *g)
{
    size_t mask = p->slot_count - 1;
    for (size_t i = hash_group(g) & mask;; i = (i + 1) & mask)
        if (!p->slots[i] || alike(&p->at[p->slots[i] - 1], g))
            return &p->slots[i];
}

static void grow(struct grouping *p)
{
    free(p->slots);
    p->slot_count = p->slot_count ? 2 * p->slot_count : 256;
    p->slots = memory_new(p->slot_count, sizeof *p->slots);
    for (size_t i = 0; i < p->count; i++)
        *slot_of(p, &p->at[i]) = (uint32_t)i + 1;
}

static void count_group(struct grouping *p, const struct group *g)
{
    if (2 * p->count >= p->slot_count)
        grow(p);
    uint32_t *slot = slot_of(p, g);
    SIM_ASSERT(*slot <= p->count);
    if (*slot) {
        p->at[*slot - 1].count++;
        return;
    }
    if (p->count == p->capacity) {
        p->capacity = memory_grown(p->capacity, p->count + 1);
        p->at = memory_resize(p->at, p->capacity, sizeof *p->at);
    }
    p->at[p->count++] = *g;
    *slot = (uint32_t)p->count;
}

/* --- which ports ------------------------------------------------------------------- */

struct holding {
    uint32_t local, remote, owner;
    uint16_t remote_port, port;
    uint8_t pool, state;
};

static int compare_holdings(const void *a, const void *b)
{
    const struct holding *x = a, *y = b;
    if (x->pool != y->pool)
        return x->pool < y->pool ? -1 : 1;
    if (x->local != y->local)
        return x->local < y->local ? -1 : 1;
    if (x->remote != y->remote)
        return x->remote < y->remote ? -1 : 1;
    if (x->remote_port != y->remote_port)
        return x->remote_port < y->remote_port ? -1 : 1;
    return (x->port > y->port) - (x->port < y->port);
}

static bool same_pair(const struct holding *a, const struct holding *b)
{
    return a->pool == b->pool && a->local == b->local && a->remote == b->remote &&
           a->remote_port == b->remote_port;
}

static bool is_loopback(const char *address)
{
    return strncmp(address, "127.", 4) == 0 || strcmp(address, "::1") == 0 ||
           strcmp(address, "*") == 0;
}

#define SHELF_TEXT (IP_ADDRESS_TEXT + 8) /* "[", "]", ":65535" and the zero */

/* Texts that live as long as the census: one block, measured first. */
struct shelf {
    char *next;
};

static const char *shelve(struct shelf *shelf, const char *address, uint16_t port)
{
    char *text = shelf->next;
    const char *format = strchr(address, ':') ? "[%s]:%u" : "%s:%u";
    shelf->next += snprintf(text, SHELF_TEXT, format, address, port) + 1;
    return text;
}

/* "1036 svchost.exe" as one name: "svchost.exe", or "pid 1036" without one. */
static const char *name_of(struct shelf *shelf, const char *owner)
{
    const char *name = strchr(owner, ' ');
    char *text = shelf->next;
    if (!name || name[1])
        return name ? name + 1 : "";
    shelf->next += snprintf(text, SHELF_TEXT, "pid %.*s", (int)(name - owner), owner) + 1;
    return text;
}

/* Who has more than half of them, by the vote of Boyer and Moore; 0: nobody. */
static uint32_t majority(const struct holding *h, size_t count)
{
    uint32_t owner = 0;
    size_t votes = 0, has = 0;
    for (size_t i = 0; i < count; i++) {
        if (votes == 0)
            owner = h[i].owner;
        votes = h[i].owner == owner ? votes + 1 : votes - 1;
    }
    for (size_t i = 0; i < count; i++)
        has += h[i].owner == owner;
    return 2 * has > count ? owner : 0;
}

static enum capture_state most_common(const struct holding *h, size_t count)
{
    size_t in[CAPTURE_STATE_COUNT] = {0};
    int best = 0;
    for (size_t i = 0; i < count; i++)
        in[h[i].state]++;
    for (int state = 1; state < CAPTURE_STATE_COUNT; state++)
        if (in[state] > in[best])
            best = state;
    return (enum capture_state)best;
}

/* Holdings of one pair, by port. */
static struct capture_pair pair_of(const struct capture_sockets *s,
                                   const struct holding *h, size_t count,
                                   struct port_range range, struct shelf *shelf)
{
    const char *remote = capture_texts_get(&s->texts, h->remote);
    struct capture_pair pair = {
        .pool = (enum pool)h->pool,
        .local = capture_texts_get(&s->texts, h->local),
        .destination = h->remote_port ? shelve(shelf, remote, h->remote_port) : "",
        .sockets = (uint32_t)count,
        .state = capture_state_name(most_common(h, count)),
        .process = name_of(shelf, capture_texts_get(&s->texts, majority(h, count)))};
    for (size_t i = 0; i < count; i++) {
        bool again = i > 0 && h[i].port == h[i - 1].port;
        pair.ports += !again;
        pair.even += !again && (h[i].port - range.low) % 2 == 0;
    }
    return pair;
}

/* Sorted holdings into pairs. */
static void pair_up(const struct capture_sockets *s, const struct holding *h,
                    size_t count, struct port_range range, struct shelf *shelf,
                    struct capture_census *out)
{
    for (size_t i = 0, next; i < count; i = next) {
        for (next = i + 1; next < count && same_pair(&h[i], &h[next]); next++)
            ;
        out->pairs[out->pair_count++] = pair_of(s, h + i, next - i, range, shelf);
    }
}

/* Sorted holdings into what each pool holds. */
static void add_up(const struct capture_sockets *s, const struct holding *h, size_t count,
                   struct capture_census *out)
{
    bool *held = memory_new((size_t)POOL_COUNT * PORT_COUNT, sizeof *held);
    for (size_t i = 0; i < count; i++) {
        struct capture_use *use = &out->use[h[i].pool];
        bool *port = &held[(size_t)h[i].pool * PORT_COUNT + h[i].port];
        if (i == 0 || h[i].pool != h[i - 1].pool || h[i].local != h[i - 1].local)
            use->addresses += !is_loopback(capture_texts_get(&s->texts, h[i].local));
        use->sockets++;
        use->ports += !*port;
        *port = true;
    }
    free(held);
}

static int compare_pairs(const void *a, const void *b)
{
    const struct capture_pair *x = a, *y = b;
    if (x->ports != y->ports)
        return x->ports > y->ports ? -1 : 1;
    if (x->pool != y->pool)
        return x->pool < y->pool ? -1 : 1;
    int order = strcmp(x->local, y->local);
    return order ? order : strcmp(x->destination, y->destination);
}

/* --- rows -------------------------------------------------------------------------- */

static struct run_census_row row_of(const struct capture_sockets *s,
                                    const struct group *g, const char *host,
                                    struct shelf *shelf)
{
    const char *local = capture_texts_get(&s->texts, g->local);
    const char *remote = capture_texts_get(&s->texts, g->remote);
    const char *owner = capture_texts_get(&s->texts, g->owner);
    struct run_census_row row = {
        .host = host,
        .pool = pool_name((enum pool)g->pool),
        .process = name_of(shelf, owner),
        .pid = (uint32_t)strtoul(owner, NULL, 10),
        .state = capture_state_name((enum capture_state)g->state),
        .local = g->accepted ? shelve(shelf, local, g->local_port) : local,
        .remote = g->remote_port ? shelve(shelf, remote, g->remote_port) : remote,
        .ephemeral = g->ephemeral,
        .owned = g->owned,
        .count = g->count,
    };
    row.destination = g->remote_port ? row.remote : "";
    return row;
}

static int compare_rows(const void *a, const void *b)
{
    const struct run_census_row *x = a, *y = b;
    const char *const left[] = {x->pool, x->process, x->state, x->local, x->remote};
    const char *const right[] = {y->pool, y->process, y->state, y->local, y->remote};
    for (size_t i = 0; i < sizeof left / sizeof left[0]; i++) {
        int order = strcmp(left[i], right[i]);
        if (order)
            return order;
    }
    if (x->pid != y->pid)
        return x->pid < y->pid ? -1 : 1;
    return x->ephemeral != y->ephemeral ? x->ephemeral - y->ephemeral
                                        : x->owned - y->owned;
}

static struct grouping group_all(const struct capture_sockets *s, struct port_range range,
                                 struct capture_use *use, struct holding **holdings,
                                 size_t *held)
{
    struct listeners *l = listeners_of(s);
    struct grouping p = {0};
    *holdings = memory_new(s->count, sizeof **holdings);
    *held = 0;
    for (size_t i = 0; i < s->count; i++) {
        const struct capture_kept *k = &s->at[i];
        struct group g = group_of(k, range, l);
        count_group(&p, &g);
        use[g.pool].outside +=
            k->remote_port && !listens(l, k) && !port_range_holds(range, k->local_port);
        if (g.ephemeral && k->state != CAPTURE_LISTEN)
            (*holdings)[(*held)++] = (struct holding){.local = k->local,
                                                      .remote = g.remote,
                                                      .remote_port = g.remote_port,
                                                      .port = k->local_port,
                                                      .owner = k->owner,
                                                      .state = k->state,
                                                      .pool = g.pool};
    }
    free(l->ends);
    free(l);
    return p;
}

void capture_census_take(const struct capture_sockets *s, struct port_range range,
                         const char *host, struct capture_census *out)
{
    struct holding *holdings;
    size_t held;
    *out = (struct capture_census){0};
    struct grouping groups = group_all(s, range, out->use, &holdings, &held);
    qsort(holdings, held, sizeof *holdings, compare_holdings);
    size_t pairs = 0;
    for (size_t i = 0; i < held; i++)
        pairs += i == 0 || !same_pair(&holdings[i], &holdings[i - 1]);
    out->pairs = memory_new(pairs, sizeof *out->pairs);
    out->rows = memory_new(groups.count, sizeof *out->rows);
    out->texts = memory_new(2 * pairs + 3 * groups.count, SHELF_TEXT);
    struct shelf shelf = {out->texts};
    pair_up(s, holdings, held, range, &shelf, out);
    add_up(s, holdings, held, out);
    for (; out->count < groups.count; out->count++)
        out->rows[out->count] = row_of(s, &groups.at[out->count], host, &shelf);
    qsort(out->pairs, out->pair_count, sizeof *out->pairs, compare_pairs);
    qsort(out->rows, out->count, sizeof *out->rows, compare_rows);
    free(holdings);
    free(groups.at);
    free(groups.slots);
}

void capture_census_free(struct capture_census *c)
{
    free(c->rows);
    free(c->pairs);
    free(c->texts);
    *c = (struct capture_census){0};
}
