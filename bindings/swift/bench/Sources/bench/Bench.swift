// bench URL APPID APPSIGN: microseconds per call with its answer that needs no network, and per message of a backlog that a
// login brings, in Swift and in C, by turns.
import Foundation
import ZIM

let calls = 20_000
let backlog = 1_000
let rounds = 9

@main struct Bench {
    static func main() async throws {
        let arguments = CommandLine.arguments
        guard arguments.count == 4, let appID = UInt32(arguments[2]) else {
            print("bench URL APPID APPSIGN")
            exit(2)
        }
        let app = ZIMAppConfig(appID: appID, appSign: arguments[3], serverURL: arguments[1])
        try await measureCalls(app)
        try await measureEvents(app)
    }

    static func measureCalls(_ app: ZIMAppConfig) async throws {
        let swift = try ZIM(app)
        try await swift.login(userID: "bench-swift")
        let c = CClient(app)
        c.login("bench-c")
        var (together, oneByOne, inC) = ([Double](), [Double](), [Double]())
        for _ in 0..<rounds {
            together.append(
                try await perItem(calls) {
                    try await withThrowingTaskGroup(of: Void.self) { group in
                        for _ in 0..<calls {
                            group.addTask { _ = try await swift.queryConversationTotalUnreadMessageCount() }
                        }
                        try await group.waitForAll()
                    }
                })
            oneByOne.append(
                try await perItem(calls / 10) {
                    for _ in 0..<calls / 10 { _ = try await swift.queryConversationTotalUnreadMessageCount() }
                })
            inC.append(try await perItem(calls) { c.countUnread(times: calls) })
        }
        report("call, many under way", together, inC)
        report("call, one after another", oneByOne, inC)
        swift.destroy()
        c.destroy()
    }

    static func measureEvents(_ app: ZIMAppConfig) async throws {
        let sender = try ZIM(app)
        // A device gets a backlog if it was there before, which its local store tells.
        let stores = FileManager.default.temporaryDirectory.appendingPathComponent("zim-bench-\(UUID())")
        defer { try? FileManager.default.removeItem(at: stores) }
        try await sender.login(userID: "bench-sender")
        var (inSwift, inC) = ([Double](), [Double]())
        for round in 0..<3 {
            for (user, isSwift) in [("bench-swift-\(round)", true), ("bench-c-\(round)", false)] {
                var app = app
                app.cachePath = stores.appendingPathComponent(user).path
                let before = try ZIM(app)
                try await before.login(userID: user)
                before.destroy()
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for number in 0..<backlog {
                        group.addTask { try await sender.sendPeerMessage(.text("message \(number)"), toUserID: user) }
                    }
                    try await group.waitForAll()
                }
                if isSwift { inSwift.append(try await receive(app, user)) } else { inC.append(CClient(app).receive(user)) }
            }
        }
        report("message of a backlog, from login on", inSwift, inC)
    }

    static func receive(_ app: ZIMAppConfig, _ user: String) async throws -> Double {
        let zim = try ZIM(app)
        let events = zim.events
        defer { zim.destroy() }
        return try await perItem(backlog) {
            try await zim.login(userID: user)
            var found = 0
            for await case let .messageReceived(messages, _) in events {
                found += messages.count
                if found == backlog { break }
            }
        }
    }

    /// Microseconds per item of `body`.
    static func perItem(_ count: Int, _ body: () async throws -> Void) async throws -> Double {
        let started = DispatchTime.now().uptimeNanoseconds
        try await body()
        return Double(DispatchTime.now().uptimeNanoseconds - started) / 1000 / Double(count)
    }

    static func report(_ what: String, _ swift: [Double], _ c: [Double]) {
        let (swift, c) = (swift.sorted()[swift.count / 2], c.sorted()[c.count / 2])
        let line = String(format: "%@: Swift %.2f µs, C %.2f µs, ratio %.1f\n", what, swift, c, swift / c)
        // Told at once: the next measurement takes its time.
        FileHandle.standardOutput.write(Data(line.utf8))
    }
}
