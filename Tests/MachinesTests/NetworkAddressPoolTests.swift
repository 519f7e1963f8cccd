import Errors
import Machines
import Testing

@Suite("The pool of networks")
struct NetworkAddressPoolTests {
  private func pool(_ range: String) throws -> AddressPool {
    AddressPool(range: try #require(IPv4Network(range)))
  }

  @Test("Each network is handed out once, until there is none")
  func exhaustion() throws {
    var pool = try pool("10.213.0.0/28")
    let taken = try (0..<4).map { _ in try pool.take() }
    #expect(Set(taken).count == 4)
    #expect(taken[1].network.description == "10.213.0.4/30")
    #expect(taken[1].gateway.description == "10.213.0.5")
    #expect(taken[1].guest.description == "10.213.0.6")
    let error = #expect(throws: SandlotError.self) { try pool.take() }
    #expect(error?.code == .resourceExhausted)
    #expect(error?.message == "No network is free in 10.213.0.0/28: 4 of 4 in use.")
  }

  @Test("A network that was given back comes last")
  func reuse() throws {
    var pool = try pool("10.213.0.0/28")
    let first = try pool.take()
    pool.release(first)
    pool.release(first)
    let rest = try (0..<4).map { _ in try pool.take() }
    #expect(rest.last == first)
    #expect(Set(rest).count == 4)
  }

  @Test("What the host uses is left out; its default route is no obstacle")
  func occupied() throws {
    var pool = try pool("10.213.0.0/28")
    let occupied = ["0.0.0.0/0", "10.213.0.2/32", "10.213.0.8/29"].compactMap { IPv4Network($0) }
    #expect(try pool.take(avoiding: occupied).network.description == "10.213.0.4/30")
    #expect(throws: SandlotError.self) { try pool.take(avoiding: occupied) }
  }

  @Test("The whole default range can be used")
  func capacity() throws {
    var pool = try pool("10.213.0.0/16")
    #expect(pool.capacity == 16_384)
    var seen: Set<IPv4Network> = []
    for _ in 0..<pool.capacity { seen.insert(try pool.take().network) }
    #expect(seen.count == 16_384)
  }

  @Test("A range that is too small has nothing to give")
  func tooSmall() throws {
    var pool = try pool("10.213.0.0/31")
    #expect(throws: SandlotError.self) { try pool.take() }
  }
}
