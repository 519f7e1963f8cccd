import Crypto
import Foundation
import Machines
import Store

/// Layers of an image that become one layer of a disk.
///
/// A disk with as many layers as an image has would be slow to read, and one of them all would share
/// nothing with other images. So a group ends where the layers gathered since the last end have 16 MiB,
/// 64 MiB, 256 MiB … together: how many groups there are grows with the logarithm of the size, and
/// images with the same lower layers have the same lower groups.
package struct DiskGroup: Sendable, Equatable {
  /// The ChainID of its highest layer (OCI image specification): it names the content of the whole disk
  /// up to there.
  package let chainID: String
  /// Lowest first; never empty.
  package let layers: [BaseImageRow.Layer]

  /// The groups of an image's layers, lowest first.
  package static func groups(of layers: [BaseImageRow.Layer]) -> [DiskGroup] {
    var groups: [DiskGroup] = []
    var gathered: [BaseImageRow.Layer] = []
    var (bytes, limit) = (Int64(0), Int64(16 << 20))
    var chain: String?
    for (index, layer) in layers.enumerated() {
      chain = chain.map { Self.chainID($0, layer.diffID) } ?? layer.diffID
      gathered.append(layer)
      bytes += layer.size
      guard let chainID = chain, bytes >= limit || index == layers.count - 1 else { continue }
      groups.append(DiskGroup(chainID: chainID, layers: gathered))
      gathered = []
      bytes = 0
      limit *= 4
    }
    return groups
  }

  private static func chainID(_ below: String, _ diffID: String) -> String {
    "sha256:" + HostFiles.hexadecimal(SHA256.hash(data: Data("\(below) \(diffID)".utf8)))
  }
}
