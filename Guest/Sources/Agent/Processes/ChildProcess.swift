import Glibc
import GuestProtocol

/// A process that the host had started, until it has ended and its outputs have been read.
final class ChildProcess {
  let id: UInt32
  let pid: pid_t
  let isTerminal: Bool
  /// Tells of its end where it is process 1, which nobody can wait for.
  let watch: InitWatch?
  /// The kernel's kills before its start.
  let memoryKills: Int
  /// Readable once the process has ended; nil afterwards, and where it is process 1.
  var ending: Descriptor?
  var input: InputStream?
  /// The outputs that have not ended.
  var outputs: [OutputStream]
  /// How it ended.
  var status: ExitStatus?
  /// Whether the host was told of the end.
  var isReported = false
  /// When its terminal is to be closed, once it has ended.
  var closing: TerminalClosing?

  init(
    id: UInt32, pid: pid_t, ending: Descriptor?, isTerminal: Bool, watch: InitWatch?,
    memoryKills: Int, input: InputStream?, outputs: [OutputStream]
  ) {
    self.id = id
    self.pid = pid
    self.ending = ending
    self.isTerminal = isTerminal
    self.watch = watch
    self.memoryKills = memoryKills
    self.input = input
    self.outputs = outputs
  }

  /// How it has ended, once; nil where it runs.
  func collect() -> ExitStatus? { watch.map { $0.check() } ?? Reaper.collect(pid) }

  /// Whether nothing of it is of interest any more.
  var isFinished: Bool { isReported && outputs.isEmpty }

  /// The output that still runs under a descriptor.
  func output(_ descriptor: StreamID.Descriptor) -> OutputStream? {
    outputs.first { $0.id.descriptor == descriptor }
  }
}
