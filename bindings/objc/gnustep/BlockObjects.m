// SPDX-License-Identifier: Apache-2.0
//
// For GNUstep with GCC's runtime: the blocks runtime of Debian does not retain the objects a copied block captures. Its
// two functions are weak; these take their place, do that, and leave the rest to it. Link it into the program.

#import <Foundation/Foundation.h>

#include <dlfcn.h>

/// `BLOCK_FIELD_IS_OBJECT` of the block ABI: the field is an object, not a block and not a `__block` variable.
enum { fieldIsObject = 3 };

void _Block_object_assign(void *field, const void *object, const int flags);
void _Block_object_dispose(const void *object, const int flags);

void _Block_object_assign(void *field, const void *object, const int flags) {
    if (flags == fieldIsObject) {
        *(id *)field = [(id)object retain];
        return;
    }
    static void (*next)(void *, const void *, const int);
    if (!next) {
        next = (void (*)(void *, const void *, const int))dlsym(RTLD_NEXT, "_Block_object_assign");
    }
    next(field, object, flags);
}

void _Block_object_dispose(const void *object, const int flags) {
    if (flags == fieldIsObject) {
        [(id)object release];
        return;
    }
    static void (*next)(const void *, const int);
    if (!next) {
        next = (void (*)(const void *, const int))dlsym(RTLD_NEXT, "_Block_object_dispose");
    }
    next(object, flags);
}
