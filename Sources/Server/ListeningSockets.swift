import Settings

/// The sockets of a server, taken before anything slow begins.
struct ListeningSockets {
  /// Both planes and the operator's service.
  let calls: ListeningSocket
  /// Uploads of large local files.
  let uploads: ListeningSocket

  /// Binds both. Throws `SandlotError` naming the option of a port that cannot be had.
  init(_ settings: Settings) throws {
    calls = try ListeningSocket(host: settings.host, port: settings.port)
    uploads = try ListeningSocket(
      host: settings.host, port: settings.uploadPort, option: "--upload-port")
  }
}
