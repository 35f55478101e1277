/* The judgement for programs: pools worst first, each with its causes and advice. */
#include <math.h>
#include <stdio.h>

#include "sim/views/diagnose_advice.h"

static void put_tally(struct json_text *j, const char *key, const struct tally *t)
{
    json_object_begin(j, key);
    for (uint32_t i = 0; i < t->used; i++) {
        char name[256];
        snprintf(name, sizeof name, "%.*s", (int)t->at[i].length, t->at[i].name);
        json_number(j, name, t->at[i].count);
    }
    json_object_end(j);
}

static void put_figures(struct json_text *j, const struct pool_case *c)
{
    json_string(j, "host", c->pool->host);
    json_string(j, "pool", c->pool->pool);
    json_bool(j, "exhausted", c->exhausted);
    json_number(j, "first_s", c->exhausted ? sim_seconds(c->first) : (double)NAN);
    json_number(j, "last_s",
                c->exhausted && c->recovered ? sim_seconds(c->last) : (double)NAN);
    json_number(j, "capacity", c->capacity);
    json_number(j, "in_use_max", c->in_use_max);
    json_number(j, "choices", c->chosen + c->failed);
    json_number(j, "failed_choices", c->failed);
    json_number(j, "demand_per_s", c->flow.demand);
    json_number(j, "need", c->flow.need);
    put_tally(j, "states", &c->states);
    put_tally(j, "destinations", &c->destinations);
}

static void put_cause(struct json_text *j, const struct verdict *v,
                      const struct verdict_cause *vc)
{
    struct text t = {0};
    vc->cause->words(v->figures, &t);
    json_object_begin(j, NULL);
    json_string(j, "cause", vc->cause->name);
    json_number(j, "share", vc->weight.share);
    json_bool(j, "decides", vc->weight.decides);
    json_string(j, "words", text_of(&t));
    json_object_end(j);
    text_free(&t);
}

static void put_advice(struct json_text *j, const struct verdict *v)
{
    static const char *const kinds[] = {
        [ADVICE_HELPS] = "helps", [ADVICE_EASES] = "eases", [ADVICE_DELAYS] = "delays"};
    struct advice list[ADVICE_MOST];
    uint32_t count = advice_for(v, list);
    json_array_begin(j, "advice_by_theory");
    for (uint32_t i = 0; i < count; i++) {
        json_object_begin(j, NULL);
        json_string(j, "advice", list[i].name);
        json_string(j, "kind", kinds[list[i].kind]);
        json_string(j, "what", text_of(&list[i].what));
        json_string(j, "effect", text_of(&list[i].effect));
        json_number(j, "need", list[i].need);
        json_number(j, "capacity", list[i].capacity);
        json_number(j, "seconds", list[i].seconds);
        json_object_end(j);
    }
    json_array_end(j);
    advice_free(list, count);
}

void diagnosis_json(struct json_text *j, const char *key, const struct diagnosis *d)
{
    json_object_begin(j, key);
    json_string(j, "scenario", d->record->scenario);
    json_array_begin(j, "pools");
    for (size_t i = 0; i < d->count; i++) {
        const struct verdict *v = &d->verdicts[i];
        json_object_begin(j, NULL);
        put_figures(j, v->figures);
        json_string(j, "cause", v->main ? v->main->name : "none");
        json_array_begin(j, "causes");
        for (uint32_t k = 0; k < v->count; k++)
            put_cause(j, v, &v->causes[k]);
        json_array_end(j);
        put_advice(j, v);
        json_object_end(j);
    }
    json_array_end(j);
    json_object_end(j);
}
