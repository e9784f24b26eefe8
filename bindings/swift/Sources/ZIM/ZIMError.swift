import Foundation
package import ZIMFFI

/// Why something failed.
public struct ZIMError: LocalizedError, Sendable, Hashable {
    /// Published number.
    public var code: ZIMErrorCode
    /// For developers.
    public var message: String
    /// Published name of the parameter at fault, if one is.
    public var parameter: String?
    /// When the server will listen again, in milliseconds, if it said so.
    public var retryAfterMilliseconds: UInt64?

    /// An error as the library gives it, for tests of an app.
    public init(
        code: ZIMErrorCode, message: String, parameter: String? = nil, retryAfterMilliseconds: UInt64? = nil
    ) {
        self.code = code
        self.message = message
        self.parameter = parameter
        self.retryAfterMilliseconds = retryAfterMilliseconds
    }

    public var errorDescription: String? { message }
}

extension ZIMError {
    package init(_ native: ZimError) {
        switch native {
        case let .Failed(code, detail, parameter, retryAfter):
            self.init(
                code: ZIMErrorCode(rawValue: code),
                message: detail,
                parameter: parameter,
                retryAfterMilliseconds: retryAfter
            )
        }
    }
}

/// Runs `body` with errors of the native client turned into the published ones.
func published<Value>(_ body: () throws -> Value) throws -> Value {
    do { return try body() } catch let error as ZimError { throw ZIMError(error) }
}

/// The same for what waits.
func published<Value: Sendable>(_ body: @Sendable () async throws -> Value) async throws -> Value {
    do { return try await body() } catch let error as ZimError { throw ZIMError(error) }
}
