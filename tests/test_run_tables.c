/* The tables of a run directory: they read back as they were, belong to their run and to
 * no other, and say only what can be. */
#include <math.h>
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
#include "sim/results/run_film.h"
#include "tests/scratch.h"
#include "tests/synthetic_run.h"

static const struct run_probes looked[] = {
    {"proxy", "tcp4", 0.5, 0.51, 9007199254740992, 3, 1.0 / 3, 1, 1, 4000000000},
    {"=evil, \"quoted\"\nand 'more'", "udp6", 1, 1, 7, 7, 28232, 28160, 28160, 28232},
};

static const struct run_film_row filmed[] = {
    {"proxy", "tcp4", "10.0.0.1", 100, 107, 2, 2, 0, 3, 8, "E.#_", "9000"},
    {"proxy", "tcp4", "10.0.0.1", 100, 107, 2, 2, 5 * SIM_S, 8, 8, "EETT", "9181"},
    {"=evil, \"quoted\"", "udp6", "fe80::1", 65535, 65535, 1, 1, 0, 0, 1, ".", "0"},
};

static const struct run_successor followed[] = {{"proxy", "tcp4", 1, 65535},
                                                {"pro,\"xy", "udp6", 65535, 1}};

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
    p->made->record.probes = looked;
    p->made->record.probe_count = 2;
    p->made->record.successors = followed;
    p->made->record.successor_count = 2;
    p->made->record.film = filmed;
    p->made->record.film_count = 3;
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

static void expect_unreadable(const struct place *p, const char *why)
{
    struct results_error error = {0};
    assert_null(run_directory_read(p->run, &error));
    if (!strstr(error.text, why))
        fail_msg("expected \"... %s ...\", got \"%s\"", why, error.text);
}

static struct stored_run *read_run(const struct place *p)
{
    struct results_error error = {0};
    struct stored_run *run = run_directory_read(p->run, &error);
    if (!run)
        fail_msg("%s", error.text);
    return run;
}

static void test_tables_read_back_as_they_were(void **state)
{
    struct place *p = *state;
    write_run(p);
    struct stored_run *run = read_run(p);
    assert_int_equal(run->record.probe_count, 2);
    for (size_t i = 0; i < 2; i++) {
        const struct run_probes *a = &looked[i], *b = &run->record.probes[i];
        assert_string_equal(a->host, b->host);
        assert_string_equal(a->pool, b->pool);
        assert_true(a->low == b->low && a->high == b->high && a->mean == b->mean);
        assert_true(a->choices == b->choices && a->failures == b->failures);
        assert_true(a->p50 == b->p50 && a->p99 == b->p99 && a->max == b->max);
    }
    assert_int_equal(run->record.successor_count, 2);
    for (size_t i = 0; i < 2; i++) {
        const struct run_successor *a = &followed[i], *b = &run->record.successors[i];
        assert_string_equal(a->host, b->host);
        assert_string_equal(a->pool, b->pool);
        assert_true(a->last == b->last && a->next == b->next);
    }
    stored_run_free(run);
}

static void test_the_film_of_the_ports_reads_back_pool_by_pool(void **state)
{
    struct place *p = *state;
    write_run(p);
    struct stored_run *run = read_run(p);
    assert_int_equal(run->record.film_count, 3);
    for (size_t i = 0; i < 3; i++) {
        const struct run_film_row *a = &filmed[i], *b = &run->record.film[i];
        assert_string_equal(a->host, b->host);
        assert_string_equal(a->pool, b->pool);
        assert_string_equal(a->local, b->local);
        assert_string_equal(a->states, b->states);
        assert_string_equal(a->filled, b->filled);
        assert_true(a->low == b->low && a->high == b->high && a->group == b->group &&
                    a->step == b->step && a->when == b->when && a->held == b->held &&
                    a->capacity == b->capacity);
    }
    assert_int_equal(film_view_of(&run->record, NULL, NULL).count, 2);
    assert_int_equal(film_view_of(&run->record, "proxy", "tcp4").count, 2);
    assert_int_equal(film_view_of(&run->record, NULL, "udp6").count, 1);
    assert_int_equal(film_view_of(&run->record, "proxy", "udp6").count, 0);
    stored_run_free(run);
}

static void test_a_film_that_cannot_be_is_refused(void **state)
{
    struct place *p = *state;
    static const struct run_film_row wrong[] = {
        {"h", "tcp4", "", 100, 99, 1, 1, 0, 0, 0, ".", "0"},  /* a range turned round */
        {"h", "tcp4", "", 0, 0, 1, 1, 0, 0, 0, ".", "0"},     /* port 0 */
        {"h", "tcp4", "", 100, 101, 0, 1, 0, 0, 0, ".", "0"}, /* cells of no port */
        {"h", "tcp4", "", 100, 101, 1, 3, 0, 0, 0, "..", "00"},
        {"h", "tcp4", "", 100, 101, 1, 1, 0, 0, 0, ".", "00"},  /* a cell too few */
        {"h", "tcp4", "", 100, 101, 1, 1, 0, 0, 0, "..", "0"},  /* a digit too few */
        {"h", "tcp4", "", 100, 101, 1, 1, 0, 0, 0, ".?", "00"}, /* no such state */
        {"h", "tcp4", "", 100, 101, 1, 1, 0, 0, 0, "..", "0x"},
        {"h", "tcp4", "", 100, 101, 1, 1, 0, 0, 0, "..", "01"}, /* free and held */
        {"h", "tcp4", "", 100, 101, 1, 1, 0, 0, 0, ".E", "00"}, /* held by nobody */
        {"h", "tcp4", "", 100, 101, 1, 1, 0, 3, 0, "..", "00"}, /* more than there are */
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        p->made->record.film = &wrong[i];
        p->made->record.film_count = 1;
        write_run(p);
        expect_unreadable(p, "ports.csv: its row 1 says what cannot be");
    }
}

static void test_a_table_without_rows_is_no_file(void **state)
{
    struct place *p = *state;
    p->made->record.probe_count = 0;
    write_run(p);
    assert_false(scratch_exists(p->run, "probes.csv"));
    struct stored_run *run = read_run(p);
    assert_int_equal(run->record.probe_count, 0);
    stored_run_free(run);
}

static void test_the_tables_of_an_overwritten_run_go_with_it(void **state)
{
    struct place *p = *state;
    write_run(p);
    assert_true(scratch_exists(p->run, "probes.csv"));
    p->made->record.probe_count = 0;
    write_run(p);
    assert_false(scratch_exists(p->run, "probes.csv"));
}

static void test_a_changed_byte_is_noticed_and_a_missing_table(void **state)
{
    struct place *p = *state;
    write_run(p);
    char *bytes = scratch_get(p->run, "probes.csv");
    char *path = memory_print("%s/probes.csv", p->run);
    bytes[strlen(bytes) / 2] ^= 1;
    scratch_put(p->run, "probes.csv", bytes, strlen(bytes));
    expect_unreadable(p, "checksum");
    unlink(path);
    expect_unreadable(p, "probes.csv");
    free(path);
    free(bytes);
}

static void test_rows_that_cannot_be_are_refused(void **state)
{
    struct place *p = *state;
    static const struct run_probes wrong[] = {
        {"h", "tcp4", 0.6, 0.5, 1, 0, 1, 1, 1, 1},  /* ends before it begins */
        {"h", "tcp4", -0.1, 0.5, 1, 0, 1, 1, 1, 1}, /* below nothing */
        {"h", "tcp4", 0.5, 1.1, 1, 0, 1, 1, 1, 1},  /* more than all */
        {"h", "tcp4", 0.5, 0.6, 0, 0, 1, 1, 1, 1},  /* of no choice */
        {"h", "tcp4", 0.5, 0.6, 1, 2, 1, 1, 1, 1},  /* more failures than choices */
        {"h", "tcp4", 0.5, 0.6, 1, 0, 2, 1, 1, 1},  /* a mean above the most */
        {"h", "tcp4", 0.5, 0.6, 1, 0, NAN, 1, 1, 1},
        {"h", "tcp4", 0.5, 0.6, 1, 0, 1, 2, 1, 2}, /* a median above the 99th of 100 */
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        p->made->record.probes = &wrong[i];
        p->made->record.probe_count = 1;
        write_run(p);
        expect_unreadable(p, "probes.csv: its row 1 says what cannot be");
    }
}

static void test_port_0_follows_no_port(void **state)
{
    struct place *p = *state;
    static const struct run_successor wrong[] = {{"h", "tcp4", 0, 5},
                                                 {"h", "tcp4", 5, 0}};
    p->made->record.successor_count = 1;
    for (size_t i = 0; i < 2; i++) {
        p->made->record.successors = &wrong[i];
        write_run(p);
        expect_unreadable(p, "successors.csv: its row 1 says what cannot be");
    }
}

int main(void)
{
#define AT_A_PLACE(test) cmocka_unit_test_setup_teardown(test, open_place, close_place)
    static const struct CMUnitTest tests[] = {
        AT_A_PLACE(test_tables_read_back_as_they_were),
        AT_A_PLACE(test_the_film_of_the_ports_reads_back_pool_by_pool),
        AT_A_PLACE(test_a_film_that_cannot_be_is_refused),
        AT_A_PLACE(test_a_table_without_rows_is_no_file),
        AT_A_PLACE(test_the_tables_of_an_overwritten_run_go_with_it),
        AT_A_PLACE(test_a_changed_byte_is_noticed_and_a_missing_table),
        AT_A_PLACE(test_rows_that_cannot_be_are_refused),
        AT_A_PLACE(test_port_0_follows_no_port),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
