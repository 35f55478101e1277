/* The last words of `portsim sweep`, on stderr: what was done, or what goes on from here.
 */
#ifndef SIM_CLI_SWEEP_TELL_H
#define SIM_CLI_SWEEP_TELL_H

#include "sim/cli/sweep_session.h"

void sweep_tell_done(const struct sweep_session *s, const struct sweep *sweep);

/* With the command as it was given, ready for a shell. */
void sweep_tell_resume(const struct sweep_session *s, const struct sweep *sweep);

#endif
