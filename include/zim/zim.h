/*
 * The C interface under the name it is installed with (`#include <zim/zim.h>`). In the source tree it stands one folder up;
 * an installed package has the header itself here, so that it works on file systems that ignore case.
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "../zim.h"
