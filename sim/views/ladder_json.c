#include "sim/views/ladder.h"
#include "sim/views/ladder_words.h"

static const char *const places[PLACE_COUNT] = {
    [PLACE_CLIENT] = "client",         [PLACE_INNER] = "proxy-in",
    [PLACE_OUTER] = "proxy-out",       [PLACE_SERVER] = "server",
    [PLACE_GATEWAY_FIRST] = "gateway", [PLACE_GATEWAY_SECOND] = "gateway"};

static void put_seconds(struct json_text *j, const char *key, sim_ns when)
{
    if (when == SIM_NEVER)
        json_null(j, key);
    else
        json_number(j, key, sim_seconds(when));
}

static void put_end(struct json_text *j, const struct attempt *a, uint16_t number)
{
    const struct attempt_end *e = &a->ends[number];
    char text[LADDER_HOST], address[IP_ADDRESS_TEXT];
    json_object_begin_flat(j, NULL);
    json_integer(j, "end", number);
    json_string(j, "place", places[e->place]);
    json_string(j, "host", ladder_host(a, e->host, e->member, text));
    json_string(j, "local", ip_address_text(&e->local, address));
    json_integer(j, "local_port", e->local_port);
    json_string(j, "remote", ip_address_text(&e->remote, address));
    json_integer(j, "remote_port", e->remote_port);
    json_bool(j, "earlier", e->earlier);
    json_bool(j, "holds_a_port", e->active);
    put_seconds(j, "opened_s", e->opened);
    put_seconds(j, "closed_s", e->closed);
    json_string(j, "state", tcp_state_name((enum tcp_state)e->state));
    json_object_begin(j, "spent_s");
    for (int s = TCP_SYN_SENT; s < TCP_STATE_COUNT; s++)
        if (e->spent[s])
            json_number(j, tcp_state_name((enum tcp_state)s), sim_seconds(e->spent[s]));
    json_object_end(j);
    json_object_end(j);
}

static void put_segment(struct json_text *j, const struct rung *r)
{
    static const char *const fates[] = {[SEGMENT_CARRIED] = "carried",
                                        [SEGMENT_LOST] = "lost",
                                        [SEGMENT_EATEN] = "eaten",
                                        [SEGMENT_KEPT] = "kept"};
    json_string(j, "segment", ladder_segment((enum net_event)r->what));
    json_string(j, "to", places[r->segment.place]);
    if (r->segment.end != NO_END)
        json_integer(j, "to_end", r->segment.end);
    json_string(j, "fate", fates[r->segment.fate]);
    json_integer(j, "again", r->segment.again);
    if (r->segment.fate != SEGMENT_CARRIED)
        return;
    put_seconds(j, "arrives_s", r->segment.arrives);
    json_bool(j, "heeded", r->segment.heeded);
}

static void put_choice(struct json_text *j, const struct rung *r)
{
    json_integer(j, "port", r->choice.port);
    json_integer(j, "probes", r->choice.probes);
    json_string(j, "failure", r->code ? failure_name((enum failure)r->code) : NULL);
}

static void put_what(struct json_text *j, const struct rung *r)
{
    switch ((enum rung_kind)r->kind) {
    case RUNG_SEGMENT:
        put_segment(j, r);
        break;
    case RUNG_STEP:
        json_string(j, "from", tcp_state_name((enum tcp_state)r->step.from));
        json_string(j, "to", tcp_state_name((enum tcp_state)r->step.to));
        json_string(j, "by", tcp_input_name((enum tcp_input)r->what));
        break;
    case RUNG_TIMER:
        json_bool(j, "fired", r->timer.fired);
        put_seconds(j, "until_s", r->timer.until);
        break;
    case RUNG_CHOICE:
        put_choice(j, r);
        break;
    case RUNG_USER:
    case RUNG_CALL:
    case RUNG_GATEWAY:
    case RUNG_MEETS:
        break;
    }
}

static void put_rung(struct json_text *j, const struct attempt *a, const struct rung *r)
{
    static const char *const kinds[] = {
        [RUNG_USER] = "user",       [RUNG_CHOICE] = "port", [RUNG_SEGMENT] = "segment",
        [RUNG_STEP] = "step",       [RUNG_TIMER] = "timer", [RUNG_CALL] = "call",
        [RUNG_GATEWAY] = "gateway", [RUNG_MEETS] = "meets"};
    char text[LADDER_TEXT];
    json_object_begin_flat(j, NULL);
    put_seconds(j, "t_s", r->when);
    json_string(j, "kind", kinds[r->kind]);
    json_string(j, "place", places[r->place]);
    if (r->end != NO_END)
        json_integer(j, "end", r->end);
    put_what(j, r);
    if (*ladder_event(a, r, text))
        json_string(j, "text", text);
    json_object_end(j);
}

void ladder_json(struct json_text *j, const struct attempt *a)
{
    const struct app_config *apps = a->plan->config->world.apps.items;
    char sentence[2 * LADDER_TEXT];
    json_object_begin(j, NULL);
    json_string(j, "scenario", a->plan->config->name);
    json_u64(j, "seed", a->seed);
    json_unsigned(j, "number", a->number);
    json_string(j, "app", apps[a->app].name);
    json_unsigned(j, "of_app", a->of_app);
    json_unsigned(j, "tries", a->tries);
    put_seconds(j, "connected_s", a->succeeded ? a->success : SIM_NEVER);
    json_string(j, "failure", a->failure ? failure_name((enum failure)a->failure) : NULL);
    json_bool(j, "over", a->over);
    json_array_begin(j, "ends");
    for (uint16_t i = 0; i < a->end_count; i++)
        put_end(j, a, i);
    json_array_end(j);
    json_array_begin(j, "rungs");
    for (uint32_t i = 0; i < a->rung_count; i++)
        put_rung(j, a, &a->rungs[i]);
    json_array_end(j);
    json_array_begin(j, "verdict");
    for (uint32_t i = 0; ladder_verdict(a, i, sentence); i++)
        json_string(j, NULL, sentence);
    json_array_end(j);
    json_object_end(j);
}
