import Agent
import Testing

@Suite struct ModuleIndexTests {
  private let index = ModuleIndex(
    dependencies: Array(
      """
      kernel/fs/fuse/fuse.ko:
      kernel/net/ipv4/netfilter/iptable_nat.ko: kernel/net/nf_nat.ko kernel/net/x_tables.ko
      kernel/net/nf_nat.ko: kernel/net/x_tables.ko
      kernel/net/x_tables.ko:
      kernel/drivers/virtio-rng.ko.xz:

      """.utf8),
    aliases: Array(
      """
      # Aliases extracted from modules themselves.
      alias fs-fuse fuse
      alias devname:fuse fuse
      alias char-major-10-229 fuse
      alias virtio:d00000004v* virtio_rng
      alias ipt_nat iptable_nat
      alias twice fuse
      alias twice x_tables
      alias dangling nowhere
      """.utf8),
    builtin: Array("kernel/fs/ext4/ext4.ko\n".utf8),
    companions: Array(
      """
      # Soft dependencies extracted from modules themselves.
      softdep x_tables pre: log-syslog
      softdep virtio-rng unused pre: crypto-sha256 ecb post: after
      softdep virtio_rng post: last
      softdep fuse
      """.utf8))

  @Test func dependenciesComeFirst() {
    #expect(
      index.loadOrders(for: "iptable-nat") == [
        [
          "kernel/net/x_tables.ko", "kernel/net/nf_nat.ko",
          "kernel/net/ipv4/netfilter/iptable_nat.ko",
        ]
      ])
  }

  @Test func dashesAndUnderscoresAreTheSame() {
    let order = [["kernel/drivers/virtio-rng.ko.xz"]]
    #expect(index.loadOrders(for: "virtio_rng") == order)
    #expect(index.loadOrders(for: "virtio-rng") == order)
  }

  @Test func aliasesLeadToModules() {
    #expect(index.loadOrders(for: "char-major-10-229") == [["kernel/fs/fuse/fuse.ko"]])
    #expect(index.loadOrders(for: "virtio:d00000004v00001AF4")?.count == 1)
    #expect(index.loadOrders(for: "twice")?.count == 2)
  }

  @Test func builtinModulesNeedNoFiles() { #expect(index.loadOrders(for: "ext4") == []) }

  @Test func companionsAreLoadedBeforeAndAfter() {
    let table = index.companions(ofFile: "kernel/net/x_tables.ko")
    #expect(table.before == ["log-syslog"] && table.after == [])
    let random = index.companions(ofFile: "kernel/drivers/virtio-rng.ko.xz")
    #expect(random.before == ["crypto-sha256", "ecb"] && random.after == ["after", "last"])
    let none = index.companions(ofFile: "kernel/fs/fuse/fuse.ko")
    #expect(none.before == [] && none.after == [])
  }

  @Test(arguments: ["nothing", "fus", "dangling", ""]) func unknownNamesLeadNowhere(
    _ name: String
  ) {
    #expect(index.loadOrders(for: name) == nil)
  }

  @Test(arguments: [
    ("a*c", "abbc", true), ("a*c", "abb", false), ("*", "", true), ("a?c", "abc", true),
    ("a?c", "ac", false), ("[a-c]x", "bx", true), ("[a-c]x", "dx", false), ("[xyz]", "y", true),
    ("a-b", "a_b", true), ("*b*d", "abcbd", true), ("[a", "a", false), ("ab", "abc", false),
    ("v*sv*", "v1asv2", true),
  ])
  func patternsMatchAsInFnmatch(_ pattern: String, _ name: String, _ expected: Bool) {
    #expect(ModulePattern.matches(Array(pattern.utf8)[...], Array(name.utf8)) == expected)
  }
}
