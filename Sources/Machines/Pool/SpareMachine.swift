/// A machine that was restored and waits, paused, for its disk and its identity.
struct SpareMachine: Sendable {
  let machine: VirtualMachine
  /// Its clock, which does not run.
  let clock: GuestClock

  /// Its name until it is handed out.
  var name: String { machine.place.id }

  /// Whether its QEMU is there still.
  var isAlive: Bool { machine.process.isRunning }

  /// Ends it.
  func discard() async { await machine.place.cleanup.run(hasFailed: false) }
}
