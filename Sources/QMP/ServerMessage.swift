import Foundation
import NIOCore

/// What QEMU sends: the forms of docs/interop/qmp-spec.txt in QEMU's sources.
enum ServerMessage {
  /// The first message of a connection.
  case greeting(QEMUVersion)
  case event(QMPEvent)
  /// A command's result; the id is that of the command.
  case result(JSONValue, id: Int)
  /// A command's failure; nil where QEMU could not read the command far enough to know its id.
  case failure(Failure, id: Int?)

  struct Failure: Decodable {
    /// One of a few words; almost always `GenericError`.
    let `class`: String
    let desc: String
  }
}

extension ServerMessage: Decodable {
  private enum Key: String, CodingKey {
    case greeting = "QMP"
    case version, event, data, timestamp, id, error
    case result = "return"
  }

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    if container.contains(.event) {
      self = .event(try QMPEvent(from: decoder))
    } else if container.contains(.result) {
      let id = try container.decode(Int.self, forKey: .id)
      self = .result(try container.decode(JSONValue.self, forKey: .result), id: id)
    } else if container.contains(.error) {
      let id = try container.decodeIfPresent(Int.self, forKey: .id)
      self = .failure(try container.decode(Failure.self, forKey: .error), id: id)
    } else {
      let greeting = try container.nestedContainer(keyedBy: Key.self, forKey: .greeting)
      self = .greeting(try greeting.decode(QEMUVersion.self, forKey: .version))
    }
  }

  /// Reads one line.
  init(_ line: ByteBuffer) throws {
    self = try JSONDecoder().decode(ServerMessage.self, from: Data(line.readableBytesView))
  }
}
