import Machines
import SystemPackage
import Testing

struct QEMUCommandLineTests {
  private static let line = QEMUCommandLine(
    name: "sb-1", machineType: "pc-q35-7.2", engine: .tcg, memoryMiB: 1024, virtualCPUs: 1,
    start: .kernel(3, initramfs: 4, words: ["quiet", "a=b"]), modules: 7, monitorSocket: 8,
    descriptorSocket: 12, agentSocket: 9, consoleSocket: 10,
    tap: .init(descriptor: 11, macAddress: "02:00:00:00:00:01"))

  private func values(_ option: String, _ line: QEMUCommandLine = line) -> [String] {
    let arguments = line.arguments
    return arguments.indices.dropLast().filter { arguments[$0] == option }.map { arguments[$0 + 1] }
  }

  @Test func startsStoppedConfinedAndWithNothingUnasked() {
    let arguments = Self.line.arguments
    for option in ["-S", "-nodefaults", "-no-user-config", "-no-reboot"] {
      #expect(arguments.contains(option))
    }
    #expect(
      values("-sandbox")
        == ["on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny"])
    #expect(values("-machine")[0].hasPrefix("pc-q35-7.2,smm=off,vmport=off,hpet=off,"))
    #expect(values("-m") == ["1024M"])
    #expect(values("-append") == ["quiet a=b"])
  }

  @Test func theRootDiskIsAPlaceholderBehindAFilter() {
    #expect(
      values("-blockdev") == [
        #"{"driver":"null-co","node-name":"placeholder","read-zeroes":true,"size":68719476736}"#,
        #"{"discard":"unmap","driver":"throttle","file":"placeholder","node-name":"root","throttle-group":"root-limits"}"#,
        #"{"driver":"file","filename":"/dev/fdset/1","locking":"off","node-name":"modules","read-only":true}"#,
        #"{"driver":"null-co","node-name":"no-files","read-only":true,"read-zeroes":true,"size":68719476736}"#,
        #"{"driver":"throttle","file":"no-files","node-name":"files","read-only":true,"throttle-group":"files-limits"}"#,
      ])
    #expect(values("-add-fd") == ["fd=7,set=1"])
  }

  @Test func anOverlayNamesItsWholeChain() {
    let layer = #""driver":"file","filename":"/dev/fdset/2","locking":"off""#
    #expect(
      BlockNode.overlay("overlay0", path: "/run/overlay,0.qcow2", over: [2]).json
        == #"{"backing":{"backing":null,"driver":"qcow2","file":{\#(layer)}},"discard":"unmap","#
        + #""driver":"qcow2","file":{"discard":"unmap","driver":"file","#
        + #""filename":"/run/overlay,0.qcow2"},"node-name":"overlay0"}"#)
  }

  @Test func aDiskOfFilesIsNeverWrittenTo() {
    #expect(
      BlockNode.readOnlyImage("files1", set: 4).json
        == #"{"driver":"raw","file":{"driver":"file","filename":"/dev/fdset/4","locking":"off"},"#
        + #""node-name":"files1","read-only":true}"#)
    let layer = #""driver":"file","filename":"/dev/fdset/2","locking":"off""#
    #expect(
      BlockNode.readOnlyChain("files2", over: [2, 3]).json
        == #"{"backing":{"backing":null,"driver":"qcow2","file":{\#(layer)}},"driver":"qcow2","#
        + #""file":{"driver":"file","filename":"/dev/fdset/3","locking":"off"},"#
        + #""node-name":"files2","read-only":true}"#)
  }

  @Test func aTemplateSharesItsMemoryAndACloneCopiesIt() {
    var line = Self.line
    #expect(values("-object", line).contains("memory-backend-ram,id=ram,size=1024M"))
    let file = "memory-backend-file,id=ram,size=1024M,mem-path=/proc/self/fd/5,share="
    line.memory = .file(5)
    #expect(values("-object", line).contains(file + "on"))
    line.memory = .copy(5, isReadable: false)
    #expect(values("-object", line).contains(file + "off"))
    line.memory = .copy(5, isReadable: true)
    #expect(values("-object", line).contains(file + "off,readonly=on,rom=off"))
  }

  @Test func aCloneHasTheDevicesOfItsTemplateAndNoKernel() {
    var line = Self.line
    let devices = values("-device", line)
    line.start = .restored
    #expect(values("-device", line) == devices)
    #expect(values("-kernel", line).isEmpty && values("-incoming", line) == ["defer"])
    // A balloon, or reporting free pages, would punch holes into the template's memory.
    #expect(!devices.contains { $0.contains("balloon") })
  }

  @Test func takesItsSocketsAndTapByDescriptor() {
    #expect(
      values("-chardev") == [
        "socket,id=monitor,fd=8,server=on,wait=off",
        "socket,id=descriptors,fd=12,server=on,wait=off",
        "socket,id=console,fd=10,server=on,wait=off",
        "socket,id=agent,fd=9,server=on,wait=off",
      ])
    #expect(values("-netdev") == ["tap,id=network,fd=11,vhost=off"])
    #expect(values("-kernel") == ["/proc/self/fd/3"])
    #expect(
      values("-device").contains {
        $0.hasPrefix("virtserialport") && $0.hasSuffix("name=org.sandlot.agent")
      })
  }

  @Test func withoutNetworkOrDisksThereAreNone() {
    var line = Self.line
    line.tap = nil
    line.modules = nil
    #expect(values("-netdev", line).isEmpty && values("-blockdev", line).isEmpty)
    #expect(!values("-device", line).contains { $0.contains("net") || $0.contains("blk") })
  }

  @Test(arguments: [
    (MachineEngine.tcg, 1, ["tcg,thread=single,tb-size=256"], "max,-erms,-fsrm"),
    (.tcg, 4, ["tcg,thread=multi,tb-size=256"], "max,-erms,-fsrm"),
    (.kvm, 2, ["kvm"], "host"),
  ])
  func theEngineDecidesTheProcessor(
    engine: MachineEngine, processors: Int, accelerator: [String], model: String
  ) {
    var line = Self.line
    line.engine = engine
    line.virtualCPUs = processors
    #expect(values("-accel", line) == accelerator)
    #expect(values("-cpu", line) == [model])
    #expect(values("-smp", line) == ["\(processors)"])
  }

  @Test func whatSlowsEmulationIsOffUnderEmulationOnly() {
    let emulated = KernelCommandLine.words(engine: .tcg, extra: ["x=1"])
    let native = KernelCommandLine.words(engine: .kvm, extra: [])
    let words: Set = ["mitigations=off", "nokaslr", "norandmaps"]
    #expect(words.isSubset(of: emulated) && emulated.last == "x=1")
    #expect(words.isDisjoint(with: native))
    #expect(native.contains("lsm=landlock,lockdown,yama,integrity,bpf"))
  }

  /// A guest that measures by itself may be wrong by any factor where the host is busy.
  @Test func emulatedGuestsAreToldTheRateOfTheirCounter() throws {
    let megahertz = try #require(CounterRate.ofHost)
    #expect((500...10_000).contains(megahertz))
    let word = "tsc_early_khz=\(megahertz * 1000)"
    #expect(KernelCommandLine.words(engine: .tcg, extra: []).contains(word))
    #expect(!KernelCommandLine.words(engine: .kvm, extra: []).contains(word))
  }
}
