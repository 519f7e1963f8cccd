import Foundation

/// Something that happened in QEMU by itself, such as `STOP`, `SHUTDOWN` or `JOB_STATUS_CHANGE`.
public struct QMPEvent: Sendable, Equatable {
  /// QEMU's name of it, in capitals.
  public let name: String
  /// What QEMU says about it; empty where it says nothing.
  public let data: [String: JSONValue]
  /// When it happened, by the host's clock.
  public let time: Date
}

extension QMPEvent: Decodable {
  private enum Key: String, CodingKey {
    case event, data, timestamp, seconds, microseconds
  }

  /// Decodes QEMU's form.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    name = try container.decode(String.self, forKey: .event)
    data = try container.decodeIfPresent([String: JSONValue].self, forKey: .data) ?? [:]
    let timestamp = try container.nestedContainer(keyedBy: Key.self, forKey: .timestamp)
    let seconds = try timestamp.decode(Double.self, forKey: .seconds)
    let microseconds = try timestamp.decode(Double.self, forKey: .microseconds)
    time = Date(timeIntervalSince1970: seconds + microseconds / 1_000_000)
  }
}
