#include "tests/program.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <setjmp.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "sim/base/memory.h"

#define LIMIT_S 60

extern char **environ;

static double seconds_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* --- what it is given ------------------------------------------------------------- */

/* An absolute path: the program may start in another folder. */
static char *program_path(void)
{
    const char *set = getenv("PORTSIM");
    char *path = realpath(set ? set : "build/portsim", NULL);
    if (!path)
        fail_msg("there is no program %s", set ? set : "build/portsim");
    return path;
}

struct environment {
    char **at;
    size_t count;
};

/* A later setting of a name replaces an earlier one. */
static void set_in(struct environment *e, const char *setting)
{
    size_t name = strcspn(setting, "=") + 1, i = 0;
    while (i < e->count && strncmp(e->at[i], setting, name) != 0)
        i++;
    if (i < e->count)
        free(e->at[i]);
    e->at[i] = memory_text(setting, strlen(setting));
    e->count += i == e->count;
    e->at[e->count] = NULL;
}

static struct environment environment_for(const struct program *p)
{
    struct environment e = {0};
    size_t own = 0;
    while (environ[own])
        own++;
    e.at = memory_new(own + 8, sizeof *e.at);
    for (size_t i = 0; i < own; i++)
        set_in(&e, environ[i]);
    char *here = realpath(".", NULL), *share = memory_print("PORTSIM_SHARE=%s", here);
    set_in(&e, share);
    set_in(&e, "TERM=xterm");
    set_in(&e, "NO_COLOR=");
    for (size_t i = 0; i < sizeof p->env / sizeof p->env[0] && p->env[i]; i++)
        set_in(&e, p->env[i]);
    free(here);
    free(share);
    return e;
}

static void environment_free(struct environment *e)
{
    for (size_t i = 0; i < e->count; i++)
        free(e->at[i]);
    free(e->at);
}

/* --- its three files -------------------------------------------------------------- */

/* Two ends: ours, and the child's. */
struct channel {
    int ours, its;
};

static struct channel open_pipe(bool to_child)
{
    int ends[2];
    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    return to_child ? (struct channel){.ours = ends[1], .its = ends[0]}
                    : (struct channel){.ours = ends[0], .its = ends[1]};
}

static struct channel open_terminal(void)
{
    struct winsize size = {.ws_row = 24, .ws_col = 80};
    struct channel c;
    assert_int_equal(openpty(&c.ours, &c.its, NULL, NULL, &size), 0);
    fcntl(c.ours, F_SETFD, FD_CLOEXEC);
    fcntl(c.its, F_SETFD, FD_CLOEXEC);
    return c;
}

void program_needs_terminal(void)
{
    int ours, its;
    if (openpty(&ours, &its, NULL, NULL, NULL) != 0)
        skip();
    close(ours);
    close(its);
}

static struct channel open_out(const struct program *p)
{
    struct channel c = {.ours = -1, .its = -1};
    if (p->out_file)
        c.its = open(p->out_file, O_WRONLY | O_CLOEXEC);
    else
        c = p->terminal == TERMINAL_OUT ? open_terminal() : open_pipe(false);
    assert_int_not_equal(c.its, -1);
    if (p->out_closed) {
        close(c.ours);
        c.ours = -1;
    }
    return c;
}

/* Texts here are short: they fit into the pipe at once. */
static struct channel open_in(const struct program *p)
{
    struct channel c = open_pipe(true);
    if (p->input)
        assert_int_equal(write(c.ours, p->input, strlen(p->input)), strlen(p->input));
    close(c.ours);
    return c;
}

/* --- starting --------------------------------------------------------------------- */

static pid_t spawn(const struct program *p, const int files[3])
{
    char *argv[PROGRAM_ARGS + 2] = {program_path()};
    struct environment environment = environment_for(p);
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t defaults;
    pid_t child;
    for (size_t i = 0; i < PROGRAM_ARGS && p->args[i]; i++)
        argv[i + 1] = memory_text(p->args[i], strlen(p->args[i]));
    posix_spawn_file_actions_init(&actions);
    for (int i = 0; i < 3; i++)
        posix_spawn_file_actions_adddup2(&actions, files[i], i);
    if (p->folder)
        posix_spawn_file_actions_addchdir_np(&actions, p->folder);
    posix_spawnattr_init(&attributes);
    sigfillset(&defaults);
    posix_spawnattr_setsigdefault(&attributes, &defaults);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
    int failure =
        posix_spawn(&child, argv[0], &actions, &attributes, argv, environment.at);
    if (failure)
        fail_msg("cannot start %s: %s", argv[0], strerror(failure));
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    environment_free(&environment);
    for (size_t i = 0; argv[i]; i++)
        free(argv[i]);
    return child;
}

/* The child inherits the limit; we keep it only while it is made. */
static pid_t spawn_limited(const struct program *p, const int files[3])
{
    struct rlimit before, during;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    during = before;
    if (p->file_limit)
        during.rlim_cur = p->file_limit;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &during), 0);
    pid_t child = spawn(p, files);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    return child;
}

struct running program_start(const struct program *p)
{
    struct channel in = open_in(p), out = open_out(p);
    struct channel err = p->terminal == TERMINAL_ERR ? open_terminal() : open_pipe(false);
    struct running r = {.out = out.ours, .err = err.ours, .began = seconds_now()};
    r.child = spawn_limited(p, (const int[3]){in.its, out.its, err.its});
    close(in.its);
    close(out.its);
    close(err.its);
    return r;
}

/* --- while it runs ---------------------------------------------------------------- */

static bool handles_interrupts(pid_t child)
{
    char *path = memory_print("/proc/%d/status", (int)child), line[256];
    FILE *file = fopen(path, "r");
    unsigned long long caught = 0;
    while (file && fgets(line, sizeof line, file))
        if (strncmp(line, "SigCgt:", 7) == 0)
            caught = strtoull(line + 7, NULL, 16);
    if (file)
        fclose(file);
    free(path);
    return caught & (1ull << (SIGINT - 1));
}

void program_wait_for_handler(const struct running *r)
{
    while (!handles_interrupts(r->child)) {
        if (seconds_now() - r->began > LIMIT_S)
            fail_msg("the program does not come to simulate");
        nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
    }
}

/* --- its end ---------------------------------------------------------------------- */

struct text {
    char *bytes;
    size_t length, capacity;
};

/* Takes what is there; false at the end, which a terminal tells by EIO. */
static bool take(int handle, struct text *t)
{
    t->capacity = memory_grown(t->capacity, t->length + 65537);
    t->bytes = memory_resize(t->bytes, t->capacity, 1);
    ssize_t got = read(handle, t->bytes + t->length, 65536);
    if (got < 0 && errno == EINTR)
        return true;
    t->length += got > 0 ? (size_t)got : 0;
    t->bytes[t->length] = '\0';
    return got > 0;
}

static void take_all(const struct running *r, struct text texts[2])
{
    struct pollfd files[2] = {{.fd = r->out, .events = POLLIN},
                              {.fd = r->err, .events = POLLIN}};
    while (files[0].fd >= 0 || files[1].fd >= 0) {
        if (seconds_now() - r->began > LIMIT_S) {
            kill(r->child, SIGKILL);
            fail_msg("the program did not end within %d s", LIMIT_S);
        }
        if (poll(files, 2, 1000) <= 0)
            continue;
        for (int i = 0; i < 2; i++)
            if (files[i].fd >= 0 && files[i].revents && !take(files[i].fd, &texts[i])) {
                close(files[i].fd);
                files[i].fd = -1;
            }
    }
}

static char *plain_text(struct text *t, bool terminal)
{
    for (size_t i = 0; i < t->length && !terminal; i++)
        if ((unsigned char)t->bytes[i] < 0x20 && t->bytes[i] != '\n')
            fail_msg("a control character in what is no terminal: %s", t->bytes);
    return t->bytes ? t->bytes : memory_text("", 0);
}

struct ended program_finish(const struct running *r, const struct program *p)
{
    struct text texts[2] = {0};
    int status;
    take_all(r, texts);
    assert_int_equal(waitpid(r->child, &status, 0), r->child);
    return (struct ended){.status = WIFEXITED(status) ? WEXITSTATUS(status)
                                                      : 128 + WTERMSIG(status),
                          .out = plain_text(&texts[0], p->terminal == TERMINAL_OUT),
                          .err = plain_text(&texts[1], p->terminal == TERMINAL_ERR),
                          .seconds = seconds_now() - r->began};
}

struct ended program_run(const struct program *p)
{
    struct running r = program_start(p);
    return program_finish(&r, p);
}

void ended_free(struct ended *e)
{
    free(e->out);
    free(e->err);
    *e = (struct ended){0};
}

void expect_status(const struct ended *e, int status)
{
    if (e->status != status)
        fail_msg("exit status %d, should be %d; it said\n%s\n%s", e->status, status,
                 e->out, e->err);
}

void expect_says(const char *text, const char *part)
{
    if (!strstr(text, part))
        fail_msg("does not say \"%s\":\n%s", part, text);
}

void expect_silence(const char *text)
{
    if (*text)
        fail_msg("should say nothing, says:\n%s", text);
}
