// A user at the keyboard: reads commands on standard input, tells on standard output what arrives. It needs a terminal for
// each user; the cross-language test drives one such program per language.
//
//   login URL APPID USER TOKEN | send USER TEXT… | quit
import Foundation
import ZIM

/// Prints at once, whoever reads.
@Sendable func say(_ line: String) { FileHandle.standardOutput.write(Data((line + "\n").utf8)) }

func login(_ url: String, _ appID: UInt32, _ user: String, _ token: String) async throws -> ZIM {
    let zim = try ZIM(ZIMAppConfig(appID: appID, serverURL: url))
    let events = zim.events
    Task {
        for await case let .messageReceived(messages, _) in events {
            for message in messages { say("message \(message.senderUserID) \(message.text ?? "")") }
        }
    }
    try await zim.login(userID: user, config: ZIMLoginConfig(token: token))
    return zim
}

var zim: ZIM?
while let line = readLine() {
    let words = line.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false).map(String.init)
    do {
        switch words[0] {
        case "login":
            let account = line.split(separator: " ").map(String.init)
            zim = try await login(account[1], UInt32(account[2]) ?? 0, account[3], account[4])
            say("ok login")
        case "send":
            guard let zim else { throw ZIMError(code: .networkModuleUserIsNotLogged, message: "login first") }
            let sent = try await zim.sendPeerMessage(.text(words[2]), toUserID: words[1])
            say("ok send \(sent.messageID)")
        case "quit":
            try await zim?.logout()
            zim?.destroy()
            say("ok quit")
            exit(0)
        default: say("error 6000001 \(words[0]) is no command")
        }
    } catch let error as ZIMError {
        say("error \(error.code.rawValue) \(error.message)")
    }
}
