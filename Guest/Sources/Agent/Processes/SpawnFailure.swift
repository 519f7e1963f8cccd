import CSpawn
import Glibc
import GuestProtocol

/// Says in the host's terms why a process could not be started.
struct SpawnFailure {
  let specification: ProcessSpecification
  let program: ProgramSearch

  /// - Parameters:
  ///   - stage: a `spawn_stage`.
  ///   - code: the `errno` of its failed call.
  func describe(stage: Int32, code: Int32) -> GuestFailure {
    switch UInt32(stage) {
    case SPAWN_STAGE_DIRECTORY.rawValue:
      GuestFailure(
        .workingDirectory, errno: code,
        "the working directory \(specification.workingDirectory) cannot be entered: "
          + errorText(code))
    case SPAWN_STAGE_IDENTITY.rawValue:
      .system(code, "become the user \(specification.user)")
    case SPAWN_STAGE_EXECUTE.rawValue: describeExecution(code)
    case SPAWN_STAGE_CLONE.rawValue: .system(code, "make a process for \(program.name)")
    default: .system(code, "set up the process of \(program.name)")
    }
  }

  private func describeExecution(_ code: Int32) -> GuestFailure {
    switch code {
    case E2BIG:
      return GuestFailure(
        .argumentsTooLong, errno: code,
        "the arguments and the environment of \(program.name) are too long: "
          + "\(size(specification.arguments)) and \(size(specification.environment)) bytes")
    case ENOENT, ENOTDIR: return describeMissing(code)
    case ENOEXEC:
      return notExecutable(code, "is neither a program for this machine nor a script with #!")
    case EACCES:
      return notExecutable(code, "may not be executed: its mode or its file system forbids it")
    default: return notExecutable(code, "cannot be executed: \(errorText(code))")
    }
  }

  private func describeMissing(_ code: Int32) -> GuestFailure {
    if program.firstExisting != nil {
      return notExecutable(code, "names an interpreter or a loader that does not exist")
    }
    let place = program.candidates == [program.name] ? "" : " in any directory of PATH"
    return GuestFailure(
      .programNotFound, errno: code, "the program \(program.name) does not exist\(place)")
  }

  private func notExecutable(_ code: Int32, _ reason: String) -> GuestFailure {
    let path = program.firstExisting ?? program.name
    return GuestFailure(.notExecutable, errno: code, "\(path) \(reason)")
  }

  private func size(_ strings: [String]) -> Int {
    strings.reduce(0) { $0 + $1.utf8.count + 1 }
  }
}
