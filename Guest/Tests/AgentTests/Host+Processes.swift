import GuestProtocol

/// How a process ended and what it wrote.
struct Outcome: Equatable {
  var status: ExitStatus
  var output: String
  var errors: String
}

extension Host {
  /// A shell script as process `id`.
  static func shell(_ script: String, id: UInt32 = 1) -> ProcessSpecification {
    ProcessSpecification(
      id: id, arguments: ["/bin/sh", "-c", script], environment: ["PATH=/usr/bin:/bin"])
  }

  /// Starts a process that must start.
  func start(_ specification: ProcessSpecification) throws {
    let reply = try ask(.spawn(specification))
    guard case .spawned = reply else { throw Lost(reason: "\(reply)") }
  }

  /// Waits until a process has ended and its two outputs too.
  func finish(_ id: UInt32) throws -> Outcome {
    let output = StreamID(process: id, .standardOutput).channel
    let errors = StreamID(process: id, .standardError).channel
    try wait { exits[id] != nil && ended.isSuperset(of: [output, errors]) }
    guard let status = exits[id] else { throw Lost(reason: "no status") }
    return Outcome(status: status, output: text(output), errors: text(errors))
  }

  /// Runs a script to its end.
  func run(_ script: String, id: UInt32 = 1) throws -> Outcome {
    try start(Self.shell(script, id: id))
    return try finish(id)
  }

  /// Why a process could not be started.
  func failure(of specification: ProcessSpecification) throws -> GuestFailure {
    let reply = try ask(.spawn(specification))
    guard case .failure(let failure) = reply else { throw Lost(reason: "\(reply)") }
    return failure
  }

  /// Feeds bytes to a process's input within the window, in frames of the largest size.
  func feed(_ bytes: [UInt8], to id: UInt32) throws {
    let channel = StreamID(process: id, .standardInput).channel
    var sent = 0
    while sent < bytes.count, !ended.contains(channel) {
      let size = min(Limits.maximumChunk, bytes.count - sent)
      try wait {
        sent + size - credits[channel, default: 0] <= Limits.initialWindow
          || ended.contains(channel)
      }
      try send(Frame(.data, channel: channel, payload: Array(bytes[sent..<sent + size])))
      sent += size
    }
  }

  /// Ends a process's input.
  func endInput(of id: UInt32) throws {
    try send(Frame(.end, channel: StreamID(process: id, .standardInput).channel))
  }

  func text(_ channel: UInt32) -> String {
    String(decoding: outputs[channel] ?? [], as: UTF8.self)
  }
}
