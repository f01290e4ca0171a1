/* SPDX-License-Identifier: MIT */
#ifndef BASE_CHECKSUM_H
#define BASE_CHECKSUM_H

#include <stddef.h>
#include <stdint.h>

/*
 * A quick 64-bit sum against torn and damaged files of our own, several GB a
 * second. It keeps nobody out: what must withstand an attacker uses digest.h.
 */
uint64_t checksum(uint64_t seed, const void *bytes, size_t len);

#endif
