#include "sim/results/program.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "sim/base/memory.h"

/* A viewer that still runs after so long shows the picture. */
#define PATIENCE_MS 2000
#define PAUSE_MS    5

extern char **environ;

char *program_find(const char *name)
{
    const char *path = getenv("PATH");
    for (const char *p = path ? path : "/usr/local/bin:/usr/bin:/bin"; *p;) {
        size_t length = strcspn(p, ":");
        char *file = memory_print("%.*s/%s", (int)length, p, name);
        if (file[0] == '/' && length > 0 && access(file, X_OK) == 0)
            return file;
        free(file);
        p += length + (p[length] == ':');
    }
    return NULL;
}

/* A group of its own, so that an interrupt of ours does not close the viewer; nothing to
 * read; its words on our standard error.  Returns 0 or an errno. */
static int start(pid_t *child, char *program, char *file)
{
    char *arguments[] = {program, file, NULL};
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, STDERR_FILENO, STDOUT_FILENO);
    int code = posix_spawn(child, program, &actions, &attributes, arguments, environ);
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    return code;
}

/* False if it has ended with a failure by the end of our patience. */
static bool settles(pid_t child)
{
    const struct timespec pause = {.tv_nsec = PAUSE_MS * 1000000L};
    int status = 0;
    for (int waited = 0; waited < PATIENCE_MS; waited += PAUSE_MS) {
        pid_t ended = waitpid(child, &status, WNOHANG);
        if (ended == child)
            return WIFEXITED(status) && WEXITSTATUS(status) == 0;
        if (ended < 0 && errno != EINTR)
            return true;
        nanosleep(&pause, NULL);
    }
    return true;
}

bool program_show(const char *file, struct results_error *error)
{
    char *program = program_find("xdg-open");
    if (!program)
        program = program_find("open");
    if (!program)
        return results_fail(error, 0,
                            "there is neither xdg-open nor open here; show %s with a "
                            "browser or a viewer of your own",
                            file);
    /* A file whose name begins with '-' is no option. */
    char *name = memory_print("%s%s", file[0] == '-' ? "./" : "", file);
    pid_t child = 0;
    int code = start(&child, program, name);
    bool good = true;
    if (code != 0)
        good = results_fail(error, code, "cannot start %s", program);
    else if (!settles(child))
        good = results_fail(error, 0,
                            "%s could not show %s; use a browser or a viewer of your own",
                            program, file);
    free(name);
    free(program);
    return good;
}
