// The same client through the C interface.
import CZIM
import Foundation
import ZIM

/// Told by callbacks; lives as long as the process.
final class Told: @unchecked Sendable {
    private let done = DispatchSemaphore(value: 0)
    private var left: Int

    init(_ count: Int) { left = count }

    /// Thread: the client's callback thread alone.
    func count(_ number: Int) {
        left -= number
        if left == 0 { done.signal() }
    }

    func wait() { done.wait() }

    var pointer: UnsafeMutableRawPointer { Unmanaged.passRetained(self).toOpaque() }

    static func of(_ pointer: UnsafeMutableRawPointer?) -> Told {
        Unmanaged<Told>.fromOpaque(pointer!).takeUnretainedValue()
    }
}

/// A text that C may keep a view of for the rest of the process.
func view(_ text: String) -> zim_str { zim_str(data: strdup(text), len: text.utf8.count) }

struct CClient {
    private let client: OpaquePointer

    init(_ app: ZIMAppConfig) {
        var config = zim_config()
        config.struct_size = MemoryLayout<zim_config>.size
        config.app_id = app.appID
        config.app_sign = view(app.appSign)
        config.server_url = view(app.serverURL)
        config.cache_path = view(app.cachePath ?? "")
        var client: OpaquePointer?
        precondition(zim_client_new(&config, &client, nil) == 0)
        self.client = client!
    }

    func login(_ user: String) {
        let told = Told(1)
        var callback = zim_done_callback()
        callback.struct_size = MemoryLayout<zim_done_callback>.size
        callback.user_data = told.pointer
        callback.on_done = { told, error in
            precondition(error == nil)
            Told.of(told).count(1)
        }
        precondition(zim_client_login(client, view(user), nil, &callback) == 0)
        told.wait()
    }

    func countUnread(times: Int) {
        let told = Told(times)
        var callback = zim_conversation_total_unread_message_count_queried_callback()
        callback.struct_size = MemoryLayout<zim_conversation_total_unread_message_count_queried_callback>.size
        callback.user_data = told.pointer
        callback.on_done = { told, _, _ in Told.of(told).count(1) }
        for _ in 0..<times {
            precondition(zim_client_query_conversation_total_unread_message_count(client, nil, &callback) == 0)
        }
        told.wait()
    }

    /// Microseconds per message of the backlog that a login brings.
    func receive(_ user: String) -> Double {
        let told = Told(backlog)
        var handler = zim_event_handler()
        handler.struct_size = MemoryLayout<zim_event_handler>.size
        handler.user_data = told.pointer
        handler.on_message_received = { told, _, count, _ in Told.of(told).count(count) }
        precondition(zim_client_set_event_handler(client, &handler) == 0)
        let started = DispatchTime.now().uptimeNanoseconds
        login(user)
        told.wait()
        let took = DispatchTime.now().uptimeNanoseconds - started
        destroy()
        return Double(took) / 1000 / Double(backlog)
    }

    func destroy() { zim_client_free(client) }
}
