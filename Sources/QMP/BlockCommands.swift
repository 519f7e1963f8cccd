/// Opens a block node: a file, a format or a filter.
public struct BlockdevAdd: QMPCommand {
  /// It returns nothing.
  public typealias Reply = EmptyReply
  /// The command's name.
  public static let name = "blockdev-add"
  /// `BlockdevOptions` of the QMP manual, `driver` and `node-name` among them.
  public let options: [String: JSONValue]

  /// The command for these options.
  public init(_ options: [String: JSONValue]) {
    self.options = options
  }

  /// Encodes the options; they are the arguments themselves.
  public func encode(to encoder: any Encoder) throws {
    try options.encode(to: encoder)
  }
}

/// Opens block nodes anew with other options, such as another child of a filter, while devices use
/// them.
public struct BlockdevReopen: QMPCommand {
  /// It returns nothing.
  public typealias Reply = EmptyReply
  /// The command's name.
  public static let name = "blockdev-reopen"
  /// All options of each node, as `blockdev-add` takes them.
  public let options: [[String: JSONValue]]

  /// The command for these nodes.
  public init(_ options: [[String: JSONValue]]) {
    self.options = options
  }
}

/// Puts an overlay over a node: from then on the VM writes to the overlay.
public struct BlockdevSnapshot: QMPCommand {
  /// It returns nothing.
  public typealias Reply = EmptyReply
  /// The command's name.
  public static let name = "blockdev-snapshot"
  /// The node that becomes read-only.
  public let node: String
  /// The node, opened without a backing file, that takes its place.
  public let overlay: String

  /// The command for these nodes.
  public init(node: String, overlay: String) {
    self.node = node
    self.overlay = overlay
  }
}

/// Takes a set of descriptors out of `/dev/fdset`; QEMU closes them when nothing reads them any more.
public struct RemoveFd: QMPCommand {
  /// It returns nothing.
  public typealias Reply = EmptyReply
  /// The command's name.
  public static let name = "remove-fd"
  /// The number of the set.
  public let set: Int

  /// The command for this set.
  public init(set: Int) {
    self.set = set
  }

  private enum CodingKeys: String, CodingKey {
    case set = "fdset-id"
  }
}

/// Closes a block node that nothing uses.
public struct BlockdevDel: QMPCommand {
  /// It returns nothing.
  public typealias Reply = EmptyReply
  /// The command's name.
  public static let name = "blockdev-del"
  /// The node.
  public let nodeName: String

  private enum CodingKeys: String, CodingKey {
    case nodeName = "node-name"
  }

  /// The command for this node.
  public init(nodeName: String) {
    self.nodeName = nodeName
  }
}
