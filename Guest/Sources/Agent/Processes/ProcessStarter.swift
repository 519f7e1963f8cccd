import CLinux
import CSpawn
import Glibc
import GuestProtocol

/// Turns a specification into a running process.
final class ProcessStarter {
  private let machine: any Machine
  private let null: Descriptor
  /// Once process 1 is another.
  private var controlGroups: ControlGroups?

  init(machine: any Machine) throws(GuestFailure) {
    self.machine = machine
    null = try Descriptor.open("/dev/null", O_RDWR)
  }

  /// - Parameters:
  ///   - isFirst: whether no other process of the host's is there.
  ///   - memoryKills: the kernel's kills so far.
  func start(
    _ specification: ProcessSpecification, isFirst: Bool, memoryKills: Int
  ) throws(GuestFailure) -> ChildProcess {
    guard machine.isReady else {
      throw GuestFailure(.invalidState, "a process cannot start before the root is mounted")
    }
    guard let name = specification.arguments.first, !name.isEmpty else {
      throw GuestFailure(.programNotFound, "the program's name is empty")
    }
    try refuseNulBytes(specification)
    let accounts = Accounts.ofRoot()
    let user = try accounts.identity(for: specification.user)
    var environment = Environment(specification.environment)
    environment.setHomeIfMissing(user.home)
    let program = ProgramSearch(
      name: name, path: environment["PATH"], workingDirectory: specification.workingDirectory)
    if specification.createsWorkingDirectory { try makeWorkingDirectory(specification) }
    let ends = try streamEnds(specification, user: user.user)
    let initProgram = initProgram(specification, program)
    if initProgram != nil {
      // The others would lose their parent, which waits for them.
      guard isFirst else {
        throw GuestFailure(.invalidState, "\(name) is to be process 1 and comes after others")
      }
      controlGroups = try machine.makeRoomForInit()
    }
    let result = launch(
      specification, program, environment.entries, user, ends, initProgram)
    guard result.stage == 0 else {
      throw SpawnFailure(specification: specification, program: program)
        .describe(stage: result.stage, code: result.error)
    }
    return child(specification, ends, result, initProgram, memoryKills)
  }

  /// What is to be process 1; a program that does not exist is told of as any other.
  private func initProgram(
    _ specification: ProcessSpecification, _ program: ProgramSearch
  ) -> InitProgram? {
    guard specification.initRole != .never, let path = program.firstExisting else { return nil }
    let known = InitProgram(
      path: path, target: SymbolicLinks.target(of: path), arguments: specification.arguments)
    return specification.initRole == .always ? known ?? .unknown : known
  }

  private func refuseNulBytes(_ specification: ProcessSpecification) throws(GuestFailure) {
    let directory = specification.workingDirectory
    guard !directory.utf8.contains(0) else {
      throw GuestFailure(
        .workingDirectory, errno: EINVAL, "the working directory \(directory) has a NUL byte in it")
    }
    let strings = specification.arguments + specification.environment
    guard let bad = strings.first(where: { $0.utf8.contains(0) }) else { return }
    let beginning = String(decoding: bad.utf8.prefix { $0 != 0 }, as: UTF8.self)
    throw .system(EINVAL, "pass an argument with a NUL byte after \"\(beginning)\"")
  }

  private func makeWorkingDirectory(_ specification: ProcessSpecification) throws(GuestFailure) {
    do throws(GuestFailure) {
      try Directories.make(specification.workingDirectory)
    } catch {
      throw GuestFailure(.workingDirectory, errno: error.errno, error.message)
    }
  }

  private func streamEnds(
    _ specification: ProcessSpecification, user: UInt32
  ) throws(GuestFailure) -> StreamEnds {
    guard let terminal = specification.terminal else {
      return try StreamEnds(pipesFor: specification, null: null)
    }
    return try StreamEnds(terminal: terminal, master: try machine.openTerminal(), user: user)
  }

  private func launch(
    _ specification: ProcessSpecification, _ program: ProgramSearch, _ environment: [String],
    _ user: UserIdentity, _ ends: StreamEnds, _ initProgram: InitProgram?
  ) -> spawn_result {
    var result = spawn_result()
    let groups = user.groups
    CStringArray.with(program.candidates, specification.arguments, environment) {
      candidates, arguments, environment in
      specification.workingDirectory.withCString { directory in
        groups.withUnsafeBufferPointer { groups in
          var request = spawn_request(
            candidates: candidates, arguments: arguments, environment: environment,
            working_directory: directory,
            streams: (ends.child[0].number, ends.child[1].number, ends.child[2].number),
            is_terminal: specification.terminal == nil ? 0 : 1,
            sets_identity: user.isCaller ? 0 : 1, user: user.user, group: user.group,
            groups: groups.baseAddress, group_count: groups.count,
            proc: machine.procDescriptor,
            cgroup: (initProgram == nil ? controlGroups?.started : controlGroups?.root)?.number
              ?? -1)
          if let initProgram {
            spawn_over_caller(&request, initProgram.endsByItself ? 1 : 0, &result)
          } else {
            spawn_process(&request, &result)
          }
        }
      }
    }
    if initProgram != nil { AgentTitle.set() }
    return result
  }

  private func child(
    _ specification: ProcessSpecification, _ ends: StreamEnds, _ result: spawn_result,
    _ initProgram: InitProgram?, _ memoryKills: Int
  ) -> ChildProcess {
    let id = specification.id
    let isTerminal = specification.terminal != nil
    let outputs = [
      (StreamID.Descriptor.standardOutput, ends.output), (.standardError, ends.errors),
    ]
    return ChildProcess(
      id: id, pid: result.pid,
      ending: initProgram == nil ? Descriptor(owning: result.pidfd) : nil,
      isTerminal: isTerminal,
      watch: initProgram?.endsByItself == true ? InitWatch(pid: result.pid) : nil,
      memoryKills: memoryKills,
      input: ends.input.map {
        InputStream(
          id: StreamID(process: id, .standardInput), descriptor: $0, isTerminal: isTerminal)
      },
      outputs: outputs.compactMap { descriptor, end in
        end.map { OutputStream(id: StreamID(process: id, descriptor), descriptor: $0) }
      })
  }
}
