import ArgumentParser
import Foundation
import Settings

/// The options that every command has: which data directory it works on.
struct DirectoryOptions: ParsableArguments, SettingsProvider {
  @Option(help: "A YAML file with settings. (default: /etc/sandlot.yaml where it exists)")
  var config: String?

  @Option(
    help: """
      Where everything lives. (default: /var/lib/sandlot for root, else ~/.local/share/sandlot)
      """)
  var dataDirectory: String?

  func settings() throws -> Settings {
    try settings(beside: dataDirectory.map { [.dataDirectory: $0] } ?? [:])
  }

  /// The settings of the command line, the environment and the file together.
  ///
  /// Warns of variables that look like settings and are none: a misspelt name in a file is an error,
  /// but the environment may hold names for other programs.
  func settings(beside given: [SettingKey: String]) throws -> Settings {
    let environment = ProcessInfo.processInfo.environment
    for name in SettingSource.strangers(in: environment) {
      let warning =
        "sandlot: warning: \(name) is set and is no setting: it is ignored. "
        + "'sandlot up --help' lists the settings.\n"
      FileHandle.standardError.write(Data(warning.utf8))
    }
    var sources: [SettingSource] = [.options(given), .environment(environment)]
    if let file = configurationFile(environment) { sources.append(try .file(file)) }
    return try Settings(sources: sources, defaults: .ofHost(environment))
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
