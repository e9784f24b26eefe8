// swift-tools-version:6.0
import PackageDescription

// What Swift adds to a call and to an event, beside the C interface of the same library. Run by hand, see Bench.swift.
let package = Package(
    name: "bench",
    platforms: [.macOS(.v13)],
    dependencies: [.package(path: "..")],
    targets: [
        .systemLibrary(name: "CZIM"),
        .executableTarget(name: "bench", dependencies: ["CZIM", .product(name: "ZIM", package: "swift")]),
    ]
)
