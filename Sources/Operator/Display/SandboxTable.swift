import OperatorProtocol
import SwiftProtobuf

/// Sandboxes as `sandlot ps` and `sandlot top` show them.
package enum SandboxTable {
  /// A title line and one line a sandbox, in the order given; ages are those at the answer's time.
  package static func lines(
    _ sandboxes: [Sandlot_Operator_Sandbox], at time: Google_Protobuf_Timestamp
  ) -> [String] {
    var table = TextTable([
      ("SANDBOX", .left), ("NAME", .left), ("APP", .left), ("STATE", .left), ("AGE", .right),
      ("CORES", .right), ("CPU", .right), ("MEM", .right), ("OF MiB", .right), ("HOST", .right),
      ("COST", .right), ("START", .left),
    ])
    for sandbox in sandboxes { table.add(row(sandbox, at: time)) }
    return table.lines
  }

  /// The busiest first; of equally busy ones the newest.
  package static func byUse(
    _ sandboxes: [Sandlot_Operator_Sandbox]
  ) -> [Sandlot_Operator_Sandbox] {
    sandboxes.sorted { left, right in
      (left.coresInUse, left.createdAt.seconds) > (right.coresInUse, right.createdAt.seconds)
    }
  }

  /// One line about all of them together.
  package static func summary(_ sandboxes: [Sandlot_Operator_Sandbox]) -> String {
    let cores = sandboxes.reduce(0) { $0 + $1.coresInUse }
    let guest = sandboxes.reduce(0) { $0 + $1.guestMemoryBytes }
    let host = sandboxes.reduce(0) { $0 + $1.hostMemoryBytes }
    let promised = sandboxes.reduce(0) { $0 + $1.memoryMib }
    return "\(sandboxes.count) \(sandboxes.count == 1 ? "sandbox" : "sandboxes"), "
      + "\(Amounts.fixed(cores, 2)) cores, \(Amounts.mebibytes(guest)) of \(promised) MiB in guests, "
      + "\(Amounts.mebibytes(host)) MiB of the host"
  }

  private static func row(
    _ sandbox: Sandlot_Operator_Sandbox, at time: Google_Protobuf_Timestamp
  ) -> [String] {
    let end = sandbox.hasFinishedAt ? sandbox.finishedAt : time
    let age = end.timeIntervalSince1970 - sandbox.createdAt.timeIntervalSince1970
    let request = Amounts.number(sandbox.cpuRequest)
    return [
      sandbox.id, sandbox.hasName ? sandbox.name : "-", sandbox.appName, sandbox.state,
      Amounts.age(age), sandbox.hasCoresInUse ? Amounts.fixed(sandbox.coresInUse, 2) : "-",
      sandbox.hasCpuLimit ? "\(request)-\(Amounts.number(sandbox.cpuLimit))" : request,
      sandbox.hasGuestMemoryBytes ? Amounts.mebibytes(sandbox.guestMemoryBytes) : "-",
      "\(sandbox.memoryMib)",
      sandbox.hasHostMemoryBytes ? Amounts.mebibytes(sandbox.hostMemoryBytes) : "-",
      sandbox.hasCost ? Amounts.cost(sandbox.cost) : "-",
      sandbox.hasLaunchPath ? sandbox.launchPath : "-",
    ]
  }
}
