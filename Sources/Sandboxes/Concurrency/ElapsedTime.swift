/// How long something has taken so far, on any clock.
struct ElapsedTime: Sendable {
  private let read: @Sendable () -> Duration

  /// Begins now.
  init(_ clock: any Clock<Duration>) { read = Self.reader(clock) }

  /// What has passed, in seconds.
  var seconds: Double { read() / .seconds(1) }

  private static func reader<Source: Clock<Duration>>(
    _ clock: Source
  ) -> @Sendable () -> Duration {
    let start = clock.now
    return { start.duration(to: clock.now) }
  }
}
