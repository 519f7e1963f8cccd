import OperatorProtocol
import SwiftProtobuf

/// Sandboxes as `sandlot ps` and `sandlot top` show them.
package enum SandboxTable {
  /// What a narrow terminal has no room for, the least important first.
  private static let optionalColumns = [
    "START", "HOST", "CPU", "OF MiB", "CODE", "APP", "COST", "STATE", "NAME",
  ]

  /// A title line and one line a sandbox, in the order given; ages are those at the answer's time, or at
  /// the end.
  ///
  /// - Parameter width: How wide the lines may be; columns are left out for that. Nil for any width.
  package static func lines(
    _ sandboxes: [Sandlot_Operator_Sandbox], at time: Google_Protobuf_Timestamp, width: Int? = nil
  ) -> [String] {
    var table = TextTable([
      ("SANDBOX", .left), ("NAME", .left), ("APP", .left), ("STATE", .left), ("CODE", .right),
      ("AGE", .right), ("CORES", .right), ("CPU", .right), ("MEM", .right), ("OF MiB", .right),
      ("HOST", .right), ("COST", .right), ("START", .left),
    ])
    for sandbox in sandboxes { table.add(row(sandbox, at: time)) }
    if let width { table.narrow(to: width, leavingOut: optionalColumns) }
    return table.lines
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
      sandbox.hasExitCode ? "\(sandbox.exitCode)" : "-", Amounts.age(age),
      sandbox.hasCoresInUse ? Amounts.fixed(sandbox.coresInUse, 2) : "-",
      sandbox.hasCpuLimit ? "\(request)-\(Amounts.number(sandbox.cpuLimit))" : request,
      sandbox.hasGuestMemoryBytes ? Amounts.mebibytes(sandbox.guestMemoryBytes) : "-",
      "\(sandbox.memoryMib)",
      sandbox.hasHostMemoryBytes ? Amounts.mebibytes(sandbox.hostMemoryBytes) : "-",
      sandbox.hasCost ? Amounts.cost(sandbox.cost) : "-",
      sandbox.hasLaunchPath ? sandbox.launchPath : "-",
    ]
  }
}
