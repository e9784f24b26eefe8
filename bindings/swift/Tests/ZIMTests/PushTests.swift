import Foundation
import Testing
import ZIM
import ZPNs

@Suite(.timeLimit(.minutes(1))) struct PushClient {
    private func refusedByPush(
        _ code: UInt32, at place: SourceLocation = #_sourceLocation, _ body: () throws -> Void
    ) {
        #expect(sourceLocation: place) { try body() } throws: { ($0 as? ZPNsError)?.code.rawValue == code }
    }

    // covers: D-25
    @Test func thereIsOneSharedPushClientWhichHasNoServiceHere() async throws {
        let shared = ZPNs.shared()
        #expect(shared === ZPNs.shared())
        let events = shared.events
        shared.registerAPNs()
        let failed = try await first(of: events) { if case let .registered(message) = $0 { message } else { nil } }
        #expect(failed.errorCode != 0 && failed.pushID.isEmpty)
        #expect(shared.pushID == nil)
    }

    @Test func misuseHasItsNumber() {
        let push = phone()
        refusedByPush(6_000_405) { try push.unregisterAPNs() }
        refusedByPush(6_000_001) { try push.setBadge(-1) }
        refusedByPush(6_000_001) { try push.setLocalBadge(-1) }
        refusedByPush(6_000_001) { try push.notificationArrived(userInfo: ["aps": Date()]) }
    }

    @Test func aFailureOfTheSystemIsTheRegistrationsResult() async throws {
        let push = phone()
        let zim = try await online("push-1")
        push.attach(zim)
        let events = push.events
        push.registerAPNs()
        push.registrationFailed(NSError(domain: "NSCocoaErrorDomain", code: 3010))
        let failed = try await first(of: events) { if case let .registered(message) = $0 { message } else { nil } }
        #expect(failed.errorCode == 3010)
    }

    // covers: D-05
    @Test func tokensAndBadgesReachTheServer() async throws {
        let channel = PhoneChannel()
        let push = phone(channel)
        let zim = try await online("push-2")
        push.attach(zim)
        let registered = try await push.register(Data(repeating: 0x51, count: 32))
        #expect(registered.errorCode == 0 && !registered.pushID.isEmpty)
        #expect(channel.asked.all.first == "request")
        let events = push.events
        push.setDeviceToken(Data(repeating: 0x52, count: 32), isProduct: false)
        let refreshed = try await first(of: events) { if case let .registered(message) = $0 { message } else { nil } }
        #expect(refreshed.errorCode == 0 && refreshed.deviceToken == String(repeating: "52", count: 32))
        try push.setBadge(3)
        try push.setLocalBadge(4)
        #expect(channel.badges.all == [4])
        zim.destroy()
    }

    @Test func aNotificationIsReadAndTold() async throws {
        let push = phone()
        let userInfo: [AnyHashable: Any] = [
            "aps": ["alert": ["title": "Alice", "body": "Dinner?"], "badge": 2], "payload": "{}", "call_id": "c1",
        ]
        let message = try push.message(userInfo: userInfo)
        #expect(message.title == "Alice" && message.content == "Dinner?" && message.payload == "{}")
        #expect(message.callID == "c1")
        let extras = try JSONSerialization.jsonObject(with: Data(message.extras.utf8)) as? [String: Any]
        #expect(extras?.keys.contains("aps") == true)

        // A click before the registration waits for it.
        let zim = try await online("push-3")
        push.attach(zim)
        let events = push.events
        try push.notificationClicked(userInfo: userInfo)
        push.registerAPNs()
        push.setDeviceToken(Data(repeating: 0x53, count: 32), isProduct: true)
        let clicked = try await first(of: events) { if case let .notificationClicked(message) = $0 { message } else { nil } }
        #expect(clicked == message)
        #expect(try push.notificationArrived(userInfo: userInfo))
        let arrived = try await first(of: events) { if case let .notificationArrived(message) = $0 { message } else { nil } }
        #expect(arrived == message)
        #expect(!"\(message)".contains("Dinner"))
        zim.destroy()
    }
}
