#include "sim/results/gnuplot.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "sim/base/memory.h"
#include "sim/results/program.h"
#include "sim/results/quiet_write.h"

/* More is no picture. */
#define OUTPUT_MAX ((size_t)64 << 20)

/* What is kept of gnuplot's complaints. */
#define COMPLAINT_MAX 65536

extern char **environ;

/* --- starting it ------------------------------------------------------------------ */

/* Settings of the user that would change or redirect a picture. */
static bool is_unwanted(const char *variable)
{
    static const char *const prefixes[] = {"GNUPLOT_", "GNUTERM=", "LC_",
                                           "LANG=",    "LANGUAGE", "HOME="};
    for (size_t i = 0; i < sizeof prefixes / sizeof prefixes[0]; i++)
        if (strncmp(variable, prefixes[i], strlen(prefixes[i])) == 0)
            return true;
    return false;
}

/* The array is the caller's to free, its texts are not.  HOME is a place where nothing
 * can be, so that neither ~/.gnuplot nor a font cache is looked for or made. */
static char **clean_environment(void)
{
    static char locale[] = "LC_ALL=C.UTF-8", home[] = "HOME=/dev/null";
    size_t count = 0;
    while (environ[count])
        count++;
    char **clean = memory_new(count + 3, sizeof *clean);
    size_t kept = 0;
    for (size_t i = 0; i < count; i++)
        if (!is_unwanted(environ[i]))
            clean[kept++] = environ[i];
    clean[kept++] = locale;
    clean[kept++] = home;
    return clean;
}

enum { TO, FROM, COMPLAINTS, CHANNELS };

/* Our ends of the channels to a running gnuplot; -1 once closed. */
struct child {
    pid_t id;
    int channel[CHANNELS];
};

static void close_channel(int *handle)
{
    if (*handle >= 0)
        close(*handle);
    *handle = -1;
}

/* Opens the channels: our ends go to the child's struct, the other ones to `theirs`.  Our
 * end of the way in does not block, so that both directions can be served. */
static bool open_channels(struct child *c, int theirs[CHANNELS])
{
    bool good = true;
    for (int i = 0; i < CHANNELS; i++) {
        int pair[2] = {-1, -1};
        good = good && pipe2(pair, O_CLOEXEC) == 0;
        c->channel[i] = pair[i == TO];
        theirs[i] = pair[i != TO];
    }
    return good && fcntl(c->channel[TO], F_SETFL, O_NONBLOCK) == 0;
}

/* posix_spawn(3) in the scripts' folder, in a process group of its own, with every signal
 * as it is by default.  The script has a name, because gnuplot reads a nameless one byte
 * by byte and goes on after an error.  Returns 0 or an errno. */
static int spawn(struct child *c, const char *program, const char *folder,
                 const int theirs[CHANNELS])
{
    static char name[] = "gnuplot", no_settings[] = "-d", script[] = "/dev/stdin";
    char *arguments[] = {name, no_settings, script, NULL};
    char **environment = clean_environment();
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF |
                                              POSIX_SPAWN_SETPGROUP);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &all);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    for (int i = 0; i < CHANNELS; i++)
        posix_spawn_file_actions_adddup2(&actions, theirs[i], i);
    posix_spawn_file_actions_addchdir_np(&actions, folder);
    int code =
        posix_spawn(&c->id, program, &actions, &attributes, arguments, environment);
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    free(environment);
    return code;
}

/* --- talking to it ---------------------------------------------------------------- */

struct talk {
    struct child *child;
    const char *script;
    size_t left; /* of it */
    struct text *out;
    struct text complaints;
};

static void send_some(struct talk *t)
{
    int *handle = &t->child->channel[TO];
    ssize_t sent = quiet_write(*handle, t->script, t->left);
    if (sent > 0) {
        t->script += sent;
        t->left -= (size_t)sent;
    }
    bool failed = sent < 0 && errno != EAGAIN && errno != EINTR;
    if (failed || t->left == 0)
        close_channel(
            handle); /* why it failed, its exit status and complaints will tell */
}

static void receive_some(int *handle, struct text *into, size_t limit)
{
    char bytes[65536];
    ssize_t got = read(*handle, bytes, sizeof bytes);
    if (got > 0 && into->length + (size_t)got <= limit)
        text_add(into, bytes, (size_t)got);
    if (got == 0 || (got < 0 && errno != EINTR))
        close_channel(handle);
}

static int64_t now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Passes bytes to and fro until gnuplot has closed its outputs.  False when it has not by
 * the deadline. */
static bool talk_until(struct talk *t, int64_t deadline_ms)
{
    int *channel = t->child->channel;
    while (channel[FROM] >= 0 || channel[COMPLAINTS] >= 0) {
        struct pollfd wait[CHANNELS] = {
            [TO] = {.fd = channel[TO], .events = POLLOUT},
            [FROM] = {.fd = channel[FROM], .events = POLLIN},
            [COMPLAINTS] = {.fd = channel[COMPLAINTS], .events = POLLIN},
        };
        int64_t left_ms = deadline_ms - now_ms();
        if (left_ms <= 0)
            return false;
        if (poll(wait, CHANNELS, (int)left_ms) <= 0)
            continue;
        if (wait[TO].revents)
            send_some(t);
        if (wait[FROM].revents)
            receive_some(&channel[FROM], t->out, OUTPUT_MAX);
        if (wait[COMPLAINTS].revents)
            receive_some(&channel[COMPLAINTS], &t->complaints, COMPLAINT_MAX);
    }
    return true;
}

/* --- judging it ------------------------------------------------------------------- */

/* Waits for the end of a process that has closed its outputs; after the deadline it is
 * killed.  False if it was killed. */
static bool reap(pid_t id, int64_t deadline_ms, int *status)
{
    const struct timespec pause = {.tv_nsec = 2000000};
    *status = -1;
    while (now_ms() < deadline_ms) {
        pid_t ended = waitpid(id, status, WNOHANG);
        if (ended == id || (ended < 0 && errno != EINTR))
            return true;
        nanosleep(&pause, NULL);
    }
    kill(-id, SIGKILL);
    waitpid(id, status, 0);
    return false;
}

/* The last line that says something: gnuplot shows the faulty text first and names file,
 * line and fault after it. */
static const char *last_line(struct text *complaints)
{
    char *line = NULL, *rest = NULL;
    const char *found = "without saying why";
    if (!complaints->bytes)
        return found;
    for (line = strtok_r(complaints->bytes, "\n", &rest); line;
         line = strtok_r(NULL, "\n", &rest))
        if (line[strspn(line, " \t\r")])
            found = line + strspn(line, " \t");
    return found;
}

static bool judge(struct talk *t, bool in_time, int status, unsigned limit_s,
                  struct results_error *error)
{
    if (!in_time)
        return results_fail(error, 0, "gnuplot took more than %u s and was stopped",
                            limit_s);
    if (WIFSIGNALED(status))
        return results_fail(error, 0, "gnuplot was ended by signal %d (%s)",
                            WTERMSIG(status), strsignal(WTERMSIG(status)));
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
        return results_fail(error, 0, "gnuplot failed: %s", last_line(&t->complaints));
    return true;
}

static bool converse(struct child *c, const struct text *script, unsigned limit_s,
                     struct text *out, struct results_error *error)
{
    struct talk t = {
        .child = c, .script = text_of(script), .left = script->length, .out = out};
    int64_t deadline_ms = now_ms() + (int64_t)limit_s * 1000;
    int status;
    bool talked = talk_until(&t, deadline_ms);
    bool in_time = reap(c->id, deadline_ms, &status) && talked;
    bool good = judge(&t, in_time, status, limit_s, error);
    text_free(&t.complaints);
    return good;
}

bool gnuplot_run(const char *folder, const struct text *script, unsigned limit_s,
                 struct text *out, struct results_error *error)
{
    char *program = program_find("gnuplot");
    if (!program)
        return results_fail(error, 0,
                            "gnuplot is not installed; this installs it: "
                            "apt-get install gnuplot-nox");
    struct child c = {.channel = {-1, -1, -1}};
    int theirs[CHANNELS] = {-1, -1, -1};
    int code = open_channels(&c, theirs) ? spawn(&c, program, folder, theirs) : errno;
    for (int i = 0; i < CHANNELS; i++)
        close_channel(&theirs[i]);
    bool good = code == 0
                    ? converse(&c, script, limit_s, out, error)
                    : results_fail(error, code, "cannot start %s in %s", program, folder);
    for (int i = 0; i < CHANNELS; i++)
        close_channel(&c.channel[i]);
    free(program);
    return good;
}
