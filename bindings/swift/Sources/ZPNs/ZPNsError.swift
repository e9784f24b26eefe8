import Foundation
internal import ZIMFFI

/// Why the push client refused something.
public struct ZPNsError: LocalizedError, Sendable, Hashable {
    /// Published number, of the push client's own table or of the messaging client's.
    public var code: ZPNsErrorCode
    /// For developers.
    public var message: String
    /// Published name of the parameter at fault, if one is.
    public var parameter: String?

    /// An error as the library gives it, for tests of an app.
    public init(code: ZPNsErrorCode, message: String, parameter: String? = nil) {
        self.code = code
        self.message = message
        self.parameter = parameter
    }

    public var errorDescription: String? { message }
}

/// Runs `body` with errors of the native client turned into the published ones.
func pushed<Value>(_ body: () throws -> Value) throws -> Value {
    do { return try body() } catch let ZimError.Failed(code, detail, parameter, _) {
        throw ZPNsError(code: ZPNsErrorCode(rawValue: code), message: detail, parameter: parameter)
    }
}
