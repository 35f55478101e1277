#include "tests/tcp_stage.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sim/base/memory.h"

static const char text[] =
    "{\"name\": \"stage\", \"duration\": \"24h\", \"network\": {\"rtt\": \"%s\"},"
    "\"hosts\": {\"client\": {\"stack\": \"%s\", \"addresses\": [\"10.0.0.1\"], "
    "  \"tcp\": {%s}},"
    " \"server\": {\"stack\": \"%s\", \"addresses\": [\"10.0.0.2\", \"10.0.0.3\"], "
    "  \"listen\": [80], \"tcp\": {%s}}},"
    "\"apps\": {\"a\": {\"from\": \"client\", \"to\": \"server:80\","
    "  \"arrivals\": {\"kind\": \"constant\", \"rate\": \"0/s\"},"
    "  \"lifetime\": {\"kind\": \"constant\", \"value\": \"1s\"}}}}";

/* --- what TCP tells -------------------------------------------------------------------
 */

static void hear(struct tcp_stage *stage, uint32_t socket, const char *word)
{
    if (net_socket(stage->net, socket)->flags & TCP_PASSIVE)
        return;
    size_t used = strlen(stage->told);
    assert_true(used + strlen(word) + 2 < sizeof stage->told);
    snprintf(stage->told + used, sizeof stage->told - used, "%s%s", used ? " " : "",
             word);
}

static void on_arrived(void *context, uint32_t socket, uint32_t session)
{
    (void)context;
    (void)socket;
    (void)session;
}

static void on_accepted(void *context, uint32_t socket)
{
    hear(context, socket, "accepted");
}

static void on_connected(void *context, uint32_t socket)
{
    hear(context, socket, "connected");
}

static void on_peer_closed(void *context, uint32_t socket)
{
    struct tcp_stage *stage = context;
    hear(stage, socket, "peer_closed");
    if (stage->server_closes && net_socket(stage->net, socket)->flags & TCP_PASSIVE)
        tcp_close(stage->net, socket);
}

static void on_failed(void *context, uint32_t socket, enum failure code)
{
    hear(context, socket, failure_name(code));
}

static void on_ended(void *context, uint32_t socket)
{
    hear(context, socket, "ended");
}

static void on_orphaned(void *context, uint32_t socket)
{
    hear(context, socket, "orphaned");
}

static const struct tcp_user listener = {
    .arrived = on_arrived,
    .accepted = on_accepted,
    .connected = on_connected,
    .peer_closed = on_peer_closed,
    .failed = on_failed,
    .ended = on_ended,
    .orphaned = on_orphaned,
};

/* --- the stage ------------------------------------------------------------------------
 */

static void open_world(struct tcp_stage *stage)
{
    stage->world =
        world_new(&stage->plan.plan->config->world, stage->plan.plan->traces, 1, 1);
    stage->net = world_net(stage->world);
    stage->net->user = &listener;
    stage->net->user_context = stage;
}

struct tcp_stage *tcp_stage_new(const char *stack, const char *rtt, const char *client,
                                const char *server)
{
    struct tcp_stage *stage = memory_new(1, sizeof *stage);
    char *scenario = memory_print(text, rtt, stack, client, stack, server);
    stage->plan = text_plan_read(scenario);
    free(scenario);
    open_world(stage);
    return stage;
}

void tcp_stage_restart(struct tcp_stage *stage, sim_ns timer_phase)
{
    struct host_config *hosts = stage->plan.plan->config->world.hosts.items;
    world_free(stage->world);
    for (int i = 0; i < 2; i++)
        hosts[i].tcp.timer_phase = timer_phase;
    stage->told[0] = '\0';
    open_world(stage);
}

void tcp_stage_free(struct tcp_stage *stage)
{
    world_free(stage->world);
    text_plan_free(&stage->plan);
    free(stage);
}

static struct stage_socket named(struct tcp_stage *stage, uint32_t number)
{
    return (struct stage_socket){number, net_socket(stage->net, number)->generation};
}

struct stage_socket tcp_stage_connect_to(struct tcp_stage *stage, uint32_t address,
                                         const struct socket_options *options)
{
    struct tcp_opened opened = tcp_connect(
        stage->net,
        &(struct tcp_open){
            .member = 0, .local_address = 0, .to = {address, 80}, .options = options});
    stage->refused = opened.failure;
    if (!opened.socket)
        return (struct stage_socket){0};
    return named(stage, opened.socket);
}

struct stage_socket tcp_stage_connect(struct tcp_stage *stage,
                                      const struct socket_options *options)
{
    return tcp_stage_connect_to(stage, STAGE_SERVER, options);
}

static bool lives(struct tcp_stage *stage, struct stage_socket s)
{
    const struct tcp_socket *t = net_socket(stage->net, s.number);
    return s.number && t->state != TCP_NO_STATE && t->generation == s.generation;
}

struct stage_socket tcp_stage_peer(struct tcp_stage *stage, struct stage_socket s)
{
    if (!lives(stage, s) || !net_socket(stage->net, s.number)->peer)
        return (struct stage_socket){0};
    const struct tcp_socket *t = net_socket(stage->net, s.number);
    return (struct stage_socket){t->peer, t->peer_generation};
}

const char *tcp_stage_state(struct tcp_stage *stage, struct stage_socket s)
{
    return lives(stage, s) ? tcp_state_name(net_socket(stage->net, s.number)->state) : "";
}

void tcp_stage_reset(struct tcp_stage *stage, struct stage_socket s)
{
    event_queue_push(stage->net->queue, world_now(stage->world), EVENT_RST, s.generation,
                     s.number);
    tcp_stage_run(stage, world_now(stage->world));
}

void tcp_stage_run(struct tcp_stage *stage, sim_ns until)
{
    world_run(stage->world, until, UINT64_MAX);
}

sim_ns tcp_stage_until(struct tcp_stage *stage, struct stage_socket s, const char *state,
                       sim_ns limit)
{
    while (strcmp(tcp_stage_state(stage, s), state) != 0)
        if (world_run(stage->world, limit, 1))
            return strcmp(tcp_stage_state(stage, s), state) == 0 ? limit : SIM_NEVER;
    return world_now(stage->world);
}

void tcp_stage_expect(struct tcp_stage *stage, struct stage_socket s, const char *state)
{
    if (strcmp(tcp_stage_state(stage, s), state) != 0)
        fail_msg("at %.6f s the socket is \"%s\", should be \"%s\"",
                 sim_seconds(world_now(stage->world)), tcp_stage_state(stage, s), state);
}
