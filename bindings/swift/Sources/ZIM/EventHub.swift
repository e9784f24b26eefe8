/// Brings each event to every open stream and to the handler, in the order it is delivered.
package final class EventHub<Event: Sendable>: Sendable {
    private struct State {
        var streams: [Int: AsyncStream<Event>.Continuation] = [:]
        var opened = 0
        var handler: (@Sendable (Event) throws -> Void)?
        var isFinished = false
    }

    private let state = Locked(State())

    package init() {}

    /// A stream of what is delivered from now on; one that ends at once if nothing comes any more.
    package func stream() -> AsyncStream<Event> {
        let (stream, continuation) = AsyncStream.makeStream(of: Event.self)
        let number: Int? = state.withLock { state in
            guard !state.isFinished else { return nil }
            state.opened += 1
            state.streams[state.opened] = continuation
            return state.opened
        }
        guard let number else {
            continuation.finish()
            return stream
        }
        continuation.onTermination = { [weak self] _ in
            self?.state.withLock { _ = $0.streams.removeValue(forKey: number) }
        }
        return stream
    }

    package func setHandler(_ handler: (@Sendable (Event) throws -> Void)?) {
        state.withLock { if !$0.isFinished { $0.handler = handler } }
    }

    /// Streams first, so that a handler that takes its time does not hold them up.
    package func deliver(_ event: Event) throws {
        let (streams, handler) = state.withLock { (Array($0.streams.values), $0.handler) }
        streams.forEach { $0.yield(event) }
        try handler?(event)
    }

    /// Ends every stream and lets the handler go.
    package func finish() {
        let streams = state.withLock { state in
            defer { state = State(isFinished: true) }
            return Array(state.streams.values)
        }
        streams.forEach { $0.finish() }
    }
}
