import Foundation
import Testing
import ZIM
import ZPNs

@Suite(.timeLimit(.minutes(1))) struct Errors {
    /// The tables of the description beside those of the package, by number and by name.
    @Test func everyPublishedCodeExists() throws {
        let file = URL(fileURLWithPath: #filePath).appendingPathComponent("../../../../../api/errors.toml").standardized
        let text = try String(contentsOf: file, encoding: .utf8)
        var tables: [String: [UInt32: String]] = ["zim": [:], "zpns": [:]]
        var table = ""
        for line in text.split(separator: "\n") {
            if line.hasPrefix("zim") || line.hasPrefix("zpns") { table = String(line.prefix { $0.isLetter }) }
            guard let code = value("code", in: line), let name = value("name", in: line) else { continue }
            tables[table]?[try #require(UInt32(code))] = name
        }
        #expect(tables["zim"]?.count == 173)
        #expect(tables["zpns"]?.count == 6)
        #expect(names(ZIMErrorCode.allCases.map { ($0.rawValue, $0.name) }) == tables["zim"])
        #expect(names(ZPNsErrorCode.allCases.map { ($0.rawValue, $0.name) }) == tables["zpns"])
        #expect(ZIMErrorCode.success.rawValue == 0)
        #expect(ZIMErrorCode(rawValue: 9).name == nil)
    }

    private func names(_ pairs: [(UInt32, String?)]) -> [UInt32: String] {
        Dictionary(uniqueKeysWithValues: pairs.map { ($0, $1 ?? "") })
    }

    /// The value of `key = value` inside a line of the description.
    private func value(_ key: String, in line: Substring) -> String? {
        guard let range = line.range(of: "\(key) = ") else { return nil }
        return String(line[range.upperBound...].drop { $0 == "\"" }.prefix { $0.isLetter || $0.isNumber || $0 == "_" })
    }

    /// A number beyond a table of enums would end the program.
    @Test func everyValueOfAnEnumHasItsNumber() {
        #expect(ZIMConversationType.allCases.map(\.rawValue) == [-1, 0, 1, 2, 3])
        #expect(ZIMPlatformType.allCases.count == Set(ZIMPlatformType.allCases.map(\.rawValue)).count)
        #expect(ZIMMessagePriority.high.rawValue == 3)
    }

    @Test func whatIsRefusedHasItsNumberAndNamesTheParameter() async throws {
        await refused(6_000_003, "appID") { _ = try ZIM(ZIMAppConfig(appID: 0)) }
        await refused(6_000_001, "appSign") { _ = try ZIM(ZIMAppConfig(appID: 1, appSign: "zz")) }
        let stranger = try ZIM(bed.config)
        await refused(6_000_121) { _ = try await stranger.queryGroupInfo(groupID: "team") }
        let zim = try await online("error-1")
        await refused(6_000_523) { _ = try await zim.queryGroupInfo(groupID: "nobodys") }
        await refused(6_000_204) { try await zim.sendPeerMessage(.text("?"), toUserID: "error-nobody") }
        await refused(6_000_001, "toConversationID") { try await zim.sendPeerMessage(.text("?"), toUserID: "") }
        await refused(6_000_401, "pushID") { try await zim.setPushID("of-another-library") }
        await refused(6_000_001, "badge") { try await zim.updateUserBadge(badge: -1) }
    }

    @Test func printingShowsNoSecret() {
        let secret = "s3cret"
        let values: [Any] = [
            ZIMAppConfig(appID: 1, appSign: secret), ZIMLoginConfig(token: secret), ZIMMessage.text(secret),
            ZIMPushConfig(title: secret, content: secret, payload: secret), ZIMEvent.broadcastMessageReceived(message: .text(secret)),
        ]
        for value in values {
            var dumped = ""
            dump(value, to: &dumped)
            #expect(!"\(value) \(String(reflecting: value)) \(dumped)".contains(secret))
        }
    }
}
