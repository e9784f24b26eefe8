import Foundation
import Testing
import ZIM

@Suite(.timeLimit(.minutes(2)), .serialized) struct Life {
    @Test func oneSharedInstanceLivesAtATime() throws {
        #expect(ZIM.getInstance() == nil)
        let zim = try #require(try ZIM.create(bed.config))
        #expect(ZIM.getInstance() === zim)
        #expect(try ZIM.create(bed.config) == nil)
        zim.destroy()
        #expect(ZIM.getInstance() == nil)
        let next = try #require(try ZIM.create(bed.config))
        zim.destroy()
        #expect(ZIM.getInstance() === next, "an old instance leaves its successor alone")
        next.destroy()
        #expect(!ZIM.getVersion().isEmpty)
    }

    @Test func afterDestroyNothingAnswers() async throws {
        let zim = try await online("life-1")
        let events = zim.events
        zim.destroy()
        zim.destroy()
        await refused(6_000_002) { try await zim.logout() }
        for await _ in events {}
        for await _ in zim.events { Issue.record("a stream of a client that is gone") }
    }

    @Test func destroyInAnEventEndsWhatWaits() async throws {
        let zim = try ZIM(bed.config)
        let told = Kept<ZIMEvent>()
        zim.setEventHandler { [weak zim] event in
            told.add(event)
            zim?.destroy()
        }
        await refused(6_000_002) { try await zim.login(userID: "life-2", config: ZIMLoginConfig(token: bed.token("life-2"))) }
        #expect(told.all.count == 1)
    }

    @Test func aClientThatNobodyHoldsIsFreed() async throws {
        weak var gone: ZIM?
        let events: AsyncStream<ZIMEvent>
        do {
            let zim = try await online("life-3")
            gone = zim
            events = zim.events
        }
        for await _ in events {}
        #expect(gone == nil)
    }

    @Test func aThousandRoundsLeaveNothingBehind() async throws {
        let token = try await bed.token("life-4")
        func rounds(_ count: Int) async throws {
            for _ in 0..<count {
                let zim = try ZIM(bed.config)
                zim.setEventHandler { _ in }
                try await zim.login(userID: "life-4", config: ZIMLoginConfig(token: token))
                zim.destroy()
            }
        }
        try await rounds(100)
        let before = Held()
        try await rounds(1000)
        let after = Held()
        #expect(after.kilobytes - before.kilobytes < 32 << 10, "\(before) → \(after)")
        #expect(after.files <= before.files + 8, "\(before) → \(after)")
        #expect(after.threads <= before.threads + 8, "\(before) → \(after)")
    }
}

/// What this process holds, as Linux tells.
struct Held {
    let files: Int
    let threads: Int
    let kilobytes: Int

    init() {
        func count(_ folder: String) -> Int { (try? FileManager.default.contentsOfDirectory(atPath: folder).count) ?? 0 }
        files = count("/proc/self/fd")
        threads = count("/proc/self/task")
        let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") } ?? ""
        kilobytes = Int(line.filter(\.isNumber)) ?? 0
    }
}
