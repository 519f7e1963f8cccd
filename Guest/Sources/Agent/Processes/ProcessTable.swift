import CLinux
import Glibc
import GuestProtocol

/// The processes that the host has started, and the bytes to and from them.
final class ProcessTable {
  /// Tells the host of an event, and says whether there is a session to tell it in.
  typealias Tell = (Event) -> Bool

  /// Stream data that may wait for the port; outputs are not read above it, so that memory stays
  /// flat whatever the processes write.
  private static let queueLimit = 512 * 1024

  let poller: Poller
  /// A poll of its own for the outputs: one call stops or resumes the reading of all of them.
  private let outputPoller: Poller
  let output: OutputQueue
  private let starter: ProcessStarter
  private let memoryKills: MemoryKills
  var processes: [UInt32: ChildProcess] = [:]
  private var numbers: [pid_t: UInt32] = [:]
  private var closingTerminals: Set<UInt32> = []
  private var isReading = false

  init(poller: Poller, output: OutputQueue, machine: any Machine) throws(GuestFailure) {
    self.poller = poller
    self.output = output
    starter = try ProcessStarter(machine: machine)
    memoryKills = MemoryKills(log: machine.kernelLogDescriptor)
    // A small batch: what is read after the limit was passed stays small too.
    outputPoller = try Poller(batch: 4)
  }

  // MARK: Start and signals

  func spawn(_ specification: ProcessSpecification) throws(GuestFailure) -> pid_t {
    guard processes[specification.id] == nil else {
      throw GuestFailure(.invalidState, "process \(specification.id) exists already")
    }
    let process = try starter.start(
      specification, isFirst: processes.isEmpty, memoryKills: memoryKills.mark())
    processes[process.id] = process
    numbers[process.pid] = process.id
    if let ending = process.ending {
      try poller.add(ending.number, token: Token.exit(process.id).rawValue, reads: true)
    }
    for stream in process.outputs { try watch(stream) }
    if process.isTerminal { sendEnd(StreamID(process: process.id, .standardError)) }
    return process.pid
  }

  func signal(_ id: UInt32, number: Int32, group: Bool) throws(GuestFailure) {
    guard let process = processes[id], process.status == nil else {
      throw GuestFailure(.invalidState, "process \(id) does not run")
    }
    try attempt("send signal \(number) to process \(id)") {
      // The group -1 is every process there is.
      kill(group && process.pid != 1 ? -process.pid : process.pid, number)
    }
  }

  // MARK: Ends

  /// Collects every ended child of this process.
  func reapAll(_ tell: Tell) {
    while let pid = Reaper.nextEnded() {
      if let id = numbers[pid] {
        reap(id, tell)
      } else {
        _ = Reaper.collect(pid)
      }
    }
  }

  /// Collects one process that has ended.
  func reap(_ id: UInt32, _ tell: Tell) {
    guard let process = processes[id], process.status == nil,
      let end = process.collect()
    else { return }
    finish(process, end, tell)
  }

  private func finish(_ process: ChildProcess, _ end: ExitStatus, _ tell: Tell) {
    let id = process.id
    let victim = memoryKills.victim(of: process.pid, end, since: process.memoryKills)
    let status = victim.map { ExitStatus.outOfMemory(victim: $0) } ?? end
    process.status = status
    numbers[process.pid] = nil
    if let ending = process.ending { poller.remove(ending.number) }
    process.ending = nil
    process.isReported = tell(.exited(process: id, status: status))
    if process.isTerminal, let stream = process.outputs.first {
      process.closing = TerminalClosing(count: stream.count, now: monotonicMilliseconds())
      closingTerminals.insert(id)
    }
    forgetIfFinished(process)
  }

  /// When the next terminal of an ended process is to be looked at.
  var deadline: Int64? { closingTerminals.compactMap { processes[$0]?.closing?.deadline }.min() }

  /// Ends the terminals that a background process keeps open after their process has ended.
  func endTerminals() {
    let now = monotonicMilliseconds()
    guard let deadline, now >= deadline else { return }
    for id in closingTerminals {
      guard let process = processes[id], let due = process.closing?.deadline, now >= due else {
        continue
      }
      process.closing?.putOff(now: now)
      // What the terminal holds is read before it is closed, however slow the host is.
      for stream in process.outputs where isReading && stream.credit > 0 {
        if stream.read(into: output) != .queued { end(stream, of: process) }
      }
    }
  }

  private func forgetIfFinished(_ process: ChildProcess) {
    guard process.isFinished else { return }
    if let input = process.input { unwatch(input) }
    closingTerminals.remove(process.id)
    processes[process.id] = nil
  }

  // MARK: Outputs

  /// Begins or stops the reading of all outputs, by what the port takes.
  func setReading(_ hasSession: Bool) {
    let reads = hasSession && output.dataCount < Self.queueLimit
    guard reads != isReading else { return }
    isReading = reads
    guard reads else { return poller.remove(outputPoller.descriptor.number) }
    // The poll can always be added: it was added before, and is removed now.
    try? poller.add(
      outputPoller.descriptor.number, token: Token.outputs.rawValue, reads: true)
  }

  /// Reads one chunk of each of a few outputs that have some; the kernel's order is fair.
  func readOutputs() {
    for ready in outputPoller.wait(timeout: 0) {
      guard let id = StreamID(channel: UInt32(truncatingIfNeeded: ready.token)),
        let process = processes[id.process], let stream = process.output(id.descriptor)
      else { continue }
      switch stream.read(into: output) {
      case .queued where process.closing?.isPast(stream.count) ?? false: end(stream, of: process)
      case .queued: if stream.credit == 0 { unwatch(stream) }
      case .empty: break
      case .ended: end(stream, of: process)
      }
    }
  }

  private func end(_ stream: OutputStream, of process: ChildProcess) {
    unwatch(stream)
    process.outputs.removeAll { $0 === stream }
    sendEnd(stream.id)
    forgetIfFinished(process)
  }

  private func watch(_ stream: OutputStream) throws(GuestFailure) {
    guard !stream.isWatched else { return }
    try outputPoller.add(
      stream.descriptor.number, token: UInt64(stream.id.channel), reads: true)
    stream.isWatched = true
  }

  private func unwatch(_ stream: OutputStream) {
    guard stream.isWatched else { return }
    outputPoller.remove(stream.descriptor.number)
    stream.isWatched = false
  }

  private func sendEnd(_ id: StreamID) {
    output.append(data: Frame(.end, channel: id.channel))
  }

  // MARK: Frames of the host

  /// A new host grants every stream its first window, and hears of the ends that it missed.
  func beginSession(_ tell: Tell) {
    for process in processes.values {
      for stream in process.outputs { grant(Limits.initialWindow, to: stream, resets: true) }
      if let status = process.status, !process.isReported {
        process.isReported = tell(.exited(process: process.id, status: status))
        forgetIfFinished(process)
      }
    }
  }

  /// Takes a frame of a stream; one of a process that is gone is of no interest.
  func handle(_ frame: Frame) throws(WireError) {
    guard let id = StreamID(channel: frame.channel) else {
      throw .malformed("channel \(frame.channel) is no stream")
    }
    guard let process = processes[id.process] else { return }
    switch frame.kind {
    case .credit:
      var reader = WireReader(frame.payload)
      let bytes = try reader.integer(UInt32.self)
      if let stream = process.output(id.descriptor) { grant(Int(bytes), to: stream) }
    case .data:
      guard id.descriptor == .standardInput, let input = process.input else { return }
      try input.append(frame.payload)
      writeInput(process.id)
    case .end:
      guard id.descriptor == .standardInput, let input = process.input else { return }
      input.end()
      writeInput(process.id)
    case .hello, .request, .reply, .event: break
    }
  }

  private func grant(_ bytes: Int, to stream: OutputStream, resets: Bool = false) {
    stream.credit = resets ? bytes : stream.credit + bytes
    // Without memory for the watch the stream stalls, as it would without credit.
    if stream.credit > 0 { try? watch(stream) }
  }
}
