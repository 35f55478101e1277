#include "sim/views/diagnose_causes.h"

#include <stddef.h>

/* Those that decide come first, in this order; of the others the largest share counts. */
const struct cause *const causes[] = {
    &cause_nat_block,    &cause_family,     &cause_ring,
    &cause_bind,         &cause_blocked,    &cause_narrowed,
    &cause_bounded,      &cause_fin_wait_2, &cause_time_wait,
    &cause_close_wait,   &cause_bound,      &cause_half_closed,
    &cause_syn_sent,     &cause_open,       &cause_udp_leak,
    &cause_nat_pool,     &cause_nat_table,  &cause_taken,
    &cause_client_limit, &cause_silence,    &cause_other,
    &cause_peer,         &cause_knee,       &cause_nat_race,
    &cause_scope,        &cause_retries,    NULL};
