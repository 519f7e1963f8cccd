/// A file that a build fetches: `ADD` of an address.
struct Download: Sendable, Equatable {
  /// `http` or `https`.
  let address: String
  /// As `sha256:…`, which its content has to have.
  let checksum: String?
  /// What it is called in the directory that it is copied to.
  let name: String

  /// The key of the disk that has it.
  ///
  /// What is at an address without a checksum may change; as with a tag, the first answer counts until
  /// somebody asks for a build without the cache.
  var diskKey: String { ImageKey.hash(["sandlot download 1", address, checksum ?? "", name]) }
}
