// swift-tools-version:6.0
import PackageDescription

// A program of an app: it takes the package as an app does, here from the folder beside it.
let package = Package(
    name: "peer",
    platforms: [.macOS(.v11)],
    dependencies: [.package(path: "../../../bindings/swift")],
    targets: [.executableTarget(name: "peer", dependencies: [.product(name: "ZIM", package: "swift")])]
)
