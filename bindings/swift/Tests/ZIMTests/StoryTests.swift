import Testing

@testable import ZIM

@Test func aMessageArrives() async throws {
    let bed = try Testbed()
    let (alice, bob) = (try ZIM(bed.config), try ZIM(bed.config))
    let events = bob.events
    try await bob.login(userID: "bob", config: ZIMLoginConfig(token: bed.token("bob")))
    try await alice.login(userID: "alice", config: ZIMLoginConfig(userName: "Alice", token: bed.token("alice")))
    let sent = try await alice.sendMessage(.text("Dinner? 🍜"), toConversationID: "bob", conversationType: .peer)
    #expect(sent.messageID > 0)
    for await event in events {
        guard case let .messageReceived(messages, _) = event else { continue }
        #expect(messages.map(\.text) == ["Dinner? 🍜"])
        #expect(messages.first?.messageID == sent.messageID)
        break
    }
    alice.destroy()
    bob.destroy()
}
