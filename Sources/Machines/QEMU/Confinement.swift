/// The unprivileged identity that a QEMU process runs under.
package struct Confinement: Sendable, Equatable {
  /// The user and group id, the machine's own.
  package var id: UInt32
  /// A further group: the one that may open `/dev/kvm`.
  package var group: UInt32?

  /// An identity.
  package init(id: UInt32, group: UInt32? = nil) {
    self.id = id
    self.group = group
  }

  /// The command that gives up all privileges for good and becomes `command`.
  ///
  /// QEMU's own `-runas` is no way: together with `elevateprivileges=deny` it dies of SIGSYS.
  package func wrap(_ command: [String]) -> [String] {
    let groups = group.map { ["--groups", "\($0)"] } ?? ["--clear-groups"]
    return ["setpriv", "--reuid", "\(id)", "--regid", "\(id)"] + groups
      + ["--no-new-privs", "--inh-caps=-all", "--bounding-set=-all", "--"] + command
  }
}
