/* Choices of ports as a table, for where.h and count_by.h. */
#ifndef SIM_VIEWS_BINDS_H
#define SIM_VIEWS_BINDS_H

#include "sim/results/run_binds.h"
#include "sim/views/table.h"

/* Valid as long as the binds. */
struct table binds_table(const struct stored_binds *binds);

/* Whether the row is a choice that found no port. */
bool binds_failed(const struct stored_binds *binds, size_t row);

#endif
