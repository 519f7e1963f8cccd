import CLinux
import Glibc
import GuestProtocol

/// The agent: one thread that serves the host's requests and moves the processes' bytes.
public final class Agent {
  /// How often a port without a host is looked at, should its wake-up get lost.
  private static let disconnectedInterval: Int64 = 500

  private let machine: any Machine
  private let log: Log
  private let port: Port
  private let poller: Poller
  private let processes: ProcessTable
  private let freezer: Freezer
  private var children: Descriptor?
  /// The process that `children` tells of.
  private var owner = getpid()
  private var hasSession = false
  private var isRunning = true
  /// Whether the host has asked for the machine's end.
  public private(set) var wasShutDown = false
  private var waitsForHost: Bool

  /// An agent.
  ///
  /// - Parameters:
  ///   - port: a descriptor of the byte stream to the host, which becomes the agent's.
  ///   - machine: what it configures, mounts and powers off.
  ///   - log: where it tells of what the host cannot be told.
  ///   - reapsOrphans: whether it collects every child of the process, as process 1 must. The
  ///     caller has blocked SIGCHLD then.
  ///   - waitsForHost: whether it goes on when the other end of the port is closed.
  public init(
    port: Int32, machine: any Machine, log: Log, reapsOrphans: Bool, waitsForHost: Bool
  ) throws(GuestFailure) {
    self.machine = machine
    self.log = log
    self.waitsForHost = waitsForHost
    self.port = Port(Descriptor(owning: port))
    poller = try Poller(batch: 64)
    processes = try ProcessTable(poller: poller, output: self.port.output, machine: machine)
    freezer = Freezer(machine: machine)
    children = reapsOrphans ? try Reaper.childSignals() : nil
    try poller.add(
      port, token: Token.port.rawValue, reads: true, writes: true, trigger: .edge)
    if let children {
      try poller.add(children.number, token: Token.children.rawValue, reads: true)
    }
  }

  /// Serves until the machine is powered off or, where the agent does not wait for a host, the
  /// port is closed.
  public func run() {
    while isRunning {
      for ready in poller.wait(timeout: timeout()) { dispatch(ready.token) }
      if port.hasMore || port.link != .present { receive() }
      keepDeadlines()
      port.flush()
      if port.link == .absent { endSession() }
      processes.setReading(hasSession)
    }
  }

  private func dispatch(_ raw: UInt64) {
    switch Token(rawValue: raw) {
    case .port: receive()
    case .children:
      Reaper.drain(children)
      processes.reapAll(tell)
    case .outputs: processes.readOutputs()
    case .exit(let process): processes.reap(process, tell)
    case .input(let process): processes.writeInput(process)
    case nil: break
    }
  }

  private func timeout() -> Int32 {
    if port.hasMore { return 0 }
    let polling: Int64? =
      switch port.link {
      case .present: nil
      case .doubtful(let limit): limit
      case .absent: monotonicMilliseconds() + Self.disconnectedInterval
      }
    let deadlines = [freezer.deadline, processes.deadline, polling].compactMap { $0 }
    guard let next = deadlines.min() else { return -1 }
    return Int32(clamping: max(0, next - monotonicMilliseconds()))
  }

  private func keepDeadlines() {
    processes.endTerminals()
    guard let deadline = freezer.deadline, monotonicMilliseconds() >= deadline else { return }
    log.error("thawed the root file system at its limit")
    for deferred in freezer.thawAtLimit() { perform(deferred.request, number: deferred.number) }
  }

  // MARK: The port

  private func receive() {
    do throws(WireError) {
      try port.receive { frame throws(WireError) in try handle(frame) }
    } catch {
      log.error("the host's bytes make no sense: \(error)")
      port.loseFrames()
      endSession()
    }
    if port.link == .absent {
      endSession()
      if !waitsForHost { isRunning = false }
    }
  }

  private func endSession() { hasSession = false }

  private func handle(_ frame: Frame) throws(WireError) {
    switch frame.kind {
    case .hello: greet(try Hello(decoding: frame.payload))
    case _ where !hasSession: break
    case .request:
      perform(try Request(decoding: frame.payload), number: frame.channel)
    case .data, .end, .credit: try processes.handle(frame)
    case .reply, .event: throw .malformed("the host sent a \(frame.kind)")
    }
  }

  private func greet(_ hello: Hello) {
    port.output.beginSession()
    freezer.dropDeferred()
    hasSession = true
    let answer = Hello(kernel: machine.kernelRelease)
    port.output.append(control: Frame(.hello, payload: answer.encoded()))
    if hello.version != ProtocolVersion.current {
      log.error("the host speaks version \(hello.version), not \(ProtocolVersion.current)")
    }
    processes.beginSession(tell)
  }

  private func tell(_ event: Event) -> Bool {
    guard hasSession else { return false }
    port.output.append(control: Frame(.event, payload: event.encoded()))
    return true
  }

  // MARK: Requests

  private func perform(_ request: Request, number: UInt32) {
    if freezer.mustWait(request, number: number) { return }
    let reply: Reply
    do throws(GuestFailure) {
      reply = try answer(request)
    } catch {
      reply = .failure(error)
    }
    port.output.append(control: Frame(.reply, channel: number, payload: reply.encoded()))
    guard isRunning, case .thaw = request else { return }
    for deferred in freezer.takeDeferred() { perform(deferred.request, number: deferred.number) }
  }

  private func answer(_ request: Request) throws(GuestFailure) -> Reply {
    switch request {
    case .configure(let identity): try machine.configure(identity)
    case .mountRoot(let root): try machine.mountRoot(root)
    case .spawn(let specification): return .spawned(pid: try spawn(specification))
    case .signal(let process, let number, let group):
      try processes.signal(process, number: number, group: group)
    case .freeze(let limit): try freezer.freeze(limit: Int64(limit))
    case .thaw: try freezer.thaw()
    case .readMemory:
      let memory = try machine.memory()
      return .memory(total: memory.total, available: memory.available)
    case .probePort(let port): return .port(isOpen: try LocalPort.accepts(port))
    case .readClock: return .clock(monotonicNanoseconds())
    case .prepare(let device): try machine.prepare(modulesDevice: device)
    case .rehearse(let device, let identity):
      try machine.rehearse(device: device, identity)
    case .endRehearsal: try machine.endRehearsal()
    case .mountFiles(let device, let filesystem):
      try machine.mountFiles(device: device, filesystem: filesystem)
    case .unmountFiles: try machine.unmountFiles()
    case .deliverFiles: try machine.deliverFiles()
    case .shutDown:
      wasShutDown = true
      isRunning = false
    }
    return .done
  }

  /// The agent may be another process afterwards, where it has left its place to what it started; signals
  /// come to the process that asked for them.
  private func spawn(_ specification: ProcessSpecification) throws(GuestFailure) -> pid_t {
    defer { if getpid() != owner { watchChildrenAnew() } }
    return try processes.spawn(specification)
  }

  private func watchChildrenAnew() {
    owner = getpid()
    guard let former = children else { return }
    poller.remove(former.number)
    do throws(GuestFailure) {
      let signals = try Reaper.childSignals()
      try poller.add(signals.number, token: Token.children.rawValue, reads: true)
      children = signals
    } catch {
      log.error(error.message)
    }
  }

  /// Ends the machine once `run` has returned because of `shutDown`: the reply is on its way
  /// before.
  public func finish() {
    port.flush(within: 1000)
    machine.powerOff()
  }
}
