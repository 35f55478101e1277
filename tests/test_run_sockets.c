/* The folder sockets/ of a run directory: it reads back as it was, belongs to its run and
 * to no other, and is read only as far as the manifest vouches for it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <unistd.h>

#include "sim/base/memory.h"
#include "sim/results/run_directory.h"
#include "tests/scratch.h"
#include "tests/synthetic_run.h"

static const struct run_census_row counted[] = {
    {5 * SIM_S, "proxy", "tcp4", "", 0, "TIME_WAIT", "10.0.0.1", "192.0.2.10:445",
     "cifs:445", true, false, 12345678901},
    {5 * SIM_S, "proxy", "tcp6", "=evil, \"quoted\"", 4242, "LISTEN", "*:8080", "*", "",
     false, true, 1},
};

static const struct socket_row sockets[] = {
    {.host = "proxy",
     .pool = POOL_TCP6,
     .state = "LISTEN",
     .local_port = 8080,
     .owned = true,
     .passive = true},
    {.host = "proxy",
     .member = 7,
     .pool = POOL_UDP4,
     .state = "FIN_WAIT_2",
     .app = "shares",
     .process = "proxy",
     .pid = 4242,
     .local = {4, {10, 0, 0, 1}},
     .remote = {6, {0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}},
     .local_port = 65535,
     .remote_port = 445,
     .remote_host = "cifs",
     .ephemeral = true,
     .translated = true,
     .since = 1,
     .timer = SOCKET_TIMER_TIMEWAIT,
     .ends = SIM_DURATION_MAX,
     .number = UINT32_MAX,
     .peer_number = 3},
};

static const struct run_snapshot kept[] = {
    {"T5", 5 * SIM_S, sockets, 2},
    {"nothing-there-yet-but-the-longest-name-a-phase-of-a-run-may-have0", 6 * SIM_S,
     sockets, 0},
};

struct place {
    char *root, *run;
    struct synthetic_run *made;
};

static int open_place(void **state)
{
    struct place *p = memory_new(1, sizeof *p);
    struct synthetic_shape shape = synthetic_s1();
    shape.seconds = 20;
    p->root = scratch_new();
    p->run = memory_print("%s/run", p->root);
    p->made = synthetic_run_new(&shape);
    p->made->record.census = counted;
    p->made->record.census_count = 2;
    p->made->record.snapshots = kept;
    p->made->record.snapshot_count = 2;
    *state = p;
    return 0;
}

static int close_place(void **state)
{
    struct place *p = *state;
    synthetic_run_free(p->made);
    scratch_free(p->root);
    free(p->run);
    free(p);
    return 0;
}

static void write_run(const struct place *p)
{
    struct results_error error;
    struct run_directory *d = run_directory_prepare(p->run, true, &error);
    assert_non_null(d);
    assert_true(run_directory_write(d, &p->made->record, &error));
    run_directory_free(d);
}

static struct stored_run *read_run(const struct place *p)
{
    struct results_error error = {0};
    struct stored_run *run = run_directory_read(p->run, &error);
    if (!run)
        fail_msg("%s", error.text);
    return run;
}

static void expect_unreadable(const struct place *p, const char *why)
{
    struct results_error error = {0};
    assert_null(run_directory_read(p->run, &error));
    if (!strstr(error.text, why))
        fail_msg("expected \"... %s ...\", got \"%s\"", why, error.text);
}

/* --- round trip ----------------------------------------------------------------------
 */

static void expect_text(const char *a, const char *b)
{
    assert_true(!a == !b);
    if (a)
        assert_string_equal(a, b);
}

static void expect_same_count(const struct run_census_row *a,
                              const struct run_census_row *b)
{
    expect_text(a->host, b->host);
    expect_text(a->pool, b->pool);
    expect_text(a->process, b->process);
    expect_text(a->state, b->state);
    expect_text(a->local, b->local);
    expect_text(a->remote, b->remote);
    expect_text(a->destination, b->destination);
    assert_true(a->when == b->when && a->pid == b->pid && a->count == b->count);
    assert_true(a->ephemeral == b->ephemeral && a->owned == b->owned);
}

static void expect_same_socket(const struct socket_row *a, const struct socket_row *b)
{
    expect_text(a->host, b->host);
    expect_text(a->state, b->state);
    expect_text(a->app, b->app);
    expect_text(a->process, b->process);
    expect_text(a->remote_host, b->remote_host);
    assert_true(ip_address_equal(&a->local, &b->local));
    assert_true(ip_address_equal(&a->remote, &b->remote));
    assert_true(a->member == b->member && a->pool == b->pool && a->pid == b->pid);
    assert_true(a->local_port == b->local_port && a->remote_port == b->remote_port);
    assert_true(a->ephemeral == b->ephemeral && a->owned == b->owned);
    assert_true(a->passive == b->passive && a->translated == b->translated);
    assert_true(a->since == b->since && a->timer == b->timer && a->ends == b->ends);
    assert_true(a->number == b->number && a->peer_number == b->peer_number);
}

static void test_sockets_read_back_as_they_were(void **state)
{
    struct place *p = *state;
    write_run(p);
    struct stored_run *run = read_run(p);
    assert_int_equal(run->record.census_count, 2);
    for (size_t i = 0; i < 2; i++)
        expect_same_count(&counted[i], &run->record.census[i]);
    assert_int_equal(run->record.snapshot_count, 2);
    for (size_t i = 0; i < 2; i++) {
        const struct run_snapshot *s = &run->record.snapshots[i];
        assert_string_equal(s->name, kept[i].name);
        assert_int_equal(s->when, kept[i].when);
        assert_int_equal(s->count, kept[i].count);
        for (size_t k = 0; k < s->count; k++)
            expect_same_socket(&sockets[k], &s->rows[k]);
    }
    stored_run_free(run);
}

static void test_a_run_with_no_sockets_to_tell_of_has_no_such_folder(void **state)
{
    struct place *p = *state;
    p->made->record.census_count = p->made->record.snapshot_count = 0;
    write_run(p);
    assert_false(scratch_exists(p->run, "sockets"));
    struct stored_run *run = read_run(p);
    assert_int_equal(run->record.census_count + run->record.snapshot_count, 0);
    stored_run_free(run);
}

/* --- whose they are ------------------------------------------------------------------
 */

static void test_the_sockets_of_an_overwritten_run_go_with_it(void **state)
{
    struct place *p = *state;
    write_run(p);
    assert_true(scratch_exists(p->run, "sockets/at-T5.csv"));
    p->made->record.snapshot_count = 0;
    write_run(p);
    assert_false(scratch_exists(p->run, "sockets/at-T5.csv"));
    assert_true(scratch_exists(p->run, "sockets/census.csv"));
    p->made->record.census_count = 0;
    write_run(p);
    assert_false(scratch_exists(p->run, "sockets"));
}

static void test_leftovers_of_a_killed_run_are_swept(void **state)
{
    struct place *p = *state;
    write_run(p);
    scratch_put(p->run, "sockets/.portsim-123", "half", 4);
    write_run(p);
    assert_false(scratch_exists(p->run, "sockets/.portsim-123"));
}

static void test_a_changed_byte_is_noticed_and_a_missing_file(void **state)
{
    struct place *p = *state;
    static const char *const names[] = {"sockets/census.csv", "sockets/moments.csv",
                                        "sockets/at-T5.csv"};
    write_run(p);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char *bytes = scratch_get(p->run, names[i]);
        char *path = memory_print("%s/%s", p->run, names[i]);
        size_t length = strlen(bytes);
        bytes[length / 2] ^= 1;
        scratch_put(p->run, names[i], bytes, length);
        expect_unreadable(p, "checksum");
        unlink(path);
        expect_unreadable(p, names[i]);
        bytes[length / 2] ^= 1;
        scratch_put(p->run, names[i], bytes, length);
        free(path);
        free(bytes);
    }
    stored_run_free(read_run(p));
}

static void test_a_file_that_the_manifest_does_not_name_is_not_read(void **state)
{
    struct place *p = *state;
    p->made->record.snapshot_count = 0;
    write_run(p);
    scratch_put(p->run, "sockets/moments.csv", "name,t_s,sockets\n../x,1,1\n", 25);
    struct stored_run *run = read_run(p);
    assert_int_equal(run->record.snapshot_count, 0);
    stored_run_free(run);
}

/* Somebody else reads the results alone: the scenario may be gone, but not changed. */
static void test_a_run_reads_without_its_scenario_but_not_with_another(void **state)
{
    struct place *p = *state;
    write_run(p);
    char *path = memory_print("%s/scenario.json", p->run);
    scratch_put(p->run, "scenario.json", "{}", 2);
    expect_unreadable(p, "scenario.json");
    assert_int_equal(unlink(path), 0);
    struct stored_run *run = read_run(p);
    assert_null(run->record.resolved_scenario);
    assert_int_equal(run->record.census_count, 2);
    stored_run_free(run);
    free(path);
}

int main(void)
{
#define AT_A_PLACE(test) cmocka_unit_test_setup_teardown(test, open_place, close_place)
    static const struct CMUnitTest tests[] = {
        AT_A_PLACE(test_sockets_read_back_as_they_were),
        AT_A_PLACE(test_a_run_with_no_sockets_to_tell_of_has_no_such_folder),
        AT_A_PLACE(test_the_sockets_of_an_overwritten_run_go_with_it),
        AT_A_PLACE(test_leftovers_of_a_killed_run_are_swept),
        AT_A_PLACE(test_a_changed_byte_is_noticed_and_a_missing_file),
        AT_A_PLACE(test_a_file_that_the_manifest_does_not_name_is_not_read),
        AT_A_PLACE(test_a_run_reads_without_its_scenario_but_not_with_another),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
