import API
import Errors
import ModalProtocol
import Sandboxes
import Testing

@Suite struct RefusedOptionsTests {
  /// An option that is refused: the word of it that the error must have, and how a request has it.
  struct Refused: Sendable, CustomTestStringConvertible {
    var word: String
    var code: SandlotError.Code
    var set: @Sendable (inout Modal_Client_SandboxCreateV2Request) -> Void

    var testDescription: String { word }

    init(
      _ word: String, _ code: SandlotError.Code = .unimplemented,
      _ set: @escaping @Sendable (inout Modal_Client_SandboxCreateV2Request) -> Void
    ) {
      self.word = word
      self.code = code
      self.set = set
    }
  }

  @Test(arguments: [
    Refused("gpu=", .invalidArgument) { $0.definition.resources.gpuConfig.count = 1 },
    Refused("gpu=", .invalidArgument) { $0.definition.resources.gpuConfig.gpuType = "A100" },
    Refused("runtime=\"gvisor\"", .invalidArgument) { $0.definition.runtime = "gvisor" },
    Refused("proxy=") { $0.definition.proxyID = "pr-1" },
    Refused("network_file_systems=") { $0.definition.nfsMounts = [.init()] },
    Refused("CloudBucketMount") { $0.definition.cloudBucketMounts = [.init()] },
    Refused("CloudBucketMount") { $0.definition.s3Mounts = [.init()] },
    Refused("CloudBucketMount") { $0.cloudBucketMountCredentials = ["/bucket": .init()] },
    Refused("volumes=") { $0.definition.volumeMounts = [.init()] },
    Refused("encrypted_ports") { $0.definition.openPorts.ports = [.init()] },
    Refused("inbound_cidr_allowlist=") { $0.definition.inboundCidrAllowlist = ["10.0.0.0/8"] },
    Refused("Memory snapshots") { $0.definition.enableSnapshot = true },
    Refused("i6pn") { $0.definition.i6PnEnabled = true },
    Refused("custom_domain=") { $0.definition.customDomain = "sandbox.example" },
    Refused("include_oidc_identity_token=") { $0.definition.includeOidcIdentityToken = true },
    Refused("include_x509_svid=") { $0.definition.includeX509Svid = true },
    Refused("outbound policy") { $0.definition.outboundPolicy = .init() },
    Refused("outbound policy") { $0.definition.experimentalOutboundPolicy = .init() },
    Refused("vm_runtime=", .invalidArgument) {
      $0.definition.experimentalOptionsV2 = ["vm_runtime": "False"]
    },
    Refused("enable_exit_snapshot") {
      $0.definition.experimentalOptionsV2 = ["enable_exit_snapshot": "true"]
    },
  ])
  func isRefusedByName(option: Refused) {
    var request = Modal_Client_SandboxCreateV2Request()
    option.set(&request)
    let changed = request
    let error = #expect(throws: SandlotError.self) { try SandboxSpecification(changed) }
    #expect(error?.code == option.code)
    #expect(error?.message.contains(option.word) == true)
  }

  @Test(arguments: [
    [:], ["vm_runtime": "true"], ["vm_runtime": "1"], ["enable_exit_snapshot": "false"],
    ["enable_exit_snapshot": "0"], ["something_new": "1"],
  ])
  func optionsThatMeanNothingHereAreFine(options: [String: String]) throws {
    var request = Modal_Client_SandboxCreateV2Request()
    request.definition.experimentalOptionsV2 = options
    request.definition.runtime = "runc"
    request.definition.openPorts = .init()
    _ = try SandboxSpecification(request)
  }
}
