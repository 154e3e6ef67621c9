// SPDX-License-Identifier: Apache-2.0
/* What is x ** y in a constant of the source? Whole exponents only: shapes and sizes have no others, and the pow() of newer C
 * libraries would be the newest thing that the program asks of the machine. */
#ifndef WHYCPU_LINT_POWER_H
#define WHYCPU_LINT_POWER_H

/* NaN for what is not computed here. */
double power(double x, double y);

#endif
