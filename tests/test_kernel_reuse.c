/* Who may have the port of a socket that closes, lingers or lives, as recorded from a
 * real Linux kernel and as TCP and the port space answer it together.
 *
 * The test is the program: it connects, closes and answers by itself (models/tcp.h), on
 * the ports and at the times of the recordings.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "models/tcp.h"
#include "models/world.h"
#include "sim/base/memory.h"
#include "tests/laws.h"
#include "tests/run_text.h"

/* --- the machines ---------------------------------------------------------------------
 */

/* Ports of the servers: who reads EOF and closes, who never does, who closes first, who
 * resets; nobody listens on the last. */
enum { PROMPT = 7001, NEVER, FIRST, RESETS, NOBODY };
enum { CLIENT, D, E }; /* hosts */

struct client { /* socket: what became of it */
    uint32_t socket;
    bool connected;
    enum failure failure;
};

struct lab {
    struct text_plan plan;
    struct world *world;
    struct net *net;
    struct client *clients; /* by session */
    uint32_t count;
    struct socket_options *options; /* of the clients: TCP keeps their addresses */
};

enum { CLIENTS = 4096 };

static void arrived(void *context, uint32_t socket, uint32_t session)
{
    (void)context;
    (void)socket;
    (void)session;
}

static void accepted(void *context, uint32_t socket)
{
    struct lab *lab = context;
    uint16_t port = net_socket(lab->net, socket)->local_port;
    if (port == FIRST)
        tcp_close(lab->net, socket);
    else if (port == RESETS)
        tcp_abort(lab->net, socket);
}

static bool is_client(struct lab *lab, uint32_t socket)
{
    return !(net_socket(lab->net, socket)->flags & TCP_PASSIVE);
}

static struct client *client_of(struct lab *lab, uint32_t socket)
{
    return &lab->clients[net_socket(lab->net, socket)->session];
}

static void connected(void *context, uint32_t socket)
{
    client_of(context, socket)->connected = true;
}

static void peer_closed(void *context, uint32_t socket)
{
    struct lab *lab = context;
    if (!is_client(lab, socket) && net_socket(lab->net, socket)->local_port == PROMPT)
        tcp_close(lab->net, socket);
}

static void failed(void *context, uint32_t socket, enum failure code)
{
    struct lab *lab = context;
    if (is_client(lab, socket))
        client_of(lab, socket)->failure = code;
}

static void ended(void *context, uint32_t socket)
{
    (void)context;
    (void)socket;
}

static const struct tcp_user user = {arrived, accepted, connected,        peer_closed,
                                     failed,  ended,    .orphaned = ended};

/* On the loopback device both ends have addresses of 127/8. */
static struct lab lab_new(bool loopback, unsigned tw_reuse, bool timestamps)
{
    static const char *const reuse[] = {"off", "on", "loopback"};
    const char *client = loopback ? "127.0.0.1" : "10.45.0.1";
    const char *server = loopback ? "127.0.0" : "10.45.1";
    char *text = memory_print(
        "{\"name\": \"reuse\", \"duration\": \"1h\", \"network\": {\"rtt\": \"100us\"},"
        "\"hosts\": {\"client\": {\"stack\": \"linux618\", \"addresses\": [\"%s\"],"
        "  \"tcp\": {\"tw_reuse\": \"%s\", \"timestamps\": %s}},"
        " \"d\": {\"stack\": \"linux618\", \"addresses\": [\"%s.2\"],"
        "  \"listen\": [7001, 7002, 7003, 7004], \"tcp\": {\"timestamps\": %s}},"
        " \"e\": {\"stack\": \"linux618\", \"addresses\": [\"%s.3\"],"
        "  \"listen\": [7001, 7002, 7003, 7004], \"tcp\": {\"timestamps\": %s}}},"
        "\"apps\": {\"a\": {\"from\": \"client\", \"to\": \"d:7001\","
        "  \"arrivals\": {\"kind\": \"constant\", \"rate\": \"0/s\"},"
        "  \"lifetime\": {\"kind\": \"constant\", \"value\": \"1s\"}}}}",
        client, reuse[tw_reuse], timestamps ? "true" : "false", server,
        timestamps ? "true" : "false", server, timestamps ? "true" : "false");
    struct lab lab = {.plan = text_plan_read(text),
                      .clients = memory_new(CLIENTS, sizeof(struct client)),
                      .options = memory_new(CLIENTS, sizeof(struct socket_options))};
    lab.world = world_new(&lab.plan.plan->config->world, lab.plan.plan->traces, 1, 1);
    lab.net = world_net(lab.world);
    lab.net->user = &user;
    free(text);
    return lab;
}

static void lab_free(struct lab *lab)
{
    world_free(lab->world);
    text_plan_free(&lab->plan);
    free(lab->clients);
    free(lab->options);
}

static void wait_until(struct lab *lab, sim_ns when)
{
    lab->net->user_context = lab;
    world_run(lab->world, when, UINT64_MAX);
}

/* --- sockets --------------------------------------------------------------------------
 */

static struct socket_options options_of(const char *mode, uint16_t port)
{
    struct socket_options o = socket_options_plain;
    o.reuse_address = strstr(mode, "ra") != NULL;
    o.reuse_port = strstr(mode, "rp") != NULL;
    o.bind = strncmp(mode, "b0", 2) == 0   ? SOCKET_BIND_ZERO
             : strncmp(mode, "np", 2) == 0 ? SOCKET_BIND_NO_PORT
             : strncmp(mode, "bp", 2) == 0 ? SOCKET_BIND_EXPLICIT
                                           : SOCKET_BIND_CONNECT;
    if (o.bind == SOCKET_BIND_EXPLICIT)
        o.ring = (struct field_range){port, port};
    return o;
}

/* A socket whose range is this one port; returns its number among the clients. */
static uint32_t open_client(struct lab *lab, const char *mode, uint16_t port,
                            uint32_t host, uint16_t to_port)
{
    struct net *net = lab->net;
    uint32_t client = ++lab->count;
    assert_true(client < CLIENTS);
    lab->net->user_context = lab;
    lab->options[client] = options_of(mode, port);
    net->hosts.at[CLIENT].pools[POOL_TCP4].rules.range = (struct port_range){port, port};
    const struct host *hosts = net->hosts.at;
    struct tcp_opened opened = tcp_connect(
        net, &(struct tcp_open){.member = hosts[CLIENT].first_member,
                                .local_address = hosts[CLIENT].first_address[0],
                                .to = {hosts[host].first_address[0], to_port},
                                .session = client,
                                .options = &lab->options[client]});
    lab->clients[client].socket = opened.socket;
    lab->clients[client].failure = opened.failure;
    return client;
}

/* --- the matrix -----------------------------------------------------------------------
 */

static const char *const seconds[] = {"auto",  "np", "b0",    "b0,ra",
                                      "b0,rp", "bp", "bp,ra", "bp,rp"};
enum { ANSWERS = 16, LINES = 64, TRIES = 4 };

struct line {
    char recording[40], state[24], first[8], answers[ANSWERS + 1];
    unsigned loopback, tw_reuse, timestamps;
};

struct trial {
    const struct line *line;
    uint32_t answer; /* index in `answers` */
    uint32_t first, second;
    uint16_t port, to_port;
    char code; /* as the file writes it; 0: not answered yet */
};

static uint16_t server_port(const char *state)
{
    return strcmp(state, "CLOSE_WAIT") == 0      ? FIRST
           : strncmp(state, "FIN_WAIT2", 9) == 0 ? NEVER
                                                 : PROMPT;
}

static bool is_record(const struct line *l)
{
    return strcmp(l->state, "TIME_WAIT") == 0 || strcmp(l->state, "FIN_WAIT2_mini") == 0;
}

static void close_first(struct lab *lab, const struct trial *t)
{
    uint32_t socket = lab->clients[t->first].socket;
    assert_true(lab->clients[t->first].connected);
    if (is_record(t->line))
        tcp_close(lab->net, socket);
    else if (strcmp(t->line->state, "FIN_WAIT2_owned") == 0)
        tcp_shutdown(lab->net, socket);
}

/* What lives is tried once, what lingers until it succeeds. */
static void try_second(struct lab *lab, struct trial *t, unsigned number)
{
    if (t->code && t->code <= '9')
        return;
    if (number > 1 && !is_record(t->line))
        return;
    t->second = open_client(lab, seconds[t->answer / 2], t->port, t->answer % 2 ? E : D,
                            t->to_port);
    const struct client *c = &lab->clients[t->second];
    t->code = c->socket                             ? (char)('0' + number)
              : c->failure == FAILURE_EADDRINUSE    ? 'U'
              : c->failure == FAILURE_EADDRNOTAVAIL ? 'N'
                                                    : '?';
}

/* 16 trials a line, each on a port of its own. */
static void play(struct lab *lab, struct trial *trials, uint32_t count)
{
    static const sim_ns tries[TRIES] = {50 * SIM_MS, 600 * SIM_MS, 1500 * SIM_MS,
                                        2600 * SIM_MS};
    for (uint32_t i = 0; i < count; i++)
        trials[i].first =
            open_client(lab, trials[i].line->first, trials[i].port, D, trials[i].to_port);
    wait_until(lab, 50 * SIM_MS);
    for (uint32_t i = 0; i < count; i++)
        close_first(lab, &trials[i]);
    for (unsigned number = 1; number <= TRIES; number++) {
        wait_until(lab, 50 * SIM_MS + tries[number - 1]);
        for (uint32_t i = 0; i < count; i++)
            try_second(lab, &trials[i], number);
    }
    wait_until(lab, 5 * SIM_S);
}

/* The laws of KERNEL.md that the answers belong to. */
static const char *const laws[] = {"C1", "C5", "C7", "T2", "T3", "T5", "F4"};
enum { LAWS = sizeof laws / sizeof laws[0] };

static const char *law_of(const struct trial *t)
{
    const char *second = seconds[t->answer / 2], *state = t->line->state;
    bool same = t->answer % 2 == 0;
    if (strncmp(second, "b0", 2) == 0)
        return "C5";
    if (strncmp(second, "bp", 2) == 0)
        return same && is_record(t->line) && t->line->answers[t->answer] == '1' ? "T5"
                                                                                : "C7";
    if (strcmp(state, "TIME_WAIT") == 0)
        return same ? "T3" : "T2";
    return strncmp(state, "FIN_WAIT2", 9) == 0 ? "F4" : "C1";
}

struct tally {
    unsigned asked[LAWS], same[LAWS];
};

static void count(struct tally *tally, const char *law, bool agrees)
{
    for (uint32_t i = 0; i < LAWS; i++) {
        if (strcmp(laws[i], law) != 0)
            continue;
        tally->asked[i]++;
        tally->same[i] += agrees;
    }
}

static void compare(const struct lab *lab, const struct trial *t, struct tally *tally)
{
    bool got = t->code > '0' && t->code <= '9';
    bool connects = !got || lab->clients[t->second].connected;
    bool agrees = t->code == t->line->answers[t->answer] && connects;
    count(tally, law_of(t), agrees);
    if (!agrees)
        print_message("%s %s %s, then %s to %s: recorded %c, simulated %c%s\n",
                      t->line->recording, t->line->state, t->line->first,
                      seconds[t->answer / 2], t->answer % 2 ? "another" : "the same",
                      t->line->answers[t->answer], t->code,
                      connects ? "" : ", not connected");
}

static void report(const struct tally *tally)
{
    for (uint32_t i = 0; i < LAWS; i++) {
        char recorded[32], simulated[32];
        snprintf(recorded, sizeof recorded, "%u answers", tally->asked[i]);
        snprintf(simulated, sizeof simulated, "%u the same", tally->same[i]);
        law_checked(laws[i], "reuse matrices, six recordings", recorded, simulated,
                    tally->asked[i] > 0 && tally->same[i] == tally->asked[i]);
    }
}

static void check_matrix(const struct line *lines, uint32_t line_count,
                         struct tally *tally)
{
    struct lab lab = lab_new(lines->loopback, lines->tw_reuse, lines->timestamps != 0);
    uint32_t trial_count = line_count * ANSWERS;
    struct trial *trials = memory_new(trial_count, sizeof *trials);
    for (uint32_t i = 0; i < trial_count; i++)
        trials[i] = (struct trial){.line = &lines[i / ANSWERS],
                                   .answer = i % ANSWERS,
                                   .port = (uint16_t)(51001 + i),
                                   .to_port = server_port(lines[i / ANSWERS].state)};
    play(&lab, trials, trial_count);
    for (uint32_t i = 0; i < trial_count; i++)
        compare(&lab, &trials[i], tally);
    free(trials);
    lab_free(&lab);
}

static void test_the_reuse_matrices_are_those_of_linux(void **state)
{
    (void)state;
    FILE *file = fopen("tests/kernel/linux_reuse.txt", "r");
    assert_non_null(file);
    struct line lines[LINES], l;
    struct tally tally = {{0}, {0}};
    uint32_t line_count = 0;
    char text[160];
    while (fgets(text, sizeof text, file)) {
        if (text[0] == '#')
            continue;
        assert_int_equal(sscanf(text, "%39s %u %u %u %23s %7s %16s", l.recording,
                                &l.loopback, &l.tw_reuse, &l.timestamps, l.state, l.first,
                                l.answers),
                         7);
        if (line_count && strcmp(l.recording, lines[0].recording) != 0) {
            check_matrix(lines, line_count, &tally);
            line_count = 0;
        }
        assert_true(line_count < LINES);
        lines[line_count++] = l;
    }
    check_matrix(lines, line_count, &tally);
    fclose(file);
    report(&tally);
}

/* --- sockets that end at once ---------------------------------------------------------
 */

static void sleep_for(struct lab *lab, sim_ns time)
{
    wait_until(lab, net_now(lab->net) + time);
}

/* What a fresh socket is told on that port, whose only user is gone; it goes, too. */
static enum failure try_again(struct lab *lab, const char *mode, uint16_t port)
{
    uint32_t client = open_client(lab, mode, port, D, PROMPT);
    sleep_for(lab, 10 * SIM_MS);
    if (lab->clients[client].connected)
        tcp_abort(lab->net, lab->clients[client].socket);
    return lab->clients[client].failure;
}

/* KERNEL.md R1, C2: recordings refused_fd_open and rst_refused_veth, rows "refused",
 * "server RST". */
static void
test_a_port_is_free_after_a_reset_although_the_descriptor_is_open(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        uint16_t to;
        enum failure code;
    } ways[] = {{"refused", NOBODY, FAILURE_ECONNREFUSED},
                {"reset by the server", RESETS, FAILURE_ECONNRESET}};
    static const char *const modes[] = {"auto", "b0", "np"};
    struct lab lab = lab_new(false, 0, true);
    for (uint32_t way = 0; way < 2; way++) {
        unsigned answers = 0;
        for (uint32_t m = 0; m < 3; m++) {
            uint16_t port = (uint16_t)(50000 + 10 * way + m);
            uint32_t client = open_client(&lab, modes[m], port, D, ways[way].to);
            sleep_for(&lab, 10 * SIM_MS);
            answers += lab.clients[client].failure == ways[way].code;
            answers += try_again(&lab, "auto", port) == FAILURE_NONE;
            answers += try_again(&lab, "b0", port) == FAILURE_NONE;
        }
        char simulated[32];
        snprintf(simulated, sizeof simulated, "%u the same", answers);
        law_checked("R1", ways[way].name, "9 answers", simulated, answers == 9);
    }
    law_not_expressed("R1", "refused after an explicit bind()",
                      "the port stays bound until close(): users close at once");
    lab_free(&lab);
}

/* Recording rst_refused_veth, rows "client LINGER0". */
static void test_a_client_that_resets_needs_one_port(void **state)
{
    (void)state;
    static const char *const modes[] = {"auto", "b0", "b0,ra", "np"};
    struct lab lab = lab_new(false, 0, true);
    unsigned successes = 0;
    for (uint32_t m = 0; m < 4; m++)
        for (uint32_t i = 0; i < 50; i++)
            successes += try_again(&lab, modes[m], 50000) == FAILURE_NONE;
    char simulated[32];
    snprintf(simulated, sizeof simulated, "%u of 200", successes);
    law_checked("R1", "linger 0: auto, b0, b0,ra, np on a range of one", "200 of 200",
                simulated, successes == 200);
    lab_free(&lab);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_reuse_matrices_are_those_of_linux),
        cmocka_unit_test(
            test_a_port_is_free_after_a_reset_although_the_descriptor_is_open),
        cmocka_unit_test(test_a_client_that_resets_needs_one_port),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
