import Agent
import Glibc
import GuestProtocol
import Testing

@Suite struct RootTests {
  private func block(_ text: String) -> String {
    "-----BEGIN CERTIFICATE-----\n\(text)\n-----END CERTIFICATE-----\n"
  }

  @Test func certificatesAreCutOutOfTheirText() {
    let text = "a comment\n" + block("QUJD") + "between\r\n" + block("REVG\r\nR0g=")
    #expect(
      Certificates(pem: Array(text.utf8)).blocks.map { String(decoding: $0, as: UTF8.self) }
        == [block("QUJD"), block("REVG\nR0g=")])
    #expect(Certificates(pem: Array("-----BEGIN CERTIFICATE-----\nx".utf8)).blocks == [])
  }

  @Test func onlyMissingCertificatesAreAppended() {
    let certificates = Certificates(pem: Array((block("QUJD") + block("REVG")).utf8))
    #expect(certificates.missing(from: []) == Array((block("QUJD") + block("REVG")).utf8))
    let bundle = Array((block("QUJD") + block("QUJDWA==")).utf8)
    #expect(certificates.missing(from: bundle) == Array(block("REVG").utf8))
    #expect(certificates.missing(from: bundle + certificates.missing(from: bundle)) == [])
  }

  @Test func aBundleWithoutALastLineEndGetsOne() {
    let certificates = Certificates(pem: Array(block("QUJD").utf8))
    let bundle = Array(block("REVG").utf8.dropLast())
    #expect(certificates.missing(from: bundle) == Array(("\n" + block("QUJD")).utf8))
  }

  @Test func certificatesReachEveryPlaceThatProgramsLookIn() throws {
    var template = Array("/tmp/agent-root-XXXXXX\0".utf8.map { CChar(bitPattern: $0) })
    _ = mkdtemp(&template)
    let root = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    defer { _ = try? Host().run("rm -rf \(root)") }
    for directory in ["/usr", "/usr/lib", "/usr/lib/ssl"] { mkdir(root + directory, 0o755) }
    let text = block("QUJD") + block("REVG")
    // Again at the next start, when they are there already.
    for _ in 0..<2 { try Certificates(pem: Array(text.utf8)).install(in: root) }
    func content(_ path: String) -> String? {
      SmallFile.read(root + path).map { String(decoding: $0, as: UTF8.self) }
    }
    #expect(content("/etc/ssl/certs/ca-certificates.crt") == text)
    let certificates = "/usr/local/share/ca-certificates/sandlot-guest"
    #expect(content(certificates + ".crt") == block("QUJD"))
    #expect(content(certificates + "-2.crt") == block("REVG"))
    let target = try Host().run("readlink \(root)/usr/lib/ssl/cert.pem").output
    #expect(target == "/etc/ssl/certs/ca-certificates.crt\n")
  }

  @Test func nothingIsMountedOverWhatImagesHold() {
    let targets = Set((Mount.required + Mount.optional).map(\.target))
    #expect(targets.contains("/sys/fs/cgroup"))
    #expect(targets.isDisjoint(with: ["/run", "/tmp", "/var", "/etc", "/var/run"]))
  }

  @Test func whatProcessesOfAnotherMachineLeftIsRemoved() throws {
    let root = try Host().run("mktemp -d").output.split(separator: "\n")[0]
    defer { _ = try? Host().run("rm -rf \(root)") }
    let listing = try Host().run(
      """
      cd \(root) && mkdir -p run/deep/pid.d outside && ln -s ../outside run/link
      touch run/a.pid run/deep/b.pid run/kept run/pid run/deep/pid.d/c.pidfile outside/d.pid
      ln -s kept run/e.pid
      python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind("run/deep/socket")'
      """)
    #expect(listing.errors == "")
    StaleFiles.remove(below: "\(root)/run")
    let left = try Host().run("cd \(root) && find run outside ! -type d | sort").output
    let kept = "outside/d.pid run/deep/pid.d/c.pidfile run/e.pid run/kept run/link run/pid"
    #expect(left.split(separator: "\n") == kept.split(separator: " "))
  }

  @Test func mountsOfBlockDevicesAreFound() {
    let mounts = """
      /dev/vda / ext4 rw,relatime 0 0
      tmpfs /dev/shm tmpfs rw 0 0
      /dev/vdb /lib/modules squashfs ro,nosuid 0 0
      /dev/loop0 /mnt/with\\040blank\\134 ext4 rw,relatime 0 0
      /dev/fuse /fuse fuse ro,user_id=0 0 0
      /dev/mapper/x /x xfs rw 0 0
      broken
      """
    #expect(BlockMounts.paths(in: mounts) == ["/", "/mnt/with blank\\", "/x"])
  }

  @Test func deviceNodesAreReadFromTheList() {
    let list = """
      # Device nodes to trigger on-demand module loading.
      loop loop-control c10:237
      tun net/tun c10:200
      floppy fd0 b2:0
      bad ../../etc/x c1:1
      worse x z1:1
      """
    #expect(
      DeviceNodes.parse(list) == [
        .init(path: "/dev/loop-control", isBlock: false, major: 10, minor: 237),
        .init(path: "/dev/net/tun", isBlock: false, major: 10, minor: 200),
        .init(path: "/dev/fd0", isBlock: true, major: 2, minor: 0),
      ])
  }

  @Test func hostFilesNameTheMachine() {
    let network = GuestNetwork(
      macAddress: "", address: "10.0.0.2", prefixLength: 30, gateway: "10.0.0.1",
      nameServers: ["10.0.0.1", "9.9.9.9"], mtu: 1500)
    func hosts(_ network: GuestNetwork?) -> String {
      HostFiles(
        Identity(
          hostname: "box", machineID: "", clock: ClockReference(monotonic: 0, realtime: 0),
          entropy: [], network: network)
      ).hosts
    }
    #expect(hosts(network).hasSuffix("\n10.0.0.2\tbox\n"))
    #expect(hosts(nil).hasSuffix("\n127.0.1.1\tbox\n"))
    #expect(hosts(nil).hasPrefix("127.0.0.1\tlocalhost\n"))
    #expect(HostFiles.resolver(network) == "nameserver 10.0.0.1\nnameserver 9.9.9.9\n")
  }

  @Test func addressesAreNumbers() {
    #expect(IPv4.parse("10.1.2.3") == 0x0a01_0203)
    #expect(IPv4.mask(prefixLength: 30) == 0xffff_fffc)
    #expect(IPv4.mask(prefixLength: 0) == 0)
    #expect(IPv4.mask(prefixLength: 32) == .max)
    for text in ["", "1.2.3", "1.2.3.4.5", "1.2.3.256", "a.b.c.d", "1.2.3.-4", "1..2.3"] {
      #expect(IPv4.parse(text) == nil)
    }
    #expect(HardwareAddress.parse("02:00:0a:ff:00:01") == [2, 0, 10, 255, 0, 1])
    for text in ["", "02:00:00:00:00", "2:0:0:0:0:1", "0g:00:00:00:00:00"] {
      #expect(HardwareAddress.parse(text) == nil)
    }
  }
}
