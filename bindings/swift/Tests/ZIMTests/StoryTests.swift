import Foundation
import Testing
import ZIM
import ZPNs

/// The published sample of the iOS document in Swift, end to end: two users, the real server, a double of Apple.
// covers: D-05, D-10, D-11, D-15, D-16, D-17, D-20, D-21, D-22
@Test(.timeLimit(.minutes(2))) func theStory() async throws {
    let bed = try Testbed()
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("zim-\(UUID())").path
    defer { try? FileManager.default.removeItem(atPath: folder) }
    var config = bed.config
    config.cachePath = folder
    config.platform = .iPhoneOS

    // Bob's phone registers, logs in and loses power.
    let bob = try ZIM(config)
    let push = phone()
    push.attach(bob)
    let registered = try await push.register(Data(repeating: 0xb0, count: 32))
    #expect(registered.errorCode == 0, "\(registered.msg)")
    #expect(registered.pushID == push.pushID)
    try await bob.login(userID: "bob", config: ZIMLoginConfig(token: bed.token("bob")))
    bob.destroy()

    let alice = try ZIM(bed.config)
    let aliceEvents = alice.events
    try await alice.login(userID: "alice", config: ZIMLoginConfig(userName: "Alice", token: bed.token("alice")))
    let pushConfig = ZIMPushConfig(title: "Alice", content: "Dinner? 🍜", payload: #"{"chat":"alice"}"#)
    let sendConfig = ZIMMessageSendConfig(pushConfig: pushConfig, priority: .medium)
    let attached = Kept<ZIMMessage>()
    let sent = try await alice.sendMessage(
        .text("Dinner? 🍜"), toConversationID: "bob", conversationType: .peer, config: sendConfig,
        onMessageAttached: { attached.add($0) }
    )
    #expect(sent.messageID > 0 && sent.sentStatus == .success)
    #expect(attached.all.map(\.localMessageID) == [sent.localMessageID])
    let group = try await alice.createGroup(groupInfo: ZIMGroupInfo(groupName: "Friday"), userIDs: ["bob"])
    let groupID = group.groupInfo.baseInfo.groupID
    try await alice.sendGroupMessage(.text("Table at eight"), toGroupID: groupID, config: sendConfig)
    let (callID, info) = try await alice.callInvite(
        invitees: ["bob", "nobody"], config: ZIMCallInviteConfig(timeout: 90, pushConfig: pushConfig))
    #expect(info.timeout == 90)
    #expect(info.errorUserList.map(\.userID) == ["nobody"])

    let pushes = try await bed.pushes("apns", 3)
    #expect(pushes.allSatisfy { $0.violation == nil && $0.payload == pushConfig.payload })
    #expect(Set(pushes.map(\.token)) == [String(repeating: "b0", count: 32)])
    #expect(pushes.filter { $0.callID == callID }.count == 1)

    // The phone is back: everything arrives once, the call rings.
    let back = try ZIM(config)
    let events = back.events
    push.attach(back)
    try await back.login(userID: "bob", config: ZIMLoginConfig(token: bed.token("bob")))
    var found: [String] = []
    var ringing: String?
    for await event in events {
        switch event {
        case let .messageReceived(messages, _): found += messages.compactMap(\.text)
        case let .callInvitationReceived(info, callID) where info.caller == "alice": ringing = callID
        default: break
        }
        if found.count >= 2 && ringing != nil { break }
    }
    #expect(found.sorted() == ["Dinner? 🍜", "Table at eight"])
    #expect(ringing == callID)
    try await back.callAccept(callID: callID)
    _ = try await first(of: aliceEvents) {
        if case .callInvitationAccepted(_, callID) = $0 { true } else { nil }
    }
    // One more message shows that the first came once: they are told in order.
    try await alice.sendPeerMessage(.text("again"), toUserID: "bob")
    #expect(await texts(events, 1) == ["again"])

    try push.unregisterAPNs()
    try await back.logout()
    try await bed.forget()
    try await alice.sendPeerMessage(.text("Still there?"), toUserID: "bob", config: sendConfig)
    #expect(try await bed.pushesSoFar("apns").isEmpty, "no push after unregister and logout")
    try await alice.logout()
    alice.destroy()
}
