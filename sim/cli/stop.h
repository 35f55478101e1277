/* Ctrl-C and SIGTERM: the first asks for an orderly end, the second ends the program.
 *
 * What is under way looks at the flag (struct trial_watch, struct workers), finishes what
 * it can within a second and leaves results marked as interrupted; the command then exits
 * with EXIT_BY_SIGNAL + the number.
 */
#ifndef SIM_CLI_STOP_H
#define SIM_CLI_STOP_H

#include <signal.h>

/* From here on signals are asked for politely.  Once a process. */
void stop_listen(void);

/* 0, or the number of the signal; for those who take a flag. */
const volatile sig_atomic_t *stop_flag(void);

/* The same as a number. */
int stop_signal(void);

#endif
