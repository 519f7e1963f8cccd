import OperatorProtocol

/// The creation of a sandbox as `sandlot create-trace` shows it.
package enum TraceTable {
  /// What is shown: how its machine was started, the stages with their share, their total, and when
  /// the first process of a client ran and had ended.
  package static func lines(_ trace: Sandlot_Operator_CreateTrace) -> [String] {
    var table = TextTable([("STAGE", .left), ("ms", .right), ("SHARE", .right)])
    for stage in trace.stages {
      let failed = stage.hasFailure ? " (failed)" : ""
      table.add([
        stage.name + failed, milliseconds(stage.seconds), share(stage.seconds, of: trace.seconds),
      ])
    }
    table.add([trace.ready ? "ready" : "not ready", milliseconds(trace.seconds), "100.0 %"])
    if trace.hasFirstExecStarted {
      table.add(["first exec ran, after", milliseconds(trace.firstExecStarted), ""])
    }
    if trace.hasFirstExecExited {
      table.add(["first exec ended, after", milliseconds(trace.firstExecExited), ""])
    }
    var lines = ["sandbox  \(trace.sandboxID)"]
    lines.append("start    \(trace.hasLaunchPath ? trace.launchPath : "its machine did not start")")
    lines += [""] + table.lines
    for stage in trace.stages where stage.hasFailure {
      lines += ["", "\(stage.name) failed: \(stage.failure)"]
    }
    return lines
  }

  private static func milliseconds(_ seconds: Double) -> String {
    Amounts.fixed(seconds * 1000, 1)
  }

  private static func share(_ seconds: Double, of total: Double) -> String {
    total > 0 ? Amounts.fixed(100 * seconds / total, 1) + " %" : "-"
  }
}
