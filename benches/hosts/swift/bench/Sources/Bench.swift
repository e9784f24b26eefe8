// What a call and an event cost in Swift: see ../../../README.md.
//
// SPDX-License-Identifier: Apache-2.0
import Foundation
import ZIM

@main struct Bench {
    let zim: ZIM
    let user: String

    static func main() async throws {
        let arguments = CommandLine.arguments
        guard arguments.count == 5, let appID = UInt32(arguments[2]) else {
            fatalError("bench URL APPID APPSIGN USER")
        }
        let zim = try ZIM(ZIMAppConfig(appID: appID, appSign: arguments[3], serverURL: arguments[1]))
        let bench = Bench(zim: zim, user: arguments[4])
        try await bench.backlog(0)
        say("{}")
        while let line = readLine() {
            let words = line.split(separator: " ")
            let started = DispatchTime.now().uptimeNanoseconds
            try await bench.obey(String(words[0]), words.count > 1 ? Int(words[1]) ?? 0 : 0)
            let microseconds = Double(DispatchTime.now().uptimeNanoseconds - started) / 1000
            say("{\"microseconds\": \(microseconds)}")
        }
        zim.destroy()
    }

    /// Prints at once, whoever reads.
    static func say(_ line: String) { FileHandle.standardOutput.write(Data((line + "\n").utf8)) }

    func obey(_ command: String, _ count: Int) async throws {
        switch command {
        case "together": try await together(count)
        case "sequential": for _ in 0..<count { _ = try await zim.queryConversationTotalUnreadMessageCount() }
        case "leave": try await zim.logout()
        case "backlog": try await backlog(count)
        default: fatalError("not understood: \(command)")
        }
    }

    func together(_ calls: Int) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<calls {
                group.addTask { _ = try await zim.queryConversationTotalUnreadMessageCount() }
            }
            try await group.waitForAll()
        }
    }

    /// Logs in and takes what was sent in the meantime.
    func backlog(_ messages: Int) async throws {
        let events = zim.events
        try await zim.login(userID: user)
        var left = messages
        guard left > 0 else { return }
        for await case let .messageReceived(messages, _) in events {
            left -= messages.count
            if left == 0 { break }
        }
    }
}
