// swift-tools-version:6.0
import PackageDescription

// What a call and an event cost in Swift, see ../../README.md: a package that takes ours as an app does.
let package = Package(
    name: "bench",
    platforms: [.macOS(.v13)],
    dependencies: [.package(path: "../../../../bindings/swift")],
    targets: [
        .executableTarget(name: "bench", dependencies: [.product(name: "ZIM", package: "swift")], path: "Sources")
    ]
)
