import Agent
import CLinux
import Glibc
import GuestProtocol

/// An agent on a thread of its own, as it runs in a machine, over a pair of sockets.
enum AgentThread {
  /// The host's end, where the machine's calls can be read, and where its kernel's log is written.
  struct Ends {
    let socket: Int32
    let calls: Int32
    let kernelLog: Int32
  }

  fileprivate struct Start {
    let port: Int32
    let calls: Int32
    let kernelLog: Int32
    let isReady: Bool
  }

  /// Starts an agent; it ends when the host's end is closed.
  static func start(isReady: Bool) throws -> Ends {
    let sockets = try socketPair()
    let calls = try pipe()
    let log = try pipe()
    _ = fcntl(log.0, F_SETFL, O_NONBLOCK)
    let result = startThread(
      Start(port: sockets.1, calls: calls.1, kernelLog: log.0, isReady: isReady))
    guard result == 0 else { throw GuestFailure(.system, errno: result, "start a thread") }
    return Ends(socket: sockets.0, calls: calls.0, kernelLog: log.1)
  }

  private static func socketPair() throws -> (Int32, Int32) {
    var ends: [Int32] = [-1, -1]
    let type = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
    guard socketpair(AF_UNIX, type, 0, &ends) == 0 else {
      throw GuestFailure(.system, errno: errno, "make a pair of sockets")
    }
    return (ends[0], ends[1])
  }

  private static func pipe() throws -> (Int32, Int32) {
    var ends: [Int32] = [-1, -1]
    guard clinux_pipe(&ends, O_CLOEXEC) == 0 else {
      throw GuestFailure(.system, errno: errno, "make a pipe")
    }
    return (ends[0], ends[1])
  }

  private static func startThread(_ start: Start) -> Int32 {
    let context = UnsafeMutablePointer<Start>.allocate(capacity: 1)
    context.initialize(to: start)
    var thread = pthread_t()
    let result = pthread_create(&thread, nil, runAgent, context)
    if result == 0 { pthread_detach(thread) }
    return result
  }
}

private func runAgent(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  guard let context = context?.assumingMemoryBound(to: AgentThread.Start.self) else { return nil }
  let start = context.move()
  context.deallocate()
  // As in process 1, a closed pipe is an error and no signal.
  var signals = sigset_t()
  sigfillset(&signals)
  pthread_sigmask(SIG_BLOCK, &signals, nil)
  let machine = FakeMachine(
    calls: start.calls, kernelLog: start.kernelLog, isReady: start.isReady)
  let agent = try? Agent(
    port: start.port, machine: machine, log: Log(descriptor: -1), reapsOrphans: false,
    waitsForHost: false)
  agent?.run()
  if agent?.wasShutDown == true { agent?.finish() }
  return nil
}
