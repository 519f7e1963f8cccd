import GuestProtocol

/// The root file system's freeze, with its limit, and the requests that must wait for its end.
final class Freezer {
  /// A request that arrived while the file system was frozen.
  struct Deferred {
    let request: Request
    let number: UInt32
  }

  private let machine: any Machine
  private var deferred: [Deferred] = []
  /// When the file system is thawed at the latest; nil while it is not frozen.
  private(set) var deadline: Int64?

  init(machine: any Machine) { self.machine = machine }

  func freeze(limit: Int64) throws(GuestFailure) {
    guard deadline == nil else {
      throw GuestFailure(.invalidState, "the root file system is frozen already")
    }
    try machine.freeze()
    deadline = monotonicMilliseconds() + limit
  }

  func thaw() throws(GuestFailure) {
    guard deadline != nil else {
      throw GuestFailure(
        .invalidState, "the root file system is not frozen: the limit may have thawed it")
    }
    try machine.thaw()
    deadline = nil
  }

  /// Thaws because the host did not, and returns the requests that waited.
  func thawAtLimit() -> [Deferred] {
    deadline = nil
    do throws(GuestFailure) { try machine.thaw() } catch {
      // A user may have thawed it with fsfreeze(8); it is thawed either way.
    }
    return takeDeferred()
  }

  /// The requests that waited for the thaw, once.
  func takeDeferred() -> [Deferred] {
    guard deadline == nil else { return [] }
    defer { deferred = [] }
    return deferred
  }

  /// Forgets the requests of a session that is over: nobody waits for their replies.
  func dropDeferred() { deferred = [] }

  /// Puts off a request whose work could write to the frozen file system: the one thread would
  /// block, and could not thaw any more.
  func mustWait(_ request: Request, number: UInt32) -> Bool {
    guard deadline != nil else { return false }
    switch request {
    case .spawn, .configure, .mountRoot, .prepare, .rehearse, .endRehearsal, .mountFiles,
      .unmountFiles, .deliverFiles:
      deferred.append(Deferred(request: request, number: number))
      return true
    case .signal, .freeze, .thaw, .shutDown, .readMemory, .readClock, .probePort: return false
    }
  }
}
