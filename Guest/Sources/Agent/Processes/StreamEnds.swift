import CLinux
import Glibc
import GuestProtocol

/// Both ends of a new process's standard streams.
struct StreamEnds {
  /// A pipe's size: large, so that a fast writer and the port's pace meet rarely.
  private static let pipeSize: Int32 = 1 << 20

  /// What becomes the process's descriptors 0, 1 and 2.
  private(set) var child: [Descriptor]
  /// The agent's end of standard input.
  private(set) var input: Descriptor?
  /// The agent's end of standard output.
  private(set) var output: Descriptor?
  /// The agent's end of standard error.
  private(set) var errors: Descriptor?

  /// Pipes and null devices as the specification asks for.
  init(
    pipesFor specification: ProcessSpecification, null: Descriptor
  ) throws(GuestFailure) {
    var readEnd = null
    var writeEnd = null
    var errorEnd = null
    if specification.standardInput == .pipe {
      let pipe = try Self.pipe()
      readEnd = pipe.reads
      input = pipe.writes
    }
    if specification.standardOutput == .pipe {
      let pipe = try Self.pipe()
      writeEnd = pipe.writes
      output = pipe.reads
    }
    switch specification.standardError {
    case .null: break
    case .merged: errorEnd = writeEnd
    case .pipe:
      let pipe = try Self.pipe()
      errorEnd = pipe.writes
      errors = pipe.reads
    }
    child = [readEnd, writeEnd, errorEnd]
    for end in [input, output, errors] { end?.setNonBlocking() }
  }

  /// One pseudo-terminal for all three, which belongs to the user.
  init(
    terminal: ProcessSpecification.Terminal, master number: Int32, user: UInt32
  ) throws(GuestFailure) {
    let master = Descriptor(owning: number)
    clinux_unlock_terminal(number)
    let peer = Descriptor(
      owning: try attempt("open the pseudo-terminal") {
        clinux_open_terminal_peer(number, O_RDWR | O_NOCTTY | O_CLOEXEC)
      })
    clinux_set_window_size(number, terminal.rows, terminal.columns, 0, 0)
    // The group stays the terminals' own, which devpts has set.
    fchown(peer.number, user, gid_t.max)
    master.setNonBlocking()
    child = [peer, peer, peer]
    input = master
    output = master
  }

  private static func pipe() throws(GuestFailure) -> (reads: Descriptor, writes: Descriptor) {
    var ends: [Int32] = [-1, -1]
    try attempt("make a pipe") { clinux_pipe(&ends, O_CLOEXEC) }
    // A refusal (the user's share of pipe memory is used up) leaves a smaller pipe.
    clinux_set_pipe_size(ends[0], pipeSize)
    return (Descriptor(owning: ends[0]), Descriptor(owning: ends[1]))
  }
}
