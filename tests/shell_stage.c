#include "tests/shell_stage.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "sim/base/memory.h"
#include "tests/scratch.h"

struct shell_stage shell_stage_new(void)
{
    const char *named = getenv("PORTSIM");
    struct shell_stage s = {.folder = scratch_new(),
                            .program = realpath(named ? named : "build/portsim", NULL),
                            .share = realpath(".", NULL)};
    assert_non_null(s.program);
    char *link = memory_print("%s/portsim", s.folder);
    assert_int_equal(symlink(s.program, link), 0);
    free(link);
    return s;
}

void shell_stage_free(struct shell_stage *s)
{
    scratch_free(s->folder);
    free(s->program);
    free(s->share);
}

int shell_run(const struct shell_stage *s, const char *line)
{
    char *all = memory_print(
        "cd '%s' && export P='%s' SHARE='%s' PORTSIM_SHARE='%s' PATH='%s':\"$PATH\" && "
        "{ %s; } >out 2>err </dev/null",
        s->folder, s->program, s->share, s->share, s->folder, line);
    int status = system(all);
    free(all);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

void expect_shell(const struct shell_stage *s, const char *line, int wanted)
{
    int status = shell_run(s, line);
    if (status == wanted)
        return;
    char *err = scratch_get(s->folder, "err");
    fail_msg("%s\nended with %d, not %d:\n%s", line, status, wanted, err ? err : "");
}

unsigned shell_said(const struct shell_stage *s, const char *part)
{
    char *err = scratch_get(s->folder, "err");
    unsigned times = 0;
    for (const char *at = err; (at = strstr(at, part)) != NULL; at += strlen(part))
        times++;
    free(err);
    return times;
}

void expect_same_study(const struct shell_stage *s, const char *a, const char *b)
{
    static const char *const files[] = {"results.csv", "results.json", "replications.csv",
                                        "scenario.json"};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        char *line = memory_print("cmp %s/%s %s/%s", a, files[i], b, files[i]);
        expect_shell(s, line, 0);
        free(line);
    }
}
