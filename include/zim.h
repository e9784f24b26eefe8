/*
 * ZIM: the C interface of libzim, and in C++ the published classes over it.
 *
 * `ZIM.h`, the published name, and `zim.h` are one text: where file names ignore case they are one file, and either name
 * serves both languages. C++ that wants the C interface alone includes <zim/zim.h>.
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#ifdef __cplusplus
#include "zim/ZIMClient.h"
#else
#include "zim/zim.h"
#endif
