import Errors
import Machines
import Testing

@Suite("Addresses and networks")
struct NetworkAddressTests {
  @Test(
    "Text and number agree",
    arguments: [("0.0.0.0", 0), ("10.213.0.1", 0x0ad5_0001), ("255.255.255.255", UInt32.max)])
  func address(text: String, value: UInt32) {
    #expect(IPv4Address(text)?.value == value)
    #expect(IPv4Address(value).description == text)
  }

  @Test(
    "What is no address is refused",
    arguments: ["", "1.2.3", "1.2.3.4.5", "1.2.3.256", "1.2.3.+4", "1..2.3", "a.b.c.d"])
  func noAddress(text: String) {
    #expect(IPv4Address(text) == nil)
  }

  @Test("A network is cut to its prefix")
  func network() {
    #expect(IPv4Network("10.213.7.9/16")?.description == "10.213.0.0/16")
    #expect(IPv4Network("10.213.7.9/16")?.last == IPv4Address("10.213.255.255"))
    #expect(IPv4Network("1.2.3.4/0")?.description == "0.0.0.0/0")
    #expect(IPv4Network("1.2.3.4/33") == nil)
    #expect(IPv4Network("1.2.3.4") == nil)
  }

  @Test("Networks overlap when one holds the other")
  func overlap() throws {
    let wide = try #require(IPv4Network("10.0.0.0/8"))
    let narrow = try #require(IPv4Network("10.213.0.4/30"))
    let beside = try #require(IPv4Network("10.213.0.8/30"))
    #expect(wide.overlaps(narrow) && narrow.overlaps(wide))
    #expect(!narrow.overlaps(beside))
    #expect(narrow.contains(narrow.last) && !narrow.contains(beside.address))
  }

  @Test("A guest's hardware address is local and follows from its address")
  func hardware() throws {
    let address = try #require(IPv4Address("10.213.1.254"))
    #expect(MACAddress(for: address).description == "02:53:4c:d5:01:fe")
  }

  @Test("Interface names fit the kernel's limit and tell servers apart")
  func names() {
    let instance = NetworkInstance(dataDirectory: "/var/lib/sandlot")
    #expect(instance == NetworkInstance(dataDirectory: "/var/lib/sandlot"))
    #expect(instance != NetworkInstance(dataDirectory: "/var/lib/other"))
    #expect(instance.interface(UInt32.max).utf8.count <= 15)
    #expect(instance.interface(31) == "sl\(instance)-1f")
  }
}
