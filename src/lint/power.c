// SPDX-License-Identifier: Apache-2.0
/* See power.h. */
#include "lint/power.h"

#include <math.h>

#define EXPONENT_MAX 1100 /* beyond it every double but 0 and 1 is infinite or 0 */

double power(double x, double y)
{
	double r = 1;

	if (!(fabs(y) <= EXPONENT_MAX) || floor(y) < y)
		return NAN;
	for (unsigned n = (unsigned)fabs(y); n; n /= 2) {
		if (n % 2)
			r *= x;
		x *= x;
	}
	return y < 0 ? 1 / r : r;
}
