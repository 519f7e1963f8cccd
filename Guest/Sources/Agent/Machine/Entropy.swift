import CLinux
import Glibc
import GuestProtocol

/// The kernel's random number generator.
struct Entropy {
  /// What the kernel takes at once.
  private static let chunk = 512

  private let device: Descriptor

  /// Opens the generator's device while it is sure to be there.
  init() throws(GuestFailure) { device = try Descriptor.open("/dev/urandom", O_RDWR) }

  /// Credits random bytes and makes the generator use them from its next output on: clones of one
  /// memory image would all draw the same numbers otherwise.
  func add(_ bytes: [UInt8]) throws(GuestFailure) {
    guard bytes.count >= 32 else {
      throw GuestFailure(
        .invalidState, "\(bytes.count) bytes of entropy came, fewer than the 32 that are needed")
    }
    var rest = bytes[...]
    while !rest.isEmpty {
      let part = Array(rest.prefix(Self.chunk))
      try attempt("add entropy") {
        clinux_add_entropy(device.number, part, Int32(part.count), Int32(part.count * 8))
      }
      rest = rest.dropFirst(part.count)
    }
    try attempt("reseed the random number generator") { clinux_reseed(device.number) }
  }
}
