import Images
import Settings
import SystemPackage

extension RegistrySettings {
  /// What an operator has decided.
  init(_ settings: Settings) {
    self.init()
    mirror = settings.registryMirror
    certificates = settings.registryCertificates.map { FilePath($0) }
    insecure = Set(settings.insecureRegistries)
  }
}

extension ImportLimits {
  /// What an operator has decided.
  init(_ settings: Settings) {
    self.init()
    bytes = Int64(settings.imageLimit) << 20
    entries = settings.imageEntries
  }
}
