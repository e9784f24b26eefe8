/// Waits for `operation`, but no longer than until the caller's task is cancelled; then the operation goes on without it.
/// What uniffi generates does not look at cancellation.
func waiting<Value: Sendable>(_ operation: @escaping @Sendable () async throws -> Value) async throws -> Value {
    let waiter = Waiter<Value>()
    return try await withTaskCancellationHandler {
        try await withCheckedThrowingContinuation { continuation in
            guard waiter.begin(continuation) else { return }
            Task {
                do { waiter.end(.success(try await operation())) } catch { waiter.end(.failure(error)) }
            }
        }
    } onCancel: {
        waiter.end(.failure(CancellationError()))
    }
}

/// Resumes once, by the answer or by the cancellation, whichever is first.
private final class Waiter<Value: Sendable>: Sendable {
    private enum State {
        case idle
        case waiting(CheckedContinuation<Value, any Error>)
        case ended
    }

    private let state = Locked(State.idle)

    /// Whether to start: a task that was cancelled before does not.
    func begin(_ continuation: CheckedContinuation<Value, any Error>) -> Bool {
        let begins = state.withLock { state in
            guard case .idle = state else { return false }
            state = .waiting(continuation)
            return true
        }
        if !begins { continuation.resume(throwing: CancellationError()) }
        return begins
    }

    func end(_ result: Result<Value, any Error>) {
        let continuation: CheckedContinuation<Value, any Error>? = state.withLock { state in
            defer { state = .ended }
            if case let .waiting(continuation) = state { return continuation }
            return nil
        }
        continuation?.resume(with: result)
    }
}
