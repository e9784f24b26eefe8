#!/bin/sh
# plumbing.sh UNIFFI_BINDGEN LIBRARY: writes the targets `ZIMFFI` and `zim_uniffiFFI` of the package from the library.
set -eu
sources=$(cd "$(dirname "$0")/../Sources" && pwd)
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
"$1" generate --library "$2" --language swift --no-format --out-dir "$out"
put() { mkdir -p "$(dirname "$2")"; cmp -s "$1" "$2" || cp "$1" "$2"; }
put "$out/zim_uniffi.swift" "$sources/ZIMFFI/zim_uniffi.swift"
put "$out/zim_uniffiFFI.h" "$sources/zim_uniffiFFI/zim_uniffiFFI.h"
printf 'module zim_uniffiFFI {\n    header "zim_uniffiFFI.h"\n    link "zim_uniffi"\n    export *\n}\n' > "$out/module.modulemap"
put "$out/module.modulemap" "$sources/zim_uniffiFFI/module.modulemap"
