#include "sim/cli/stop.h"

#include <stddef.h>

/* The one piece of state that a handler can reach. */
static volatile sig_atomic_t stopped_by;

/* Atomic: threads look at it (sim/study/workers.c). */
static void on_signal(int number)
{
    __atomic_store_n(&stopped_by, number, __ATOMIC_RELAXED);
}

void stop_listen(void)
{
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = (int)SA_RESETHAND};
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
}

const volatile sig_atomic_t *stop_flag(void)
{
    return &stopped_by;
}

int stop_signal(void)
{
    return (int)stopped_by;
}
