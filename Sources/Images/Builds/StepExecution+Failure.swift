import Errors
import GuestProtocol
import Machines

extension StepExecution {
  /// What is wrong with how a process ended; nil for nothing.
  func problem(of status: ExitStatus) -> String? {
    switch status {
    case .code(0): nil
    case .code(let code): "exit code \(code)"
    case .signal(let number): "killed by signal \(number)"
    case .outOfMemory(let victim):
      "the \(context.limits.memoryMiB) MiB of memory that a build has were used up, and the kernel "
        + "killed the process '\(victim)'"
    }
  }

  /// The failure of this step.
  func failure(_ problem: String, output: String = "") -> BuildFailure {
    var message = "\(heading)\nfailed: \(problem)."
    if !output.isEmpty { message += "\nThe last lines of its output:\n\(output)" }
    if output.contains("No space left on device") { message += "\n" + diskHint }
    return BuildFailure(message: message)
  }

  /// The failure that an error of the machine or the host means.
  func explained(_ error: SandlotError) async -> BuildFailure {
    // A machine says `notFound` where it has ended.
    guard error.code == .notFound else { return failure("\(error)".withoutFullStop) }
    switch await machine.waitUntilStopped() {
    case .guestShutDown, .guestRestarted: return failure("it shut its machine down")
    case .failed(let reason): return failure("its machine failed: \(reason)".withoutFullStop)
    case .stopped: return failure("its machine was stopped")
    }
  }

  private var diskHint: String {
    let free = try? LayerFiles.freeBytes(at: context.layers.directory)
    guard let free, free < context.limits.minimumFreeBytes else {
      return "A file system in the build's machine was full."
    }
    return "The server's disk is full: \(free >> 20) MiB are free at \(context.layers.directory). "
      + LayerStore.freeHint
  }
}

extension String {
  fileprivate var withoutFullStop: String { hasSuffix(".") ? String(dropLast()) : self }
}
