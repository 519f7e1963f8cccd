import Apps
import Edge
import Errors
import GRPCCore
import Images
import Logging
import ModalProtocol
import Sandboxes
import Secrets
import Tokens

/// The SDK's control plane: apps, images, secrets, the life of sandboxes.
///
/// It translates between messages and use-cases and decides nothing; a family of RPCs stands in
/// each `ControlPlane+….swift`.
public struct ControlPlane: Modal_Client_ModalClient.SimpleServiceProtocol {
  let apps: AppRegistry
  let images: ImageService
  let sandboxes: Sandboxes
  let secrets: Secrets
  let tokens: AccessTokens
  let tokenID: String
  let routerAddress: RouterAddress

  /// A control plane over the use-cases.
  public init(
    apps: AppRegistry, images: ImageService, sandboxes: Sandboxes, secrets: Secrets,
    tokens: AccessTokens, tokenID: String, routerAddress: RouterAddress
  ) {
    self.apps = apps
    self.images = images
    self.sandboxes = sandboxes
    self.secrets = secrets
    self.tokens = tokens
    self.tokenID = tokenID
    self.routerAddress = routerAddress
  }
}
