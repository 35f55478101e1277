/* SHA-256 (FIPS 180-4) of bytes in memory, as 64 hexadecimal digits. */
#ifndef SIM_RESULTS_DIGEST_H
#define SIM_RESULTS_DIGEST_H

#include <stddef.h>

/* With the terminating zero. */
#define DIGEST_SIZE 65

void digest_of(const void *bytes, size_t length, char out[DIGEST_SIZE]);

#endif
