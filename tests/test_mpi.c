/* A study under mpirun: the same bytes on any number of ranks, a rank that dies is
 * reported and costs nothing that was done.
 *
 * Needs a program with MPI and mpirun: `make test-mpi`.  The program of `make test` has
 * none, and is asked only whether it says so.
 */
#include <dirent.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "sim/base/memory.h"
#include "tests/program.h"
#include "tests/scratch.h"
#include "tests/shell_stage.h"

/* Open MPI as root, with more ranks than processors, and without a way to other machines.
 */
#define MPIRUN                                                                           \
    "OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 "                         \
    "OMPI_MCA_plm_rsh_agent=true mpirun --oversubscribe"

/* 24 runs of a millisecond or two, and 60 of some 60 ms. */
#define SHORT_STUDY                                                                      \
    "sweep teaching-mini --set duration=500s "                                           \
    "--vary apps.pages.arrivals.rate=1/s:4/s:4 -r 6"
#define LONG_STUDY                                                                       \
    "sweep teaching-mini --vary apps.pages.arrivals.rate=1/s:4/s:3 -r 20 --quiet"

/* --- a stage -------------------------------------------------------------------------
 */

/* Skips the test where there is no MPI. */
static struct shell_stage stage_with_mpi(void)
{
    struct shell_stage s = shell_stage_new();
    if (shell_run(&s, "$P --version | grep -q MPI && command -v mpirun") == 0)
        return s;
    shell_stage_free(&s);
    print_message("skipped: a program with MPI and mpirun are needed: make test-mpi\n");
    skip();
    return s;
}

/* --- claims ------------------------------------------------------------------------ */

static void test_one_to_four_ranks_write_the_same_bytes(void **state)
{
    (void)state;
    struct shell_stage s = stage_with_mpi();
    expect_shell(&s, "$P " SHORT_STUDY " -o alone", 0);
    for (unsigned ranks = 1; ranks <= 4; ranks++) {
        char *line =
            memory_print(MPIRUN " -n %u $P " SHORT_STUDY " -o ranks%u", ranks, ranks);
        char *study = memory_print("ranks%u", ranks);
        expect_shell(&s, line, 0);
        expect_same_study(&s, "alone", study);
        free(line);
        free(study);
    }
    shell_stage_free(&s);
}

static void test_ranks_may_have_threads(void **state)
{
    (void)state;
    struct shell_stage s = stage_with_mpi();
    expect_shell(&s, "$P " SHORT_STUDY " -o alone", 0);
    expect_shell(&s, MPIRUN " -n 3 $P " SHORT_STUDY " --jobs 2 -o ranks", 0);
    expect_same_study(&s, "alone", "ranks");
    shell_stage_free(&s);
}

/* What one rank began others finish, on another number of ranks. */
static void test_a_study_grows_on_any_number_of_ranks(void **state)
{
    (void)state;
    struct shell_stage s = stage_with_mpi();
    expect_shell(&s, "$P " SHORT_STUDY " -o alone", 0);
    expect_shell(&s, MPIRUN " -n 2 $P " SHORT_STUDY " -r 3 -o grown", 0);
    expect_shell(&s, MPIRUN " -n 3 $P " SHORT_STUDY " -o grown", 0);
    assert_int_equal(shell_said(&s, "12 were there already"), 1);
    expect_same_study(&s, "alone", "grown");
    shell_stage_free(&s);
}

/* --- death ---------------------------------------------------------------------------
 */

/* True if a variable of the process has that value. */
static bool process_has(pid_t process, const char *variable)
{
    char *path = memory_print("/proc/%d/environ", (int)process);
    FILE *file = fopen(path, "re");
    free(path);
    char *text = NULL;
    size_t room = 0;
    bool has = false;
    while (file && !has && getdelim(&text, &room, '\0', file) > 0)
        has = strcmp(text, variable) == 0;
    free(text);
    if (file)
        fclose(file);
    return has;
}

static bool process_runs(pid_t process, const char *program)
{
    char *path = memory_print("/proc/%d/exe", (int)process), *exe = realpath(path, NULL);
    bool runs = exe && strcmp(exe, program) == 0;
    free(path);
    free(exe);
    return runs;
}

/* The process of a rank of this stage's study, which says so in its environment; 0: there
 * is none. */
static pid_t find_rank(const struct shell_stage *s, const char *rank)
{
    DIR *all = opendir("/proc");
    pid_t found = 0;
    struct dirent *entry;
    char *ours = memory_print("STAGE=%s", s->folder);
    assert_non_null(all);
    while (!found && (entry = readdir(all)) != NULL) {
        pid_t process = (pid_t)strtol(entry->d_name, NULL, 10);
        if (process > 0 && process_runs(process, s->program) &&
            process_has(process, ours) && process_has(process, rank))
            found = process;
    }
    closedir(all);
    free(ours);
    return found;
}

static void pause_ms(unsigned ms)
{
    nanosleep(&(struct timespec){.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L},
              NULL);
}

/* Waits until some runs are in the study. */
static void wait_for_runs(const struct shell_stage *s)
{
    for (unsigned i = 0; i < 600; i++) {
        pause_ms(100);
        if (shell_run(s, "$P " LONG_STUDY " -o hit --list | "
                         "awk 'NR > 1 { done += $3 } END { exit !(done > 0) }'") == 0)
            return;
    }
    fail_msg("after a minute no run is in the study");
}

/* Starts the long study on three ranks, sends one of them a signal when some runs are
 * done, and waits for the end of all. */
static void strike(const struct shell_stage *s, const char *rank, int number)
{
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        setenv("STAGE", s->folder, 1);
        char *line = memory_print("cd '%s' && PORTSIM_SHARE='%s' " MPIRUN
                                  " -n 3 '%s' " LONG_STUDY " -o hit >mpi.out 2>mpi.err",
                                  s->folder, s->share, s->program);
        execl("/bin/sh", "sh", "-c", line, (char *)NULL);
        _exit(127);
    }
    wait_for_runs(s);
    pid_t victim = find_rank(s, rank);
    assert_true(victim > 0);
    assert_int_equal(kill(victim, number), 0);
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) != 0);
}

/* A study that was hit goes on from where it was, to the bytes it would have had. */
static void expect_resumed(const struct shell_stage *s)
{
    expect_shell(s,
                 "$P " LONG_STUDY " -o hit --list | "
                 "awk 'NR > 1 { done += $3; left += $4 } END { exit !(done && left) }'",
                 0);
    expect_shell(s, "$P " LONG_STUDY " -o whole", 0);
    expect_shell(s, MPIRUN " -n 2 $P " LONG_STUDY " -o hit", 0);
    expect_same_study(s, "whole", "hit");
}

static void test_a_rank_that_dies_is_reported_and_the_study_goes_on(void **state)
{
    (void)state;
    struct shell_stage s = stage_with_mpi();
    strike(&s, "OMPI_COMM_WORLD_RANK=1", SIGKILL);
    expect_shell(&s, "grep -q 'rank 1 .* exited on signal 9' mpi.err", 0);
    expect_resumed(&s);
    shell_stage_free(&s);
}

/* Rank 0 has the store. */
static void test_the_death_of_rank_0_loses_what_was_not_committed(void **state)
{
    (void)state;
    struct shell_stage s = stage_with_mpi();
    strike(&s, "OMPI_COMM_WORLD_RANK=0", SIGKILL);
    expect_resumed(&s);
    shell_stage_free(&s);
}

static void test_a_rank_that_is_stopped_stops_all(void **state)
{
    (void)state;
    struct shell_stage s = stage_with_mpi();
    strike(&s, "OMPI_COMM_WORLD_RANK=2", SIGTERM);
    expect_shell(&s, "grep -q '\"status\": \"interrupted\"' hit/results.json", 0);
    expect_resumed(&s);
    shell_stage_free(&s);
}

/* --- mistakes ------------------------------------------------------------------------
 */

static void test_ranks_with_different_command_lines_are_refused(void **state)
{
    (void)state;
    struct shell_stage s = stage_with_mpi();
    expect_shell(
        &s, MPIRUN " -n 3 sh -c 'exec $P " SHORT_STUDY " -o out$OMPI_COMM_WORLD_RANK'",
        2);
    assert_int_equal(shell_said(&s, "rank 1 was given another command line than rank 0"),
                     1);
    assert_false(scratch_exists(s.folder, "out0"));
    shell_stage_free(&s);
}

static void test_a_mistake_is_told_once(void **state)
{
    (void)state;
    struct shell_stage s = stage_with_mpi();
    expect_shell(&s, MPIRUN " -n 3 $P " SHORT_STUDY " --vary apps.pages.nothing=1,2 -o o",
                 2);
    assert_int_equal(shell_said(&s, "unknown key of app"), 1);
    expect_shell(&s, MPIRUN " -n 3 $P sweep nosuch.json --vary seed=1,2 -o o", 4);
    assert_int_equal(shell_said(&s, "nosuch.json"), 1);
    shell_stage_free(&s);
}

static void test_a_program_without_mpi_refuses_to_be_one_of_several(void **state)
{
    (void)state;
    struct ended version = program_run(&(struct program){.args = {"--version"}});
    bool with_mpi = strstr(version.out, "MPI") != NULL;
    ended_free(&version);
    if (with_mpi)
        skip();
    char *folder = scratch_new();
    struct program p = {
        .args = {"sweep", "teaching-mini", "--vary", "seed=1,2", "-o", "study"},
        .folder = folder,
        .env = {"OMPI_COMM_WORLD_SIZE=4", "OMPI_COMM_WORLD_RANK=0"}};
    struct ended e = program_run(&p);
    expect_status(&e, 2);
    expect_says(e.err, "process 1 of 4");
    expect_says(e.err, "make MPI=1");
    ended_free(&e);
    p.env[1] = "OMPI_COMM_WORLD_RANK=3"; /* one of them has said it */
    e = program_run(&p);
    expect_status(&e, 2);
    expect_silence(e.err);
    ended_free(&e);
    assert_int_equal(scratch_entries(folder), 0);
    scratch_free(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_to_four_ranks_write_the_same_bytes),
        cmocka_unit_test(test_ranks_may_have_threads),
        cmocka_unit_test(test_a_study_grows_on_any_number_of_ranks),
        cmocka_unit_test(test_a_rank_that_dies_is_reported_and_the_study_goes_on),
        cmocka_unit_test(test_the_death_of_rank_0_loses_what_was_not_committed),
        cmocka_unit_test(test_a_rank_that_is_stopped_stops_all),
        cmocka_unit_test(test_ranks_with_different_command_lines_are_refused),
        cmocka_unit_test(test_a_mistake_is_told_once),
        cmocka_unit_test(test_a_program_without_mpi_refuses_to_be_one_of_several),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
