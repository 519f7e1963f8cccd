import Settings

/// Options that lead to settings, and by their data directory to a server.
protocol SettingsProvider: Sendable {
  /// The settings of the options, the environment and the file together.
  func settings() throws -> Settings
}
