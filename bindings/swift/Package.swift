// swift-tools-version:6.0
import PackageDescription

#if os(Linux)
// The library is found by the linker, see README.md.
let native = Target.systemLibrary(name: "zim_uniffiFFI")
#else
// Written by scripts/xcframework.sh: the library and its headers for every Apple platform.
let native = Target.binaryTarget(name: "zim_uniffiFFI", path: "Artifacts/ZIMNative.xcframework")
#endif

let package = Package(
    name: "ZIM",
    platforms: [.iOS(.v13), .macOS(.v11)],
    products: [
        .library(name: "ZIM", targets: ["ZIM"]),
        .library(name: "ZPNs", targets: ["ZPNs"]),
    ],
    targets: [
        native,
        // What uniffi writes; written by scripts/plumbing.sh and used by the targets below alone.
        .target(name: "ZIMFFI", dependencies: ["zim_uniffiFFI"]),
        .target(
            name: "ZIM",
            dependencies: ["ZIMFFI", "zim_uniffiFFI"],
            // What the library and the Objective-C classes in the archive use; an archive names no frameworks itself.
            linkerSettings: [.linkedFramework("Security", .when(platforms: [.iOS, .macOS]))]
        ),
        .target(
            name: "ZPNs",
            dependencies: ["ZIM", "ZIMFFI", "zim_uniffiFFI"],
            linkerSettings: [
                .linkedFramework("UserNotifications", .when(platforms: [.iOS, .macOS])),
                .linkedFramework("UIKit", .when(platforms: [.iOS])),
                .linkedFramework("AppKit", .when(platforms: [.macOS])),
            ]
        ),
        .testTarget(name: "ZIMTests", dependencies: ["ZIM", "ZPNs"]),
    ]
)
