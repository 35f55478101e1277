/* The film of the ports: every cell says what a recount of the sockets says, at the same
 * moment, in random worlds; and looking changes nothing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "models/socket_rows.h"
#include "sim/base/memory.h"
#include "sim/engine/random.h"
#include "sim/trial/port_film.h"
#include "sim/trial/walk.h"
#include "tests/run_text.h"

/* --- random worlds --------------------------------------------------------------------
 */

static uint32_t pick(struct random_stream *s, uint32_t n)
{
    return random_below(s, n);
}

/* Two members on two addresses, a proxy that keeps ports in FIN_WAIT_2, a gateway, and
 * queries; the range of the client moves twice. */
static struct text_plan random_world(struct random_stream *s)
{
    static const char *const allocators[] = {"rfc6056-alg1", "linux518", "win10", "bsd44",
                                             "sg-legacy-b"};
    static const char *const nats[] = {"netfilter", "azure-lb"};
    uint32_t low = 40000 + pick(s, 20000), size = 20 + pick(s, 700);
    char *text = memory_print(
        "{ \"name\": \"film\", \"duration\": \"60s\", \"seed\": %u,"
        "  \"network\": { \"rtt\": \"8ms\" },"
        "  \"hosts\": {"
        "    \"client\": { \"addresses\": [\"10.0.0.1\", \"10.0.0.2\"],"
        "      \"source\": \"round-robin\", \"reserved\": [%u, %u],"
        "      \"listen\": [%u],"
        "      \"tcp\": { \"range\": [%u, %u], \"allocator\": \"%s\","
        "                 \"time_wait\": \"%us\", \"fin_wait_2\": \"20s\" } },"
        "    \"inside\": { \"count\": 3, \"gateway\": \"gw\" },"
        "    \"gw\": { \"nat\": \"%s\" },"
        "    \"server\": { \"listen\": [80, 443] }, \"other\": {} },"
        "  \"apps\": {"
        "    \"pages\": { \"from\": \"client\", \"to\": \"server:80\","
        "      \"arrivals\": { \"kind\": \"poisson\", \"rate\": \"%u/s\" },"
        "      \"lifetime\": { \"kind\": \"exponential\", \"mean\": \"1s\" },"
        "      \"server_close\": [ { \"share\": 0.3, \"kind\": \"never\" },"
        "                          { \"share\": 0.7, \"kind\": \"prompt\" } ] },"
        "    \"names\": { \"from\": \"client\", \"to\": \"other:53\","
        "      \"protocol\": \"udp\","
        "      \"arrivals\": { \"kind\": \"poisson\", \"rate\": \"5/s\" },"
        "      \"lifetime\": { \"kind\": \"exponential\", \"mean\": \"300ms\" } },"
        "    \"calls\": { \"from\": \"inside\", \"to\": \"other:5060\","
        "      \"arrivals\": { \"kind\": \"poisson\", \"rate\": \"10/s\" },"
        "      \"lifetime\": { \"kind\": \"exponential\", \"mean\": \"1s\" } } },"
        "  \"changes\": ["
        "    { \"at\": \"20s\", \"set\": { \"hosts.client.tcp.range\": [%u, %u] } },"
        "    { \"at\": \"40s\", \"set\": { \"hosts.client.tcp.range\": [%u, %u] } } ] }",
        1 + pick(s, 1000), low + 3, low + 4, low + 8, low, low + size - 1,
        allocators[pick(s, sizeof allocators / sizeof allocators[0])], 1 + pick(s, 9),
        nats[pick(s, sizeof nats / sizeof nats[0])], 5 + pick(s, 60), low + 10,
        low + size - 3, low - 5, low + size + 5);
    struct text_plan p = text_plan_read(text);
    free(text);
    return p;
}

/* --- a recount ------------------------------------------------------------------------
 */

struct recount {
    const struct port_camera *camera;
    struct ip_address local;
    enum port_state at[65536];
};

static enum port_state named(const char *state)
{
    for (int i = PORT_STATE_LISTEN; i <= PORT_STATE_CLOSE; i++)
        if (strcmp(port_state_name((enum port_state)i), state) == 0)
            return (enum port_state)i;
    return PORT_STATE_FREE; /* UNCONFIRMED: no port yet */
}

static void count(void *context, const struct socket_row *row)
{
    struct recount *r = context;
    enum port_state state = named(row->state), *at = &r->at[row->local_port];
    if (strcmp(row->host, r->camera->ports.host->config->name) == 0 &&
        row->member == r->camera->place.member && row->pool == r->camera->place.pool &&
        row->ephemeral && ip_address_equal(&row->local, &r->local) &&
        state != PORT_STATE_FREE && (*at == PORT_STATE_FREE || state < *at))
        *at = state;
}

/* The states of all ports, from the rows an operator would see. */
static struct recount *recount(const struct port_camera *c, const struct world *w)
{
    struct recount *r = memory_new(1, sizeof *r);
    struct socket_scene scene = world_scene(w);
    const struct host_config *h = c->ports.host->config;
    struct port_range range = host_range(h, c->place.pool);
    struct port_set reserved = host_reserved_ports(h, c->place.pool);
    r->camera = c;
    r->local = net_address(scene.net, c->ports.local_address)->ip;
    socket_rows_each(&scene, count, r);
    socket_rows_translated(&scene, count, r);
    for (uint32_t port = 0; port < PORT_COUNT; port++) {
        bool in = port_range_holds(range, (uint16_t)port), listens = false;
        for (uint32_t i = 0; i < h->listen.count; i++)
            listens |= ((const uint16_t *)h->listen.items)[i] == port;
        if (r->at[port] != PORT_STATE_FREE)
            continue;
        r->at[port] = in && listens && !pool_is_udp(c->place.pool) ? PORT_STATE_LISTEN
                      : !in                                        ? PORT_STATE_OUTSIDE
                      : port_set_has(&reserved, (uint16_t)port)    ? PORT_STATE_RESERVED
                                                                   : PORT_STATE_FREE;
    }
    port_set_clear(&reserved);
    return r;
}

/* Ports of each cell by state, each port asked which cell is its own. */
struct tally {
    uint32_t of[PORT_STATE_COUNT];
};

static struct tally *tally(const struct port_camera *c, const struct recount *r)
{
    struct tally *t = memory_new(c->grid.cells, sizeof *t);
    for (uint32_t port = c->grid.low; port <= c->grid.high; port++)
        t[film_cell_of(&c->grid, (uint16_t)port)].of[r->at[port]]++;
    return t;
}

static void expect_cell(const struct port_camera *c, const uint32_t *of, uint32_t cell)
{
    uint32_t held = 0;
    enum port_state most = PORT_STATE_FREE, seen;
    for (int i = PORT_STATE_LISTEN; i <= PORT_STATE_CLOSE; i++) {
        held += of[i];
        if (of[i] > of[most] || most == PORT_STATE_FREE)
            most = (enum port_state)i;
    }
    if (held == 0)
        most = of[PORT_STATE_FREE]       ? PORT_STATE_FREE
               : of[PORT_STATE_RESERVED] ? PORT_STATE_RESERVED
                                         : PORT_STATE_OUTSIDE;
    assert_true(port_state_of(c->states[cell], &seen));
    assert_string_equal(port_state_name(most), port_state_name(seen));
    uint32_t digit = (uint32_t)(c->filled[cell] - '0');
    if (held == 0 || of[PORT_STATE_FREE] == 0)
        assert_int_equal(digit, held ? 9 : 0);
    else
        assert_true(digit >= 1 && digit <= 8 &&
                    (digit - 1) * (held + of[PORT_STATE_FREE]) < 8 * held &&
                    8 * held <= digit * (held + of[PORT_STATE_FREE]));
}

static void expect_recounted(const struct port_camera *c, const struct world *w)
{
    struct recount *r = recount(c, w);
    uint32_t held = 0;
    for (uint32_t port = c->grid.low; port <= c->grid.high; port++)
        held += port_state_holds(r->at[port]);
    assert_int_equal(held, c->held);
    assert_int_equal(strlen(c->states), c->grid.cells);
    assert_int_equal(strlen(c->filled), c->grid.cells);
    struct tally *t = tally(c, r);
    for (uint32_t i = 0; i < c->grid.cells; i++)
        expect_cell(c, t[i].of, i);
    free(t);
    free(r);
}

/* --- tests ----------------------------------------------------------------------------
 */

static bool never(const void *context)
{
    (void)context;
    return false;
}

#define CAMERAS 6

static void film_world(const struct trial_plan *plan, uint32_t *looked)
{
    static const struct {
        struct port_place place;
        uint32_t cells;
    } shots[CAMERAS] = {
        {{0, 0, 0, POOL_TCP4}, 4096}, {{0, 0, 1, POOL_TCP4}, 10},
        {{0, 0, 0, POOL_UDP4}, 64},   {{1, 2, 0, POOL_TCP4}, 128},
        {{2, 0, 0, POOL_TCP4}, 4096}, {{2, 0, 0, POOL_TCP4}, 32},
    };
    struct port_camera cameras[CAMERAS];
    struct walk walk;
    walk_begin(&walk, plan, 7, 1);
    for (int i = 0; i < CAMERAS; i++)
        port_camera_open(&cameras[i], plan, shots[i].place, shots[i].cells);
    for (sim_ns when = SIM_S / 2; when < 60 * SIM_S; when += 7 * SIM_S / 2) {
        walk_until(&walk, when, never, NULL);
        port_cameras_look(cameras, CAMERAS, world_net(walk.world));
        for (int i = 0; i < CAMERAS; i++)
            if (cameras[i].used) {
                expect_recounted(&cameras[i], walk.world);
                *looked += cameras[i].held > 0;
            }
    }
    for (int i = 0; i < CAMERAS; i++)
        port_camera_close(&cameras[i]);
    walk_end(&walk);
}

static void test_cells_say_what_a_recount_of_the_sockets_says(void **state)
{
    (void)state;
    uint32_t looked = 0;
    struct random_stream s = random_stream_make(1, 1, "tests", "film");
    for (int i = 0; i < (quick_run() ? 3 : 12); i++) {
        struct text_plan p = random_world(&s);
        film_world(p.plan, &looked);
        text_plan_free(&p);
    }
    assert_true(looked > 100);
}

static void test_every_port_is_in_one_cell_of_its_own_parity(void **state)
{
    (void)state;
    struct random_stream s = random_stream_make(2, 1, "tests", "film");
    for (int i = 0; i < 2000; i++) {
        uint16_t low = (uint16_t)(1 + pick(&s, 65535));
        uint16_t high = (uint16_t)(low + pick(&s, 65536u - low));
        uint32_t most = 2 + 2 * pick(&s, 2047);
        struct film_grid g = film_grid_of(low, high, i % 2, most);
        uint32_t port = low + pick(&s, (uint32_t)high - low + 1);
        uint32_t cell = film_cell_of(&g, (uint16_t)port);
        uint32_t first = film_cell_low(&g, cell), last = film_cell_high(&g, cell);
        assert_true(g.cells <= most && cell < g.cells);
        assert_true(first <= port && port <= last && last <= high);
        assert_int_equal((port - first) % g.step, 0);
        assert_true(last - first < (uint32_t)g.group * g.step);
        assert_int_equal(film_cell_of(&g, (uint16_t)first), cell);
        assert_int_equal(film_cell_of(&g, (uint16_t)last), cell);
    }
}

/* What a run films, against a film of the same run made by hand at the same moments. */
static void test_the_film_of_a_run_is_that_of_its_moments(void **state)
{
    (void)state;
    struct random_stream s = random_stream_make(3, 1, "tests", "film");
    struct text_plan p = random_world(&s);
    struct trial_result *r = trial_run(p.plan, 7, 1, NULL);
    struct film_view v = film_view_of(&r->record, "client", "tcp4");
    struct port_camera camera;
    struct walk walk;
    assert_true(v.count > 100);
    walk_begin(&walk, p.plan, 7, 1);
    port_camera_open(&camera, p.plan, (struct port_place){.pool = POOL_TCP4}, 128);
    for (size_t i = 0; i < v.count; i++) {
        assert_true(run_film_sound(&v.rows[i]));
        if (v.rows[i].when % (20 * SIM_S) == 0)
            continue; /* the moment of a change: a run looks first, a walk changes first
                       */
        walk_until(&walk, v.rows[i].when, never, NULL);
        port_cameras_look(&camera, 1, world_net(walk.world));
        assert_string_equal(camera.states, v.rows[i].states);
        assert_string_equal(camera.filled, v.rows[i].filled);
        assert_int_equal(camera.held, v.rows[i].held);
        assert_int_equal(camera.capacity, v.rows[i].capacity);
    }
    assert_int_equal(v.rows[v.count - 1].when, 60 * SIM_S);
    port_camera_close(&camera);
    walk_end(&walk);
    trial_result_free(r);
    text_plan_free(&p);
}

static void test_looking_leaves_the_course_of_the_run_alone(void **state)
{
    (void)state;
    struct random_stream s = random_stream_make(4, 1, "tests", "film");
    struct text_plan p = random_world(&s);
    struct trial_watch numbers = {.keeps = TRIAL_NUMBERS};
    struct trial_result *filmed = trial_run(p.plan, 7, 1, NULL);
    struct trial_result *bare = trial_run(p.plan, 7, 1, &numbers);
    assert_true(filmed->record.film_count > 0);
    assert_int_equal(bare->record.film_count, 0);
    assert_true(filmed->record.fingerprint == bare->record.fingerprint);
    trial_result_free(filmed);
    trial_result_free(bare);
    text_plan_free(&p);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cells_say_what_a_recount_of_the_sockets_says),
        cmocka_unit_test(test_every_port_is_in_one_cell_of_its_own_parity),
        cmocka_unit_test(test_the_film_of_a_run_is_that_of_its_moments),
        cmocka_unit_test(test_looking_leaves_the_course_of_the_run_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
