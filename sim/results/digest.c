#include "sim/results/digest.h"

#include <sha2.h>

void digest_of(const void *bytes, size_t length, char out[DIGEST_SIZE])
{
    SHA2_CTX hash;
    SHA256Init(&hash);
    SHA256Update(&hash, bytes, length);
    SHA256End(&hash, out);
}
