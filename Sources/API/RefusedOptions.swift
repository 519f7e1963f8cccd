import Errors
import ModalProtocol

/// What a request may ask for and this server does not do: refused by name, never ignored.
enum RefusedOptions {
  private typealias Definition = Modal_Client_Sandbox

  /// One option: how to see it in a request, what it is called, and what to do instead.
  private struct Option: Sendable {
    let isSet: @Sendable (Definition) -> Bool
    let code: SandlotError.Code
    let name: String
    let instead: String
  }

  private static let options: [Option] = [
    Option(
      isSet: { $0.resources.gpuConfig.count > 0 || !$0.resources.gpuConfig.gpuType.isEmpty },
      code: .invalidArgument, name: "GPUs (gpu=) are not available in VM sandboxes",
      instead: "Leave gpu= out."),
    Option(
      isSet: { $0.runtime == "gvisor" },
      code: .invalidArgument, name: "runtime=\"gvisor\" is not installed on this server",
      instead: "Leave runtime= out: every sandbox here is a virtual machine."),
    Option(
      isSet: { !$0.proxyID.isEmpty },
      code: .unimplemented, name: "proxy= is not supported yet",
      instead: "Leave proxy= out; sandboxes reach the Internet through the host's address."),
    Option(
      isSet: { !$0.nfsMounts.isEmpty },
      code: .unimplemented, name: "network_file_systems= is not supported",
      instead: "Write files with sb.filesystem."),
    Option(
      isSet: { !$0.cloudBucketMounts.isEmpty || !$0.s3Mounts.isEmpty },
      code: .unimplemented, name: "A CloudBucketMount is not supported",
      instead: "Fetch the objects from inside the sandbox."),
    Option(
      isSet: { !$0.volumeMounts.isEmpty },
      code: .unimplemented, name: "volumes= is not supported yet",
      instead: "Write files with sb.filesystem."),
    Option(
      isSet: { !$0.openPorts.ports.isEmpty },
      code: .unimplemented,
      name: "Tunnels (encrypted_ports, unencrypted_ports, h2_ports) are not supported yet",
      instead: "Leave the ports out and talk to the sandbox by exec."),
    Option(
      isSet: { !$0.inboundCidrAllowlist.isEmpty },
      code: .unimplemented, name: "inbound_cidr_allowlist= is not supported yet",
      instead: "Leave it out: nothing reaches a sandbox from outside."),
    Option(
      isSet: { $0.enableSnapshot },
      code: .unimplemented, name: "Memory snapshots are not supported yet",
      instead: "Leave _experimental_enable_snapshot out."),
    Option(
      isSet: { $0.i6PnEnabled },
      code: .unimplemented, name: "i6pn is not supported",
      instead: "Leave i6pn out; sandboxes do not reach each other."),
    Option(
      isSet: { !$0.customDomain.isEmpty },
      code: .unimplemented, name: "custom_domain= is not supported", instead: "Leave it out."),
    Option(
      isSet: { $0.includeOidcIdentityToken },
      code: .unimplemented, name: "include_oidc_identity_token= is not supported",
      instead: "Pass credentials with env=."),
    Option(
      isSet: { $0.includeX509Svid },
      code: .unimplemented, name: "include_x509_svid= is not supported",
      instead: "Pass credentials with env=."),
    Option(
      isSet: { $0.hasExperimentalOutboundPolicy || $0.hasOutboundPolicy },
      code: .unimplemented, name: "An outbound policy is not supported",
      instead: "Use block_network=True, or leave it out."),
  ]

  static func check(_ request: Modal_Client_SandboxCreateV2Request) throws {
    for option in options where option.isSet(request.definition) {
      throw SandlotError(option.code, option.name + ".", hint: option.instead)
    }
    if !request.cloudBucketMountCredentials.isEmpty {
      throw SandlotError(.unimplemented, "A CloudBucketMount is not supported.")
    }
  }
}
