import Foundation
import Testing
import ZIM

@Suite(.timeLimit(.minutes(1))) struct Events {
    /// Sends numbered texts from one user to another.
    private func send(_ count: Int, from: ZIM, to user: String) async throws {
        for number in 0..<count { try await from.sendPeerMessage(.text("\(number)"), toUserID: user) }
    }

    @Test func eventsComeInOrderOnOneThread() async throws {
        let (alice, bob) = (try await online("event-1"), try await online("event-2"))
        let threads = Kept<String>()
        bob.setEventHandler { _ in threads.add(threadName()) }
        let events = bob.events
        try await send(50, from: alice, to: "event-2")
        #expect(await texts(events, 50) == (0..<50).map(String.init))
        #expect(Set(threads.all) == ["zim-cb"])
        alice.destroy()
        bob.destroy()
    }

    @Test func whatAHandlerThrowsStopsNothing() async throws {
        struct Thrown: Error {}
        let (alice, bob) = (try await online("event-3"), try await online("event-4"))
        let told = Kept<String>()
        let events = bob.events
        bob.setEventHandler { event in
            if case let .messageReceived(messages, _) = event { messages.forEach { told.add($0.text ?? "") } }
            throw Thrown()
        }
        try await send(3, from: alice, to: "event-4")
        #expect(await texts(events, 3) == ["0", "1", "2"])
        try await send(1, from: alice, to: "event-4")
        _ = await texts(events, 1)
        #expect(told.all.starts(with: ["0", "1", "2"]))
        bob.setEventHandler(nil)
        alice.destroy()
        bob.destroy()
    }

    @Test func aSlowReaderLosesNothingAndHoldsNobodyUp() async throws {
        let (alice, bob) = (try await online("event-5"), try await online("event-6"))
        let (unread, read) = (bob.events, bob.events)
        try await send(100, from: alice, to: "event-6")
        #expect(await texts(read, 100).count == 100)
        #expect(await texts(unread, 100) == (0..<100).map(String.init))
        // A stream that is given up takes nothing more.
        do { _ = bob.events }
        alice.destroy()
        bob.destroy()
    }

    @Test func answersDoNotWaitForASlowHandler() async throws {
        let zim = try await online("event-7")
        let (entered, gate) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        zim.setEventHandler { event in
            if case .messageReceived = event {
                entered.signal()
                gate.wait()
            }
        }
        let other = try await online("event-8")
        try await other.sendPeerMessage(.text("hold"), toUserID: "event-7")
        await withCheckedContinuation { done in
            DispatchQueue.global().async {
                entered.wait()
                done.resume()
            }
        }
        #expect(try await zim.querySelfUserInfo().userFullInfo.baseInfo.userID == "event-7")
        gate.signal()
        zim.destroy()
        other.destroy()
    }
}

/// The name of this thread, as Linux tells.
func threadName() -> String {
    let name = try? String(contentsOfFile: "/proc/thread-self/comm", encoding: .utf8)
    return name?.trimmingCharacters(in: .newlines) ?? ""
}
