import Foundation
import Testing
import ZIM

@Suite(.timeLimit(.minutes(1))) struct Recall {
    /// The messages of the next recall.
    private func recalled(_ events: AsyncStream<ZIMEvent>) async throws -> [ZIMMessage] {
        try await first(of: events) { if case let .messageRevokeReceived(messageList) = $0 { messageList } else { nil } }
    }

    @Test func aRecallReachesWhoIsOnline() async throws {
        let (alice, bob) = (try await online("recall-1"), try await online("recall-2"))
        let events = bob.events
        let sent = try await alice.sendPeerMessage(.text("Dinner? 🍜"), toUserID: "recall-2")
        #expect(await texts(events, 1) == ["Dinner? 🍜"])
        let unread = try await bob.queryConversation(conversationID: "recall-1", conversationType: .peer)
        #expect(unread.unreadMessageCount == 1)

        let config = ZIMMessageRevokeConfig(revokeExtendedData: "wrong day")
        let rest = try await alice.revokeMessage(message: sent, config: config)
        #expect(rest.type == .revoke && rest.text == nil)
        #expect(rest.messageID == sent.messageID && rest.messageSeq == sent.messageSeq)
        #expect(rest.localMessageID == sent.localMessageID && rest.orderKey == sent.orderKey)
        let revocation = try #require(rest.revocation)
        #expect(revocation.revokeType == .twoWay && revocation.revokeStatus == .selfRevoke)
        #expect(revocation.operatedUserID == "recall-1" && revocation.revokeTimestamp >= rest.timestamp)
        #expect(revocation.originalMessageType == .text)
        #expect(revocation.originalTextMessageContent == "Dinner? 🍜" && revocation.revokeExtendedData == "wrong day")
        #expect(!"\(rest)\(revocation)".contains("Dinner"), "nothing that a person wrote is printed")

        let told = try await recalled(events)
        #expect(told.map(\.messageID) == [sent.messageID] && told.map(\.direction) == [.receive])
        #expect(told.map(\.revocation) == [revocation])
        let conversation = try await bob.queryConversation(conversationID: "recall-1", conversationType: .peer)
        #expect(conversation.unreadMessageCount == 0 && conversation.lastMessage?.revocation == revocation)
        let history = try await alice.queryHistoryMessage(
            conversationID: "recall-2", conversationType: .peer, config: ZIMMessageQueryConfig(count: 1, reverse: true))
        #expect(history.map(\.content) == [.revoked(revocation)])

        // Again: what the server knows, and what the value shows.
        await refused(6_000_279) { _ = try await alice.revokeMessage(message: sent) }
        await refused(6_000_279) { _ = try await alice.revokeMessage(message: rest) }
        alice.destroy()
        bob.destroy()
    }

    @Test func aRecallWaitsForWhoIsOffline() async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("zim-\(UUID())").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let (alice, bob) = (try await online("recall-3"), try await online("recall-4", cachePath: folder))
        let events = bob.events
        let sent = try await alice.sendPeerMessage(.text("Dinner?"), toUserID: "recall-4")
        #expect(await texts(events, 1) == ["Dinner?"])
        bob.destroy()
        let rest = try await alice.revokeMessage(message: sent)

        var config = bed.config
        config.cachePath = folder
        let back = try ZIM(config)
        let missed = back.events
        try await back.login(userID: "recall-4", config: ZIMLoginConfig(token: bed.token("recall-4")))
        #expect(try await recalled(missed).map(\.revocation) == [rest.revocation])
        let history = try await back.queryHistoryMessage(
            conversationID: "recall-3", conversationType: .peer, config: ZIMMessageQueryConfig(count: 9, reverse: true))
        #expect(history.map(\.messageID) == [sent.messageID] && history.map(\.type) == [.revoke])
        alice.destroy()
        back.destroy()
    }

    @Test func whatCannotBeRecalledIsRefused() async throws {
        let (alice, bob) = (try await online("recall-5"), try await online("recall-6"))
        let command = try await alice.sendPeerMessage(.command(Data([1])), toUserID: "recall-6")
        for message in [ZIMMessage.text("never sent"), command] {
            await refused(6_000_001, "message") { _ = try await alice.revokeMessage(message: message) }
        }
        let sent = try await alice.sendPeerMessage(.text("Alice's"), toUserID: "recall-6")
        var config = ZIMMessageRevokeConfig()
        config.revokeExtendedData = String(repeating: "x", count: 2_000)
        await refused(6_000_001, "config.revokeExtendedData") { _ = try await alice.revokeMessage(message: sent, config: config) }
        let events = bob.events
        try await alice.sendPeerMessage(.text("Bob's to read"), toUserID: "recall-6")
        let received = try await first(of: events) {
            if case let .messageReceived(messages, _) = $0 { messages.first } else { nil }
        }
        await refused(6_000_285) { _ = try await bob.revokeMessage(message: received) }
        alice.destroy()
        bob.destroy()
    }

    @Test func aRecallPushesToWhoIsOffline() async throws {
        let bed = try Testbed()
        let bob = try ZIM(bed.config)
        let push = phone()
        push.attach(bob)
        _ = try await push.register(Data(repeating: 0xb1, count: 32))
        try await bob.login(userID: "bob", config: ZIMLoginConfig(token: bed.token("bob")))
        bob.destroy()
        let alice = try ZIM(bed.config)
        try await alice.login(userID: "alice", config: ZIMLoginConfig(token: bed.token("alice")))
        let sent = try await alice.sendPeerMessage(.text("Dinner?"), toUserID: "bob")
        let config = ZIMMessageRevokeConfig(
            pushConfig: ZIMPushConfig(title: "Alice", content: "Recalled", payload: "{}"))
        _ = try await alice.revokeMessage(message: sent, config: config)
        let pushes = try await bed.pushes("apns", 1)
        #expect(pushes.allSatisfy { $0.violation == nil && $0.aps.contains("Recalled") })
        alice.destroy()
    }
}
