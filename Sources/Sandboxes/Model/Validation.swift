import Errors
import Identifiers

extension SandboxSpecification {
  /// Refuses what no sandbox can be, on a server that may promise so much memory altogether.
  /// Throws `SandlotError.invalidArgument`, naming the value.
  package func validate(
    _ limits: SandboxLimits, memoryBudgetMiB: Int
  ) throws(SandlotError) {
    try Check.name(name)
    try Check.arguments(arguments, limit: limits.maximumArgumentBytes)
    try Check.environment(environment)
    try Check.directory(workingDirectory)
    try validateMemory(limits, budget: Int64(memoryBudgetMiB))
    try validateCPU(limits)
    try validateTimeouts(limits)
    try readinessProbe?.validate()
  }

  /// Refuses what cannot be a sandbox's name with `SandlotError.invalidArgument`.
  package static func validate(name: String) throws(SandlotError) { try Check.name(name) }

  private func validateMemory(_ limits: SandboxLimits, budget: Int64) throws(SandlotError) {
    guard memoryMiB != 0 else { return }
    guard memoryMiB >= limits.minimumMemoryMiB else {
      throw SandlotError(
        .invalidArgument,
        "memory of \(memoryMiB) MiB is too little: a sandbox needs at least "
          + "\(limits.minimumMemoryMiB) MiB.")
    }
    guard memoryMiB <= limits.host.memoryMiB else {
      throw SandlotError(
        .invalidArgument,
        "memory of \(memoryMiB) MiB is more than this host has: \(limits.host.memoryMiB) MiB.")
    }
    guard memoryMiB <= budget else {
      throw SandlotError(
        .invalidArgument,
        "memory of \(memoryMiB) MiB is more than this server may promise to all sandboxes "
          + "together: \(budget) MiB.",
        hint: "Ask for less memory, or have the operator raise memory_budget.")
    }
  }

  /// The bound is the host's logical processors, though `cpu` counts physical cores: code that asks
  /// for two cores shall run on a laptop with two threads, where it gets all there is.
  private func validateCPU(_ limits: SandboxLimits) throws(SandlotError) {
    let host = limits.host
    let most = Int64(host.processors) * 1000
    for (field, value) in [("cpu", milliCPU), ("cpu limit", milliCPULimit)] {
      guard value >= 0 else {
        throw SandlotError(
          .invalidArgument, "A \(field) of \(Self.cores(value)) cores is negative.")
      }
      guard value <= most else {
        throw SandlotError(
          .invalidArgument,
          "A \(field) of \(Self.cores(value)) cores is more than this host has: "
            + "\(host.processors) logical processors (\(host.physicalCores) physical cores).")
      }
    }
    guard milliCPULimit == 0 || milliCPULimit >= milliCPU else {
      throw SandlotError(
        .invalidArgument,
        "A cpu limit of \(Self.cores(milliCPULimit)) cores is below the request of "
          + "\(Self.cores(milliCPU)).")
    }
  }

  private func validateTimeouts(_ limits: SandboxLimits) throws(SandlotError) {
    let range = 1...limits.maximumTimeoutSeconds
    guard range.contains(timeoutSeconds) else {
      throw SandlotError(
        .invalidArgument,
        "A timeout of \(timeoutSeconds) s is not within 1…\(range.upperBound) s.")
    }
    guard let idleTimeoutSeconds else { return }
    guard range.contains(idleTimeoutSeconds) else {
      throw SandlotError(
        .invalidArgument,
        "An idle timeout of \(idleTimeoutSeconds) s is not within 1…\(range.upperBound) s.")
    }
  }

  private static func cores(_ milli: Int64) -> String {
    String(Double(milli) / 1000)
  }
}

extension ExecSpecification {
  /// Refuses what no process can be. Throws `SandlotError.invalidArgument`, naming the value.
  ///
  /// How long arguments may be is the guest kernel's affair; it says so itself.
  package func validate() throws(SandlotError) {
    guard !execID.isEmpty, execID.utf8.count <= 256 else {
      throw SandlotError(
        .invalidArgument, "An exec id has 1 to 256 bytes; this one has \(execID.utf8.count).")
    }
    guard let program = arguments.first, !program.isEmpty else {
      throw SandlotError(.invalidArgument, "An exec needs a program to run; none was given.")
    }
    try Check.arguments(arguments, limit: nil)
    try Check.environment(environment)
    try Check.directory(workingDirectory)
    guard standardOutput != .merged else {
      throw SandlotError(.invalidArgument, "Standard output cannot be merged into itself.")
    }
  }
}

/// Checks that sandboxes and execs share.
private enum Check {
  static func name(_ name: String?) throws(SandlotError) {
    guard let name, !ObjectName.isValid(name) else { return }
    throw SandlotError(
      .invalidArgument, "'\(name)' cannot be the name of a sandbox.", hint: ObjectName.rule)
  }

  static func arguments(_ arguments: [String], limit: Int?) throws(SandlotError) {
    if let bad = arguments.first(where: { $0.utf8.contains(0) }) {
      throw SandlotError(.invalidArgument, "The argument \(bad.debugDescription) has a NUL in it.")
    }
    let size = arguments.reduce(0) { $0 + $1.utf8.count }
    if let limit, size > limit {
      throw SandlotError(
        .invalidArgument, "Arguments of \(size) bytes are more than the \(limit) that may be.")
    }
  }

  static func environment(_ variables: [EnvironmentVariable]) throws(SandlotError) {
    for variable in variables {
      let name = variable.name
      guard !name.isEmpty, !name.utf8.contains(UInt8(ascii: "=")), !name.utf8.contains(0) else {
        throw SandlotError(
          .invalidArgument,
          "\(name.debugDescription) cannot be an environment variable's name.")
      }
      guard !variable.value.utf8.contains(0) else {
        throw SandlotError(
          .invalidArgument, "The environment variable \(name) has a NUL in its value.")
      }
    }
  }

  static func directory(_ path: String?) throws(SandlotError) {
    guard let path, !path.isEmpty else { return }
    guard path.hasPrefix("/"), !path.utf8.contains(0) else {
      throw SandlotError(
        .invalidArgument, "The working directory \(path.debugDescription) is not absolute.")
    }
  }
}
