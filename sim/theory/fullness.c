/* How near the ports behind a metric are to their capacity. */
#include <math.h>
#include <string.h>

#include "sim/theory/predict.h"
#include "sim/theory/theory.h"

struct fullest {
    double value;
    bool any, unknown;
};

static void look_at(struct fullest *f, const struct steady_system *y)
{
    double fullness = y->ports ? y->demand / y->ports : NAN;
    f->unknown = f->unknown || y->cannot || isnan(fullness);
    f->value = fmax(f->value, fullness);
    f->any = true;
}

/* What follows `part` and a dot; NULL: it begins otherwise. */
static const char *after(const char *text, const char *part)
{
    size_t length = strlen(part);
    return strncmp(text, part, length) == 0 && text[length] == '.' ? text + length + 1
                                                                   : NULL;
}

static void look_at_app(struct fullest *f, const struct steady *s, uint32_t app)
{
    const struct steady_app *x = &s->apps[app];
    f->unknown = f->unknown || x->cannot;
    for (int leg = 0; leg < LEG_COUNT; leg++)
        if (x->flows[leg] != STEADY_NONE)
            look_at(f, &s->systems[s->flows[x->flows[leg]].system]);
}

/* `rest` may name one of the host's pools. */
static void look_at_host(struct fullest *f, const struct steady *s, uint32_t host,
                         const char *rest)
{
    int named = 0;
    while (named < POOL_COUNT && !after(rest, pool_name((enum pool)named)))
        named++;
    for (uint32_t i = 0; i < s->system_count; i++) {
        const struct steady_system *y = &s->systems[i];
        if (y->host == host && (named == POOL_COUNT || (int)y->pool == named))
            look_at(f, y);
    }
}

static struct fullest fullest_of(const struct steady *s, const char *metric)
{
    struct fullest f = {0};
    const struct app_config *apps = s->config->world.apps.items;
    const struct host_config *hosts = s->config->world.hosts.items;
    const char *app = after(metric, "apps"), *host = after(metric, "hosts"), *rest;
    for (uint32_t i = 0; app && i < s->app_count; i++)
        if (after(app, apps[i].name))
            look_at_app(&f, s, i);
    for (uint32_t i = 0; host && i < s->config->world.hosts.count; i++)
        if ((rest = after(host, hosts[i].name)) != NULL)
            look_at_host(&f, s, i, rest);
    return f;
}

bool theory_fullness(const struct trial_plan *plan, const char *metric,
                     double *load_per_port)
{
    const char *phase = strrchr(metric, '@');
    struct theory_window w;
    if (!theory_window_of(plan, phase ? phase + 1 : NULL, &w) || !w.config)
        return false;
    struct steady s = steady_of(w.config);
    struct fullest f = fullest_of(&s, metric);
    steady_free(&s);
    if (!f.any || f.unknown)
        return false;
    *load_per_port = f.value;
    return true;
}
