import GuestProtocol

/// The way of bytes from the host into processes.
extension ProcessTable {
  /// Writes what waits for a process's input, and grants the host as much again.
  func writeInput(_ id: UInt32) {
    guard let process = processes[id], let input = process.input else { return }
    let progress = input.write()
    let written = input.takeWritten()
    if written > 0 { sendCredit(written, input.id) }
    switch progress {
    case .blocked: watch(input)
    case .drained: unwatch(input)
    case .finished: close(process, input)
    case .broken:
      close(process, input)
      output.append(control: Frame(.end, channel: input.id.channel))
    }
  }

  private func close(_ process: ChildProcess, _ input: InputStream) {
    unwatch(input)
    process.input = nil
  }

  private func sendCredit(_ bytes: Int, _ id: StreamID) {
    var writer = WireWriter()
    writer.write(UInt32(bytes))
    output.append(control: Frame(.credit, channel: id.channel, payload: writer.bytes))
  }

  private func watch(_ input: InputStream) {
    guard !input.isWatched else { return }
    let token = Token.input(input.id.process).rawValue
    input.isWatched = (try? poller.add(input.descriptor.number, token: token, writes: true)) != nil
  }

  func unwatch(_ input: InputStream) {
    guard input.isWatched else { return }
    poller.remove(input.descriptor.number)
    input.isWatched = false
  }
}
