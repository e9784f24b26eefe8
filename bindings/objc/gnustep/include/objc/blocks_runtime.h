// SPDX-License-Identifier: Apache-2.0
//
// GNUstep's Foundation.h looks here for the blocks runtime, which Debian has under another name.

#include <Block.h>
