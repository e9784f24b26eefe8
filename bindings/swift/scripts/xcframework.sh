#!/bin/sh
# Builds bindings/swift/Artifacts on a Mac with Xcode and Rust, for iOS, its simulator and macOS:
#
#   ZIMNative.xcframework  what the Swift package links: the library, the Objective-C classes and both modules
#   ZIM.xcframework        <ZIM/ZIM.h> for apps in Objective-C, with the library; not for macOS
#   ZPNs.xcframework       <ZPNs/ZPNs.h>, likewise; it needs ZIM.xcframework
#
# IOS and MACOS set the oldest systems (13.0 and 11.0).
set -eu
package=$(cd "$(dirname "$0")/.." && pwd)
root=$(cd "$package/../.." && pwd)
objc=$root/bindings/objc
work=$root/target/apple
out=$package/Artifacts
ios=${IOS:-13.0} macos=${MACOS:-11.0}

# The slices: name, SDK, clang's target without the architecture, and "architecture:Rust target" of each part.
slices() {
    echo "ios iphoneos apple-ios$ios arm64:aarch64-apple-ios"
    echo "simulator iphonesimulator apple-ios$ios-simulator arm64:aarch64-apple-ios-sim x86_64:x86_64-apple-ios"
    echo "macos macosx apple-macos$macos arm64:aarch64-apple-darwin x86_64:x86_64-apple-darwin"
}

# objects SDK TARGET PREFIX OUT: the Objective-C classes whose names begin with PREFIX, as one archive.
objects() {
    rm -rf "$4.o" && mkdir -p "$4.o"
    for source in "$objc/src/$3"*.m; do
        xcrun --sdk "$1" clang -c -O2 -fobjc-arc -target "$2" -I "$objc/include" \
            -I "$objc/include/ZIM" -I "$objc/include/ZPNs" "$source" -o "$4.o/$(basename "$source" .m).o"
    done
    xcrun libtool -static -o "$4" "$4.o"/*.o
}

# slice NAME SDK TARGET PART…: the archives of one slice, each with all its architectures.
slice() {
    name=$1 sdk=$2 system=$3
    shift 3
    folder=$work/$name
    mkdir -p "$folder"
    for part in "$@"; do
        arch=${part%%:*} target=${part##*:}
        cargo build --release --manifest-path "$root/Cargo.toml" --package zim-uniffi --lib --target "$target"
        rust=$root/target/$target/release/libzim_uniffi.a
        objects "$sdk" "$arch-$system" ZIM "$folder/$arch-classes.a"
        objects "$sdk" "$arch-$system" ZPNs "$folder/$arch-zpns.a"
        xcrun libtool -static -o "$folder/$arch-zim.a" "$folder/$arch-classes.a" "$rust"
        xcrun libtool -static -o "$folder/$arch-native.a" "$folder/$arch-zim.a" "$folder/$arch-zpns.a"
    done
    for archive in zim zpns native; do
        xcrun lipo -create "$folder"/*-$archive.a -output "$folder/lib$archive.a"
    done
}

# headers OUT: what the Swift package imports, as two modules that one file describes: Xcode copies the headers of all
# frameworks into one folder, where two such files would be one.
headers() {
    rm -rf "$1" && mkdir -p "$1"
    cp "$package/Sources/zim_uniffiFFI/zim_uniffiFFI.h" "$1"
    cp -R "$objc/include/ZIM" "$objc/include/ZPNs" "$1"
    cp "$package/scripts/ZIMNative.modulemap" "$1/module.modulemap"
}

# framework NAME ARCHIVE OUT: a static framework of Objective-C headers.
framework() {
    rm -rf "$3" && mkdir -p "$3/Headers" "$3/Modules"
    cp "$2" "$3/$1"
    cp "$objc/include/$1"/*.h "$3/Headers"
    printf 'framework module %s {\n    umbrella header "%s.h"\n    export *\n}\n' "$1" "$1" > "$3/Modules/module.modulemap"
    printf '{ "CFBundleName": "%s", "CFBundlePackageType": "FMWK", "CFBundleIdentifier": "im.zego.%s" }\n' "$1" "$1" \
        | plutil -convert binary1 -o "$3/Info.plist" -
}

bundle() {
    name=$1
    shift
    rm -rf "$out/$name.xcframework"
    xcodebuild -create-xcframework "$@" -output "$out/$name.xcframework"
}

headers "$work/headers"
slices > "$work/slices"
set --
while read -r name sdk system parts; do
    # shellcheck disable=SC2086 — the parts are words
    slice "$name" "$sdk" "$system" $parts </dev/null
    set -- "$@" -library "$work/$name/libnative.a" -headers "$work/headers"
    [ "$sdk" = macosx ] && continue
    for module in ZIM ZPNs; do
        archive=$work/$name/lib$(echo "$module" | tr '[:upper:]' '[:lower:]').a
        framework "$module" "$archive" "$work/$name/$module.framework"
    done
done < "$work/slices"
bundle ZIMNative "$@"
for module in ZIM ZPNs; do
    set --
    while read -r name sdk rest; do
        [ "$sdk" = macosx ] || set -- "$@" -framework "$work/$name/$module.framework"
    done < "$work/slices"
    bundle "$module" "$@"
done
