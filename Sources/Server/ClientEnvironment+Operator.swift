import Errors
import Operator
import Settings

extension OperatorAddress {
  /// The server that the operator's commands ask: the one that runs on the data directory, or else
  /// the one that the SDK's variables name.
  ///
  /// Throws `SandlotError.failedPrecondition` where there is neither.
  public static func find(
    settings: Settings, environment: [String: String]
  ) throws -> OperatorAddress {
    let directory = DataDirectory(settings.dataDirectory)
    if let state = ServerState.ofRunningServer(directory) {
      return try ClientEnvironment(settings: settings, url: state.url).operatorAddress
    }
    guard let url = environment["MODAL_SERVER_URL"], !url.isEmpty,
      let id = environment["MODAL_TOKEN_ID"], let secret = environment["MODAL_TOKEN_SECRET"]
    else { throw ServerState.absence(directory) }
    return OperatorAddress(url: url, tokenID: id, tokenSecret: secret)
  }
}
