import ArgumentParser
import Foundation
import Operator
import Server
import Settings

/// Which server a command asks.
struct LocationOptions: ParsableArguments {
  /// A sentence for the end of a command's help.
  static let server =
    "The server is the one of the data directory, or else that of MODAL_SERVER_URL."
  /// What an argument that names a sandbox may be.
  static let sandbox =
    "The sandbox: its id (sb-…, the first column of 'sandlot ps'), its task's (ta-…) or, while it "
    + "runs, its name."

  @Option(help: "A YAML file with settings. (default: /etc/sandlot.yaml where it exists)")
  var config: String?

  @Option(
    help: """
      Where everything lives. (default: /var/lib/sandlot for root, else ~/.local/share/sandlot)
      """)
  var dataDirectory: String?

  /// The settings of these options, others, the environment and the file together.
  ///
  /// Warns of variables that look like settings and are none: a misspelt name in a file is an error,
  /// but the environment may hold names for other programs.
  func settings(_ others: [SettingKey: String] = [:]) throws -> Settings {
    let environment = ProcessInfo.processInfo.environment
    for name in SettingSource.strangers(in: environment) {
      let warning =
        "sandlot: warning: \(name) is set and is no setting: it is ignored. "
        + "'sandlot up --help' lists the settings.\n"
      FileHandle.standardError.write(Data(warning.utf8))
    }
    var sources: [SettingSource] = [
      .options(given.merging(others) { $1 }), .environment(environment),
    ]
    if let file = configurationFile(environment) { sources.append(try .file(file)) }
    return try Settings(sources: sources, defaults: .ofHost(environment))
  }

  /// The settings among these options.
  var given: [SettingKey: String] { dataDirectory.map { [.dataDirectory: $0] } ?? [:] }

  /// Asks the server that these options lead to.
  func ask<Value: Sendable>(
    _ question: @Sendable (OperatorClient) async throws -> Value
  ) async throws -> Value {
    let address = try OperatorAddress.find(
      settings: settings(), environment: ProcessInfo.processInfo.environment)
    return try await OperatorClient.connected(to: address, question)
  }

  private func configurationFile(_ environment: [String: String]) -> String? {
    if let config { return config }
    if let named = environment["SANDLOT_CONFIG"], !named.isEmpty { return named }
    let usual = "/etc/sandlot.yaml"
    return FileManager.default.fileExists(atPath: usual) ? usual : nil
  }
}

extension Settings.Defaults {
  static func ofHost(_ environment: [String: String]) -> Settings.Defaults {
    let home = environment["HOME"] ?? "/"
    let certificates = "/usr/local/share/ca-certificates"
    let names = (try? FileManager.default.contentsOfDirectory(atPath: certificates)) ?? []
    return Settings.Defaults(
      dataDirectory: getuid() == 0 ? "/var/lib/sandlot" : "\(home)/.local/share/sandlot",
      guestCertificates: names.filter { $0.hasSuffix(".crt") }.sorted().map {
        "\(certificates)/\($0)"
      })
  }
}
