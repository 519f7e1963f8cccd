import Errors

/// Hands out networks of four addresses, one per sandbox: the network, the host's end, the guest's
/// end, broadcast.
///
/// A network is in use until it is given back, and one that was given back rests until all others
/// had their turn, so that a late packet for a dead sandbox does not meet a new one.
package struct AddressPool: Sendable {
  /// The range that the networks are cut from.
  package let range: IPv4Network
  private var taken: Set<UInt32> = []
  private var next: UInt32 = 0

  package init(range: IPv4Network) {
    self.range = range
  }

  /// How many networks there are.
  package var capacity: UInt32 {
    range.prefixLength > 30 ? 0 : 1 << UInt32(30 - max(range.prefixLength, 2))
  }

  /// Takes a network that is neither in use nor overlaps one of `occupied`.
  /// - Throws: `SandlotError` with `resourceExhausted` when there is none.
  package mutating func take(avoiding occupied: [IPv4Network] = []) throws -> Subnet {
    // Only what lies in the range can collide; a default route covers everything and is none.
    let obstacles = occupied.filter { $0.prefixLength > 0 && $0.overlaps(range) }
    for offset in 0..<capacity {
      let index = (next + offset) % capacity
      let subnet = Subnet(index: index, in: range)
      guard !taken.contains(index), !obstacles.contains(where: subnet.network.overlaps) else {
        continue
      }
      taken.insert(index)
      next = (index + 1) % capacity
      return subnet
    }
    throw SandlotError(
      .resourceExhausted, "No network is free in \(range): \(taken.count) of \(capacity) in use.",
      hint: "End some sandboxes, or set a larger or another range for their addresses.")
  }

  /// Gives a network back; one that is not in use is ignored.
  package mutating func release(_ subnet: Subnet) {
    taken.remove(subnet.index)
  }

  /// One of the pool's networks.
  package struct Subnet: Sendable, Hashable {
    /// Its place in the range; unique among those in use.
    package let index: UInt32
    /// The four addresses.
    package let network: IPv4Network

    init(index: UInt32, in range: IPv4Network) {
      self.index = index
      network = IPv4Network(IPv4Address(range.address.value + index * 4), prefixLength: 30)
    }

    /// The host's end.
    package var gateway: IPv4Address { IPv4Address(network.address.value + 1) }
    /// The guest's end.
    package var guest: IPv4Address { IPv4Address(network.address.value + 2) }
  }
}
