import CLinux
import Glibc
import GuestProtocol

/// The files that a loop waits for.
final class Poller {
  /// One file that is ready.
  struct Ready {
    /// What the file was added with.
    let token: UInt64
  }

  /// Whether readiness is told again and again while it lasts, or once as it begins.
  enum Trigger {
    case level
    case edge
  }

  let descriptor: Descriptor
  private var events: [epoll_event]

  /// - Parameter batch: how many ready files one `wait` returns at most.
  init(batch: Int) throws(GuestFailure) {
    descriptor = Descriptor(
      owning: try attempt("create an event poll") { epoll_create1(Int32(EPOLL_CLOEXEC)) })
    events = Array(repeating: epoll_event(), count: batch)
  }

  func add(
    _ file: Int32, token: UInt64, reads: Bool = false, writes: Bool = false,
    trigger: Trigger = .level
  ) throws(GuestFailure) {
    var event = epoll_event()
    if reads { event.events |= EPOLLIN.rawValue }
    if writes { event.events |= EPOLLOUT.rawValue }
    if trigger == .edge { event.events |= EPOLLET.rawValue }
    event.data.u64 = token
    try attempt("watch descriptor \(file)") {
      epoll_ctl(descriptor.number, EPOLL_CTL_ADD, file, &event)
    }
  }

  func remove(_ file: Int32) {
    var event = epoll_event()
    epoll_ctl(descriptor.number, EPOLL_CTL_DEL, file, &event)
  }

  /// Waits for files, at most `timeout` milliseconds; -1 is without limit.
  func wait(timeout: Int32) -> [Ready] {
    let count = events.withUnsafeMutableBufferPointer {
      epoll_wait(descriptor.number, $0.baseAddress, Int32($0.count), timeout)
    }
    return events.prefix(max(0, Int(count))).map { Ready(token: $0.data.u64) }
  }
}
