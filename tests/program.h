/* The built program as its users meet it: started with arguments, its output and its end
 * caught.
 *
 * The environment variable PORTSIM names the program (build/portsim without it); tests
 * run in the root of the repository, whose scenarios and plots it uses.
 */
#ifndef TESTS_PROGRAM_H
#define TESTS_PROGRAM_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define PROGRAM_ARGS 16

enum program_terminal { TERMINAL_NONE, TERMINAL_OUT, TERMINAL_ERR };

/* How to start it; {0} is "portsim" without arguments. */
struct program {
    const char *args[PROGRAM_ARGS]; /* after the program's name; NULL ends them */
    const char *folder;             /* to start it in; NULL: the repository */
    const char *env[4];             /* "NAME=value", beside this process's own */
    const char *input;              /* on standard input; NULL: none */
    enum program_terminal terminal; /* which output is a terminal of 80 columns */
    bool out_closed;                /* nobody reads standard output (| head) */
    const char *out_file;           /* standard output goes there; NULL: is caught */
    size_t file_limit;              /* RLIMIT_FSIZE; 0: none */
};

/* One that runs. */
struct running {
    pid_t child;
    int out, err; /* to read from; -1: closed */
    double began;
};

struct ended {
    int status; /* of exit; 128 + signal if it was killed */
    char *out, *err;
    double seconds;
};

struct running program_start(const struct program *p);

/* Waits until it handles SIGINT, which it does from when it simulates. */
void program_wait_for_handler(const struct running *r);

/* Skips the test where there are no terminals: a container without /dev/pts. */
void program_needs_terminal(void);

/* Waits for its end; fails the test after a minute.  Outputs that are no terminal must
 * not hold control characters. */
struct ended program_finish(const struct running *r, const struct program *p);

struct ended program_run(const struct program *p);
void ended_free(struct ended *e);

/* Fails the test, with all that was said, unless the status is this one. */
void expect_status(const struct ended *e, int status);

/* Fail the test unless the text holds that part; unless it is empty. */
void expect_says(const char *text, const char *part);
void expect_silence(const char *text);

#endif
