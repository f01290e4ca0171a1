/* SPDX-License-Identifier: MIT */
#include "base/checksum.h"

#include <string.h>

static uint64_t
mix(uint64_t h, uint64_t word)
{
	h = (h ^ word) * 0x9e3779b97f4a7c15u;
	return h ^ h >> 29;
}

uint64_t
checksum(uint64_t seed, const void *bytes, size_t len)
{
	const unsigned char *p = bytes;
	/* Four lanes, so that the multiplications overlap. */
	uint64_t lane[4] = { seed, ~seed, seed + 1, seed * 3 }, w;
	size_t left = len;

	for (; left >= 32; left -= 32, p += 32) {
		for (int i = 0; i < 4; i++) {
			memcpy(&w, p + 8 * i, 8);
			lane[i] = mix(lane[i], w);
		}
	}
	for (; left > 0; left -= left < 8 ? left : 8, p += 8) {
		w = 0;
		memcpy(&w, p, left < 8 ? left : 8);
		lane[0] = mix(lane[0], w);
	}
	w = mix(mix(mix(lane[0], lane[1]), lane[2]), lane[3]);
	return mix(w, len);
}
