import Foundation
import Testing
import ZIM

@Suite(.timeLimit(.minutes(1))) struct Calls {
    @Test func valuesArriveAsTheyWereSent() async throws {
        let (alice, bob) = (try await online("call-1"), try await online("call-2"))
        let events = bob.events
        var texts = ["Grüße 你好 👨‍👩‍👧‍👦 e\u{301}", "a\0b", " x ", String(repeating: "𝄞", count: 8192)]
        for text in texts {
            var message = ZIMMessage.text(text)
            message.extendedData = text.count > 100 ? "" : text
            message.mentionedUserIDs = ["call-2"]
            try await alice.sendPeerMessage(message, toUserID: "call-2")
        }
        try await alice.sendPeerMessage(.command(Data([0, 255, 10])), toUserID: "call-2")
        try await alice.sendPeerMessage(.custom("{}", subType: 7, searchedContent: "x"), toUserID: "call-2")
        texts.reverse()
        for await event in events {
            guard case let .messageReceived(messages, _) = event else { continue }
            for message in messages {
                switch message.content {
                case let .text(text):
                    #expect(text == texts.popLast())
                    #expect(message.mentionedUserIDs == ["call-2"])
                case let .command(bytes): #expect(bytes == Data([0, 255, 10]))
                case let .custom(content, subType, searched):
                    #expect(content == "{}" && subType == 7 && searched == "x")
                    return
                case .revoked, .other: Issue.record("nobody sent that")
                }
            }
        }
    }

    @Test func whatIsEmptyOrTooLargeIsRefused() async throws {
        let zim = try await online("call-3")
        await refused(6_000_001, "message") { try await zim.sendPeerMessage(.text(""), toUserID: "call-3") }
        await refused(6_000_001, "message") {
            try await zim.sendPeerMessage(.text(String(repeating: "x", count: 40_000)), toUserID: "call-3")
        }
    }

    @Test func callsRunAtTheSameTime() async throws {
        let (alice, bob) = (try await online("call-4"), try await online("call-5"))
        let ids = try await withThrowingTaskGroup(of: Int64.self) { group in
            for number in 0..<100 {
                group.addTask { try await alice.sendPeerMessage(.text("\(number)"), toUserID: "call-5").messageID }
            }
            return try await group.reduce(into: Set()) { $0.insert($1) }
        }
        #expect(ids.count == 100)
        #expect(try await bob.queryHistoryMessage(
            conversationID: "call-4", conversationType: .peer, config: ZIMMessageQueryConfig(count: 100, reverse: true)
        ).count == 100)
        alice.destroy()
        bob.destroy()
    }

    @Test func cancellingStopsTheWaitingAndNotTheOperation() async throws {
        let (alice, bob) = (try await online("call-6"), try await online("call-7"))
        let events = bob.events
        let attached = DispatchSemaphore(value: 0)
        let gate = DispatchSemaphore(value: 0)
        let sending = Task {
            // The answer comes behind this callback, so that the task is cancelled while it waits.
            try await alice.sendMessage(.text("cancelled"), toConversationID: "call-7", conversationType: .peer) { _ in
                attached.signal()
                gate.wait()
            }
        }
        await withCheckedContinuation { done in
            DispatchQueue.global().async {
                attached.wait()
                done.resume()
            }
        }
        sending.cancel()
        await #expect(throws: CancellationError.self) { try await sending.value }
        gate.signal()
        #expect(await texts(events, 1) == ["cancelled"])

        let late = Task {
            while !Task.isCancelled { await Task.yield() }
            try await alice.sendPeerMessage(.text("never"), toUserID: "call-7")
        }
        late.cancel()
        await #expect(throws: CancellationError.self) { try await late.value }
        try await alice.sendPeerMessage(.text("last"), toUserID: "call-7")
        #expect(await texts(events, 1) == ["last"], "a task that was cancelled before sends nothing")
    }
}
