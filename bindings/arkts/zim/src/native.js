// The one file that differs between hosts: how the native library is found. On Node it is `zim.node` beside this
// package, or what ZIM_NATIVE names.
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

export const native = require(process.env.ZIM_NATIVE || '../zim.node');
