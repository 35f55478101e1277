/* The files to start from in docs/cluster: what they say is what works, and all of them
 * make the same study. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "tests/shell_stage.h"

/* Of a tenth of the length that the scenario has. */
#define SMALL                                                                            \
    "sed 's/\"duration\": \"20000s\"/\"duration\": \"500s\"/' "                          \
    "\"$SHARE/scenarios/teaching-mini.json\" >small.json && "                            \
    "export SCENARIO=small.json"

/* All eight tasks of the array, as Slurm would number them. */
#define SLURM_TASKS(list, settings)                                                      \
    "for i in " list "; do SLURM_ARRAY_TASK_ID=$i " settings " "                         \
    "bash \"$SHARE/docs/cluster/slurm-array.sh\" || exit 1; done"

static struct shell_stage stage_with_study(void)
{
    struct shell_stage s = shell_stage_new();
    expect_shell(&s, SMALL " && sh \"$SHARE/docs/cluster/one-machine.sh\"", 0);
    return s;
}

static void test_the_tasks_of_a_slurm_array_make_the_study_of_one_machine(void **state)
{
    (void)state;
    struct shell_stage s = stage_with_study();
    expect_shell(
        &s,
        SMALL " && " SLURM_TASKS(
            "0 1 2 3 4 5 6 7",
            "SLURM_ARRAY_TASK_COUNT=8 SLURM_ARRAY_TASK_MIN=0 "
            "SLURM_ARRAY_TASK_MAX=7") " && sh \"$SHARE/docs/cluster/slurm-merge.sh\"",
        0);
    expect_same_study(&s, "studies/one-machine", "studies/slurm-array");
    shell_stage_free(&s);
}

/* Slurm then counts only those; SHARES says of how many they are. */
static void test_some_tasks_of_an_array_can_be_submitted_again(void **state)
{
    (void)state;
    struct shell_stage s = stage_with_study();
    expect_shell(
        &s,
        SMALL " && " SLURM_TASKS(
            "0 1 2 4 6 7 5 3",
            "SHARES=8 SLURM_ARRAY_TASK_COUNT=2 "
            "SLURM_ARRAY_TASK_MIN=3 SLURM_ARRAY_TASK_MAX=5") " && sh "
                                                             "\"$SHARE/docs/cluster/"
                                                             "slurm-merge.sh\"",
        0);
    expect_same_study(&s, "studies/one-machine", "studies/slurm-array");
    shell_stage_free(&s);
}

/* The command of each pod, its directories being here. */
static void test_the_pods_of_kubernetes_make_one_study(void **state)
{
    (void)state;
    struct shell_stage s = shell_stage_new();
    expect_shell(
        &s,
        "Y=$SHARE/docs/cluster/kubernetes && mkdir studies && "
        "sed -n '/scenario.json: |/,/^---/p' $Y-indexed-job.yaml | "
        "sed '1d;$d' >scenario.json && "
        "N=$(sed -n 's/.*completions: \\([0-9]*\\).*/\\1/p' $Y-indexed-job.yaml) && "
        "C=$(sed -n '/exec portsim/,/-o/p' $Y-indexed-job.yaml | "
        "sed 's|/scenario/||;s|/studies|studies|;s|exec||') && "
        "M=$(sed -n 's|.*exec \\(portsim merge.*\\)\"].*|\\1|p' $Y-merge.yaml | "
        "sed 's|/studies|studies|g') && "
        "C=$(echo $C --set duration=500s) && i=0 && "
        "while [ $i -lt $N ]; do "
        "export JOB_COMPLETION_INDEX=$i && eval \"$C\" || exit 1; i=$((i + 1)); done && "
        "eval \"$M\"",
        0);
    expect_shell(&s, "portsim sweep scenario.json --set duration=500s -o studies/alone",
                 0);
    expect_same_study(&s, "studies/alone", "studies/whole");
    shell_stage_free(&s);
}

static void test_gnu_parallel_makes_the_study_of_one_machine(void **state)
{
    (void)state;
    struct shell_stage s = stage_with_study();
    if (shell_run(&s, "parallel --version | grep -q GNU") != 0) {
        shell_stage_free(&s);
        print_message("skipped: GNU parallel is needed\n");
        skip();
    }
    expect_shell(&s, SMALL " && sh \"$SHARE/docs/cluster/gnu-parallel.sh\" --jobs 2", 0);
    expect_same_study(&s, "studies/one-machine", "studies/gnu-parallel");
    shell_stage_free(&s);
}

/* A launcher may number processes that divide the work by shares. */
static void test_processes_with_a_share_each_may_be_started_together(void **state)
{
    (void)state;
    struct shell_stage s = shell_stage_new();
    if (shell_run(&s, "$P --version | grep -q MPI") == 0) {
        shell_stage_free(&s);
        skip(); /* they would find each other */
    }
    expect_shell(&s,
                 "export SLURM_STEP_NUM_TASKS=2 SLURM_PROCID=1 && "
                 "portsim sweep teaching-mini --set duration=500s --vary seed=1,2 -r 1 "
                 "--shard 2/2 -o share",
                 0);
    expect_shell(&s,
                 "export SLURM_STEP_NUM_TASKS=2 SLURM_PROCID=0 && "
                 "portsim sweep teaching-mini --set duration=500s --vary seed=1,2 -r 1 "
                 "-o whole",
                 2);
    shell_stage_free(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_tasks_of_a_slurm_array_make_the_study_of_one_machine),
        cmocka_unit_test(test_some_tasks_of_an_array_can_be_submitted_again),
        cmocka_unit_test(test_the_pods_of_kubernetes_make_one_study),
        cmocka_unit_test(test_gnu_parallel_makes_the_study_of_one_machine),
        cmocka_unit_test(test_processes_with_a_share_each_may_be_started_together),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
