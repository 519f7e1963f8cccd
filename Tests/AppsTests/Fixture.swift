import Apps
import Errors
import Foundation
import Logging
import Store
import Synchronization
import Testing

/// A registry on a database in memory, with a clock that the test moves and a list of the apps
/// whose sandboxes were ended.
final class Fixture: Sendable {
  let registry: AppRegistry
  private let time: Moment
  private let endings: Endings

  init(store: Store? = nil) throws {
    let time = Moment()
    let endings = Endings()
    self.time = time
    self.endings = endings
    registry = AppRegistry(
      store: try store ?? Store(), logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
      now: { Date(timeIntervalSince1970: 1_700_000_000 + time.now / .seconds(1)) },
      uptime: { time.now },
      endSandboxes: { endings.append($0) })
  }

  /// The apps whose sandboxes were ended, in that order.
  var ended: [String] { endings.ids }

  /// Lets time pass without a look at the heartbeats: the server is stopped.
  func pass(_ duration: Duration) { time.pass(duration) }

  /// Lets time pass as it does for the caretaker, who looks after abandoned apps every few seconds
  /// and in the end.
  func look(for duration: Duration) async {
    var rest = duration
    while rest > .zero {
      let step = min(rest, .seconds(5))
      time.pass(step)
      rest -= step
      await registry.endAbandonedApps()
    }
  }

  /// The named app, made where it is missing.
  func lookUp(_ name: String, _ creation: AppCreation = .ifMissing) async throws -> AppRow {
    try await registry.find(name: name, environment: "", creation: creation)
  }

  /// An app without a name.
  func ephemeral() async throws -> AppRow {
    try await registry.createEphemeral(description: "script.py", environment: "main")
  }

  /// The state of an app.
  func state(_ app: AppRow) async throws -> AppRow.State {
    try await registry.app(app.id).state
  }
}

private final class Moment: Sendable {
  private let time = Mutex(Duration.seconds(1_000_000))

  var now: Duration { time.withLock { $0 } }

  func pass(_ duration: Duration) { time.withLock { $0 += duration } }
}

private final class Endings: Sendable {
  private let list = Mutex<[String]>([])

  var ids: [String] { list.withLock { $0 } }

  func append(_ id: String) { list.withLock { $0.append(id) } }
}

/// The code of the error that an operation throws.
func code(_ operation: () async throws -> Void) async -> SandlotError.Code? {
  await #expect(throws: SandlotError.self) { try await operation() }?.code
}
