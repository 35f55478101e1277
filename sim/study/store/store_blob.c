#include "sim/study/store/store_blob.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/bug.h"
#include "sim/base/hash.h"
#include "sim/base/memory.h"

#define OCTAVES_MAX (HISTOGRAM_BUCKETS / HISTOGRAM_OCTAVE)

void blob_free(struct blob *b)
{
    free(b->bytes);
    *b = (struct blob){0};
}

static unsigned char *reserve(struct blob *b, size_t length)
{
    if (b->length + length > b->capacity) {
        b->capacity = memory_grown(b->capacity, b->length + length);
        b->bytes = memory_resize(b->bytes, b->capacity, 1);
    }
    return b->bytes + b->length;
}

/* --- states ------------------------------------------------------------------------ */

static size_t states_length(const struct trial_numbers *n)
{
    return ((size_t)n->count + 3) / 4;
}

void blob_put_states(struct blob *b, const struct trial_numbers *n)
{
    b->length = 0;
    unsigned char *bytes = memset(reserve(b, states_length(n)), 0, states_length(n));
    for (uint32_t i = 0; i < n->count; i++) {
        enum number_state state = number_state_of(n, i);
        SIM_ASSERT(state != NUMBER_NULL || isnan(n->values[i]));
        bytes[i / 4] |= (unsigned char)(state << i % 4 * 2);
    }
    b->length = states_length(n);
}

bool blob_get_states(const void *bytes, size_t length, struct trial_numbers *n)
{
    const unsigned char *p = bytes;
    if (length != states_length(n))
        return false;
    for (uint32_t i = 0; i < n->count; i++) {
        unsigned state = p[i / 4] >> i % 4 * 2 & 3;
        if (state > NUMBER_NULL)
            return false;
        n->hidden[i] = state != NUMBER_SHOWN;
        n->values[i] = state == NUMBER_ZERO ? 0 : NAN;
    }
    return true;
}

/* --- histograms -------------------------------------------------------------------- */

static void put(struct blob *b, uint64_t value)
{
    unsigned char *p = reserve(b, 10);
    for (; value >= 0x80; value >>= 7, b->length++)
        *p++ = (unsigned char)(value | 0x80);
    *p = (unsigned char)value;
    b->length++;
}

static void put_counts(struct blob *b, const struct histogram *h)
{
    for (uint32_t i = 0; i < h->width;) {
        uint32_t zeros = 0;
        while (i + zeros < h->width && !h->counts[i + zeros])
            zeros++;
        put(b, zeros ? 0 : h->counts[i]);
        if (zeros)
            put(b, zeros);
        i += zeros ? zeros : 1;
    }
}

void blob_put_samples(struct blob *b, const struct trial_numbers *n)
{
    uint32_t next = 0;
    b->length = 0;
    for (uint32_t i = 0; i < n->sample_count; i++) {
        const struct metric_samples *s = &n->samples[i];
        if (!s->count)
            continue;
        put(b, i - next);
        next = i + 1;
        put(b, s->count);
        put(b, (uint64_t)s->min);
        put(b, (uint64_t)s->max);
        put(b, s->buckets->first / HISTOGRAM_OCTAVE);
        put(b, s->buckets->width / HISTOGRAM_OCTAVE);
        put_counts(b, s->buckets);
    }
}

/* Bytes being read; `bad` from the first that nobody wrote. */
struct source {
    const unsigned char *at, *end;
    bool bad;
};

static uint64_t get(struct source *s)
{
    uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
        if (s->at == s->end)
            break;
        unsigned char byte = *s->at++;
        value |= (uint64_t)(byte & 0x7F) << shift;
        if (!(byte & 0x80))
            return value;
    }
    s->bad = true;
    return 0;
}

static uint64_t get_up_to(struct source *s, uint64_t most)
{
    uint64_t value = get(s);
    s->bad |= value > most;
    return s->bad ? 0 : value;
}

/* The sum of what is read must be `count`. */
static void get_counts(struct source *s, struct histogram *h, uint64_t count)
{
    uint64_t left = count;
    for (uint32_t i = 0; i < h->width && !s->bad;) {
        uint64_t value = get_up_to(s, left);
        uint32_t zeros = value ? 0 : (uint32_t)get_up_to(s, h->width - i);
        s->bad |= !value && !zeros;
        h->counts[i] = value;
        left -= value;
        i += value ? 1 : zeros;
    }
    s->bad |= left != 0;
}

static void get_buckets(struct source *s, struct metric_samples *out)
{
    uint32_t first = (uint32_t)get_up_to(s, OCTAVES_MAX - 1);
    uint32_t octaves = (uint32_t)get_up_to(s, OCTAVES_MAX - first);
    s->bad |= octaves == 0;
    if (s->bad)
        return;
    out->buckets = histogram_cover(NULL, first * HISTOGRAM_OCTAVE);
    out->buckets =
        histogram_cover(out->buckets, (first + octaves) * HISTOGRAM_OCTAVE - 1);
    get_counts(s, out->buckets, out->count);
}

bool blob_get_samples(const void *bytes, size_t length, struct trial_numbers *n)
{
    struct source s = {bytes, (const unsigned char *)bytes + length, false};
    uint32_t next = 0;
    while (s.at != s.end && !s.bad && next < n->sample_count) {
        uint32_t index = next + (uint32_t)get_up_to(&s, n->sample_count - 1 - next);
        struct metric_samples *out = &n->samples[index];
        out->count = get(&s);
        out->min = (int64_t)get_up_to(&s, INT64_MAX);
        out->max = (int64_t)get_up_to(&s, INT64_MAX);
        s.bad |= !out->count || out->min > out->max;
        get_buckets(&s, out);
        next = index + 1;
    }
    return !s.bad && s.at == s.end;
}

/* --- digest ------------------------------------------------------------------------ */

static uint64_t bits_of(double value)
{
    uint64_t bits;
    value += 0.0; /* SQLite keeps no negative zero */
    memcpy(&bits, &value, sizeof bits);
    return isnan(value) ? UINT64_MAX : bits;
}

/* Up to eight bytes as a number, the same on any machine. */
static uint64_t word_at(const unsigned char *bytes, size_t length)
{
    uint64_t word = 0;
    for (unsigned i = 0; i < 8 && i < length; i++)
        word |= (uint64_t)bytes[i] << 8 * i;
    return word;
}

uint64_t blob_digest(const struct trial_numbers *n, const void *samples, size_t length)
{
    const unsigned char *p = samples;
    uint64_t hash = hash_join(n->seed, n->replication);
    hash = hash_join(hash, n->fingerprint);
    hash = hash_join(hash, (uint64_t)n->simulated);
    hash = hash_join(hash, n->events);
    hash = hash_join(hash, n->connections);
    hash = hash_join(hash, n->count);
    for (uint32_t i = 0; i < n->count; i++)
        hash = hash_join(hash, bits_of(n->values[i]) ^ (uint64_t)n->hidden[i]);
    hash = hash_join(hash, length);
    for (size_t i = 0; i < length; i += 8)
        hash = hash_join(hash, word_at(p + i, length - i));
    return hash;
}
