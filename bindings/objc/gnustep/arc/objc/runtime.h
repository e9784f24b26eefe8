// SPDX-License-Identifier: Apache-2.0
//
// GCC's header looks into objects, which is no longer allowed when the compiler counts references. For the check of the
// sources under that rule only.

#define id struct objc_object *
#include_next <objc/runtime.h>
#undef id
