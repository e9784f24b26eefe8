// SPDX-License-Identifier: Apache-2.0
//
// What differs between Apple's runtime with automatic reference counting and GNUstep with manual counting. Every other
// file is written once, with these words.

#import <Foundation/Foundation.h>

#include <Block.h>

#if defined(__has_include)
#if __has_include(<dispatch/dispatch.h>)
#include <dispatch/dispatch.h>
#define ZIM_HAS_DISPATCH 1
#endif
#endif

#if __has_feature(objc_arc)
#define ZIM_ARC 1
#define ZIM_AUTORELEASE(object) (object)
#define ZIM_RETAIN(object) (object)
#define ZIM_RELEASE(object) ((void)(object))
/// An object that C keeps; ZIMReleaseObject gives it back.
#define ZIM_RETAINED(object) ((__bridge_retained void *)(object))
/// A block that C keeps; ZIMReleaseBlock gives it back.
#define ZIM_RETAINED_BLOCK(block) ((__bridge_retained void *)[(block) copy])
/// A cast of what C kept, without taking it back.
#define ZIM_BRIDGE(type) (__bridge type)
/// Lives to the end of its scope although C alone uses its memory.
#define ZIM_SCOPED __attribute__((objc_precise_lifetime))
#define ZIM_COPY_BLOCK(block) [(block) copy]
#define ZIM_RELEASE_BLOCK(block) ((void)(block))
#else
#define ZIM_ARC 0
#define ZIM_AUTORELEASE(object) [(object) autorelease]
#define ZIM_RETAIN(object) [(object) retain]
#define ZIM_RELEASE(object) [(object) release]
#define ZIM_RETAINED(object) ((void *)[(object) retain])
#define ZIM_RETAINED_BLOCK(block) ((void *)Block_copy(block))
#define ZIM_BRIDGE(type) (type)
#define ZIM_SCOPED
// Blocks are no objects for GCC's runtime.
#define ZIM_COPY_BLOCK(block) ((block) ? Block_copy(block) : NULL)
#define ZIM_RELEASE_BLOCK(block) ((block) ? Block_release(block) : (void)0)
#endif
