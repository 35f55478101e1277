#include "sim/results/run_facts.h"

#include <math.h>

#include "sim/base/memory.h"

/* --- pools ------------------------------------------------------------------------- */

/* null: no limit. */
static void put_duration(struct json_text *j, const char *key, sim_ns t)
{
    if (t == SIM_NEVER)
        json_null(j, key);
    else
        json_number(j, key, sim_seconds(t));
}

static void put_range(struct json_text *j, const char *key, uint16_t low, uint16_t high)
{
    json_array_begin_flat(j, key);
    json_unsigned(j, NULL, low);
    json_unsigned(j, NULL, high);
    json_array_end(j);
}

static void put_pool(struct json_text *j, const struct run_pool *p)
{
    json_object_begin_flat(j, NULL);
    json_string(j, "host", p->host);
    json_string(j, "pool", p->pool);
    json_string(j, "stack", p->stack);
    json_string(j, "allocator", p->allocator);
    json_string(j, "scope", p->scope);
    json_bool(j, "exhaustive", p->exhaustive);
    put_range(j, "range", p->low, p->high);
    put_range(j, "usual_range", p->usual_low, p->usual_high);
    json_unsigned(j, "reserved", p->reserved);
    json_unsigned(j, "block", p->block);
    json_unsigned(j, "addresses", p->addresses);
    json_unsigned(j, "members", p->members);
    json_string(j, "failure", p->failure);
    put_duration(j, "time_wait_s", p->time_wait);
    put_duration(j, "fin_wait_2_s", p->fin_wait_2);
    json_unsigned(j, "client_limit", p->client_limit);
    json_string(j, "gateway", p->gateway);
    json_bool(j, "translates", p->translates);
    json_object_end(j);
}

/* NULL for null. */
static const char *get_text_or_null(struct json_source *s, const cJSON *object,
                                    const char *key)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, key);
    return cJSON_IsNull(item) ? NULL : json_get_text(s, object, key);
}

static uint32_t get_u32(struct json_source *s, const cJSON *object, const char *key)
{
    uint64_t value = json_get_count(s, object, key);
    if (value > UINT32_MAX)
        json_complain(s, key, "is too large");
    return (uint32_t)value;
}

static sim_ns get_duration(struct json_source *s, const cJSON *object, const char *key)
{
    double seconds = json_get_number(s, object, key);
    if (isnan(seconds))
        return SIM_NEVER;
    if (seconds >= 0 && seconds <= sim_seconds(SIM_DURATION_MAX))
        return (sim_ns)llround(seconds * 1e9);
    json_complain(s, key, "is not a length of time");
    return 0;
}

/* Both ends 0: there is none. */
static void get_range(struct json_source *s, const cJSON *object, const char *key,
                      uint16_t *low, uint16_t *high)
{
    const cJSON *ends = json_get_array(s, object, key);
    const cJSON *a = json_first(ends), *b = a ? a->next : NULL;
    bool good = b && cJSON_IsNumber(a) && cJSON_IsNumber(b) && !b->next &&
                a->valuedouble >= 0 && a->valuedouble <= b->valuedouble &&
                b->valuedouble <= UINT16_MAX;
    if (!good) {
        json_complain(s, key, "is not a range of ports");
        return;
    }
    *low = (uint16_t)a->valuedouble;
    *high = (uint16_t)b->valuedouble;
}

static struct run_pool get_pool(struct json_source *s, const cJSON *item)
{
    struct run_pool p = {
        .host = json_get_text(s, item, "host"),
        .pool = json_get_text(s, item, "pool"),
        .stack = json_get_text(s, item, "stack"),
        .allocator = json_get_text(s, item, "allocator"),
        .scope = json_get_text(s, item, "scope"),
        .exhaustive = json_get_bool(s, item, "exhaustive"),
        .reserved = get_u32(s, item, "reserved"),
        .block = get_u32(s, item, "block"),
        .addresses = get_u32(s, item, "addresses"),
        .members = get_u32(s, item, "members"),
        .failure = json_get_text(s, item, "failure"),
        .time_wait = get_duration(s, item, "time_wait_s"),
        .fin_wait_2 = get_duration(s, item, "fin_wait_2_s"),
        .client_limit = get_u32(s, item, "client_limit"),
        .gateway = get_text_or_null(s, item, "gateway"),
        .translates = json_get_bool(s, item, "translates"),
    };
    get_range(s, item, "range", &p.low, &p.high);
    get_range(s, item, "usual_range", &p.usual_low, &p.usual_high);
    return p;
}

/* --- applications ------------------------------------------------------------------ */

static void put_app(struct json_text *j, const struct run_app *a)
{
    json_object_begin_flat(j, NULL);
    json_string(j, "name", a->name);
    json_string(j, "from", a->from);
    json_string(j, "through", a->through);
    json_string(j, "to", a->to);
    json_string(j, "pool", a->pool);
    json_string(j, "process", a->process);
    json_string(j, "face", a->face);
    json_string(j, "binds", a->binds);
    put_range(j, "ring", a->ring_low, a->ring_high);
    json_object_end(j);
}

static struct run_app get_app(struct json_source *s, const cJSON *item)
{
    struct run_app a = {
        .name = json_get_text(s, item, "name"),
        .from = json_get_text(s, item, "from"),
        .through = get_text_or_null(s, item, "through"),
        .to = json_get_text(s, item, "to"),
        .pool = json_get_text(s, item, "pool"),
        .process = json_get_text(s, item, "process"),
        .face = get_text_or_null(s, item, "face"),
        .binds = json_get_text(s, item, "binds"),
    };
    get_range(s, item, "ring", &a.ring_low, &a.ring_high);
    return a;
}

/* --- both -------------------------------------------------------------------------- */

void run_facts_write(struct json_text *j, const struct run_record *record)
{
    json_array_begin(j, "pools");
    for (size_t i = 0; i < record->pool_count; i++)
        put_pool(j, &record->pools[i]);
    json_array_end(j);
    json_array_begin(j, "apps");
    for (size_t i = 0; i < record->app_count; i++)
        put_app(j, &record->apps[i]);
    json_array_end(j);
}

static const cJSON *list_of(struct json_source *s, const cJSON *summary, const char *key)
{
    bool there = cJSON_GetObjectItemCaseSensitive(summary, key) != NULL;
    return there ? json_get_array(s, summary, key) : NULL;
}

struct run_facts run_facts_read(struct json_source *s, const cJSON *summary)
{
    const cJSON *pools = list_of(s, summary, "pools"),
                *apps = list_of(s, summary, "apps");
    struct run_facts f = {
        .pools = memory_new((size_t)cJSON_GetArraySize(pools), sizeof *f.pools),
        .apps = memory_new((size_t)cJSON_GetArraySize(apps), sizeof *f.apps)};
    for (const cJSON *item = json_first(pools); item; item = item->next)
        f.pools[f.pool_count++] = get_pool(s, item);
    for (const cJSON *item = json_first(apps); item; item = item->next)
        f.apps[f.app_count++] = get_app(s, item);
    return f;
}
