import CLinux

/// What the agent is called in `ps` where it is not process 1.
enum AgentTitle {
  /// systemd spares processes whose name begins so when it ends all others (its "root storage daemons").
  private static let title = "@sandlot-agent"

  /// Takes it on, for good. A kernel that refuses leaves the agent with the name it had.
  static func set() { clinux_set_title(title, "sandlot-agent") }
}
