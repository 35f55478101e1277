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

/* A heading, or a command under it. */
static const struct row {
    const char *heading;
    const struct command *command;
} rows[] = {
#define GROUP(text) {.heading = (text)},
#define X(name)     {.command = &command_##name},
    COMMANDS(GROUP, X)
#undef X
#undef GROUP
};
#define ROWS (sizeof rows / sizeof rows[0])

static void help(FILE *out)
{
    fputs("portsim: a discrete-event simulator of port space.\n"
          "\n"
          "Shows how the local ports of a host are taken, held, released and run out, "
          "and\n"
          "which knob helps.\n",
          out);
    for (size_t i = 0; i < ROWS; i++)
        if (rows[i].heading)
            fprintf(out, "\n%s:\n", rows[i].heading);
        else
            fprintf(out, "  %-9s %s\n", rows[i].command->name, rows[i].command->summary);
    fputs("\n"
          "portsim help COMMAND, or portsim COMMAND --help, says what a command takes, "
          "with\n"
          "an example; portsim --version which portsim this is.\n"
          "\n"
          "Exit status: 0 done; 1 a requirement failed; 2 bad command line; 3 bad "
          "scenario;\n"
          "4 input, output or gnuplot; 5 a bug; 6 out of memory; 7 less precise than "
          "asked;\n"
          "130, 143 interrupted.\n",
          out);
}

/* What is said to who typed the name alone: a command was missing, so it goes where
 * complaints go and the status is 2 (stdout carries results and nothing else, and none
 * was asked for), but it is a welcome and not a wall of options: what the program does,
 * and the next thing to type [clig.dev, "Display a concise help text by default"]. */
static void welcome(FILE *out)
{
    const char *name = program_invocation_name;
    fprintf(out,
            "portsim simulates how a computer runs out of local ports: who takes them, "
            "what\n"
            "holds them, who cannot connect any more, and which knob helps.\n"
            "\n"
            "Try:\n"
            "  %s demo                       run out of ports, on one screen\n"
            "  %s run teaching-mini          ten ports, five and a half hours\n"
            "  ss -tan | %s diagnose --ss -  what holds the ports of this machine\n"
            "\n"
            "Help:\n"
            "  %s --help                     every command\n"
            "  %s help run                   one command, with an example\n"
            "  %s list scenarios             the questions that come with it\n",
            name, name, name, name, name, name);
}

/* The commands alone; NULL after the last. */
static const struct command *command_at(uint32_t index)
{
    for (size_t i = 0; i < ROWS; i++)
        if (rows[i].command && index-- == 0)
            return rows[i].command;
    return NULL;
}

static const char *command_name(uint32_t index)
{
    const struct command *c = command_at(index);
    return c ? c->name : NULL;
}

static const struct command *command_find(const char *name)
{
    const struct command *c;
    for (uint32_t i = 0; (c = command_at(i)) != NULL; i++)
        if (strcmp(c->name, name) == 0)
            return c;
    return NULL;
}

/* A scenario, or an option, where the command should stand is a slip of another kind than
 * a misspelt command. */
static int unknown(const char *name)
{
    const char *near = words_nearest(name, command_name);
    size_t length = strlen(name);
    bool scenario = length > 5 && strcmp(name + length - 5, ".json") == 0;
    fputs("portsim: there is no command \"", stderr);
    terminal_print(stderr, name);
    fputc('"', stderr);
    if (near)
        fprintf(stderr, "; did you mean \"%s\"?", near);
    if (scenario) {
        fputs("; to simulate it: portsim run ", stderr);
        terminal_print(stderr, name);
    }
    fprintf(stderr, "\n%sTry \"portsim --help\".\n",
            name[0] == '-' ? "Options come behind the command: portsim run --json ...\n"
                           : "");
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
    const struct command *command = command_find(argv[1]);
    if (!command)
        return unknown(argv[1]);
    char *name = memory_print("portsim %s", command->name);
    argv[1] = name;
    int status = flush(command->run(argc - 1, argv + 1));
    free(name);
    return status;
}

/* A file that is opened must not become standard input, output or error: whoever closed
 * those gets an error when they are used. */
static void keep_standard_files(void)
{
    for (int handle = 0; handle <= STDERR_FILENO; handle++)
        if (fcntl(handle, F_GETFD) == -1 && errno == EBADF)
            open("/dev/null", handle == STDIN_FILENO ? O_WRONLY : O_RDONLY);
}

static int print_help(void)
{
    help(stdout);
    return flush(EXIT_DONE);
}

static int print_version(void)
{
    const char *ranks = ranks_kind();
    printf("portsim " PORTSIM_VERSION "%s%s\n", ranks ? " with " : "",
           ranks ? ranks : "");
    return flush(EXIT_DONE);
}

/* What may stand in place of a command. */
static const struct {
    const char *word;
    int (*answer)(void);
} words[] = {
    {"help", print_help}, {"--help", print_help},       {"-h", print_help},
    {"-?", print_help},   {"--version", print_version}, {"-V", print_version},
};

int main(int argc, char **argv)
{
    char help_option[] = "--help";
    keep_standard_files();
    signal(SIGPIPE, SIG_IGN);
    argp_err_exit_status = EXIT_USAGE;
    if (argc < 2) {
        welcome(stderr);
        return EXIT_USAGE;
    }
    if (strcmp(argv[1], "help") == 0 && argc > 2) { /* help COMMAND */
        argv[1] = argv[2];
        argv[2] = help_option;
        return run_command(3, argv);
    }
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strcmp(argv[1], words[i].word) == 0)
            return words[i].answer();
    return run_command(argc, argv);
}
