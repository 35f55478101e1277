/* portsim: finds the command and runs it. */
#include <argp.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/base/memory.h"
#include "sim/base/words.h"
#include "sim/cli/command.h"
#include "sim/cli/terminal.h"
#include "sim/study/ranks.h"

static const struct command *const commands[] = {
#define X(name) &command_##name,
    COMMANDS(X)
#undef X
};
#define COMMAND_COUNT (sizeof commands / sizeof commands[0])

static void help(FILE *out)
{
    fputs(
        "portsim: a discrete-event simulator of port space.\n"
        "\n"
        "Shows how the local ports of a host are taken, held, released and run out, and\n"
        "which knob helps.\n"
        "\n"
        "  portsim demo                  a proxy runs out of ports and recovers\n"
        "  portsim COMMAND --help        what a command takes, with an example\n"
        "\n"
        "Commands:\n",
        out);
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        fprintf(out, "  %-9s %s\n", commands[i]->name, commands[i]->summary);
    fputs("\n"
          "Exit status: 0 done; 1 a requirement failed; 2 bad command line; 3 bad "
          "scenario;\n"
          "4 input, output or gnuplot; 5 a bug; 6 out of memory; 7 less precise than "
          "asked;\n"
          "130, 143 interrupted.\n",
          out);
}

static const char *command_name(uint32_t index)
{
    return index < COMMAND_COUNT ? commands[index]->name : NULL;
}

static int unknown(const char *name)
{
    const char *near = words_nearest(name, command_name);
    fputs("portsim: there is no command \"", stderr);
    terminal_print(stderr, name);
    fputc('"', stderr);
    if (near)
        fprintf(stderr, "; did you mean \"%s\"?", near);
    fputs("\nTry \"portsim --help\".\n", stderr);
    return EXIT_USAGE;
}

/* Whether whoever read our output has gone (| head). */
static bool reader_left(void)
{
    struct pollfd out = {.fd = STDOUT_FILENO, .events = POLLOUT};
    return poll(&out, 1, 0) == 1 && (out.revents & POLLERR);
}

/* A reader who left is not an error worth a message; a full disk is. */
static int flush(int status)
{
    errno = 0;
    if ((fflush(stdout) == 0 && !ferror(stdout)) || reader_left())
        return status;
    fprintf(stderr, "portsim: cannot write to standard output%s%s\n", errno ? ": " : "",
            errno ? strerror(errno) : "");
    return status > EXIT_IO ? status : EXIT_IO;
}

static int run_command(int argc, char **argv)
{
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        if (strcmp(argv[1], commands[i]->name) != 0)
            continue;
        char *name = memory_print("portsim %s", commands[i]->name);
        argv[1] = name;
        int status = flush(commands[i]->run(argc - 1, argv + 1));
        free(name);
        return status;
    }
    return unknown(argv[1]);
}

/* A file that is opened must not become standard input, output or error: whoever closed
 * those gets an error when they are used. */
static void keep_standard_files(void)
{
    for (int handle = 0; handle <= STDERR_FILENO; handle++)
        if (fcntl(handle, F_GETFD) == -1 && errno == EBADF)
            open("/dev/null", handle == STDIN_FILENO ? O_WRONLY : O_RDONLY);
}

int main(int argc, char **argv)
{
    char help_option[] = "--help";
    keep_standard_files();
    signal(SIGPIPE, SIG_IGN);
    argp_err_exit_status = EXIT_USAGE;
    if (argc < 2) {
        help(stderr);
        return EXIT_USAGE;
    }
    if (strcmp(argv[1], "help") == 0 && argc > 2) { /* help COMMAND */
        argv[1] = argv[2];
        argv[2] = help_option;
        return run_command(3, argv);
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "help") == 0) {
        help(stdout);
        return flush(EXIT_DONE);
    }
    if (strcmp(argv[1], "--version") == 0) {
        const char *ranks = ranks_kind();
        printf("portsim " PORTSIM_VERSION "%s%s\n", ranks ? " with " : "",
               ranks ? ranks : "");
        return flush(EXIT_DONE);
    }
    return run_command(argc, argv);
}
