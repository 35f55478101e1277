#include "sim/cli/diagnose_capture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/cli/command.h"
#include "sim/cli/complaint.h"
#include "sim/cli/terminal.h"
#include "sim/views/capture_print.h"
#include "sim/views/diagnose.h"

enum {
    KEY_SS = 2000,
    KEY_NETSTAT,
    KEY_POWERSHELL,
    KEY_RANGE,
    KEY_STACK,
    KEY_DESTINATION,
    KEY_SNAPSHOT
};

static const struct argp_option options[] = {
    {NULL, 0, NULL, 0,
     "Instead of a run, a capture of a real machine (\"-\": stdin):", 2},
    {"ss", KEY_SS, "FILE", 0, "Output of ss -tan, better of ss -tuanp as root", 2},
    {"netstat", KEY_NETSTAT, "FILE", 0,
     "Output of netstat -anp, or of Windows -ano, -anob, -anobq", 2},
    {"powershell", KEY_POWERSHELL, "FILE", 0,
     "Output of Get-NetTCPConnection, also through Export-Csv", 2},
    {"range", KEY_RANGE, "LOW-HIGH", 0,
     "The range of local ports; without it the default of the system", 2},
    {"stack", KEY_STACK, "NAME", 0,
     "The system, a row of `list stacks'; without it one of the tool's platform", 2},
    {"destination", KEY_DESTINATION, "ADDRESS[:PORT]", 0, "Only toward this other end",
     2},
    {"snapshot", KEY_SNAPSHOT, "N", 0,
     "Of several in the file this one, from 1; without it the last", 2},
    {0}};

static void take_file(struct capture_arguments *a, const char *path,
                      enum capture_tool tool, struct argp_state *state)
{
    if (a->path)
        argp_error(state, "one capture at a time, also got \"%s\"", path);
    a->path = path;
    a->options.tool = tool;
}

/* "32768-60999", also as `sysctl` prints it: "32768 60999". */
static struct port_range range_of(const char *text, struct argp_state *state)
{
    unsigned low = 0, high = 0;
    int length = 0;
    if (strlen(text) > 16 ||
        sscanf(text, "%5u%*[- \t]%5u%n", &low, &high, &length) != 2 || text[length] ||
        !low || low > high || high > UINT16_MAX)
        argp_error(state, "--range wants LOW-HIGH, such as 32768-60999, is \"%s\"", text);
    return (struct port_range){(uint16_t)low, (uint16_t)high};
}

static uint32_t number_of(const char *text, struct argp_state *state)
{
    char *end;
    unsigned long number = strtoul(text, &end, 10);
    if (*text < '1' || *text > '9' || *end || number > 1000000)
        argp_error(state, "--snapshot wants a number from 1 on, is \"%s\"", text);
    return (uint32_t)number;
}

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct capture_arguments *a = state->input;
    switch (key) {
    case KEY_SS:
        take_file(a, argument, CAPTURE_SS, state);
        return 0;
    case KEY_NETSTAT:
        take_file(a, argument, CAPTURE_NETSTAT, state);
        return 0;
    case KEY_POWERSHELL:
        take_file(a, argument, CAPTURE_POWERSHELL, state);
        return 0;
    case KEY_RANGE:
        a->question.range = range_of(argument, state);
        break;
    case KEY_STACK:
        a->question.stack = argument;
        break;
    case KEY_DESTINATION:
        a->question.destination = argument;
        break;
    case KEY_SNAPSHOT:
        a->options.snapshot = number_of(argument, state);
        break;
    default:
        return ARGP_ERR_UNKNOWN;
    }
    a->has_details = true;
    return 0;
}

const struct argp capture_argp = {.options = options, .parser = parse};

static void print_text(const struct capture_arguments *a, const struct capture *c,
                       const struct capture_record *r, const struct diagnosis *d,
                       bool all)
{
    capture_print(stdout, a->path, c, r, all);
    diagnosis_print(stdout, d, all, terminal_colours());
    capture_print_next(stdout, c, r);
}

static void print_json(const struct capture_arguments *a, const struct capture *c,
                       const struct capture_record *r, const struct diagnosis *d)
{
    struct json_text j = {0};
    json_object_begin(&j, NULL);
    capture_json(&j, "capture", a->path, c, r);
    diagnosis_json(&j, "diagnosis", d);
    json_object_end(&j);
    fwrite(j.bytes, 1, j.length, stdout);
    json_free(&j);
}

int diagnose_capture(const struct capture_arguments *a, bool all, bool json)
{
    struct results_error error;
    struct capture_record r;
    struct capture *c = capture_read(a->path, &a->options, &error);
    if (!c)
        return io_error(&error);
    if (!capture_record_of(c, &a->question, &r, &error)) {
        capture_free(c);
        io_error(&error);
        return EXIT_USAGE;
    }
    struct diagnosis *d = diagnosis_new(&r.record);
    if (json)
        print_json(a, c, &r, d);
    else
        print_text(a, c, &r, d, all);
    diagnosis_free(d);
    capture_record_free(&r);
    capture_free(c);
    return EXIT_DONE;
}
