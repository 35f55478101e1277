/* `portsim diagnose` of a capture: options in, judgement out. */
#ifndef SIM_CLI_DIAGNOSE_CAPTURE_H
#define SIM_CLI_DIAGNOSE_CAPTURE_H

#include <argp.h>
#include <stdbool.h>

#include "sim/views/capture_record.h"

struct capture_arguments {
    const char *path; /* NULL: no capture is asked for */
    struct capture_options options;
    struct capture_question question;
    bool has_details; /* an option that only a capture has was given */
};

/* --ss, --netstat, --powershell and what belongs to them: a child of the command's argp,
 * whose input is a struct capture_arguments. */
extern const struct argp capture_argp;

/* Prints the judgement; the exit status. */
int diagnose_capture(const struct capture_arguments *a, bool all, bool json);

#endif
