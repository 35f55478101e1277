#include "sim/cli/complaint.h"

#include <stdio.h>

#include "sim/cli/command.h"

int io_error(const struct results_error *error)
{
    fprintf(stderr, "portsim: %s\n", error->text);
    return error->asked ? EXIT_USAGE : EXIT_IO;
}
